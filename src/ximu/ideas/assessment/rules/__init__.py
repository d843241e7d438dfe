"""The pure engine of composite indicators: method file and data in, scores, ranks, doubts and reasons out."""

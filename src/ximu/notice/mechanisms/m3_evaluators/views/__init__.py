"""Pages of evaluators."""

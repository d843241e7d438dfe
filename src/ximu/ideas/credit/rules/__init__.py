"""What an agency signs, and what a report is worth on a day. Pure."""

"""Small tools for other offices: check a code, count a deadline. No database needed."""

"""Third-party evaluators (row M3.5)."""

"""Signed statements, what a report is worth on a day, terms of law, what the figures count. Pure."""

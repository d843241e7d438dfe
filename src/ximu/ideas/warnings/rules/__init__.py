"""Detectors and quality checks: pure functions on counts."""

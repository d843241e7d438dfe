"""Comprehensive traffic enforcement (row D9): decisions by team, reversals with finality, publicity, complaints, full recording."""

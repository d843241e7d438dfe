"""Sixteen key areas (重点领域)."""

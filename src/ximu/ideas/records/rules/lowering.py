"""By how much are effects lowered? The record keeps its grade; its effects follow a lower one after self-correction or mitigation."""

from __future__ import annotations

GRADES = ("轻微", "一般", "严重")
"""From the mildest; the words of the behaviour list."""


def lowered(grade: str, steps: int) -> str:
    """`steps` grades milder, never below the mildest; a grade that is not on the scale stays."""
    return GRADES[max(0, GRADES.index(grade) - max(0, steps))] if grade in GRADES else grade

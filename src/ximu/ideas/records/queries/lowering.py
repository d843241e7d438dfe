"""Under which grade do a record's effects run? Told by rooms above."""

from __future__ import annotations

from collections.abc import Callable

from ximu.ideas.records.rules.lowering import lowered

_lowerings: list[Callable[[str], int]] = []


def register_lowering(steps: Callable[[str], int]) -> None:
    """Connect a room (`config/wiring.py`): number of a record → by how many grades its effects are lowered."""
    _lowerings.append(steps)


def effect_grade(number: str, grade: str) -> str:
    """The grade by which measures, publication and repair are measured."""
    return lowered(grade, sum(steps(number) for steps in _lowerings)) if _lowerings else grade

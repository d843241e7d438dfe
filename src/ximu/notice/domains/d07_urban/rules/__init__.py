"""Whose place is it, what is late, which dereliction shows? Pure decisions of city management."""

from ximu.notice.domains.d07_urban.rules.judging import (
    STATES,
    Built,
    Case,
    Clue,
    Patrolled,
    Work,
    at_once,
    clues,
    governed,
    grid_lines,
    hazards,
    matter_lines,
    new_structures,
    old_structures,
    site_by,
    told_late,
)
from ximu.notice.domains.d07_urban.rules.placing import KINDS, SIDES, Names, Routed, Row, Spot, must_be_place, read, route
from ximu.notice.domains.d07_urban.rules.rows import GRID, SHEETS, STRUCTURES, derived, faults

__all__ = [
    "GRID", "KINDS", "SHEETS", "SIDES", "STATES", "STRUCTURES", "Built", "Case", "Clue", "Names", "Patrolled", "Routed", "Row", "Spot",
    "Work", "at_once", "clues", "derived", "faults", "governed", "grid_lines", "hazards", "matter_lines", "must_be_place", "new_structures",
    "old_structures", "read", "route", "site_by", "told_late",
]

"""What is wrong with a delivered row of the grid or of the ledger of structures, and what follows from it? Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from ximu.notice.domains.d07_urban.rules.placing import Routed

GRID, STRUCTURES = "grid_cases", "structures"
SHEETS = (GRID, STRUCTURES)
UNITS = {"unit_name": "unit", "checker_name": "checker"}
KIND_OF = {"安全隐患": "hazard", "违法建筑": "illegal", "脏乱": "disorder", "类住宅": "quasi", "其他": "other"}
Row = dict[str, Any]


def faults(dataset: str, rows: Iterable[tuple[int, Row]]) -> list[tuple[int, str, str]]:
    """(line, field, code): who did it does not check it, an exclusion names its decision, a check follows what it checks."""
    judge = _grid if dataset == GRID else _structure
    return [(line, field, code) for line, row in rows for field, code in judge(row)]


def _grid(row: Row) -> list[tuple[str, str]]:
    found = [("excluded_by", "FIELD-NEED")] if row["excluded"] and not row["excluded_by"] else []
    found += _checked(row, row["closed_on"])
    return found + ([("disposed_on", "FIELD-NEED")] if row["closed_on"] and not row["disposed_on"] else [])


def _structure(row: Row) -> list[tuple[str, str]]:
    found = [("suspended_by", "FIELD-NEED")] if row["suspended"] and not row["suspended_by"] else []
    found += [("plan_year", "FIELD-NEED")] if row["sort"] == "存量" and row["plan_year"] is None else []
    found += [("removed_on", "FIELD-NEED")] if row["checked_on"] and not row["removed_on"] else []
    over = row["removed_area"] is not None and row["removed_area"] > row["area"]
    return found + ([("removed_area", "NUM-RANGE")] if over else []) + _checked(row, row["checked_on"])


def _checked(row: Row, on: date | None) -> list[tuple[str, str]]:
    if on is None:
        return []
    if not row["checker_name"]:
        return [("checker_name", "FIELD-NEED")]
    return [("checker_name", "DUAL")] if row["checker"] and row["checker"] == row["unit"] else []


def derived(dataset: str, row: Row, routed: Callable[[str, date, str], Routed], days: int) -> Row:
    """The unit that was told, else the one that the duty list names; what neither names stays, without a unit."""
    where = row["address"] or f"{row['district'] or ''}{row['street'] or ''}"
    if dataset == STRUCTURES:
        found = routed("illegal", row["found_on"], where)
        return {"unit": _unit(row, found), "how": found.how, "duty": "|".join(found.units)}
    found = routed(KIND_OF[row["kind"]], row["filed_on"], where)
    return {"unit": _unit(row, found), "how": found.how, "duty": "|".join(found.units),
            "due_by": row["due_on"] or (row["dispatched_on"] or row["filed_on"]) + timedelta(days=days)}


def _unit(row: Row, found: Routed) -> str | None:
    return row["unit"] or (found.units[0] if found.how == "one" else None)

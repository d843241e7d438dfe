"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ximu.ideas.events.rules import CITY, shares
from ximu.notice.domains.d05_debt import rules
from ximu.notice.domains.d05_debt.queries import book

pytestmark = pytest.mark.row("D5")
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem} {case['name']}")
    for path in sorted((book.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]
]


def exact(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: Decimal(str(value)) if isinstance(value, int | float) else value for name, value in row.items()}
    return found | {name: date.fromisoformat(found[name]) for name in ("found_on", "withdrawn_on") if found.get(name)}


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    spec, rows, wanted = book.pack().indicators[code].params, [exact(row) for row in case["input"]], case["expected"]
    for given in (rows, rows[::-1]):
        if "share" in spec:
            found = shares(spec, given)
            counted = sorted(unit for unit, one in found.items() if unit != CITY and one.value is not None)
            excluded = {unit: one.excluded for unit, one in found.items() if unit != CITY and one.excluded}
        else:
            found, excluded = rules.findings(spec["count"], given, {row["unit"] for row in given}, year=2018, as_of=date(2018, 12, 31))
            counted = sorted(found[CITY].counted)
        assert {unit: None if one.value is None else str(one.value) for unit, one in found.items()} == wanted["value"]
        assert (counted, excluded) == (wanted["counted"], wanted["excluded"])

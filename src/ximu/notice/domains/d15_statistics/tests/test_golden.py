"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ximu.ideas.areas.rules import figure
from ximu.notice.domains.d15_statistics import queries, rules

pytestmark = pytest.mark.row("D15")
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]
DAYS = ("on", "due", "reported_on", "holder_since", "found_on", "final_on")


def of(kind: Any, raw: dict[str, Any]) -> Any:
    days = {name: date.fromisoformat(raw[name]) for name in DAYS if raw.get(name)}
    sums = {name: Decimal(raw[name]) for name in ("reported", "checked") if name in raw}
    if "signed" in raw:
        days["signed"] = tuple((date.fromisoformat(a), date.fromisoformat(b) if b else None) for a, b in raw["signed"])
    if "upheld" in raw:
        sums["upheld"] = {"yes": True, "no": False, None: None}[raw["upheld"]]
    return kind(**{**raw, **days, **sums})


def lines_of(code: str, raw: Any, first: date, as_of: date) -> list[Any]:
    if code == "D15-4":
        return rules.fabricated([of(rules.Found, one) for one in raw["findings"]], [of(rules.Checked, one) for one in raw["checks"]], first, as_of)
    kind = {"D15-1": rules.Checked, "D15-2": rules.Duty, "D15-3": rules.Post, "D15-5": rules.Figure}[code]
    made = [of(kind, one) for one in raw]
    if code == "D15-1":
        return rules.accurate(made, first, as_of, Decimal(5))
    return {"D15-2": lambda: rules.in_time(made, first, as_of), "D15-3": lambda: rules.signed(made, as_of),
            "D15-5": lambda: rules.traceable(made, first, as_of)}[code]()


@pytest.mark.parametrize(("code", "first", "as_of", "case"), CASES)
def test_golden(code: str, first: date, as_of: date, case: dict[str, Any]) -> None:
    lines = lines_of(code, case["input"], first, as_of)
    found, wanted = figure({"D15-4": "count"}.get(code, "share"), lines), case["expected"]
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert all(line.state in rules.STATES for line in lines)


def test_an_error_at_the_bound_is_within_it() -> None:
    def one(reported: str) -> rules.Checked:
        return rules.Checked("c", "f", "t", "u", date(2018, 5, 1), Decimal(reported), Decimal(100))

    lines = rules.accurate([one("105"), one("105.01")], date(2018, 1, 1), date(2018, 12, 31), Decimal(5))
    assert [line.state for line in lines] == ["accurate", "inaccurate"]


def test_what_is_missing_grows_late_by_the_day_and_a_late_one_stands_as_it_came() -> None:
    duties = [rules.Duty("m", "m", "u", date(2018, 4, 10), None), rules.Duty("l", "l", "u", date(2018, 4, 10), date(2018, 4, 13))]
    lines = rules.in_time(duties, date(2018, 1, 1), date(2018, 4, 20))
    assert [(line.state, line.late_days) for line in lines] == [("missing", 10), ("late", 3)]

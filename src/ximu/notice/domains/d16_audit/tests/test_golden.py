"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ximu.ideas.areas.rules import figure
from ximu.ideas.casework.rules.redaction import blacked
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, rules

pytestmark = pytest.mark.row("D16")
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]
DAYS = ("since", "until", "report_on", "answered_on", "decided_on", "due", "closed_on")


def of(kind: Any, raw: dict[str, Any]) -> Any:
    days = {name: date.fromisoformat(raw[name]) for name in DAYS if raw.get(name)}
    sums = {name: Decimal(raw[name]) for name in ("amount", "fixed") if raw.get(name)}
    return kind(**{**raw, **days, **sums, **({"covers": tuple(raw["covers"])} if "covers" in raw else {})})


def facts_of(raw: dict[str, Any]) -> rules.Facts:
    def owner(unit: str, day: date) -> str:
        since, heir = raw["heirs"].get(unit, ("9999-12-31", unit))
        return heir if day >= date.fromisoformat(since) else unit

    return rules.Facts([of(rules.Target, one) for one in raw["targets"]], [of(rules.Audited, one) for one in raw["audits"]],
                       [of(rules.Found, one) for one in raw["findings"]], owner, 90)


@pytest.mark.parametrize(("code", "first", "as_of", "case"), CASES)
def test_golden(code: str, first: date, as_of: date, case: dict[str, Any]) -> None:
    lines = rules.MEASURES[queries.pack().indicators[code].params["measure"]](facts_of(case["input"]), first, as_of)
    made, wanted = figure("share", lines), case["expected"]
    assert (None if made.value is None else str(made.value)) == wanted["value"]
    assert (list(made.counted), list(made.base), dict(made.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert {line.why for line in lines} - {""} <= set(queries.pack().indicators[code].exclusions)
    assert all(line.state in rules.STATES for line in lines)


def test_the_day_on_which_a_cycle_ends_is_over_it() -> None:
    """Audited on 29 February 2016 with a cycle of a year: covered until 27 February 2017, late from the 28th."""
    one = rules.Target("t", "fund", "t", "u", date(2010, 1, 1), None, 1)
    facts = rules.Facts([one], [rules.Audited("a", "a", "b", ("t",), date(2016, 2, 29))], [], lambda unit, day: unit, 90)
    states = [[(line.state, line.late_days) for line in rules.coverage(facts, date(2017, 1, 1), day)]
              for day in (date(2017, 2, 27), date(2017, 2, 28), date(2017, 3, 1))]
    assert states == [[("covered", 0)], [("late", 0)], [("late", 1)]]


@pytest.mark.parametrize(("marks", "code"), [([("不在文中", "trade")], "REDACT-PASSAGE"), ([(" ", "trade")], "REDACT-PASSAGE"),
                                             ([("示例公司", "shy")], "REDACT-REASON")])
def test_a_passage_that_is_not_there_or_has_no_lawful_reason_is_refused(marks: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        blacked("向示例公司多付", marks, {"trade": ""})
    assert caught.value.code == code
    assert blacked("向示例公司多付，示例公司未退", [("示例公司", "trade")], {"trade": ""}) == ("向■■■多付，■■■未退", ["trade"])

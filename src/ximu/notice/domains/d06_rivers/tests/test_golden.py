"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ximu.ideas.areas.rules import figure
from ximu.ideas.events.rules.standards import Judged
from ximu.ideas.registry.rules.charges import Charge
from ximu.notice.domains.d06_rivers.queries import store, year
from ximu.notice.domains.d06_rivers.rules import measures

pytestmark = pytest.mark.row("D6")
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((store.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]
DAYS = ("since", "until", "on", "found_on", "due", "closed_on")


def of(kind: Any, raw: dict[str, Any], **more: Any) -> Any:
    return kind(**{**raw, **{name: date.fromisoformat(raw[name]) for name in DAYS if raw.get(name)}, **more})


def facts_of(raw: dict[str, Any], first: date, as_of: date) -> measures.Facts:
    charges = [of(Charge, one) for one in raw.get("charges", ())]
    sections = [measures.Section(one["code"], one["reach"], one["unit"], one["judged"] and Judged(
        one["judged"]["target"], one["judged"]["samples"], one["judged"]["place"], ("ammonia",), {}, 0, as_of,
        tuple(one["judged"]["missing"]))) for one in raw.get("sections", ())]
    return measures.Facts(
        first, as_of, {}, sections, charges,
        [of(measures.Patrol, one, who=charges[one["who"]], flags=frozenset(one["flags"])) for one in raw.get("patrols", ())],
        [of(measures.Problem, one) for one in raw.get("problems", ())],
        [of(measures.Result, one, score=None if one["score"] is None else Decimal(one["score"])) for one in raw.get("results", ())],
        [], [], {"区级": (1, "month")}, 6, 2, lambda unit: unit)


@pytest.mark.parametrize(("code", "first", "as_of", "case"), CASES)
def test_golden(code: str, first: date, as_of: date, case: dict[str, Any]) -> None:
    """`C0` in a case stands for the key of its first appointment, `@C0` for the post."""
    facts, one = facts_of(case["input"], first, as_of), year.pack().indicators[code]
    lines = measures.MEASURES[code](facts)
    made, wanted = figure(one.params["form"], lines), case["expected"]
    called = {charge.key: f"C{n}" for n, charge in enumerate(facts.charges)} | {c.holder: f"@C{n}" for n, c in enumerate(facts.charges)}

    def short(uid: str) -> str:
        return next((uid.replace(key, name) for key, name in called.items() if uid.startswith(key)), uid)

    assert (None if made.value is None else str(made.value)) == wanted["value"]
    assert [short(uid) for uid in made.counted] == wanted["counted"] and [short(uid) for uid in made.base] == wanted["base"]
    assert {short(uid): why for uid, why in made.excluded.items()} == wanted["excluded"]
    assert {line.why for line in lines} - {""} <= set(one.exclusions)
    assert all(line.state in store.STATES for line in lines)

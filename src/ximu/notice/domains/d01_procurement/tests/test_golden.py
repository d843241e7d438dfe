"""Golden cases of every flag and indicator of the pack: true positives and each exclusion, to the last digit, whatever the order of the releases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ximu.notice.domains.d01_procurement.queries.book import Process
from ximu.notice.domains.d01_procurement.queries.shown import figures_of
from ximu.notice.domains.d01_procurement.rules import announcing, flags, government, law, payments, settings
from ximu.notice.domains.d01_procurement.rules.challenges import Challenge
from ximu.notice.domains.d01_procurement.rules.steps import FLAGS

pytestmark = pytest.mark.row("D1")
GOLDEN = Path(__file__).parents[1] / "golden"
FILES = {path.stem: json.loads(path.read_text("utf-8"))["cases"] for path in sorted(GOLDEN.glob("*.json"))}
CASES = [pytest.param(code, case, id=f"{code} {case['name']}") for code, cases in FILES.items() for case in cases]
DAY = date(2018, 3, 1)


def test_every_flag_and_indicator_has_its_cases() -> None:
    assert set(FILES) == {*FLAGS, "D01-1", "D01-2", "D01-3", "D01-4", "D01-5"}


@pytest.mark.parametrize(("code", "case"), [one for one in CASES if one.values[0][0] == "R"])
def test_flags_of_the_published_guide(code: str, case: dict[str, Any]) -> None:
    asked = settings.read(case["settings"])
    for rows in (case["input"], case["input"][::-1]):
        tally = flags.evaluate(rows, asked)
        found = {group: results for group, results in tally.results.items() if results}
        assert found == {group: {who: {c: pytest.approx(v, abs=1e-12) for c, v in told.items()} for who, told in results.items()}
                         for group, results in case["expected"].items()}
        assert all(tally.meta[c] == pytest.approx(m, abs=1e-9) for c, m in case.get("meta", {}).items())


@pytest.mark.parametrize(("code", "case"), [one for one in CASES if one.values[0][0] == "G"])
def test_flags_on_the_government(code: str, case: dict[str, Any]) -> None:
    asked, as_of = settings.read(case["settings"]), date.fromisoformat(case["as_of"]) if "as_of" in case else None
    for rows in (case["input"], case["input"][::-1]):
        found, _ = government.evaluate(rows, asked, as_of=as_of)
        assert {one.ocid: {one.code: pytest.approx(one.value)} for one in found} == case["expected"]
        assert all("threshold" in one.facts and one.reason.zh and one.reason.en for one in found)


def judged(rows: list[dict[str, Any]], on: date) -> list[Process]:
    return [Process(one["ocid"], "u", one, (), {}, (), tuple(payments.payments(one, "u", on=on, per_day=law.interest_per_day)),
                    tuple(announcing.notices(one, [], on=on))) for one in rows]


@pytest.mark.parametrize(("code", "case"), [one for one in CASES if one.values[0][0] == "D"])
def test_indicators(code: str, case: dict[str, Any]) -> None:
    on, wanted = date.fromisoformat(case["on"]), case["expected"]
    if code == "D01-4":
        raised = tuple(Challenge(str(n), "p", one["kind"], DAY, None, DAY if one["outcome"] else None, one["outcome"], "open")
                       for n, one in enumerate(case["input"]))
        rows = [replace(judged([{"ocid": "p"}], on)[0], challenges=raised)]
    else:
        rows = judged(case["input"], on)
    told = figures_of(rows, on)
    shown: dict[str, tuple[Any, Any, Any]] = {
        "D01-1": (told.announced_due, told.announced, told.announced_rate), "D01-2": (told.signed_due, told.signed, told.signed_rate),
        "D01-3": (told.due, told.paid, told.paid_rate), "D01-4": (told.decided, told.upheld, told.upheld_rate),
        "D01-5": (told.owed_small, told.vetoes, told.owed_small)}
    due, good, value = shown[code]
    assert (Decimal(str(due)), Decimal(str(good))) == (Decimal(str(wanted["due"])), Decimal(str(wanted["good"])))
    assert round(Decimal(str(value)), 2) == Decimal(wanted["value"])

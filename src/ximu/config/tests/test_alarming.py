"""The daily round: alarms of the packs are kept once with their basis, rules are tried on history once a month, silence is noted."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.config import alarming
from ximu.foundation import clock, outbox
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.services.conduct import daily
from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.ideas.warnings import queries as alarms
from ximu.ideas.warnings import services as warnings
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement import queries as procurement

pytestmark = [pytest.mark.django_db, pytest.mark.row("D1", "D13")]
SCRIPT = runpy.run_path(str(Path(__file__).parents[4] / "scripts" / "procurement_example.py"))
PLANTED: dict[str, dict[str, Any]] = SCRIPT["PLANTED"]
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def test_flags_on_the_government_become_alarms_once(tmp_path: Path) -> None:
    load()
    file = tmp_path / "releases.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in SCRIPT["releases"]() if one["date"] < "2019-07"), "utf-8")
    events.load("procurement", file, batch="example", by=SYSTEM, at=AT)
    assert alarming.try_rules(at=AT) == 10, "each flag on the government that has its threshold, each check of what was reported"
    assert alarming.try_rules(at=AT + timedelta(days=1)) == 0
    assert alarming.raise_alarms(at=AT) == len(PLANTED) + 1, "the contract changed after its award does not tie with its payments either"
    assert alarming.raise_alarms(at=AT + timedelta(days=1)) == 0
    rates = {row["rule"]: (row["judged"], row["alarms"]) for row in alarms.rule_rates()}
    checks = {rule: told for rule, told in rates.items() if rule.startswith("D01-")}
    assert {rule: told for rule, told in rates.items() if rule not in checks} == {
        code: (112, sum(p["code"] == code for p in PLANTED.values())) for code in ("G001", "G002", "G004", "R003", "R018")}
    assert checks == {"D01-benford": (0, 0), "D01-last-digit": (0, 0), "D01-heaping": (0, 0), "D01-duplicate": (7, 0), "D01-sum": (7, 1)}, (
        "few purchases a buyer are not judged by their digits: not known, which is not zero")
    [untied] = [a for a in alarms.alarms(source="D1") if a.rule == "D01-sum"]
    assert (untied.about, PLANTED[untied.about]["code"]) == ("ocds-ximu01-2-04", "G002")
    assert "付款节点分项之和" in untied.words_zh and "第" not in untied.words_zh
    told = {a.about: (a.rule, a.basis["observed"]) for a in alarms.alarms(source="D1") if a.rule[0] in "GR"}
    assert told == {ocid: (plant["code"], plant["value"] + (ocid == "ocds-ximu01-1-05")) for ocid, plant in PLANTED.items()}, "a day more unpaid"
    late = next(a for a in alarms.alarms(source="D1") if a.rule == "G002")
    assert late.basis["false_alarms"]["judged"] == 112
    warnings.decide(late.uid, outcome="true", cause="补充协议超过原合同百分之十", by=replace(SYSTEM, person="checker"), at=AT)
    tried = procurement.tried(alarms.confirmed("D1"), clock.city_day(AT), known_at=AT)
    assert tried is not None
    assert {one.rule: (one.judged, one.alarms) for one in tried.rung}["G002"] == (111, 0), "what was found true was not quiet"


def test_a_purchase_told_twice_is_asked_about_with_the_rate_of_its_check(tmp_path: Path) -> None:
    load()
    rows = [one for one in SCRIPT["releases"]() if one["date"] < "2019-07"]
    first = next(one for one in rows if "tender" in one and one["tender"].get("tenderPeriod"))
    told = json.loads(json.dumps(first).replace(first["ocid"], "ocds-ximu01-9-99")) | {"id": "ocds-ximu01-9-99-tender"}
    file = tmp_path / "releases.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in [*rows, told]), "utf-8")
    events.load("procurement", file, batch="example", by=SYSTEM, at=AT)
    alarming.try_rules(at=AT)
    alarming.raise_alarms(at=AT)
    [doubt] = [a for a in alarms.alarms(source="D1") if a.rule == "D01-duplicate"]
    assert set(doubt.basis["sample"]) == {first["ocid"], "ocds-ximu01-9-99"} and doubt.level == "yellow"
    assert (doubt.basis["false_alarms"]["judged"], doubt.basis["false_alarms"]["alarms"]) == (7, 1)
    warnings.decide(doubt.uid, outcome="true", cause="同一采购重复报送", by=replace(SYSTEM, person="checker"), at=AT)
    tried = procurement.tried(alarms.confirmed("D1"), clock.city_day(AT), known_at=AT)
    assert tried is not None
    assert {one.rule: (one.judged, one.alarms) for one in tried.rung}["D01-duplicate"] == (6, 0)


def test_a_hotline_alarm_carries_the_rate_of_its_rule_and_days_without_tickets_are_noted() -> None:
    assert (alarming.try_rules(at=AT), alarming.note_silences(at=AT)) == (0, 0), "without data nothing is known"
    rows = [ticket(f"t{n}", called_on=date(2019, 3, 1) + timedelta(days=n)) for n in range(110)]
    events.append("hotline", frame(*rows, ticket("r", called_on=date(2019, 6, 3), returned=3)), batch="b", by=SYSTEM, at=AT)
    assert alarming.try_rules(at=AT) == 9, "each rule of the hotline"
    assert alarming.try_rules(at=AT + timedelta(days=1)) == 0, "not again before 28 more days of data"
    alarming.raise_alarms(at=AT)
    [row] = [a for a in alarms.alarms(source="D13") if a.rule == "returned"]
    assert row.basis["false_alarms"]["judged"] == 4
    assert (row.basis["observed"], row.basis["sample"], row.level, row.case) == (3, ["r"], "yellow", "")
    assert alarming.note_silences(at=AT) == 1
    [gone] = alarms.silences()
    assert (gone.kind, gone.first, gone.last) == ("no_data", date(2019, 6, 19), date(2019, 6, 29))
    more = [ticket(f"u{n}", called_on=date(2019, 6, 19) + timedelta(days=n)) for n in range(12)]
    events.append("hotline", frame(*more), batch="c", by=SYSTEM, at=AT + timedelta(hours=1))
    assert alarming.note_silences(at=AT + timedelta(hours=2)) == 1
    assert not alarms.silences() and len(alarms.silences(open_only=False)) == 1


@pytest.mark.row("M2.2")
def test_an_alarm_found_true_opens_its_problem_and_a_false_one_does_not() -> None:
    load()
    unit = next(iter(registry.book().units))
    kept = [warnings.Raised("D13", "volume", "red" if n else "orange", unit, f"主题{n}", f"2019-0{n + 1}", Text("激增", "a surge")) for n in range(2)]
    assert warnings.keep(kept, by=SYSTEM, at=AT) == 2
    true, false = alarms.alarms(source="D13")
    decider = Actor("decider", "unitoffice000001", (Grant("r", frozenset({"warnings.decide"})),), "decider")
    warnings.decide(true.uid, outcome="true", cause="核实属实", by=decider, at=AT)
    warnings.decide(false.uid, outcome="false", cause="误报", by=decider, at=AT)
    for minute in range(3):
        outbox.sweep(at=AT + timedelta(minutes=minute))
    [problem] = cases.open_cases(("rectification",))
    assert (problem.values["origin"], problem.values["reference"], problem.values["level"]) == ("warning", true.uid, true.level)
    assert problem.source == registry.owner_of(unit, AT.date())


def test_the_daily_round_destroys_what_is_over_its_keeping_time() -> None:
    events.append("hotline", frame(ticket("a", caller="甲", called_on=date(2018, 4, 3))), batch="b", by=SYSTEM, at=AT)
    keep = daily()["events_kept"]
    assert keep(at=datetime(2019, 4, 3, 1, tzinfo=UTC)) == 0, "on its last day it is still there"
    assert keep(at=datetime(2019, 4, 4, 1, tzinfo=UTC)) == 1
    assert keep(at=datetime(2019, 4, 4, 1, tzinfo=UTC)) == 0

"""The very notice (沪发改信〔2018〕5号), read from its text: what is overdue on 2 May 2018, and why, as was known then and later."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load as load_registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.plan import commands, queries
from ximu.notice.plan.services import evidence, following, readings

pytestmark = [pytest.mark.row("P"), pytest.mark.django_db]
FILE = Path(__file__).with_name("notice-2018-5.txt")
APRIL, MAY = datetime(2018, 4, 2, 1, tzinfo=UTC), datetime(2018, 5, 2, 1, tzinfo=UTC)
STANDING = ["M1.2", "M1.3", "M2.1", "M2.2", "M3.3", "M3.4", "M3.5", "M4.1", *(f"D{n}" for n in range(1, 17)), "S3", "S4", "S5"]
DATED = {
    "M1.1": ("overdue", "2018-03-31", "期限2018-03-31已过，没有采纳的完成材料", "2018年4月前完成并持续实施"),
    "M3.1": ("not_started", "2018-12-31", "尚无材料，期限2018-12-31", "2018年12月底前完成并持续实施"),
    "M3.2": ("not_started", "2018-12-31", "尚无材料，期限2018-12-31", "2018年12月底前完成并持续实施"),
    "S1": ("overdue", "2018-04-30", "期限2018-04-30已过，没有采纳的完成材料", "2018年4月底前完成并持续实施"),
    "S2": ("not_started", "2018-12-31", "尚无材料，期限2018-12-31", "2018年12月底前(涉及法律、行政法规的,按照立法程序推进)"),
}


def person(name: str) -> Actor:
    rights = frozenset({"plan.read_schedule", "plan.report", "plan.review", "plan.view", "plan.check"})
    return Actor(name, grants=(Grant("coordinator", rights),), person=name)


@pytest.fixture
def notice(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "shanghai"
    load_registry("shanghai", at=APRIL)
    ran = CliRunner().invoke(commands.plan_group, ["import", str(FILE), "--on", "2018-02-13", "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["number"], told["issued"]) == ("沪发改信〔2018〕5号", "2018-02-13")
    assert told["counts"] == {"rows": 32, "items": 34, "new": 32, "same": 0, "problems": 0, "own_deadlines": 5, "ambiguous": 2}


def status(as_of: str, known_at: str) -> dict[str, dict[str, Any]]:
    ran = CliRunner().invoke(commands.plan_group, ["status", "--as-of", as_of, "--known-at", known_at, "--json"])
    assert ran.exit_code == 0, ran.output
    return {line["row"]: line for line in json.loads(ran.stdout)}


def test_all_thirty_two_rows_on_the_second_of_may(notice: None) -> None:
    lines = status("2018-05-02", "2018-05-02")
    assert len(lines) == 32 and set(lines) == set(STANDING) | set(DATED)
    for row in STANDING:
        assert (lines[row]["light"], lines[row]["due"], lines[row]["reason_zh"]) == ("not_started", None, "持续任务，尚无采纳的材料"), row
    for row, (light, due, reason, words) in DATED.items():
        one = lines[row]
        assert (one["light"], one["due"], one["reason_zh"], one["schedule"]) == (light, due, reason, words), row
    assert {row for row, one in lines.items() if one["light"] == "overdue"} == {"M1.1", "S1"}
    assert lines["S1"]["reason_en"] == "due 2018-04-30 has passed without accepted evidence of completion"
    assert {row for row, one in lines.items() if one["needs_reading"]} == {"M1.1", "S1"}, "words that two people must read"
    assert {one["light"] for one in status("2018-04-24", "2018-05-02").values() if one["row"] == "S1"} == {"at_risk"}


def test_the_other_reading_and_evidence_change_it_from_the_day_on_which_they_were_known(notice: None) -> None:
    [first] = [r for r in queries.rows(queries.plan()) if r.row == "M1.1"]
    made = readings.choose_reading(first.uid, due=date(2018, 4, 30), reason="按惯例读至4月底", by=person("a"), at=APRIL)
    readings.sign_reading(made.uid, by=person("b"), at=APRIL)
    assert status("2018-04-30", "2018-05-02")["M1.1"]["light"] == "at_risk"
    assert status("2018-05-02", "2018-05-02")["M1.1"]["due_from"] == "signed"
    [group] = [r for r in queries.rows(queries.plan()) if r.row == "S1"]
    unit = registry.find("市发展改革委", as_of=date(2018, 4, 2))
    given = evidence.Given("成立专项工作组的通知", date(2018, 4, 27), True, b"made-up letter")
    paper = evidence.submit_evidence(group.uid, given, unit=unit, by=person("c"), at=MAY)
    evidence.review_evidence(paper.uid, accept=True, reason="", by=person("d"), at=datetime(2018, 5, 4, 1, tzinfo=UTC))
    assert status("2018-05-02", "2018-05-02")["S1"]["light"] == "overdue", "as was known on that day"
    later = status("2018-05-02", "2018-05-04")["S1"]
    assert (later["light"], later["reason_zh"]) == ("on_time", "持续任务，材料有效至2019-04-27")
    assert status("2019-04-28", "2019-04-28")["S1"]["light"] == "evidence_expired"


def test_every_unit_of_an_overdue_task_is_told_who_leads_is_asked(notice: None) -> None:
    made = following.warn_overdue(by=SYSTEM, at=MAY)
    plan = queries.plan()
    warned = queries.warned(plan)
    duties = [d for d in queries.duty_status(plan, as_of=clock.city_day(MAY), known_at=MAY) if d["light"] == "overdue"]
    assert made == len(warned) == len(duties) and {(w.row.row, w.unit) for w in warned} == {(d["row"], d["unit"]) for d in duties}
    assert {d["role"] for d in duties} == {"lead", "support"}, "both kinds are among them"
    leading = {(d["row"], d["unit"]) for d in duties if d["role"] == "lead"}
    assert {(w.row.row, w.unit) for w in warned if w.case} == leading
    assert all(w.superior for w in warned)
    assert following.warn_overdue(by=SYSTEM, at=MAY) == 0
    helper = next(w for w in warned if not w.case)
    clerk = Actor("clerk", helper.unit, (Grant("entry", frozenset({"plan.view"}), helper.unit),))
    titles = [(item.kind.zh, item.due) for item in queries.today(clerk, MAY)]
    assert ("逾期提醒", helper.due) in titles
    above = Actor("above", helper.superior, (Grant("supervisor", frozenset({"plan.view"}), helper.superior),))
    assert "下属单位逾期" in [item.kind.zh for item in queries.today(above, MAY)]
    paper = evidence.submit_evidence(helper.row.uid, evidence.Given("材料", date(2018, 5, 2), True, b"made-up"), unit=helper.unit,
                                     by=person("c"), at=MAY)
    evidence.review_evidence(paper.uid, accept=True, reason="", by=person("d"), at=MAY)
    assert helper.row.row not in {w.row.row for w in queries.open_warnings(plan, helper.unit, late=["M1.1", "S1"], known_at=MAY)
                                  if w.unit == helper.unit}

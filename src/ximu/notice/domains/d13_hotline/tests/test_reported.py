"""Can what a unit reports be true? Golden cases of each check, its exclusions by name; page, API and command line tell the same."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from django.test import RequestFactory

from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.workdays import Calendar
from ximu.notice.domains.d13_hotline import api, queries, rules, services, views
from ximu.notice.domains.d13_hotline.commands import d13_group
from ximu.notice.domains.d13_hotline.queries import delivered

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
D3, D10, D11, D20, D25 = (date(2018, 4, n) for n in (3, 10, 11, 20, 25))
EARLY, BETWEEN, AFTER = (datetime(2018, 4, n, 1, tzinfo=UTC) for n in (5, 15, 28))
ON = date(2018, 5, 31)
CLERK = Actor("c", unit="u2", grants=(Grant("entry", frozenset({"d13.see"}), "u2"),))
TERM = {"due_on": D10, "contact_by": D3}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def versions(*told: tuple[datetime, dict[str, Any]]) -> list[rules.Alarm]:
    """The alarms of one ticket that was delivered several times."""
    for at, values in told:
        events.append("hotline", frame(ticket("a", **values)), batch=at.isoformat(), by=SYSTEM, at=at)
    return [a for a in queries.checked(ON, known_at=datetime(2018, 6, 1, tzinfo=UTC)).alarms if a.rule == "moved"]


MOVED = {
    "closed late, then on the last day": ([(BETWEEN, {**TERM, "closed_on": D11}), (AFTER, {**TERM, "closed_on": D10})], "2018-04-11"),
    "open days after the term, then closed before it": ([(BETWEEN, TERM), (AFTER, {**TERM, "closed_on": D10})], "未办"),
    "the term moved after it had passed": ([(BETWEEN, {**TERM, "closed_on": D20}), (AFTER, {"due_on": D25, "closed_on": D20})], "2018-04-10"),
    "contacted late, then in time": ([(BETWEEN, {**TERM, "contacted_on": D11}), (AFTER, {**TERM, "contacted_on": D3})], "先行联系"),
}
HONEST = {
    "told open before the term and closed in time": [(EARLY, TERM), (BETWEEN, {**TERM, "closed_on": D10})],
    "corrected from in time to late": [(BETWEEN, {**TERM, "closed_on": D10}), (AFTER, {**TERM, "closed_on": D11})],
    "closed late in both": [(BETWEEN, {**TERM, "closed_on": D11}), (AFTER, {**TERM, "closed_on": D20})],
    "told once": [(AFTER, {**TERM, "closed_on": D10})],
    "a law-enforcement procedure": [(BETWEEN, {**TERM, "enforcement": True, "closed_on": D11}),
                                    (AFTER, {**TERM, "enforcement": True, "closed_on": D10})],
    "an inquiry": [(BETWEEN, {**TERM, "kind": "咨询", "closed_on": D11}), (AFTER, {**TERM, "kind": "咨询", "closed_on": D10})],
    "no term": [(BETWEEN, {"closed_on": D11}), (AFTER, {"closed_on": D10})],
}


@pytest.mark.parametrize("case", MOVED)
def test_what_was_late_and_became_on_time_after_the_term_is_asked_about(case: str) -> None:
    told, words = MOVED[case]
    [alarm] = versions(*told)
    assert (alarm.unit, alarm.subject, alarm.period, alarm.level) == ("u1", "a", "2018-04-03", "yellow")
    assert words in alarm.words.zh and "2018-04-28" in alarm.words.zh and "late became on time" in alarm.words.en


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_revision_is_not(case: str) -> None:
    assert versions(*HONEST[case]) == []


def test_a_ticket_delivered_the_day_after_its_term_is_not_yet_late() -> None:
    assert versions((datetime(2018, 4, 12, 1, tzinfo=UTC), TERM), (AFTER, {**TERM, "closed_on": D10})) == []


CONTENT = "小区门口的路灯连续三晚不亮，请派人检修。"


def told(number: str, **values: Any) -> dict[str, Any]:
    return ticket(number, **({"caller": "甲", "phone": "1", "title_text": None, "content": CONTENT} | values))


@pytest.mark.parametrize(("other", "found"), [
    ({}, 1), ({"content": CONTENT.replace("，", "， ")}, 1), ({"phone": "2"}, 0), ({"content": CONTENT + "谢谢"}, 0),
    ({"called_on": date(2018, 4, 4)}, 0), ({"unit": "u2"}, 0), ({"caller": "乙"}, 0),
], ids=["the same", "only spaces differ", "another phone", "another text", "another day", "another unit", "another caller"])
def test_the_same_caller_and_text_on_a_day_under_two_numbers(other: dict[str, Any], found: int) -> None:
    made = rules.marks(frame(told("a"), told("b", **other)), b"key")
    events.append("hotline", frame(ticket("a"), ticket("b")), batch="b", by=SYSTEM, at=BETWEEN)
    events.append("hotline_marks", made, batch="b", by=SYSTEM, at=BETWEEN)
    alarms = [a for a in queries.checked(ON, known_at=AFTER).alarms if a.rule == "alike"]
    assert [(a.sample, a.observed) for a in alarms] == ([(("a", "b"), 2)] if found else [])


def test_short_or_empty_texts_have_no_mark_and_another_key_makes_another() -> None:
    rows = frame(told("a"), told("b", content="路灯不亮"), told("c", content=None))
    made, other = (rules.marks(rows, key) for key in (b"key", b"other"))
    assert made["ticket"].to_list() == ["a"]
    assert made["mark"].item() != other["mark"].item()
    assert made.columns == ["ticket", "called_on", "unit", "mark"] and CONTENT not in str(made)
    assert rules.marks(frame(ticket("a")), b"key").height == 0, "a delivery without these columns"


def test_a_file_leaves_marks_beside_its_tickets(tmp_path: Path) -> None:
    load()
    file = tmp_path / "gd.csv"
    rows = "\n".join(f"A{n},2018-04-28,投诉,05,市财政局,2018-04-28,张三,13800000001,{CONTENT}" for n in (1, 2))
    file.write_text(f"工单编号,来电时间,诉求类型,领域分类,承办单位,派单时间,诉求人姓名,联系电话,诉求内容\n{rows}\n", "utf-8")
    at = datetime(2018, 5, 2, 1, tzinfo=UTC)
    services.load_tickets(file, batch="b", by=SYSTEM, at=at)
    services.load_tickets(file, batch="b", by=SYSTEM, at=at)
    [alarm] = [a for a in queries.warned(date(2018, 5, 2), known_at=at).alarms if a.rule == "alike"]
    assert alarm.sample == ("A1", "A2")


def interval(begun: date, days: int, n: int = 1, what: str = "close", unit: str = "u1") -> dict[str, Any]:
    return {"what": what, "unit": unit, "begun": begun, "ended": begun + timedelta(days=days), "n": n}


def test_days_are_working_days_of_pairs_that_lie_on_one() -> None:
    """2018-04-28 was a make-up Saturday; 29 April to 1 May were off."""
    friday = date(2018, 4, 27)
    [heap, mass] = rules.examined([interval(friday, 1, 60), interval(friday, 5, 60), interval(friday, 3, 60)])
    assert (heap.finding.check, heap.finding.n) == ("heaped", 120), "what ends on 30 April is not counted"
    assert (mass.finding.check, mass.finding.n, mass.finding.suspicious) == ("massed", 120, None)
    assert rules.examined([interval(friday, 1, 60)], calendar=Calendar()) == [], "without a calendar no day is guessed"
    assert rules.examined([interval(friday, -1)]) == [] == rules.examined([])
    slip = [interval(friday, 5, 60), interval(friday, 30_000)]
    assert [one.finding.n for one in rules.examined(slip)] == [60, 60], "a day in a year without a calendar spoils nothing else"


def many(unit: str, per_day: list[int], *, heap: int = 0) -> list[dict[str, Any]]:
    """Tickets sent every Monday, closed on the days of two weeks after it."""
    mondays = [date(2018, 3, 5) + timedelta(weeks=w) for w in range(4)]
    days = [d for d in range(1, 12) if d % 7 not in (5, 6)]
    rows = [interval(monday, day, n + (heap if day == 8 else 0), unit=unit) for monday in mondays for day, n in zip(days, per_day, strict=True)]
    return [row for row in rows if row["n"]]


def test_a_heap_stands_among_all_units_and_says_bound_and_expectation() -> None:
    per_day = [9, 10, 11, 10, 10, 9, 10, 10, 9]
    asked = rules.examined([row for u in range(20) for row in many(f"u{u}", per_day, heap=30 if u == 3 else 0)])
    [alarm] = [a for a in rules.doubted(asked, "2018-03/2018-05") if a.rule == "heaped"]
    assert (alarm.unit, alarm.subject, alarm.tests, alarm.false_discovery, alarm.level) == ("u3", "close", 20, 0.05, "yellow")
    assert alarm.expected is not None and alarm.expected < alarm.bound < alarm.observed
    assert "恰为6个工作日" in alarm.words.zh and "请说明" in alarm.words.zh
    assert rules.doubted([], "") == []


def page(*, by: Actor = SYSTEM, **query: str) -> str:
    request = RequestFactory().get("/console/d13/quality/", query)
    request.actor, request.user = by, None  # type: ignore[attr-defined]
    return views.quality(request).content.decode()


def fill() -> None:
    massed = [ticket(f"m{n}", called_on=date(2018, 3, 1 + n % 25), dispatched_on=date(2018, 3, 1 + n % 25), closed_on=date(2018, 4, 4)
                     if n >= 40 else date(2018, 3, (26, 27, 28, 29, 30, 19, 20, 21, 22, 23)[n % 10]), unit="u2") for n in range(120)]
    events.append("hotline", pl.concat([frame(*massed), frame(ticket("x"))], how="diagonal_relaxed"), batch="b", by=SYSTEM, at=BETWEEN)


def test_page_api_and_command_line_tell_the_same(rf: RequestFactory) -> None:
    assert "尚无工单数据" in page()
    fill()
    shown = page(last="2018-05-31")
    for words in ("办结或回访集中登记在一天", "2018年4月4日一天80件", "误报率未知", "是向报送单位提的问题"):
        assert words in shown
    request = rf.get("/")
    request.actor = SYSTEM  # type: ignore[attr-defined]
    told = api.quality(request, date(2018, 5, 31), date(2018, 5, 31))
    [doubt] = told["doubts"]
    assert (doubt["rule"], doubt["unit"], doubt["observed"]) == ("massed", "u2", 80)
    ran = CliRunner().invoke(d13_group, ["quality", "--on", "2018-05-31", "--json"])
    assert json.loads(ran.output)["doubts"][0]["words_zh"] == doubt["words_zh"]
    assert "1 项存疑" in CliRunner().invoke(d13_group, ["quality", "--on", "2018-05-31"]).output


def test_a_clerk_sees_the_own_unit_only() -> None:
    fill()
    assert "80件" in page(by=CLERK, last="2018-05-31")
    other = Actor("c", unit="u1", grants=(Grant("entry", frozenset({"d13.see"}), "u1"),))
    assert "80件" not in page(by=other, last="2018-05-31")


def test_the_page_counts_once_for_each_state_of_the_store_and_sees_what_came_in() -> None:
    """A second visit asks no store; new tickets, also of a day that was counted before, are seen at once; who asks as of before, sees that."""
    fill()
    before = page(last="2018-05-31")
    counted = (delivered._judged.cache_info().misses, delivered._single.cache_info().misses)
    assert page(last="2018-05-31").partition("<main")[2] == before.partition("<main")[2]
    assert (delivered._judged.cache_info().misses, delivered._single.cache_info().misses) == counted
    assert "2018年4月4日一天80件" in before
    more = [ticket(f"n{n}", called_on=date(2018, 3, 1 + n % 25), dispatched_on=date(2018, 3, 1 + n % 25), closed_on=date(2018, 4, 4), unit="u2")
            for n in range(20)]
    events.append("hotline", frame(*more), batch="c", by=SYSTEM, at=AFTER)
    assert "2018年4月4日一天100件" in page(last="2018-05-31")
    [doubt] = queries.checked(ON, known_at=BETWEEN).alarms
    assert doubt.observed == 80
    assert [a.observed for a in queries.checked(ON, known_at=AFTER, units=["u2"]).alarms] == [100]
    assert queries.checked(ON, known_at=AFTER, units=["u1"]).alarms == []

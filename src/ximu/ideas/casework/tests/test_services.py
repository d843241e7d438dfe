"""Cases run along their declaration; clocks, silence, hand-over, limits and calendars leave their trace in the log."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from ximu.foundation import files as store
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.models import Case, CaseFile, Clock, FileOpening, Step, Telling
from ximu.ideas.casework.rules import Given, Term
from ximu.ideas.casework.services import Opening, steps
from ximu.ideas.casework.tests.factories import (
    ALL,
    CLERK,
    COORDINATOR,
    OFFICE,
    OTHER,
    SECOND,
    SOURCE,
    STRANGER,
    SUBJECT,
    T0,
    person,
    upload,
)
from ximu.ideas.ledger.queries.tree import entries_between, head
from ximu.ideas.ledger.rules import claimed_form
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.2")]
DAY = timedelta(days=1)


def refused(call: Any, *args: Any, **words: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value


def code_of(call: Any, *args: Any, **words: Any) -> str:
    return refused(call, *args, **words).code


def opened(key: str = "", **words: Any) -> str:
    what = Opening(about="REC1", key=key, subject=SUBJECT, source=SOURCE, office=OFFICE)
    return services.open_case("inquiry", opening=what, by=COORDINATOR, at=T0, given=Given("请核实"), **words)


def altered() -> list[str]:
    logged = {index: claimed_form(entry) for index, entry in entries_between(0, head().size)}
    return [label for index, entry, label in queries.provider(0, head().size) if logged[index] != entry]


def test_a_case_goes_its_way_and_everybody_knows_where_it_stands() -> None:
    uid = opened(files=[upload()])
    seen = queries.case(uid, actor=CLERK, at=T0)
    assert (seen.row.holder, seen.row.due, [m.verb for m in seen.moves]) == (SOURCE, date(2018, 5, 21), ["answer", "extend", "suspend", "resume"])
    assert seen.clock is not None
    assert [d["date"] for d in seen.clock.counted["weekends"]][:2] == ["2018-05-12", "2018-05-13"]
    assert services.move(uid, "answer", given=Given("属实"), by=CLERK, at=T0 + DAY) == "answered"
    assert services.move(uid, "close", by=COORDINATOR, at=T0 + 2 * DAY) == "closed"
    case = Case.objects.get(uid=uid)
    assert (case.closed_at, case.due, case.clocks.get().state) == (T0 + 2 * DAY, None, Clock.State.MET)
    assert [s.verb for s in case.steps.order_by("log_index")] == ["open", "answer", "close"]
    assert altered() == []


def test_wrong_moves_change_nothing() -> None:
    uid = opened()
    before = (Step.objects.count(), head().size)
    assert code_of(services.move, uid, "close", by=COORDINATOR, at=T0) == "STATE-EDGE"
    assert code_of(services.move, uid, "answer", by=STRANGER, given=Given("x"), at=T0) == "PERM-DENIED"
    assert code_of(services.move, uid, "answer", by=CLERK, at=T0) == "REASON"
    assert code_of(services.move, "0" * 16, "answer", by=CLERK, at=T0) == "CASE-NONE"
    assert code_of(services.open_case, "nothing", opening=Opening(), by=COORDINATOR, at=T0) == "PROC-NONE"
    assert code_of(services.open_case, "inquiry", opening=Opening(), by=Actor("x"), at=T0) == "PERM-DENIED"
    assert (Step.objects.count(), head().size) == before


def test_who_opened_does_not_answer() -> None:
    both = person("both", SOURCE, ALL)
    uid = services.open_case("inquiry", opening=Opening(source=SOURCE), by=both, at=T0)
    assert code_of(services.move, uid, "answer", given=Given("x"), by=both, at=T0) == "DUAL"


def test_one_matter_has_one_open_case() -> None:
    uid = opened("matter")
    twice = refused(opened, "matter")
    assert (twice.code, twice.extra) == ("CASE-DUP", {"case": uid})
    services.move(uid, "withdraw", given=Given("误提"), by=COORDINATOR, at=T0)
    assert opened("matter") != uid


def test_a_lost_race_is_told() -> None:
    uid = opened()
    stale = Case.objects.get(uid=uid)
    services.move(uid, "answer", given=Given("属实"), by=CLERK, at=T0)
    made = queries.procedure("inquiry")
    assert code_of(services.moving._advance, stale, made, made.moves[0], Given(), by=CLERK, at=T0) == "STATE-RACE"
    assert steps.lost_race(stale, "answer").status == 409


def test_the_clock_is_suspended_resumed_and_extended_in_time_only() -> None:
    uid = opened()
    services.move(uid, "suspend", given=Given("等候鉴定"), by=CLERK, at=T0 + 2 * DAY)
    assert Case.objects.get(uid=uid).due is None
    assert services.sweep_deadlines(at=T0 + 90 * DAY) == 0
    services.move(uid, "resume", by=CLERK, at=T0 + 30 * DAY)
    assert Case.objects.get(uid=uid).due == date(2018, 6, 19)
    services.move(uid, "extend", given=Given("案情复杂"), by=CLERK, at=T0 + 31 * DAY)
    assert Case.objects.get(uid=uid).due == date(2018, 6, 26)
    assert code_of(services.move, uid, "extend", given=Given("又延"), by=CLERK, at=T0 + 31 * DAY) == "CLOCK-TIMES"
    assert Case.objects.get(uid=uid).due == date(2018, 6, 26)
    services.move(uid, "answer", given=Given("属实"), by=CLERK, at=T0 + 60 * DAY)
    assert Clock.objects.get(case__uid=uid).state == Clock.State.LATE
    services.move(uid, "close", by=COORDINATOR, at=T0 + 61 * DAY)
    assert code_of(services.clocks.change, Case.objects.get(uid=uid), queries.procedure("inquiry"),
                   queries.procedure("inquiry").moves[1], day=date(2018, 7, 9)) == "CLOCK-NONE"


def test_a_limit_is_extended_as_often_as_the_parameter_of_the_day_says() -> None:
    """Once until the city says otherwise; what it says holds from its day on, and in time only."""
    uid, asks = opened(), Given("案情复杂")
    services.move(uid, "extend", given=asks, by=CLERK, at=T0 + DAY)
    assert code_of(services.move, uid, "extend", given=asks, by=CLERK, at=T0 + 2 * DAY) == "CLOCK-TIMES"
    services.set_term(Term("INQ-EXTEND-TIMES", (T0 + 3 * DAY).date(), 2, "count", "示例市规定"), by=COORDINATOR, at=T0)
    assert code_of(services.move, uid, "extend", given=asks, by=CLERK, at=T0 + 2 * DAY) == "CLOCK-TIMES"
    assert code_of(services.move, uid, "extend", given=asks, by=CLERK, at=T0 + 60 * DAY) == "CLOCK-PAST"
    services.move(uid, "extend", given=asks, by=CLERK, at=T0 + 3 * DAY)
    assert code_of(services.move, uid, "extend", given=asks, by=CLERK, at=T0 + 4 * DAY) == "CLOCK-TIMES"
    assert Clock.objects.get(case__uid=uid).extended == 2


def test_silence_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.sweeping, "superior_of", lambda uid, day: OTHER)
    uids = [opened() for _ in range(3)]
    late = T0 + 15 * DAY
    assert services.sweep_deadlines(at=T0 + 14 * DAY) == 0
    assert services.sweep_deadlines(at=late) == 3
    assert services.sweep_deadlines(at=late) == 0
    case = Case.objects.get(uid=uids[0])
    assert (case.late, case.holder) == (True, OTHER)
    assert {(t.unit, t.post) for t in Telling.objects.filter(case=case)} == {(SOURCE, "head"), (OTHER, ""), (SUBJECT, "subject")}
    assert [s.detail["to"] for s in case.steps.filter(verb="overdue")] == [OTHER]
    assert services.seen(uids[0], by=STRANGER, at=late) == 1
    assert altered() == []


def test_the_sweep_is_set_wise(django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        opened()
    with django_assert_max_num_queries(45):
        assert services.sweep_deadlines(at=T0 + 30 * DAY) == 12


def test_nobody_sees_what_is_not_theirs() -> None:
    uid = opened()
    assert code_of(queries.case, uid, actor=STRANGER, at=T0) == "CASE-NONE"
    assert code_of(services.add_files, uid, [], by=STRANGER, at=T0) == "CASE-NONE"
    assert [queries.inbox(a, tab=t).count() for a, t in ((STRANGER, "unit"), (CLERK, "unit"), (CLERK, "mine"), (COORDINATOR, "open"))] == [0, 1, 0, 1]
    services.take(uid, by=CLERK, at=T0)
    assert (queries.inbox(CLERK, tab="mine").count(), len(queries.today(CLERK, T0))) == (1, 1)
    assert code_of(services.take, uid, by=STRANGER, at=T0) == "PERM-DENIED"
    number = Case.objects.get(uid=uid).number
    assert (queries.case_by_number(number, actor=CLERK), len(queries.cases_about("REC1", actor=CLERK))) == (uid, 1)
    assert code_of(queries.case_by_number, number, actor=STRANGER) == "CASE-NONE"


def test_every_paper_arrives_and_its_opening_is_noted() -> None:
    uid = opened()
    papers = [upload(f"第{n}页".encode(), f"{n}.pdf") for n in range(30)]
    assert services.add_files(uid, papers, by=COORDINATOR, at=T0) == 30
    assert services.add_files(uid, papers, by=COORDINATOR, at=T0) == 0
    seen = queries.case(uid, actor=CLERK, at=T0)
    assert [f.digest for f in seen.files] == [p.digest for p in papers]
    file = seen.files[7]
    _, kept, _ = services.read_file(uid, file.uid, by=CLERK, at=T0)
    assert (kept.read().decode(), FileOpening.objects.get().unit) == ("第7页", SOURCE)
    store.path_of(file.digest, "cases").write_bytes(b"other")
    assert code_of(services.read_file, uid, file.uid, by=CLERK, at=T0) == "EVID-DIGEST"
    store.path_of(file.digest, "cases").unlink()
    assert code_of(services.read_file, uid, "none", by=CLERK, at=T0) == "FILE-NONE"
    assert code_of(services.read_file, uid, file.uid, by=STRANGER, at=T0) == "CASE-NONE"
    assert code_of(services.add_files, uid, [services.Upload("../etc/passwd", 1)], by=COORDINATOR, at=T0) == "EVID-DIGEST"
    services.move(uid, "withdraw", given=Given("x"), by=COORDINATOR, at=T0)
    assert code_of(services.add_files, uid, papers, by=COORDINATOR, at=T0) == "STATE-EDGE"
    assert CaseFile.objects.count() == 30


@pytest.mark.parametrize("change", [{"state": "closed"}])
def test_a_moved_cursor_is_named(change: dict[str, str]) -> None:
    uid = opened()
    Case.objects.filter(uid=uid).update(**change)
    assert len(altered()) == 1


@pytest.mark.parametrize("change", [{"by": "x"}, {"detail": {"reason": "别的"}}, {"after": "answered"}, {"unit": OTHER}])
def test_an_altered_step_is_named(change: dict[str, Any]) -> None:
    uid = opened()
    Step.objects.filter(case__uid=uid).update(**change)
    assert len(altered()) == 1


def test_a_new_value_lists_the_open_cases_that_it_touches() -> None:
    uid, other = opened(), opened()
    services.move(other, "answer", given=Given("属实"), by=CLERK, at=T0)
    term = Term("INQ-ANSWER", date(2018, 5, 1), 20, "working-day", "示例市规定")
    assert code_of(services.set_term, term, by=CLERK, at=T0) == "PERM-DENIED"
    found = services.set_term(term, by=COORDINATOR, at=T0)
    assert [(t.case, t.due, t.would_be) for t in found] == [(uid, date(2018, 5, 21), date(2018, 6, 4))]
    assert Case.objects.get(uid=uid).due == date(2018, 5, 21)
    assert code_of(services.recount, "INQ-ANSWER", [uid], reason=" ", by=COORDINATOR, at=T0) == "REASON"
    assert services.recount("INQ-ANSWER", [uid, other], reason="按新规定", by=COORDINATOR, at=T0) == 1
    assert Case.objects.get(uid=uid).due == date(2018, 6, 4)
    assert code_of(services.set_term, term, by=COORDINATOR, at=T0) == "TERM-DUP"
    for wrong, code in ((Term("NO", date(2018, 1, 1), 1, "count", "x"), "TERM-NONE"), (Term("INQ-ANSWER", date(2019, 1, 1), -1, "count", "x"), "TERM-VALUE"),
                        (Term("INQ-ANSWER", date(2019, 1, 1), 1, "working-day", " "), "REASON")):
        assert code_of(services.set_term, wrong, by=COORDINATOR, at=T0) == code
    assert altered() == []


def year(number: int = 2031, **more: Any) -> bytes:
    days = [{"name": "国庆节", "date": f"{number}-10-{n:02}", "isOffDay": True} for n in range(1, 9)]
    return json.dumps({"year": number, "days": [*days, *more.get("days", [])]}).encode()


def test_a_year_is_loaded_from_a_file_and_then_counts() -> None:
    at = T0.replace(year=2031, month=9, day=30)
    with pytest.raises(Refusal, match="CAL-NONE"):
        services.open_case("inquiry", opening=Opening(source=SOURCE), by=COORDINATOR, at=at)
    assert Case.objects.count() == 0
    assert code_of(services.load_calendar, year() + b" " * (512 << 10), source="x", by=COORDINATOR, at=at) == "CAL-FILE"
    assert services.load_calendar(year(), source="国办发明电〔2030〕1号", by=COORDINATOR, at=at) == 2031
    assert services.load_calendar(year(), source="国办发明电〔2030〕1号", by=COORDINATOR, at=at) == 2031
    uid = services.open_case("inquiry", opening=Opening(source=SOURCE), by=COORDINATOR, at=at)
    assert Case.objects.get(uid=uid).due == date(2031, 10, 22)
    assert [(y, here) for y, _, here in queries.calendar_years() if here] == [(2031, True)]
    assert altered() == []
    assert {c.state for c in queries.doctor(at)} <= {"ok", "warn"}


@pytest.mark.parametrize("content", [
    b"\xff\xfe", b"{}", b"day,kind,name\n2031-13-01,off,x\n", b"day,kind,name\n2031-01-01,rest,x\n", year(days=[{"name": "x", "date": "2032-01-01", "isOffDay": True}]),
    year(days=[{"name": "x", "date": "2031-10-01", "isOffDay": True}]), year(days=[{"name": "x", "date": "2031-10-09", "isOffDay": False}]), b"day,kind,name\n2031-01-01,off,x\n",
])
def test_a_calendar_file_that_is_wrong_is_refused(content: bytes) -> None:
    assert code_of(services.load_calendar, content, source="文号", by=COORDINATOR, at=T0) == "CAL-FILE"
    assert code_of(services.load_calendar, year(), source="", by=COORDINATOR, at=T0) == "REASON"
    assert code_of(services.load_calendar, year(), source="x", by=CLERK, at=T0) == "PERM-DENIED"


def test_cases_are_handed_over_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    uids = [opened(), opened()]
    assert code_of(services.hand_over, uids, unit=OTHER, reason="", by=CLERK, at=T0) == "REASON"
    assert code_of(services.hand_over, uids, unit=OTHER, reason="x", by=CLERK, at=T0) == "ORG-NONE"
    assert SECOND.human != CLERK.human

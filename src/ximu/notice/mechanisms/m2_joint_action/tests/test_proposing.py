"""A record that takes effect is proposed for by itself; a person sends or drops; reminders and talks are cases."""

from __future__ import annotations

from typing import Any

import pytest

from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import services as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.ideas.records.tests.factories import REVIEWER, effective
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m2_joint_action import queries, services
from ximu.notice.mechanisms.m2_joint_action.tests.test_services import (
    ACTING,
    ACTOR,
    AT,
    CHECKER,
    ITEMS,
    OFFICE,
    OFFICE_UNIT,
    OUTSIDER,
    code_of,
)
from ximu.notice.mechanisms.m2_joint_action.tests.test_services import connected as connected

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.1", "M2.2")]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list relates two measures of one unit; the registry knows it."""
    monkeypatch.setattr(queries, "proposals", lambda record, *, on: [ITEMS["YY-B-1"], ITEMS["YY-B-2"]])
    real = registry.unit
    known = type("Unit", (), {"parent": OFFICE_UNIT})()
    monkeypatch.setattr(registry, "unit", lambda uid, *, as_of: known if uid == ACTING else real(uid, as_of=as_of))
    monkeypatch.setattr(registry, "name", lambda uid, *, as_of, short=False: uid)


def proposed() -> tuple[str, str]:
    """The number of a record in effect and the case of its proposal."""
    number = effective()
    services.on_moved(RecordsMoved([number], "notified", "effective"), at=AT)
    [case] = cases.open_cases(("joint_proposal",), about=number)
    return number, case.uid


def test_it_is_proposed_once_and_sent_by_a_person_with_reasons(listed: None) -> None:
    number, case = proposed()
    services.on_moved(RecordsMoved([number], "notified", "effective"), at=AT)
    assert len(cases.cases_of("joint_proposal")) == 1
    assert [m["item"] for m in cases.case_for(case).values["measures"]] == ["YY-B-1", "YY-B-2"]
    said = str(cases.case(case, actor=OFFICE, at=AT).steps[0].detail["reason"])
    assert said.startswith("行为：")
    assert code_of(casework.move, case, "send", by=OFFICE, at=AT) == "REASON"
    assert code_of(casework.move, case, "send", given=Given("直接相关", values={"items": "YY-B-9"}), by=OFFICE, at=AT) == "MEAS-NONE"
    assert code_of(casework.move, case, "send", given=Given("直接相关", values={"starts": "明天"}), by=OFFICE, at=AT) == "DATE-FORM"
    assert code_of(casework.move, case, "send", given=Given("直接相关"), by=OUTSIDER, at=AT) == "PERM-DENIED"
    assert cases.open_cases(("joint_action",), about=number) == []
    casework.move(case, "send", given=Given("与行为直接相关，期限适当", values={"items": "YY-B-2"}), by=OFFICE, at=AT)
    [sent] = cases.open_cases(("joint_action",), about=number)
    assert (sent.values["item"], sent.source, sent.values["starts"]) == ("YY-B-2", ACTING, AT.date().isoformat())
    assert ledger.verify_log().ok


def test_a_refused_measure_sends_none(listed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    number, case = proposed()
    monkeypatch.setitem(ITEMS, "YY-B-2", ITEMS["YY-B-2"].__class__("application", "YY-B-2", "", "", "2018-1", {
        **ITEMS["YY-B-2"].body, "implementers": ["unitelsewhere001"]}))
    assert code_of(casework.move, case, "send", given=Given("相关"), by=OFFICE, at=AT) == "LIST-ULTRA"
    assert cases.open_cases(("joint_action",), about=number) == [] and cases.case_for(case).state == "proposed"


def test_it_is_dropped_with_a_ground_or_with_its_record(listed: None) -> None:
    number, case = proposed()
    assert code_of(casework.move, case, "drop", given=Given("不必"), by=OFFICE, at=AT) == "GROUND-NONE"
    records.repair(number, proof="履行证明", by=REVIEWER, at=AT)
    services.on_moved(RecordsMoved([number], "effective", "repaired"), at=AT)
    assert cases.case_for(case).state == "dropped"


def test_a_record_that_was_delivered_without_a_behaviour_is_proposed_for_too(listed: None) -> None:
    case = services.propose(effective(behaviour=""), at=AT)
    assert str(cases.case(case, actor=OFFICE, at=AT).steps[0].detail["reason"]) == "程度一般"


def test_nothing_is_proposed_where_the_list_relates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "proposals", lambda record, *, on: [])
    assert services.propose(effective(), at=AT) == ""


def test_a_talk_has_minutes_and_is_closed_by_others() -> None:
    words: dict[str, Any] = {"topic": "账款", "reason": "两次逾期", "by": OFFICE, "at": AT}
    case = services.call_in(ACTING, **words)
    assert code_of(services.call_in, ACTING, **words) == "CASE-DUP"
    assert code_of(services.call_in, OFFICE_UNIT, **words) == "CONFLICT"
    assert code_of(services.remind, ACTING, **{**words, "reason": " "}) == "REASON"
    assert code_of(services.remind, ACTING, **{**words, "by": OUTSIDER}) == "PERM-DENIED"
    assert code_of(casework.move, case, "hold", given=Given("已谈"), by=OFFICE, at=AT) == "EVID-DIGEST"
    casework.move(case, "hold", given=Given("纪要", values={"held_on": "2018-06-25", "present": "局长"}), files=[upload()], by=OFFICE, at=AT)
    casework.move(case, "report", given=Given("已付"), files=[upload(b"paid")], by=ACTOR, at=AT)
    assert code_of(casework.move, case, "close", given=Given("属实"), by=ACTOR, at=AT) in {"DUAL", "PERM-DENIED"}
    assert casework.move(case, "close", given=Given("属实"), by=CHECKER, at=AT) == "closed"


def test_a_reminder_is_answered_by_the_unit() -> None:
    case = services.remind(ACTING, topic="季报", reason="尚未报送", by=OFFICE, at=AT)
    assert code_of(casework.move, case, "answer", given=Given("今日报"), by=OUTSIDER, at=AT) == "PERM-DENIED"
    assert casework.move(case, "answer", given=Given("今日报"), by=ACTOR, at=AT) == "answered"

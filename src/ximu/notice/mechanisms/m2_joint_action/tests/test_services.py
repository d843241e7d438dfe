"""Initiated under the list, answered by each unit, fed back with evidence, lifted with the record; problems closed by others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ximu.foundation import outbox
from ximu.ideas.casework import jobs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.catalogue.queries.lists import _asked
from ximu.ideas.catalogue.rules import Ask, Item, decide
from ximu.ideas.records import services as records
from ximu.ideas.records.queries import doors
from ximu.ideas.records.tests import factories as made
from ximu.ideas.records.tests.factories import REVIEWER, T0, deliver, effective, row
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action import queries, services
from ximu.notice.mechanisms.m2_joint_action.services import initiating
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.1", "M2.2")]
OFFICE_UNIT, ACTING, OTHER = "unitoffice000001", "unitacting000001", "unitother0000001"
AT, DAY = T0 + timedelta(days=50), timedelta(days=1)
ITEMS = {f"YY-B-{n}": Item("application", f"YY-B-{n}", "", "", "2018-1", {
    "name": {"zh": f"措施{n}", "en": f"Measure {n}"}, "implementers": [ACTING], "behaviours": ["XW-01"], "direction": "breach"}) for n in range(1, 7)}


def person(name: str, unit: str, *rights: str, city: bool = False) -> Actor:
    return Actor(name, unit, (Grant("r", frozenset(rights), None if city else unit),), name)


OFFICE = person("office", OFFICE_UNIT, "joint.initiate", "joint.respond", "rectify.raise", "rectify.verify", "casework.see_all", "casework.effects", "casework.effects_see", city=True)
CHECKER = person("checker", OFFICE_UNIT, "rectify.verify", "casework.see_all", city=True)
ACTOR = person("acting", ACTING, "joint.respond", "rectify.verify")
OUTSIDER = person("other", OTHER, "joint.respond")


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    def gate(item: str, *, use: str, on: date, unit: str = "", behaviour: str = "") -> Item:
        _asked.set(_asked.get() | {use})
        return decide(Ask(item, use, on, unit, "", behaviour), edition="2018-1", item=ITEMS.get(item))

    monkeypatch.setattr(doors, "gate", made.gate)
    monkeypatch.setattr(doors, "kinds_of", made.kinds)
    monkeypatch.setattr(initiating, "gate", gate)
    monkeypatch.setattr(cases, "office", lambda: OFFICE_UNIT)


def refused(call: Any, *args: Any, **words: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value


def code_of(call: Any, *args: Any, **words: Any) -> str:
    return refused(call, *args, **words).code


def want(item: str = "YY-B-1", **changes: Any) -> Proposal:
    return Proposal(**{"item": item, "unit": ACTING, "starts": date(2018, 7, 1), "ends": date(2019, 6, 30), "reason": "与行为直接相关", **changes})


def send(number: str, **changes: Any) -> str:
    return services.initiate(number, wanted=want(**changes), by=OFFICE, at=AT)


def in_force(number: str, **changes: Any) -> str:
    case = send(number, **changes)
    casework.move(case, "accept", by=ACTOR, at=AT)
    given = Given("已取消评优资格", values={"acted_on": "2018-07-02", "document": "示财〔2018〕9号"})
    casework.move(case, "feed_back", given=given, files=[upload()], by=ACTOR, at=AT)
    return case


def deliver_outbox(at: Any = AT) -> None:
    for minute in range(4):
        outbox.sweep(at=at + timedelta(minutes=minute))


def test_only_what_is_listed_related_proportionate_and_not_too_long() -> None:
    number = effective()
    for changes, code in (({"item": "YY-X"}, "LIST-ULTRA"), ({"unit": OTHER}, "LIST-ULTRA"), ({"ends": date(2023, 3, 2)}, "MEAS-END"),
                          ({"reason": " "}, "REASON"), ({"ends": date(2018, 6, 1)}, "MEAS-START")):
        assert code_of(send, number, **changes) == code
    send(number)
    assert code_of(send, number) == "MEAS-DUP"
    for n in (2, 3, 4):
        send(number, item=f"YY-B-{n}")
    assert refused(send, number, item="YY-B-5").code == "MEAS-CAP"
    assert send(number, item="YY-B-5", decision="市政府第3次常务会议决定")
    assert code_of(services.initiate, number, wanted=want("YY-B-6"), by=ACTOR, at=AT) == "PERM-DENIED"
    draft = deliver([row("draft")]).lines["number"][0]
    assert code_of(send, draft) == "DISC-EARLY"


def test_each_unit_accepts_or_declines_with_a_ground_and_feeds_back_with_evidence() -> None:
    number = effective()
    case = send(number)
    assert code_of(casework.move, case, "accept", by=OUTSIDER, at=AT) == "PERM-DENIED"
    assert code_of(casework.move, case, "decline", given=Given("不适用", "mood"), by=ACTOR, at=AT) == "GROUND-NONE"
    part = {"by": ACTOR, "at": AT}
    assert casework.move(case, "sign", **part) == "signed"
    assert cases.case_for(case).due == date(2018, 7, 10), "ten working days to respond, counted from the signature"
    assert code_of(casework.move, case, "accept_part", given=Given("部分"), **part) == "GROUND-NONE"
    assert code_of(casework.move, case, "accept_part", given=Given("部分", "disproportionate"), **part) == "MEAS-SCOPE"
    assert casework.move(case, "accept_part", given=Given("情节轻", "disproportionate", values={"scope": "仅本年度"}), **part) == "accepted"
    assert [(e.kind.en, e.state) for e in cases.effects_of(number)] == [("Measure", "live")]
    assert code_of(casework.move, case, "feed_back", given=Given("已办"), by=ACTOR, at=AT) == "EVID-DIGEST"
    other = send(number, item="YY-B-2")
    casework.move(other, "decline", given=Given("不在范围", "not_applicable"), by=ACTOR, at=AT)
    rate = queries.rates()[0]
    assert (rate.unit, rate.sent, rate.response, rate.feedback, rate.lifting) == (ACTING, 2, 1.0, 0.0, None)


def test_repair_stops_every_measure_and_asks_for_a_feedback_of_the_lifting() -> None:
    number = effective()
    running, accepted, waiting = in_force(number), send(number, item="YY-B-2"), send(number, item="YY-B-3")
    casework.move(accepted, "accept", by=ACTOR, at=AT)
    records.repair(number, proof="履行证明", by=REVIEWER, at=AT)
    assert code_of(casework.move, accepted, "feed_back", given=Given("x"), files=[upload()], by=ACTOR, at=AT) == "MEAS-STOPPED"
    deliver_outbox()
    assert [cases.case_for(uid).state for uid in (running, accepted, waiting)] == ["lifting", "lifting", "cancelled"]
    assert [e.state for e in cases.effects_of(number)] == ["stopping", "stopping"]
    assert code_of(casework.move, running, "confirm_lift", given=Given("已恢复"), by=ACTOR, at=AT) == "EVID-DIGEST"
    casework.move(running, "confirm_lift", given=Given("已恢复"), files=[upload(b"lifted")], by=ACTOR, at=AT)
    assert sorted(e.state for e in cases.effects_of(number)) == ["stopped", "stopping"]
    assert queries.rates()[0].lifting == 0.5


def test_a_measure_ends_by_itself_on_its_day() -> None:
    number = effective()
    case = in_force(number)
    last = T0.replace(year=2019, month=6, day=30)
    assert jobs.sweep(at=last)["measures_ended"] == 0
    assert jobs.sweep(at=last + DAY)["measures_ended"] == 1
    assert jobs.sweep(at=last + DAY)["measures_ended"] == 0
    deliver_outbox(last + DAY)
    assert cases.case_for(case).state == "lifting"


PROBLEM = Problem(ACTING, "拖欠中小企业账款", "orange", "audit", "审〔2018〕1号")


def closed() -> str:
    case = services.raise_problem(PROBLEM, reason="逾期未付", by=OFFICE, at=T0)
    casework.move(case, "report_done", given=Given("已付清"), files=[upload()], by=ACTOR, at=T0)
    casework.move(case, "verify", given=Given("核对无误"), by=CHECKER, at=T0)
    return case


def test_the_owner_does_not_close_its_own_problem() -> None:
    case = services.raise_problem(PROBLEM, reason="逾期未付", by=OFFICE, at=T0)
    assert code_of(casework.move, case, "report_done", given=Given("已付清"), by=ACTOR, at=T0) == "EVID-DIGEST"
    casework.move(case, "report_done", given=Given("已付清"), files=[upload()], by=ACTOR, at=T0)
    assert code_of(casework.move, case, "verify", given=Given("无误"), by=ACTOR, at=T0) == "DUAL"
    casework.move(case, "send_back", given=Given("凭证不全"), by=CHECKER, at=T0)
    casework.move(case, "report_done", given=Given("补齐"), files=[upload(b"2")], by=ACTOR, at=T0)
    assert casework.move(case, "verify", given=Given("无误"), by=CHECKER, at=T0) == "closed"
    assert len(cases.case(case, actor=OFFICE, at=T0).steps) == 5


def test_late_is_recorded_as_late_and_not_set_back() -> None:
    case = services.raise_problem(PROBLEM, reason="逾期未付", by=OFFICE, at=T0)
    late = T0 + 40 * DAY
    casework.sweep_deadlines(at=late)
    assert code_of(casework.move, case, "extend", given=Given("再给几天"), by=ACTOR, at=late) == "CLOCK-PAST"
    assert cases.case_for(case).late


def test_the_same_problem_twice_is_offered_for_merging_and_a_relapse_is_counted() -> None:
    first = closed()
    again = services.raise_problem(PROBLEM, reason="又拖欠", by=OFFICE, at=T0 + 200 * DAY)
    seen = cases.case_for(again)
    assert (seen.parent, seen.values["relapse_of"]) == (first, cases.case_for(first).number)
    twice = refused(services.raise_problem, PROBLEM, reason="再报", by=OFFICE, at=T0 + 201 * DAY)
    assert (twice.code, twice.extra) == ("CASE-DUP", {"case": again})
    theme = queries.campaigns()[-1]
    assert theme.theme == "other"
    assert (theme.found, theme.in_hand, theme.checked, theme.relapsed) == (2, 1, 1, 1)
    casework.move(again, "merge", given=Given("并案"), by=OFFICE, at=T0 + 201 * DAY)
    later = services.raise_problem(PROBLEM, reason="三年后", by=OFFICE, at=T0 + 900 * DAY)
    assert "relapse_of" not in cases.case_for(later).values


@pytest.mark.parametrize(("change", "code"), [({"level": "pink"}, "RECT-LEVEL"), ({"origin": "rumour"}, "RECT-ORIGIN"), ({"topic": " "}, "REASON")])
def test_a_problem_is_complete(change: dict[str, str], code: str) -> None:
    words = {"owner": ACTING, "topic": "账款", "level": "red", "origin": "audit", **change}
    assert code_of(services.raise_problem, Problem(**words), reason="x", by=OFFICE, at=T0) == code
    assert code_of(services.raise_problem, PROBLEM, reason="x", by=OUTSIDER, at=T0) == "PERM-DENIED"

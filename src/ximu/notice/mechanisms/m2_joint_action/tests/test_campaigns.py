"""Themes gather problems; what comes back within the term is counted; a problem that is late goes up; measures on one unit are one page."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from ximu.ideas.casework import hooks
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.records import services as records
from ximu.ideas.records.tests.factories import REVIEWER, T0, effective
from ximu.notice.mechanisms.m2_joint_action import queries, services
from ximu.notice.mechanisms.m2_joint_action.rules import Themes, first_level, next_level
from ximu.notice.mechanisms.m2_joint_action.services import raising
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem
from ximu.notice.mechanisms.m2_joint_action.tests.test_services import (
    ACTING,
    ACTOR,
    AT,
    CHECKER,
    DAY,
    ITEMS,
    OFFICE,
    OTHER,
    OUTSIDER,
    code_of,
    in_force,
    person,
    send,
)
from ximu.notice.mechanisms.m2_joint_action.tests.test_services import connected as connected

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.1", "M2.2")]
SUBJECT = "unit000000000001"


def problem(topic: str, theme: str = "debts", owner: str = ACTING) -> Problem:
    return Problem(owner, topic, "yellow", "audit", "审〔2018〕1号", theme)


def checked(topic: str, *, at: object = T0, theme: str = "debts") -> str:
    case = services.raise_problem(problem(topic, theme), reason="逾期未付", by=OFFICE, at=at)
    casework.move(case, "report_done", given=Given("已付清"), files=[upload()], by=ACTOR, at=at)
    casework.move(case, "verify", given=Given("核对无误"), by=CHECKER, at=at)
    return case


def test_of_a_theme_another_matter_of_the_unit_is_a_relapse_too() -> None:
    first = checked("欠甲公司货款")
    again = cases.case_for(services.raise_problem(problem("欠乙公司工程款"), reason="又欠", by=OFFICE, at=T0 + 300 * DAY))
    assert (again.parent, again.values["relapse_of"]) == (first, cases.case_for(first).number)
    other = cases.case_for(services.raise_problem(problem("欠丙公司", owner=OTHER), reason="欠", by=OFFICE, at=T0 + 300 * DAY))
    assert "relapse_of" not in other.values, "another unit's"
    checked("报表迟报", theme="other")
    apart = cases.case_for(services.raise_problem(problem("归档不全", "other"), reason="x", by=OFFICE, at=T0 + 30 * DAY))
    assert "relapse_of" not in apart.values, "outside the themes only the same matter comes back"
    found = {c.theme: c for c in queries.campaigns()}
    debts = found["debts"]
    assert (debts.found, debts.in_hand, debts.checked, debts.relapsed, debts.days) == (3, 2, 1, 1, 0.0)
    assert debts.levels == {"blue": 0, "yellow": 2, "orange": 0, "red": 0}
    chain = queries.campaign("debts", on=date(2019, 3, 20))
    assert [(unit, one.found, one.relapsed) for unit, one in chain.units] == [(ACTING, 2, 1), (OTHER, 1, 0)]
    assert found["execution"].found == 0
    assert code_of(services.raise_problem, problem("x", "no"), reason="x", by=OFFICE, at=T0) == "RECT-THEME"
    wrong = Problem(ACTING, "x", "red", "record", "0000000000000")
    assert code_of(services.raise_problem, wrong, reason="x", by=OFFICE, at=T0) in {"REC-NUMBER", "REC-NONE"}


def test_a_late_problem_goes_up_one_level_by_itself_until_red() -> None:
    case = services.raise_problem(problem("欠款"), reason="逾期", by=OFFICE, at=T0)
    for level in ("orange", "red", "red"):
        services.on_overdue(hooks.CaseOverdue(case, "rectification", "assigned", "", []), at=T0 + 40 * DAY)
        assert cases.case_for(case).values["level"] == level
    services.on_overdue(hooks.CaseOverdue(case, "rectification", "done", "", []), at=T0 + 40 * DAY)
    steps = cases.case(case, actor=OFFICE, at=T0 + 41 * DAY).steps
    assert [s.verb.zh for s in steps] == ["提出", "超期升级", "超期升级"]
    assert (first_level("严重"), first_level("?"), next_level("blue"), next_level("?")) == ("orange", "blue", "yellow", "yellow")


def test_a_theme_holds_from_its_day() -> None:
    table = Themes([{"code": "a", "zh": "甲", "en": "A", "behaviours": ["XW-01"], "since": date(2018, 5, 1)}])
    assert (table.of("XW-01", date(2018, 4, 30)), table.of("XW-01", date(2018, 5, 1)), table.of("XW-02", date(2018, 5, 1))) == ("", "a", "")
    assert list(table.on(date(2018, 4, 30))) == []


def test_a_record_of_a_theme_opens_its_problem_once(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Themes([{"code": "debts", "zh": "账款", "en": "Debts", "behaviours": ["XW-01"], "since": date(2018, 1, 1)}])
    monkeypatch.setattr(queries, "themes", lambda: table)
    monkeypatch.setattr(raising.registry, "unit", lambda uid, *, as_of: SimpleNamespace(parent="") if uid == SUBJECT else None)
    monkeypatch.setattr(raising.registry, "owner_of", lambda uid, on: uid)
    number = effective()
    case = services.rectify_record(number, at=AT)
    row = cases.case_for(case)
    assert (row.source, row.values["theme"], row.values["level"], row.values["origin"], row.about) == (SUBJECT, "debts", "yellow", "record", number)
    assert services.rectify_record(number, at=AT) == case, "its problem is open already"
    assert services.rectify_record(effective("另一号", behaviour="XW-77"), at=AT) == "", "no theme names that behaviour"
    monkeypatch.setattr(raising.registry, "unit", lambda uid, *, as_of: None)
    assert services.rectify_record(effective("第三号"), at=AT) == "", "a civil servant is not sent a rectification"


def test_every_measure_on_a_unit_and_who_may_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.registry, "unit", lambda uid, *, as_of: None)
    monkeypatch.setattr(queries.registry, "name", lambda uid, *, as_of, short=False: uid)
    number = effective()
    running, waiting = in_force(number), send(number, item="YY-B-2")
    found = queries.measures_on(SUBJECT, on=AT.date())
    assert [(m.case.uid, m.name, m.effect and m.effect.state) for m in found] == [(waiting, "措施2", None), (running, "措施1", "live")]
    records.repair(number, proof="履行证明", by=REVIEWER, at=AT)
    assert {m.state.en for m in queries.measures_on(SUBJECT, on=AT.date())} <= {"In force", "To be lifted, awaiting feedback", "Sent, to be signed for"}
    for who in (OFFICE, person("subject", SUBJECT, "relief.object")):
        queries.may_see_measures(SUBJECT, who)
    assert code_of(queries.may_see_measures, SUBJECT, OUTSIDER) == "PERM-DENIED"


def test_rates_of_a_quarter_count_what_was_sent_in_it() -> None:
    send(effective())
    assert [(r.sent, r.response) for r in queries.rates(quarter_of="2018-2")] == [(1, 0.0)]
    assert queries.rates(quarter_of="2018-3") == []
    assert queries.quarter("2018-4")[1].date() - queries.quarter("2018-4")[0].date() == timedelta(days=92)
    for wrong in ("2018", "2018-0", "18-1", "2018-5", "二〇一八-1"):
        assert code_of(queries.rates, quarter_of=wrong) == "DATE-FORM"


def test_a_reward_is_sent_answered_and_ends_the_same_way() -> None:
    ITEMS["YY-S-1"] = ITEMS["YY-B-1"].__class__("application", "YY-S-1", "", "", "2018-1", {
        **ITEMS["YY-B-1"].body, "name": {"zh": "优先试点", "en": "Preference"}, "direction": "merit"})
    number = effective(family="reward")
    for n in (1, 2, 3, 4):
        send(number, item=f"YY-B-{n}")
    case = in_force(number, item="YY-S-1")
    assert cases.case_for(case).values["direction"] == "merit", "a reward does not count against the cap of punishments"
    assert services.end_due(at=T0.replace(year=2019, month=7, day=1)) == 1

"""Resolutions become tasks; vacancies are raised within the day and closed by themselves; each day is proved once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as commitments
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry import services as registering
from ximu.ideas.registry.rules.book import Holding
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s1_leadership import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("S1")]
AT = datetime(2018, 5, 8, 2, tzinfo=UTC)
GROUP, FGW, CZJ = (uid_of("example", key) for key in ("gzz", "fgw", "czj"))


def person(name: str) -> Actor:
    rights = frozenset({"leadership.record", "leadership.issue", "leadership.prove", "leadership.see"})
    return Actor(name, FGW, (Grant("coordinator", rights),), name)


MINUTES = services.Minutes(GROUP, "2018-1", "专项工作组第一次会议", date(2018, 5, 7), (FGW, CZJ), b"minutes")
WANTED = services.Wanted("建立承诺台账", "经核对的台账", CZJ, date(2018, 9, 28))


@pytest.fixture
def loaded(db: None) -> None:
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def test_a_resolution_becomes_a_task_when_a_second_person_issues_the_minutes(loaded: None) -> None:
    uid = services.record_meeting(MINUTES, by=person("a"), at=AT)
    refused("MEET-EMPTY", services.issue_meeting, uid, by=person("b"), at=AT)
    assert queries.meeting(uid).state == "entered", "a refused issue changes nothing"
    assert services.add_resolution(uid, WANTED, by=person("a"), at=AT) == 1
    refused("DUAL", services.issue_meeting, uid, by=person("a"), at=AT)
    [made] = services.issue_meeting(uid, by=person("b"), at=AT)
    row = commitments.row(made)
    assert (row.kind, row.unit, row.due) == ("plan_task", CZJ, date(2018, 9, 28))
    assert queries.resolutions(queries.meeting(uid))[0].commitment == made
    refused("STATE-EDGE", services.issue_meeting, uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.add_resolution, uid, WANTED, by=person("a"), at=AT)
    assert ledger.verify_log().ok


@pytest.mark.parametrize(("code", "change"), [
    ("GROUP-KIND", {"group": FGW}), ("TIME-FUTURE", {"held_on": date(2018, 5, 9)}), ("MEET-NUMBER", {"number": " "}),
    ("EVID-DIGEST", {"content": b""}), ("ORG-ENDED", {"present": ("nosuchunit000000",)}), ("GROUP-KIND", {"held_on": date(2018, 4, 1)}),
])
def test_bad_minutes_are_refused(loaded: None, code: str, change: dict[str, Any]) -> None:
    before = ledger.size()
    refused(code, services.record_meeting, replace(MINUTES, **change), by=person("a"), at=AT)
    assert (queries.meetings(), ledger.size()) == ([], before)


def test_a_number_is_used_once_and_a_vague_resolution_is_refused(loaded: None) -> None:
    uid = services.record_meeting(MINUTES, by=person("a"), at=AT)
    refused("MEET-DUP", services.record_meeting, MINUTES, by=person("a"), at=AT)
    refused("PROM-VAGUE", services.add_resolution, uid, replace(WANTED, deliverable=""), by=person("a"), at=AT)
    refused("MEET-NONE", services.add_resolution, "nosuchmeeting000", WANTED, by=person("a"), at=AT)
    refused("PERM-DENIED", services.record_meeting, MINUTES, by=Actor("x"), at=AT)


def vacate(unit: str, until: date) -> str:
    [post] = [p for p in registry.posts(unit, as_of=until) if p.role == "first"]
    [(term, _)] = registry.holders(post.uid, until)
    registering.end_appointment(term.uid, until=until, by=SYSTEM, at=AT)
    return post.uid


def test_a_vacancy_is_raised_once_at_the_superior_and_closed_when_filled(loaded: None) -> None:
    first = services.raise_vacancies(by=person("a"), at=AT)
    post = vacate(CZJ, date(2018, 5, 1))
    found = services.raise_vacancies(by=person("a"), at=AT)
    assert (found["raised"], found["open"]) == (1, first["open"] + 1)
    assert services.raise_vacancies(by=person("a"), at=AT + timedelta(days=1))["raised"] == 0
    [row] = [v for v in queries.open_vacancies() if v.unit == CZJ]
    assert row.superior and row.superior != CZJ
    case = cases.case_for(row.case)
    assert (case.holder, case.subject, case.closed_at) == (row.superior, CZJ, None)
    assert CZJ in {one.unit for one in queries.gaps(date(2018, 5, 8))["first"]}
    someone = registry.officials()[0].uid
    registering.appoint([Holding("", post, someone, date(2018, 5, 9), None)], by=SYSTEM, at=AT)
    assert services.raise_vacancies(by=person("a"), at=AT + timedelta(days=1))["filled"] == 1
    assert CZJ not in {v.unit for v in queries.open_vacancies()}
    assert cases.case_for(row.case).closed_at is not None


def test_the_day_is_proved_once_and_tells_what_nobody_carries(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_providers", {})
    queries.register_duties("plan", commitments.kind("plan_task").name, lambda on: {CZJ: 3, "": 2, "nosuchunit000000": 1})
    row = services.prove_day(by=person("a"), at=AT)
    assert (row.duties, row.ownerless, row.units) == (6, 3, 1)
    assert services.prove_day(by=person("b"), at=AT + timedelta(hours=3)).pk == row.pk
    assert {one[5] for one in row.exceptions} >= {"ORG-NONE", "ORG-UNKNOWN"}
    assert ledger.verify_log().ok
    refused("PROOF-NONE", queries.proof, date(2018, 5, 7))


def test_pages_and_api_show_gaps_meetings_and_proofs(loaded: None) -> None:
    now = clock.now()
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    services.prove_day(by=SYSTEM, at=now)
    assert client.get("/console/s1/").status_code == 200
    assert client.get("/console/s1/leaders?gaps=charge").status_code == 200
    assert client.get(f"/console/s1/days/{clock.today()}").status_code == 200
    assert client.get("/console/s1/days/昨天").refusal.code == "DATE-FORM"
    uid = services.record_meeting(replace(MINUTES, held_on=date(2019, 5, 7), present=()), by=SYSTEM, at=now)
    sent = client.post(f"/console/s1/meetings/{uid}/resolutions", {
        "text": "建立台账", "deliverable": "经核对的承诺台账", "unit": "示例市财政局", "due": "2030-06-03"})
    assert sent.status_code == 302, sent.refusal
    assert "建立台账" in client.get(f"/console/s1/meetings/{uid}").content.decode()
    assert b"".join(client.get(f"/console/s1/meetings/{uid}/minutes").streaming_content) == MINUTES.content  # type: ignore[attr-defined]
    assert Client().get(f"/console/s1/meetings/{uid}/minutes").status_code != 200
    assert Client().get("/api/v1/s1/gaps").status_code in (401, 403)


def test_the_desk_leads_to_a_case_only_who_may_know_of_it(loaded: None, settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar
    now = clock.now()
    vacate(CZJ, date(2018, 5, 1))
    services.raise_vacancies(by=SYSTEM, at=now)
    [row] = [v for v in queries.open_vacancies() if v.unit == CZJ]
    for login, role, unit, leads in (("boss", "coordinator", "", True), ("clerk", "entry", uid_of("example", "hbj"), False)):
        client = Client()
        client.force_login(with_password(account(login, role, unit=unit, at=now)), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get("/console/s1/").content.decode()
        assert (f"/console/casework/{row.case}" in page) is leads, login
        assert (client.get(f"/console/casework/{row.case}").status_code == 200) is leads, "no link that leads to a refusal"

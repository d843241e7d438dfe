"""A seed before the draw, a team without conflict, findings with evidence and the unit's reply, an extract that verifies offline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, services
from ximu.notice.mechanisms.m3_supervision.models import Finding, Round, Visit
from ximu.notice.mechanisms.m3_supervision.services import Found
from ximu.notice.mechanisms.m3_supervision.tests.factories import AT, person
from ximu_verify.bundle import BundleError, verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.2")]
ITEMS = ["承诺是否建立台账", "到期承诺是否兑现"]
FOUND = Found("02", "承诺应当到期兑现", "两项承诺逾期", "没有台账", "企业资金周转困难", b"photo", "t1")


@pytest.fixture(autouse=True)
def _city(db: None) -> None:
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def planned(**changes: Any) -> str:
    given = {"year": 2018, "title": "承诺兑现督查", "scope": registry.expand("各区人民政府", as_of=AT.date()), "items": ITEMS, "size": 4}
    return services.plan_round(**(given | changes), by=person("o"), at=AT)


def drawn() -> Round:
    uid = planned()
    services.commit_seed(uid, by=person("o"), at=AT)
    services.draw(uid, by=person("o"), at=AT + timedelta(hours=1))
    return queries.round_of(uid)


@pytest.mark.parametrize(("code", "change"), [
    ("ROUND-EMPTY", {"title": " "}), ("ROUND-EMPTY", {"items": ["", " "]}), ("ROUND-EMPTY", {"scope": []}), ("SAMP-SIZE", {"size": 17}),
    ("SAMP-SIZE", {"size": 0}), ("ORG-UNKNOWN", {"scope": ["nosuchunit000000"], "size": 1}), ("YEAR", {"year": 1999}),
])
def test_a_round_that_cannot_be_is_refused(code: str, change: dict[str, Any]) -> None:
    refused(code, planned, **change)
    assert queries.rounds() == []


def test_no_sample_without_a_seed_that_was_committed_before() -> None:
    uid = planned()
    refused("SAMP-SEED", services.draw, uid, by=person("o"), at=AT)
    commitment = services.commit_seed(uid, by=person("o"), at=AT)
    refused("STATE-EDGE", services.commit_seed, uid, by=person("o"), at=AT)
    sample = services.draw(uid, by=person("o"), at=AT)
    refused("STATE-EDGE", services.draw, uid, by=person("o"), at=AT)
    again = queries.redraw(queries.round_of(uid))
    assert (again["commitment"], again["sample"], again["redrawn"]) == (commitment, sample, sample)
    assert again["commitment_holds"] and again["root_holds"] and again["sample_holds"]
    assert again["commit_index"] < again["root_size"], "the root that is mixed in is later than the commitment"
    assert ledger.verify_log().ok


def test_a_sample_or_list_that_was_changed_afterwards_is_found_out() -> None:
    uid = planned()
    services.commit_seed(uid, by=person("o"), at=AT)
    row = queries.round_of(uid)
    Round.objects.filter(uid=uid).update(population=row.population[1:])
    refused("SAMP-SEED", services.draw, uid, by=person("o"), at=AT)
    other = drawn()
    Round.objects.filter(uid=other.uid).update(sample=list(reversed(other.sample)))
    assert not queries.redraw(queries.round_of(other.uid))["sample_holds"]
    Round.objects.filter(uid=other.uid).update(root_size=other.commit_index, root=ledger.root_at(other.commit_index or 0).hex())
    assert not queries.redraw(queries.round_of(other.uid))["root_holds"], "a root from before the commitment was known beforehand"


def visited() -> tuple[Visit, Actor, Any]:
    """A visit with a team of one."""
    row = queries.visits(drawn())[0]
    user = account("insp", "supervisor", number="N070")
    services.assign_team(row.uid, ["insp"], by=person("o"), at=AT)
    return queries.visit(row.uid), person("insp", human=user.person), user


def test_nobody_inspects_the_own_unit_or_its_superior() -> None:
    visit = queries.visits(drawn())[0]
    account("inside", "supervisor", unit=visit.unit, number="N071")
    beneath = next(u.uid for u in registry.units(as_of=AT.date(), parent=visit.unit))
    account("beneath", "supervisor", unit=beneath, number="N072")
    refused("TEAM-EMPTY", services.assign_team, visit.uid, [], by=person("o"), at=AT)
    refused("ACCOUNT-NONE", services.assign_team, visit.uid, ["nobody"], by=person("o"), at=AT)
    for login in ("inside", "beneath"):
        refused("CONFLICT", services.assign_team, visit.uid, [login], by=person("o"), at=AT)
    refused("VISIT-NONE", services.assign_team, "nosuchvisit00000", ["inside"], by=person("o"), at=AT)


def test_marks_and_findings_are_not_doubled_and_become_rectifications(django_capture_on_commit_callbacks: Any) -> None:
    visit, by, _ = visited()
    refused("TEAM-NOT", services.mark, visit.uid, {"01": ("ok", "")}, by=person("stranger"), at=AT)
    refused("ITEM-NONE", services.mark, visit.uid, {"09": ("ok", "")}, by=by, at=AT)
    refused("MARK-VERDICT", services.mark, visit.uid, {"01": ("good", "")}, by=by, at=AT)
    assert services.mark(visit.uid, {"01": ("ok", ""), "02": ("finding", "见问题")}, by=by, at=AT) == 2
    size = ledger.size()
    assert services.mark(visit.uid, {"01": ("ok", "")}, by=by, at=AT) == 2 and ledger.size() == size
    for code, change in (("EVID-DIGEST", {"evidence": b""}), ("FIND-PART", {"cause": ""}), ("ITEM-NONE", {"item": "99"})):
        refused(code, services.add_finding, visit.uid, replace(FOUND, **change), by=by, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        uid = services.add_finding(visit.uid, FOUND, by=by, at=AT)
        assert services.add_finding(visit.uid, FOUND, by=by, at=AT) == uid
    [row] = Finding.objects.all()
    case = cases.case_for(row.case)
    assert (case.procedure, case.source, case.about) == ("rectification", visit.unit, uid)


def test_a_reply_travels_with_the_finding_and_a_changed_extract_does_not_verify() -> None:
    visit, by, _ = visited()
    uid = services.add_finding(visit.uid, FOUND, by=by, at=AT)
    unit = person("clerk", visit.unit)
    refused("REASON", services.reply, uid, words=" ", by=unit, at=AT)
    refused("FIND-NONE", services.reply, "nosuchfinding000", words="x", by=unit, at=AT)
    refused("REPLY-OPEN", services.extract, visit.uid, by=person("o"), at=AT)
    assert services.extract(visit.uid, by=person("o"), at=AT + timedelta(days=39)).payload["findings"][0]["reply"] == "", "silent past its term"
    assert services.reply(uid, words="已与企业协商，正在付款。", by=unit, at=AT + timedelta(days=40)) is True
    refused("STATE-EDGE", services.reply, uid, words="又及", by=unit, at=AT)
    made = services.extract(visit.uid, by=person("o"), at=AT)
    bundle = queries.bundle(queries.extract_of(made.uid))
    [shown] = json.loads(bundle)["disclosed"]["payload"]["findings"]
    assert shown["reply"].startswith("已与企业") and shown["reply_late"]
    assert verify_bundle(bundle, [ledger.key()])
    with pytest.raises(BundleError):
        verify_bundle(bundle.replace("正在付款".encode(), "已经付款".encode()), [ledger.key()])
    refused("EXTRACT-NONE", queries.extract_of, "nosuchextract000")
    refused("ROUND-NONE", queries.round_of, "nosuchround00000")
    assert ledger.verify_log().ok


def test_pages_for_organisers_teams_and_units(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar
    visit, _, user = visited()
    login, now = "django.contrib.auth.backends.ModelBackend", clock.now()
    boss, team, unit = Client(), Client(), Client()
    boss.force_login(with_password(account("boss", "coordinator", at=now)), backend=login)
    team.force_login(with_password(user), backend=login)
    unit.force_login(with_password(account("clerk", "entry", unit=visit.unit, number="N073", at=now)), backend=login)
    base = "/console/m3_supervision"
    for page in ("rounds", f"rounds/{visit.round.uid}", f"visits/{visit.uid}"):
        assert boss.get(f"{base}/{page}").status_code == 200, page
    assert team.post(f"{base}/visits/{visit.uid}/marks", {"v_01": "ok", "n_01": "", "v_02": "finding"}).status_code == 302
    page = team.get(f"{base}/visits/{visit.uid}").content.decode()
    assert 'value="finding" checked' in page
    sent = {"item": "02", "criterion": "甲", "condition": "乙", "cause": "丙", "effect": "丁", "token": "a"}
    for _ in range(2):
        assert team.post(f"{base}/visits/{visit.uid}/finding", sent | {"evidence": SimpleUploadedFile("p.jpg", b"x")}).status_code == 302
    [found] = Finding.objects.all()
    proof = f"{base}/visits/{visit.uid}/findings/{found.uid}/evidence"
    for client in (team, unit):
        assert proof in client.get(f"{base}/visits/{visit.uid}").content.decode()
        assert b"".join(client.get(proof).streaming_content) == b"x"  # type: ignore[attr-defined]
    far = Client()
    far.force_login(with_password(account("far", "entry", unit="unitofsomeoneels", number="N074", at=now)), backend=login)
    assert far.get(proof).refusal.code == "PERM-DENIED"
    assert boss.get(proof.replace(found.uid, "nosuchfinding000")).status_code == 404
    assert "督查问题待说明" in unit.get("/console/").content.decode()
    assert unit.post(f"{base}/visits/{visit.uid}/reply", {"finding": found.uid, "words": "正在整改。"}).status_code == 302
    assert "正在整改。" in boss.get(f"{base}/visits/{visit.uid}").content.decode()
    assert boss.post(f"{base}/visits/{visit.uid}/extract").status_code == 302
    made = queries.extracts(queries.round_of(visit.round.uid))[0]
    assert verify_bundle(boss.get(f"{base}/extracts/{made.uid}.json").content, [ledger.key()])
    new = boss.post(f"{base}/rounds", {"title": "又一轮", "year": "2018", "scope": "各区人民政府、示例市财政局", "size": "3", "items": "一\n二"})
    assert new.status_code == 302 and boss.post(f"{base}/rounds", {"year": "x"}).refusal.code == "NUM-FORM"
    assert boss.post(f"{new['Location']}/commit").status_code == 302
    assert boss.post(f"{new['Location']}/draw").status_code == 302
    assert unit.get(f"{base}/rounds").refusal.code == "PERM-DENIED"

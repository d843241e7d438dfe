"""The API carries a round from its plan to the extract, and the delegate's word on a proposal."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM
from ximu.notice.mechanisms.m3_supervision import queries, services
from ximu.notice.mechanisms.m3_supervision.tests.factories import CZJ, person, row
from ximu_verify.bundle import verify_bundle

pytestmark = pytest.mark.django_db
WHERE = "/api/v1/m3_supervision"


class Caller:
    def __init__(self, login: str, role: str, unit: str = "", number: str = "") -> None:
        user = account(login, role, unit=unit, number=number, at=clock.now())
        _, key = accounts.issue_key(user.uid, role, unit=unit, label="测试", days=30, by=SYSTEM, at=clock.now())
        self.client = Client(headers={"authorization": f"Bearer {key}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"{WHERE}/{path}").json()

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"{WHERE}/{path}", json.dumps(body), content_type="application/json").json()


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_CLOCK, settings.XIMU_STARTED = "2018-03-05T10:00:00", datetime.now(UTC)
    city.load()


@pytest.mark.row("M3.2")
def test_a_round_from_its_plan_to_an_extract_that_verifies() -> None:
    office, team = Caller("office", "coordinator"), Caller("team", "supervisor", number="N091")
    asked = {"year": clock.today().year, "title": "债务清偿督查", "items": ["台账", "兑付"], "size": 2}
    assert office.post("rounds", scope=["各区人民政府"], **asked | {"size": 17})["code"] == "SAMP-SIZE"
    assert office.post("rounds", scope=["示例市无此局"], **asked)["code"] == "ORG-UNKNOWN"
    uid = office.post("rounds", scope=["各区人民政府", "示例市财政局", CZJ], **asked)["round"]
    assert len(office.get(f"rounds/{uid}")["scope"]) == 17, "named twice, there once"
    assert office.post(f"rounds/{uid}/draw")["code"] == "SAMP-SEED"
    assert len(office.post(f"rounds/{uid}/commit")["commitment"]) == 64
    sample = office.post(f"rounds/{uid}/draw")["sample"]
    assert office.get(f"rounds/{uid}/redraw")["redrawn"] == sample
    visit = office.get(f"rounds/{uid}")["visits"][0]
    where = f"visits/{visit['uid']}"
    assert office.post(f"{where}/team", logins=["team"]) == {"team": 1}
    assert office.post(f"{where}/marks", marks={"01": {"verdict": "ok"}})["code"] == "TEAM-NOT"
    assert team.post(f"{where}/marks", marks={"01": {"verdict": "ok"}, "02": {"verdict": "finding", "note": "见问题"}}) == {"marked": 2}
    found = {"item": "02", "criterion": "甲", "condition": "乙", "cause": "丙", "effect": "丁", "token": "a"}
    assert team.post(f"{where}/findings", **found)["code"] == "EVID-DIGEST"
    assert team.post(f"{where}/findings", evidence="%", **found)["code"] == "FILE-KIND"
    sent = found | {"evidence": base64.b64encode(b"photo").decode()}
    finding = team.post(f"{where}/findings", **sent)["finding"]
    assert team.post(f"{where}/findings", **sent)["finding"] == finding, "sent again, it is the same one"
    unit = Caller("clerk", "entry", unit=visit["unit"], number="N092")
    [shown] = unit.get(where)["findings"]
    assert shown["evidence"] == hashlib.sha256(b"photo").hexdigest() and shown["reply"] == ""
    assert office.post(f"{where}/extract")["code"] == "REPLY-OPEN"
    for other in (office, team, Caller("reviewer", "reviewer", number="N093")):
        assert other.post(f"findings/{finding}/reply", words="代为说明")["code"] == "REPLY-OWN"
    assert unit.post(f"findings/{finding}/reply", words="正在付款。") == {"late": False}
    extract = office.post(f"{where}/extract")["extract"]
    assert verify_bundle(office.client.get(f"{WHERE}/extracts/{extract}").content, [ledger.key()])
    assert office.get(f"rounds/{uid}")["extracts"][0]["uid"] == extract
    assert unit.get(f"rounds/{uid}")["code"] == "PERM-DENIED"


@pytest.mark.row("M3.2")
def test_only_the_inspected_unit_or_who_carries_its_duties_replies() -> None:
    day = clock.today()
    unit = registry.find("示例市财政局", as_of=day)
    assert queries.speaks_for(person("clerk", unit), unit, on=day)
    assert not queries.speaks_for(person("office"), unit, on=day), "a right for the whole city is no voice of the unit"
    assert not queries.speaks_for(person("clerk", registry.find("示例市教育委员会", as_of=day)), unit, on=day)


@pytest.mark.row("M3.3")
def test_a_delegate_reads_and_rates_the_own_proposals_only_and_a_wrong_lead_sends_back() -> None:
    delegate, lead = Caller("delegate-a", "delegate", number="N094"), Caller("lead", "entry", unit=CZJ, number="N095")
    stranger = Caller("delegate-b", "delegate", number="N096")
    day = clock.today().isoformat()
    brought = services.import_proposals(rows=[row(delegate="N094", joint="N097", assigned_on=day, received_on=day)], by=person("o"), at=clock.now())
    assert (brought.new, brought.problems) == (1, [])
    [own] = delegate.get("proposals/mine")
    assert (own["number"], own["leads"], own["signers"]) == ("0618", True, 2)
    signer = Caller("delegate-c", "delegate", number="N097")
    assert [(one["number"], one["leads"]) for one in signer.get("proposals/mine")] == [("0618", False)]
    assert signer.post(f"proposals/{own['uid']}/rating", rating="satisfied")["code"] == "PROP-LEADS"
    office = Caller("office", "coordinator", number="N098")
    both = office.client.post(f"{WHERE}/proposals", json.dumps([row("0700", joint="N094、N097", assigned_on=day, received_on=day)]),
                              content_type="application/json").json()
    assert (both["new"], both["problems"]) == (1, [])
    assert [one["number"] for one in signer.get("proposals/mine")] == ["0618", "0700"]
    assert stranger.get("proposals/mine") == []
    assert lead.get("proposals/mine")["code"] == "PERM-DENIED"
    assert stranger.post(f"proposals/{own['uid']}/rating", rating="satisfied")["code"] == "PROP-NONE"
    assert delegate.post(f"proposals/{own['uid']}/rating", rating="excellent")["code"] == "PROP-RATING"
    assert delegate.post(f"proposals/{own['uid']}/rating", rating="unsatisfied")["code"] == "REASON"
    assert lead.post(f"proposals/{own['uid']}/return", reason=" ")["code"] == "REASON"
    assert lead.post(f"proposals/{own['uid']}/return", reason="职责属于教育部门。") == {"proposal": own["uid"]}

"""Pages and API of joint action and rectification."""

from __future__ import annotations

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.1", "M2.2")]
UNIT = "unitacting000001"


def test_the_desk_opens_and_a_problem_is_raised_over_the_api(settings) -> None:
    settings.XIMU_CLOCK = "2019-03-20T09:00"  # in December the calendar of the next year may not be known yet
    now = clock.now()
    user = with_password(account("boss", "coordinator", at=now))
    _, key = accounts.issue_key(user.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=now)
    api = Client(headers={"Authorization": f"Bearer {key}"})
    problem = {"owner": UNIT, "topic": "账款", "level": "red", "origin": "audit", "reason": "逾期未付"}
    assert api.post("/api/v1/m2/problems", problem, content_type="application/json").status_code == 201
    twice = api.post("/api/v1/m2/problems", problem, content_type="application/json")
    assert (twice.status_code, twice.json()["code"]) == (409, "CASE-DUP")
    found = {c["theme"]: c["found"] for c in api.get("/api/v1/m2/campaigns").json()}
    assert (found.pop("other"), set(found.values())) == (1, {0}), "a theme without a problem is there with zeros"
    assert api.get("/api/v1/m2/campaigns/other").json()["units"][0]["in_hand"] == 1
    assert api.get("/api/v1/m2/campaigns/none").json()["code"] == "RECT-THEME"
    assert api.get(f"/api/v1/m2/units/{UNIT}/measures").json() == []
    assert api.get("/api/v1/m2/rates?quarter=2018-5").json()["code"] == "DATE-FORM"
    assert api.get("/api/v1/m2/rates").json() == []
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    desk = client.get("/console/m2/?quarter=2018-2").content.decode()
    assert all(words in desk for words in ("拖欠民营、中小企业账款清偿", "一个单位受到的全部措施", "没有发起的措施"))
    theme = client.get("/console/m2/campaigns/other").content.decode()
    assert "账款" in theme and "红" in theme
    assert client.get("/console/m2/campaigns/none").refusal.code == "RECT-THEME"
    assert "没有措施" in client.get(f"/console/m2/units/{UNIT}").content.decode()
    assert client.get("/console/m2/units?unit=没有的局").refusal.code == "ORG-UNKNOWN"
    unknown = client.post("/console/m2/raise", {"owner": "没有的局", "topic": "x", "level": "red", "origin": "audit", "reason": "x"})
    assert unknown.refusal.code == "ORG-UNKNOWN"
    missing = client.get("/console/m2/records/0000000000000")
    assert missing.status_code in (404, 422)
    wrong = client.post("/console/m2/records/0000000000000/initiate", {"item": "x", "unit": "x", "starts": "昨天"})
    assert wrong.refusal.code in {"DATE-FORM", "ORG-UNKNOWN"}
    assert Client().get("/api/v1/m2/rates").status_code in (401, 403)

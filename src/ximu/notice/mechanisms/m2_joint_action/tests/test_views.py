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


def test_the_desk_opens_and_a_problem_is_raised_over_the_api() -> None:
    now = clock.now()
    user = with_password(account("boss", "coordinator", at=now))
    _, key = accounts.issue_key(user.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=now)
    api = Client(headers={"Authorization": f"Bearer {key}"})
    problem = {"owner": UNIT, "topic": "账款", "level": "red", "origin": "audit", "reason": "逾期未付"}
    assert api.post("/api/v1/m2/problems", problem, content_type="application/json").status_code == 201
    twice = api.post("/api/v1/m2/problems", problem, content_type="application/json")
    assert (twice.status_code, twice.json()["code"]) == (409, "CASE-DUP")
    assert api.get("/api/v1/m2/campaigns").json()[0]["found"] == 1
    assert api.get("/api/v1/m2/rates").json() == []
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "账款" in client.get("/console/m2/").content.decode()
    unknown = client.post("/console/m2/raise", {"owner": "没有的局", "topic": "x", "level": "red", "origin": "audit", "reason": "x"})
    assert unknown.refusal.code == "ORG-UNKNOWN"
    missing = client.get("/console/m2/records/0000000000000")
    assert missing.status_code in (404, 422)
    wrong = client.post("/console/m2/records/0000000000000/initiate", {"item": "x", "unit": "x", "starts": "昨天"})
    assert wrong.refusal.code in {"DATE-FORM", "ORG-UNKNOWN"}
    assert Client().get("/api/v1/m2/rates").status_code in (401, 403)

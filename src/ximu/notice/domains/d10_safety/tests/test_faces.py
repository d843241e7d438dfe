"""The pages, the API and the command of public safety, as a clerk of a district and somebody of the supervising bureau meet them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d10_safety import queries
from ximu.notice.domains.d10_safety.commands import safety_group
from ximu.notice.domains.d10_safety.models import Inspection, Plan
from ximu.notice.domains.d10_safety.tests.test_services import HEAD, LINES

pytestmark = [pytest.mark.django_db, pytest.mark.row("D10")]
AT = datetime(2018, 3, 5, 2, tzinfo=UTC)
SYJ, Q1 = uid_of("example", "syj"), uid_of("example", "q01")
KEYS: dict[str, str] = {}
LOGINS = {"drafter": ("reviewer", SYJ), "adopter": ("reviewer", SYJ), "clerk": ("entry", Q1), "stranger": ("entry", uid_of("example", "q02"))}


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def signed() -> dict[str, Client]:
    made = {}
    for login, (role, unit) in LOGINS.items():
        made[login], user = Client(), account(login, role, unit=unit, at=AT - timedelta(days=1))
        KEYS[login] = accounts.issue_key(user.uid, role, unit=unit, label="测试", days=9, by=SYSTEM, at=AT)[1]
        made[login].force_login(with_password(user, at=AT - timedelta(days=1)))
    return made


def plan(by: Client, number: str = "示食药监〔2018〕9号", lines: str = LINES) -> Any:
    sent = SimpleUploadedFile("任务.csv", f"{HEAD}\n{lines}\n".encode())
    return by.post("/console/d10/plans", {"number": number, "title": "计划", "year": "2018", "maker": "市食药监局", "file": sent})


def test_from_the_plan_to_an_inspection_in_the_browser(signed: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    made = plan(signed["drafter"])
    assert made.status_code == 302, made.content.decode()[-2000:]
    address = made["Location"]
    assert "编制人不能自己审定" in signed["drafter"].get(address).content.decode()
    assert signed["drafter"].post(address, {"verb": "adopt"}).status_code == 403
    assert signed["adopter"].post(address, {"verb": "adopt"}).status_code == 302
    duty = queries.duty("示食药监〔2018〕9号-1-1")
    shown = signed["clerk"].get("/console/d10/duties?year=2018").content.decode()
    assert "SP-01" in shown and "YP-01" not in shown, "a district sees its own duties"
    page = f"/console/d10/duties/{duty.uid}"
    assert signed["stranger"].get(page).status_code == 403
    form = {"day": "2018-03-05", "hour": "11:00", "officers": "2", "result": "clean", "problems": "0", "note": ""}
    early = signed["clerk"].post(f"{page}/enter", form)
    assert early.status_code == 422 and "TIME-FUTURE" in early.content.decode() and Inspection.objects.count() == 0
    assert signed["clerk"].post(f"{page}/enter", {**form, "hour": "25点"}).status_code == 422
    assert signed["clerk"].post(f"{page}/enter", {**form, "hour": "09:00", "file": SimpleUploadedFile("a.txt", b"record")}).status_code == 302
    assert "按期录入" in signed["clerk"].get(page).content.decode()
    for path in ("", "duties", "plans", "figures/D10-4?year=2018"):
        assert signed["clerk"].get(f"/console/d10/{path}").status_code == 200
    assert signed["clerk"].get("/console/d10/duties/nothing").status_code == 404
    assert "YP-01" not in signed["clerk"].get(address).content.decode() and "SP-01" in signed["clerk"].get(address).content.decode()
    assert (signed["stranger"].get(address).status_code, signed["stranger"].get("/api/v1/d10/plans").json()["items"]) == (403, [])
    assert "9号" not in signed["stranger"].get("/console/d10/plans").content.decode()
    large = {**form, "hour": "08:00", "file": SimpleUploadedFile("a.txt", b"x" * 21)}
    monkeypatch.setattr("ximu.notice.domains.d10_safety.views.MOST_BYTES", 20)
    assert signed["clerk"].post(f"{page}/enter", large).status_code == 413 and Inspection.objects.count() == 1


def test_the_queries_of_the_calendar_do_not_grow_with_its_rows(signed: dict[str, Client]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection, ) as seen:
            signed["adopter"].get("/console/d10/duties?year=2018")
        return len(seen)

    few = "1,市食药监局,食品,检查,SP-1,餐饮,每季"
    many = "\n".join(f"{n},市食药监局,食品,检查,SP-{n},餐饮,每月" for n in range(1, 30))
    signed["adopter"].post(plan(signed["drafter"], "甲号", few)["Location"], {"verb": "adopt"})
    cost()
    before = cost()
    signed["adopter"].post(plan(signed["drafter"], "乙号", many)["Location"], {"verb": "adopt"})
    assert cost() <= before + 1


def test_a_bad_file_is_refused_in_both_languages_and_leaves_nothing(signed: dict[str, Client]) -> None:
    told = plan(signed["drafter"], lines="1,无名区,食品,检查,X,Y,每月")
    assert told.status_code == 422 and "ROWS-BAD" in told.content.decode() and not Plan.objects.exists()
    assert signed["drafter"].post("/console/d10/plans", {"maker": "市食药监局", "year": "2018"}).status_code == 422
    assert signed["clerk"].post("/console/d10/duties", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}).status_code == 422


def test_the_api_and_the_command_say_the_same(signed: dict[str, Client]) -> None:
    signed["adopter"].post(plan(signed["drafter"])["Location"], {"verb": "adopt"})
    api, clerk = "/api/v1/d10", signed["clerk"]
    page = clerk.get(f"{api}/duties?year=2018&limit=1").json()
    assert (len(page["items"]), page["total"]) == (1, 4) and "offset=1" in page["next"]
    assert clerk.get(f"{api}/duties?year=0").json()["code"] == "YEAR"
    listed = clerk.get(f"{api}/duties?year=2018&month=4").json()["items"]
    assert [(one["number"], one["state"], one["due"]) for one in listed] == [("示食药监〔2018〕9号-1-1", "open", "2018-04-02")]
    uid = listed[0]["uid"]
    body = {"inspected_at": "2018-03-05T10:00:01+08:00", "officers": 2, "result": "clean"}

    def send(**change: Any) -> Any:
        return clerk.post(f"{api}/duties/{uid}/inspections", json.dumps({**body, **change}), content_type="application/json",
                          headers={"authorization": f"Bearer {KEYS['clerk']}"})

    assert (send().status_code, send().json()["code"]) == (422, "TIME-FUTURE")
    made = send(inspected_at="2018-03-05T09:00:00+08:00").json()
    assert made["backdated"] is False
    assert clerk.get(f"{api}/duties/{uid}").json()["inspections"][0]["inspected_at"].startswith("2018-03-05T01:00:00")
    assert signed["stranger"].get(f"{api}/duties/{uid}").status_code == 403
    said = CliRunner().invoke(safety_group, ["duties", "2018", "--unit", Q1, "--json"], catch_exceptions=False)
    assert [one["state"] for one in json.loads(said.output)] == ["done", "open", "open", "open"]
    assert json.loads(CliRunner().invoke(safety_group, ["missed", "--json"], catch_exceptions=False).output) == {"missed": 0}
    assert clerk.get("/api/v1/areas/d10/figures?year=2018").json()["indicators"][3]["code"] == "D10-4"

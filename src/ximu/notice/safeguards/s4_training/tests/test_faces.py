"""The same in the browser's forms and through the API: a procedure from beginning to end, courses, handbook, a servant's own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor
from ximu.notice.safeguards.s4_training import queries
from ximu.notice.safeguards.s4_training.tests.test_services import CLERK, PANEL, PUBLISHER, SERVANT_NUMBER, WATCH, person, uid_of_number

pytestmark = [pytest.mark.django_db, pytest.mark.row("S4")]
AT = datetime(2018, 8, 20, 2, tzinfo=UTC)
As = Callable[[Actor], Client]


@pytest.fixture
def desk(db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> As:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: AT)
    acting: dict[str, Actor] = {}

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = acting["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)

    def as_(who: Actor) -> Client:
        acting["now"] = who
        return client

    return as_


def words_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_procedure_by_its_forms(desk: As) -> None:
    form = {"number": "示干〔2018〕7号", "kind": "award", "unit": "示例市监察局", "title": "评优（示例）", "basis": "公务员法第四十八条",
            "opened_on": "2018-08-20", "ends_on": "2018-09-20"}
    assert desk(PANEL).post("/console/s4/procedures", {**form, "basis": ""}).status_code == 422
    answer = desk(PANEL).post("/console/s4/procedures", form)
    page = answer["Location"]
    desk(PANEL).post(page, {"verb": "name", "number": SERVANT_NUMBER, "notified_on": "2018-08-20", "manner": "书面"})
    [named] = queries.procedures(PANEL)[0].named.all()
    desk(PANEL).post(page, {"verb": "check", "named": named.uid})
    assert "查询证明" in words_of(desk(PANEL), page) and "示干〔2018〕7号" in words_of(desk(PANEL), "/console/s4/procedures")
    assert desk(CLERK).get(page).status_code == 404
    mine = words_of(desk(person("me", "subject", uid_of_number())), "/console/s4/mine")
    assert "示干〔2018〕7号" in mine and "已查询" in mine
    assert desk(PANEL).post(page, {"verb": "end"}).status_code == 302
    shown = words_of(desk(PANEL), page)
    assert "结果已销毁" in shown and "销毁查询结果1件" in shown


def test_courses_results_and_the_handbook_by_their_forms(desk: As) -> None:
    course = {"verb": "open", "code": "K1", "title": "诚信课", "kind": "training", "hours": "4", "unit": "示例市财政局", "held_on": "2018-08-01",
              "pass_mark": "60"}
    assert desk(CLERK).post("/console/s4/courses", course).status_code == 302
    file = SimpleUploadedFile("结果.csv", "课程编号,内部编号\n".encode())
    assert desk(CLERK).post("/console/s4/courses", {"verb": "deliver", "file": file}).status_code == 422
    file = SimpleUploadedFile("结果.csv", f"KCBH,NBBH,QD,CJ\nK1,{SERVANT_NUMBER},是,70\nK1,无此人,是,70\n".encode())
    told = desk(CLERK).post("/console/s4/courses", {"verb": "deliver", "file": file}).content.decode()
    assert "新增1" in told and "OFFICIAL-NONE" in told and SERVANT_NUMBER not in told
    book = {"verb": "publish", "title": "手册", "in_force_on": "2018-08-01", "file": SimpleUploadedFile("手册.txt", "全文".encode())}
    assert desk(PUBLISHER).post("/console/s4/handbook", book).status_code == 302
    uid = queries.books()[0].uid
    told = desk(CLERK).post("/console/s4/handbook", {"verb": "paper", "handbook": uid, "numbers": SERVANT_NUMBER}).content.decode()
    assert "登记签收0人" in told and SERVANT_NUMBER in told, "not in office in the clerk's unit"
    me = person("me", "subject", uid_of_number())
    assert desk(me).post("/console/s4/mine", {"handbook": uid}).status_code == 302
    assert "已签收" in words_of(desk(me), "/console/s4/mine") and "诚信课" in words_of(desk(me), "/console/s4/mine")
    assert b"".join(desk(me).get(f"/console/s4/handbook/{uid}")) == "全文".encode()
    assert "不代表任何一名公务员" in words_of(desk(person("office", "subject", uid_of("example", "czj"))), "/console/s4/mine")


def test_the_same_through_the_api(desk: As) -> None:
    def post(who: Actor, path: str, body: dict[str, Any], status: int = 201) -> Any:
        answer = desk(who).post(f"/api/v1/s4/{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    new = {"number": "示干〔2018〕8号", "kind": "promote", "unit": WATCH, "title": "晋升", "basis": "公务员法", "opened_on": "2018-08-20",
           "ends_on": "2018-09-20"}
    assert post(CLERK, "procedures", new, 403)["code"] == "PERM-DENIED"
    uid = post(PANEL, "procedures", new)["procedure"]
    named = post(PANEL, f"procedures/{uid}/named", {"number": SERVANT_NUMBER, "notified_on": "2018-08-20", "manner": "书面"})["named"]
    assert post(PANEL, f"named/{named}/check", {})["certificate"]
    assert post(PANEL, f"named/{named}/check", {}, 409)["code"] == "CHECK-ONCE"
    [listed] = desk(PANEL).get("/api/v1/s4/procedures").json()["items"]
    assert listed["named"][0]["checked_at"] and SERVANT_NUMBER not in str(listed)
    assert desk(PANEL).post(f"/api/v1/s4/procedures/{uid}/end").json() == {"purged": 1}
    post(CLERK, "courses", {"code": "K1", "title": "课", "kind": "training", "hours": 4, "unit": uid_of("example", "czj"), "held_on": "2018-08-01"})
    file = SimpleUploadedFile("r.csv", f"KCBH,NBBH,QD,CJ\nK1,{SERVANT_NUMBER},是,\n".encode())
    assert desk(CLERK).post("/api/v1/s4/results", {"file": file}).json()["new"] == 1
    figures = desk(person("boss", "coordinator")).get("/api/v1/areas/s4/figures").json()["indicators"]
    assert [one["city"] is None for one in figures] == [True, False, True, True]

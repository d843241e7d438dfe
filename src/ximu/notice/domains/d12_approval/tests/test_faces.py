"""Console, public pages, API and command: a version from the file to the public, and “they asked me for something else”."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor
from ximu.notice.domains.d12_approval.commands import approvals_group
from ximu.notice.domains.d12_approval.queries import catalogue
from ximu.notice.domains.d12_approval.tests.test_services import (
    AT,
    DAY,
    DRAFTER,
    LISTED,
    OTHER,
    PUBLISHER,
    ROW,
    SIGNS,
    csv_of,
    registered,
    signs,
)

pytestmark = [pytest.mark.django_db, pytest.mark.row("D12")]
HOME = "/console/d12/catalogue"


class Desk:
    """Who sits at it, and what time it is."""

    def __init__(self, client: Client) -> None:
        self.client, self.actor, self.now = client, DRAFTER, AT

    def post(self, verb: str, actor: Actor, **form: Any) -> HttpResponse:
        self.actor = actor
        return self.client.post(HOME, {"verb": verb, "number": "2018-1", **form})


@pytest.fixture
def desk(client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    made = Desk(client)

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        if request.path.startswith(("/console", "/api")):
            request.actor, request.gate = made.actor, ""
            request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


def published(desk: Desk) -> None:
    file = SimpleUploadedFile("目录.csv", csv_of(ROW, {**OTHER, "事项名称": "=取水许可"}))
    assert desk.post("draft", DRAFTER, said="示例〔2018〕1号", file=file).status_code == 302
    assert desk.post("publish", PUBLISHER, in_force="2018-03-05").status_code == 302


def test_a_version_goes_from_the_file_to_the_public_and_its_change_lies_out(desk: Desk, client: Client) -> None:
    assert "没有有效的目录版本" in client.get("/approvals/").content.decode()
    assert "还没有公布的版本" in client.get(HOME).content.decode()
    bad = csv_of({**ROW, "承诺期限": "99"}, {**OTHER, "实施单位": "某某局"})
    faults = desk.post("draft", DRAFTER, said="示例", file=SimpleUploadedFile("x.csv", bad)).content.decode()
    assert "CAT-TERM" in faults and "SUBJ-NONE" in faults, "every fault is named on the page"
    published(desk)
    for words in ("市环保局", "15 / 20", "现行", "/approvals/2018-1/file.xlsx"):
        assert words in client.get("/approvals/").content.decode()
    assert "HB-01" not in client.get("/approvals/", {"q": "取水"}).content.decode()
    item = client.get("/approvals/2018-1/HB-01/", {"lang": "en"}).content.decode()
    assert "水污染防治法 第二十一条" in item and "<li>监测报告</li>" in item and "Promised term" in item and "Asked for something else?" in item
    client.cookies.clear()
    for path in ("/approvals/2099-1/", "/approvals/2018-1/ZZ-1/", "/approvals/2018-1/file.exe"):
        assert client.get(path).status_code == 404
    assert "'=取水许可" in client.get("/approvals/2018-1/file.csv").content.decode("utf-8-sig"), "no cell is a formula"
    assert len(json.loads(client.get("/approvals/2018-1/file.json").content)["rows"]) == 2
    desk.post("draft", DRAFTER, number="2018-2", said="示例2号", file=SimpleUploadedFile("x.csv", csv_of({**ROW, "承诺期限": "9"})))
    assert client.get("/approvals/2018-2/").status_code == 404, "a draft is not public"
    assert desk.post("publish", PUBLISHER, number="2018-2", in_force="2018-06-01").status_code == 409
    desk.post("notice", DRAFTER, number="2018-2")
    assert "2018-2版正在公示" in client.get("/approvals/").content.decode()
    waits = client.get("/approvals/2018-2/").content.decode()
    assert not set(re.findall(r"\b[0-9a-z]{16}\b", waits.split("<main")[1].split("</main")[0])) - {catalogue.edition("2018-2").digest[:16]}
    assert "公示中，未生效" in waits and "<td>15</td><td>9</td>" in waits and "取消" in waits
    assert "与2018-1版的差异" in client.get(HOME).content.decode()
    assert desk.post("withdraw", DRAFTER, number="2018-2", said="").status_code == 422
    assert desk.post("withdraw", DRAFTER, number="2018-2", said="另行起草").status_code == 302
    assert client.get("/approvals/2018-2/").status_code == 404
    desk.actor = Actor("stranger")
    assert client.get(HOME).status_code == 403 and client.get("/console/d12/").status_code == 403


def test_everybody_is_told_at_once_and_follows_it_with_a_code(desk: Desk, client: Client) -> None:
    published(desk)
    form = {"kind": "material", "item": "HB-01", "words": "无犯罪记录证明", "unit": "市环保局", "on": "2018-03-05"}
    assert "HB-01" in client.get("/approvals/ask/", {"item": "HB-01"}).content.decode()
    assert "在目录之内" in client.post("/approvals/ask/", {**form, "words": "申请表"}).content.decode()
    for wrong, status in (({"unit": "某某局"}, 422), ({"on": "昨天"}, 422), ({"item": "ZZ"}, 404), ({"words": "给13800138000"}, 422)):
        told = client.post("/approvals/ask/?lang=en", {**form, **wrong})
        assert told.status_code in (status, 404) and 'role="alert"' in told.content.decode()
    client.cookies.clear()
    made = client.post("/approvals/ask/", form)
    assert "不在目录之内" in made.content.decode() and made.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in made.headers
    code = made.content.decode().split('class="mono">')[1].split("<")[0]
    token = client.get("/approvals/ask/").content.decode().split('name="token" value="')[1].split('"')[0]
    twice = [client.post("/approvals/ask/", {**form, "words": "学历证明", "token": token}).content.decode() for _ in range(2)]
    assert len({page.split('class="mono">')[1].split("<")[0] for page in twice}) == 1 and len(cases.cases_of("off_catalogue")) == 2
    seen = client.post("/approvals/mine/", {"code": code}).content.decode()
    assert "待单位说明" in seen and cases.cases_of("off_catalogue")[1].number in seen
    assert "What became of it" in client.get("/approvals/mine/?lang=en").content.decode()
    assert client.post("/approvals/mine/", {"code": "1" * 16}).status_code == 404


def test_the_api_and_the_command_tell_the_same_catalogue(desk: Desk, client: Client, tmp_path: Path) -> None:
    empty = client.get("/api/v1/d12/catalogue").json()
    assert (empty["number"], empty["items"]) == (None, [])
    published(desk)
    told = client.get("/api/v1/d12/catalogue", {"q": "排污"}).json()
    assert (told["number"], [one["code"] for one in told["items"]], len(told["changes"])) == ("2018-1", ["HB-01"], 2)
    assert client.get("/api/v1/d12/catalogue", {"number": "2099-9"}).json()["code"] == "CAT-NONE"
    desk.actor = Actor("stranger")
    assert client.get("/api/v1/d12/catalogue").json()["code"] == "PERM-DENIED"
    run = CliRunner().invoke
    assert json.loads(run(approvals_group, ["catalogue", "--json"]).output)["number"] == "2018-1"
    assert "HB-01\t排污许可\t市环保局" in run(approvals_group, ["catalogue", "--on", "2018-03-05"]).output
    assert run(approvals_group, ["catalogue", "--on", "2017-03-05"]).output.strip() == ""
    registered(tmp_path, *LISTED)
    file = tmp_path / "signs.csv"
    file.write_bytes(signs(SIGNS))
    assert json.loads(run(approvals_group, ["signs", str(file), "--json"]).output) == {"rows": 7, "new": 7, "same": 0, "found": 1}


def test_the_console_shows_ties_and_the_case_leads_back(desk: Desk, client: Client, tmp_path: Path) -> None:
    registered(tmp_path, *LISTED)
    shown = client.get("/console/d12/", {"year": "2018"}).content.decode()
    assert "示例甲检测中心" in shown and "待脱钩" in shown and "审批目录" in shown
    desk.now = datetime(2018, 10, 1, 2, tzinfo=UTC)
    assert "D12-W5" in client.get("/console/d12/", {"year": "2018"}).content.decode()
    opened = client.get("/console/d12/figures/D12-3", {"year": "2018"}).content.decode()
    assert "逾期未脱钩" in opened and catalogue.office((AT + DAY).date()) and desk.now - AT > timedelta(days=180)

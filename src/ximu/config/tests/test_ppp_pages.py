"""The pages, the API and the command of partnership projects: for the city, for a district, for another one, for everybody."""

from __future__ import annotations

import json
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.config.tests import test_ppp_year as year
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant
from ximu.notice.domains.d02_ppp.commands import ppp_group

pytestmark = [pytest.mark.django_db, pytest.mark.row("D2")]
NOW = datetime(2019, 3, 20, 9, tzinfo=clock.CITY)
WHOLE = (Grant("all", frozenset({EVERY_RIGHT})),)
OFFICE = Actor("office", uid_of("example", "fgw"), WHOLE, "office")


def clerk(key: str, *rights: str) -> Actor:
    unit = uid_of("example", key)
    return Actor(key, unit, (Grant("entry", frozenset(rights or {"d02.see", "d02.find"}), unit),), key)


@pytest.fixture
def desk(db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loaded("partnerships of the example", year.happened, home=True)
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


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_city_sees_all_a_district_its_own_and_everybody_no_partner_and_no_person(desk: Any) -> None:
    client = desk(OFFICE)
    assert "D02-W1" in page(client, "/console/d02/", year="2018") and "顺延至2018年10月8日" in page(client, "/console/d02/figures/D02-1", year="2018")
    shown = page(client, "/console/d02/projects/HZ-04", on="2018-12-31")
    assert "RETRACE-GAP" in shown and "名录中该单位当日没有这个岗位" in shown and "市发展改革委" in shown and "项目公司" in shown
    assert "no such post" in page(client, "/console/d02/projects/HZ-04", on="2018-12-31", lang="en")
    client.cookies.clear()
    client = desk(clerk("q10"))
    assert "HZ-04" in page(client, "/console/d02/projects") and "HZ-01" not in page(client, "/console/d02/projects")
    mine = page(client, "/console/d02/", year="2018")
    assert "癸区" in mine and "D02-W10" in mine and "乙区" not in mine and 'light-red">D02-W1<' not in mine
    for path in ("HZ-01", "X-9"):
        assert client.get(f"/console/d02/projects/{path}").refusal.code == "PPP-NONE"
    assert client.get("/console/d02/projects/HZ-04", {"on": "昨天"}).refusal.code == "DATE-FORM"
    assert client.get("/console/d02/", {"year": "1066"}).status_code == 200, "another year than can be asked is the present one"
    assert client.get("/console/d02/figures/D02-9").refusal.code == "IND-NONE"
    assert desk(Actor("stranger")).get("/console/d02/projects").status_code == 403
    public = page(desk(Actor("stranger")), "/areas/d02/", year="2018")
    assert "HZ-03" in public and "未按约提供土地" in public and "72.73" in public and "有限公司" not in public and "主任" not in public


def test_a_breach_is_said_on_the_page_and_over_the_api(desk: Any) -> None:
    client, where = desk(OFFICE), "/console/d02/projects/HZ-02/breaches"

    def said(**changed: str) -> dict[str, Any]:
        file = SimpleUploadedFile("a.txt", b"evidence")
        return {"kind": "1", "duty": "D2", "occurred_on": "2018-11-08", "words": "到期未付", "file": file} | changed

    for code, changed in (("PPP-TYPE", {"kind": "9"}), ("PPP-DUTY", {"duty": "D9"}), ("DATE-FORM", {"occurred_on": "昨天"}),
                          ("TIME-FUTURE", {"occurred_on": "2019-03-21"}), ("REASON", {"words": " "}), ("EVID-DIGEST", {"file": ""})):
        assert client.post(where, said(**changed)).refusal.code == code
    made = client.post(where, said())
    assert made.status_code == 302
    case = page(client, made["Location"])
    assert "听取政府方意见" in case and "合作项目与责任回溯" in case and "RETRACE-GAP" in case
    assert client.post(where, said()).refusal.code == "CASE-DUP"
    assert desk(clerk("q10")).post(where, said()).refusal.code == "PERM-DENIED"
    assert desk(OFFICE).get(where).status_code == 405
    api = "/api/v1/d02/projects/HZ-05/breaches"
    assert client.post(api, said(duty="D1")).status_code == 201
    bad = client.post(api, said(duty="D1", kind="0"))
    assert (bad.status_code, bad.json()["code"], bad.json()["field"]) == (422, "PPP-TYPE", "kind")


def test_the_api_and_the_command_tell_the_same_trace_and_no_name(desk: Any) -> None:
    client = desk(OFFICE)
    assert [one["project"] for one in client.get("/api/v1/d02/projects").json()["items"]][:2] == ["HZ-01", "HZ-02"]
    assert client.get("/api/v1/d02/projects", {"known_at": "2018-05-01"}).json()["items"] == [], "nothing was known then"
    told = client.get("/api/v1/d02/projects/HZ-03", {"on": "2018-11-01", "duty": "D1"}).json()
    assert told["stage_set"] == "2014" and told["duties"][0]["due"] == "2018-10-31" and told["breaches"][0]["document"] == "示仲裁字〔2018〕88号"
    assert client.get("/api/v1/d02/projects/X-9").json()["code"] == "PPP-NONE"
    assert desk(clerk("q10")).get("/api/v1/d02/projects/HZ-03").status_code == 404
    run = CliRunner().invoke(ppp_group, ["trace", "HZ-03", "--on", "2018-11-01", "--duty", "D1", "--json"])
    assert json.loads(run.output)[0]["holders"] == told["trace"][0]["holders"] and len(json.loads(run.output)) == len(told["trace"])
    gaps = CliRunner().invoke(ppp_group, ["trace", "HZ-04", "--on", "2018-12-31"])
    assert gaps.output.count("RETRACE-GAP") == 3 and "SL0" in gaps.output
    assert "HZ-09" in CliRunner().invoke(ppp_group, ["projects"]).output
    assert date.fromisoformat(told["trace"][0]["act"]["on"]) == date(2016, 5, 10)


def test_more_projects_cost_no_more_questions_to_the_database(desk: Any, django_assert_max_num_queries: Any) -> None:
    client = desk(OFFICE)
    page(client, "/console/d02/projects")
    with django_assert_max_num_queries(30):
        page(client, "/console/d02/projects")

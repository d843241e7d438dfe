"""The pages of city management: for the office, for a unit, for another, for everybody; the same through API and command line."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.areas.rules import period_of
from ximu.ideas.places import services as placing
from ximu.ideas.places.commands import places_group
from ximu.ideas.places.tests.factories import OFFICE, clerk, line, u
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor
from ximu.notice.domains.d07_urban import queries, services
from ximu.notice.domains.d07_urban.tests.factories import found, move

pytestmark = [pytest.mark.django_db, pytest.mark.row("D7")]
NOW = datetime(2018, 6, 1, 2, tzinfo=UTC)
CLERK = clerk("q01j1", "d07.see", "d07.handle", "d07.enter", "places.see", "places.inspect", "places.accept")
OTHER = clerk("q04j1", "d07.see", "places.see")


@pytest.fixture
def desk(db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    line("q01j1", street="q01j1", every=30)
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
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_clerk_enters_a_matter_and_the_unit_and_the_office_see_it_and_nobody_else(desk: Any) -> None:
    given = {"kind": "illegal", "title": "楼顶搭建", "place": "甲区中和街道和平路3号", "found_at": "2018-06-01T09:30", "origin": "report",
             "building": "1"}
    made = desk(CLERK).post("/console/d07/matters/new", given | {"file": SimpleUploadedFile("照片.txt", b"x")})
    assert made.status_code == 302
    for who in (CLERK, OFFICE):
        shown = page(desk(who), made["Location"])
        assert "和平路3号" in shown and "中和街道" in shown and "正在搭建" in shown and "2018年7月2日" in shown
        assert "楼顶搭建" in page(desk(who), "/console/d07/matters")
    assert "楼顶搭建" not in page(desk(OTHER), "/console/d07/matters") and desk(OTHER).get(made["Location"]).status_code == 404
    case = queries.cases.cases_of("urban_matter")[0]
    told = page(desk(CLERK), reverse("casework:case", args=[case.uid]))
    assert "地点" in told and "和平路3号" in told
    assert desk(Actor("stranger")).get("/console/d07/matters").status_code == 403
    for bad, code in ((given | {"found_at": "昨天"}, "DATE-FORM"), (given | {"found_at": "2199-01-01T00:00"}, "TIME-FUTURE"),
                      (given | {"kind": "ufo", "building": ""}, "PLACE-KIND"), (given | {"place": ""}, "PLACE-NONE")):
        answer = desk(CLERK).post("/console/d07/matters/new", bad)
        assert answer.status_code == 422 and code in answer.content.decode() and "楼顶搭建" in answer.content.decode(), "what was typed stays"


def test_every_page_opens_in_both_languages_and_does_not_ask_more_for_more_rows(desk: Any) -> None:
    site = line("q01j1", street="q01j1", site="幸福大厦", kinds=("quasi",))
    pages = ["/console/d07/", "/console/d07/matters", "/console/d07/queue", "/console/d07/sites", f"/console/d07/sites/{site}",
             "/console/d07/derelictions", "/console/places/", f"/console/places/{site}", "/console/places/new", "/console/d07/matters/new"]
    found("丁区没有的路"), found(building=True)
    client = desk(OFFICE)
    page(client, "/console/d07/matters")

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection, ) as seen:
            page(client, path)
        return len(seen)

    before = {path: asked(path) for path in pages}
    for n in range(6):
        found("丁区没有的路", title=f"第{n}件"), found(title=f"另{n}件", origin="other")
        services.list_project(site, title=f"项目{n}", due_on=date(2018, 9, 1), by=OFFICE, at=NOW)
        line("q01j2", street="q01j2", road=f"和平{'一二三四五六'[n]}路", every=10)
    after = {path: asked(path) for path in pages}
    assert {path: n for path, n in after.items() if n > before[path] + 1} == {}
    client.cookies["ximu_language"] = "en"
    for path in pages:
        assert "责任单位" not in page(client, path).replace("示例", ""), path


def test_the_duty_list_is_kept_looked_up_and_inspected_in_the_browser(desk: Any) -> None:
    client = desk(OFFICE)
    given = {"unit": "甲区西山街道", "district": "甲区", "street": "西山街道", "road": "西山路", "low": "1", "high": "99", "side": "odd",
             "kinds": ["illegal", "hazard"], "every": "7", "basis": "示责清〔2018〕9号", "since": "2018-05-01"}
    made = client.post("/console/places/new", given)
    assert made.status_code == 302 and "西山路1–99号单号" in page(client, made["Location"])
    asked = client.post("/console/places/", {"kind": "hazard", "place": "甲区西山街道西山路7号", "on": "2018-05-02"}).content.decode()
    assert "示例市甲区人民政府西山街道办事处" in asked and "唯一责任单位" in asked
    assert "清单无法匹配" in client.post("/console/places/", {"kind": "hazard", "place": "别处"}).content.decode()
    assert client.post("/console/places/", {"kind": "hazard", "place": " "}).refusal.code == "PLACE-NONE"
    for bad, code in (({"street": "没有街道"}, "PLACE-DUTY"), ({"low": "五"}, "NUM-FORM"), ({"since": "明天"}, "DATE-FORM"),
                      ({"unit": "没有的单位"}, "ORG-UNKNOWN"), ({"high": ""}, "PLACE-DUTY")):
        assert client.post("/console/places/new", given | bad).refusal.code == code
    act = {"act": "inspect", "on": "2018-05-20", "note": "无异常", "found": "0"}
    assert desk(clerk("q01j2", "places.see", "places.inspect")).post(made["Location"], act).status_code == 302
    assert desk(OTHER).post(made["Location"], act).status_code == 403
    assert desk(OFFICE).post(made["Location"], {"act": "end", "until": "2018-06-01"}).status_code == 302
    assert desk(OFFICE).post(made["Location"], {"act": "burn"}).status_code == 404
    assert desk(OFFICE).get("/console/places/nosuch").status_code == 404


def test_a_sign_is_brought_up_and_a_project_listed_in_the_browser(desk: Any) -> None:
    uid, site = found(building=True), line("q01j1", street="q01j1", site="幸福大厦", kinds=("quasi",))
    client = desk(OFFICE)
    assert "正在搭建未即时制止" in page(client, "/console/d07/derelictions", year="2018")
    sign = {"code": "4", "unit": u("q01j1"), "about": uid, "reason": "两小时内未到场"}
    brought = client.post("/console/d07/derelictions", sign)
    assert brought.status_code == 302 and "失职" in page(client, brought["Location"])
    document = {"code": "5", "unit": "甲区中和街道", "document": "示监〔2018〕1号", "reason": "违法办证"}
    assert client.post("/console/d07/derelictions", document).refusal.code == "EVID-DIGEST"
    assert client.post("/console/d07/derelictions", document | {"file": SimpleUploadedFile("文书.txt", b"x")}).status_code == 302
    made = client.post(f"/console/d07/sites/{site}", {"title": "拆除隔断", "due_on": "2018-09-30", "unit": ""})
    assert made.status_code == 302 and "拆除隔断" in page(client, f"/console/d07/sites/{site}")
    assert desk(OTHER).get(f"/console/d07/sites/{site}").status_code == 404
    assert desk(CLERK).post(f"/console/d07/sites/{site}", {"title": "另一项", "due_on": "2018-09-30"}).status_code == 403


def send(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_same_through_the_api_and_the_command_line(desk: Any) -> None:
    client = desk(OFFICE)
    place = {"kind": "hazard", "place": "甲区中和街道和平路3号"}
    status, told = send(client, "places/whose", **place, on="2018-06-01")
    assert (status, told["how"], [one["uid"] for one in told["units"]]) == (200, "one", [u("q01j1")])
    assert send(client, "places/whose", kind="ufo", place="甲区")[1]["code"] == "PLACE-KIND"
    new = {"unit": "甲区南湖街道", "district": "甲区", "street": "南湖街道", "basis": "示责清〔2018〕3号", "since": "2018-01-01"}
    status, made = send(client, "places/duties", **new)
    assert status == 201 and send(client, "places/duties", **new)[1]["code"] == "DUTY-DUP"
    assert send(client, f"places/duties/{made['duty']}/inspections", on="2018-05-01", note="无异常")[0] == 201
    assert send(client, f"places/duties/{made['duty']}/end", until="2018-07-01")[0] == 200
    assert client.get("/api/v1/places/duties?on=2018-08-01").json()["total"] == 1
    status, matter = send(client, "d07/matters", **place, title="电线外露", found_at="2018-06-01T08:00:00")
    assert (status, matter["how"]) == (201, "one")
    assert send(client, "d07/matters", **place, title="", found_at="2018-06-01T08:00:00")[1]["code"] == "FIELD-NEED"
    listed = client.get("/api/v1/d07/matters").json()
    assert listed["items"][0]["uid"] == matter["matter"] and "和平路" not in json.dumps(listed, ensure_ascii=False)
    site = line("q01j1", street="q01j1", site="幸福大厦", kinds=("quasi",))
    assert client.get("/api/v1/d07/sites").json()["items"][0]["uid"] == site
    assert send(client, f"d07/sites/{site}/projects", title="拆除隔断", due_on="2018-09-30")[0] == 201
    signs = client.get("/api/v1/d07/derelictions?year=2018").json()["items"]
    assert [one["code"] for one in signs] == ["1"] and client.get("/api/v1/d07/derelictions?year=1").json()["code"] == "YEAR"
    assert send(client, "d07/derelictions", code="1", unit=signs[0]["unit"], about=signs[0]["about"], reason="逾期未巡查")[0] == 201
    assert desk(Actor("stranger")).get("/api/v1/d07/matters").status_code == 403
    found_by = CliRunner().invoke(places_group, ["whose", "hazard", "甲区中和街道和平路3号", "--on", "2018-06-01", "--json"])
    assert json.loads(found_by.output)["units"] == ["示例市甲区人民政府中和街道办事处"]
    assert "中和街道" in CliRunner().invoke(places_group, ["list", "--on", "2018-06-01"]).output


def test_a_file_of_grid_cases_keeps_good_rows_and_names_bad_ones(desk: Any, tmp_path: Any) -> None:
    head = "case_no,kind,source,filed_on,disposed_on,closed_on,unit_name,checker_name,address"
    check = "示例市住房和城乡建设管理委员会"
    rows = [f"A1,脏乱,巡查,2018-05-02,2018-05-03,2018-05-04,,{check},甲区中和街道和平路3号", "A2,脏乱,巡查,2018-05-02,,,,,没有的地方",
            f"A3,脏乱,巡查,2018-05-02,2018-05-03,2018-05-04,{check},{check},甲区", "A4,飞碟,巡查,2018-05-02,,,,,甲区",
            "A5,脏乱,巡查,2018-05-02,,,没有的单位,,甲区", f"A6,脏乱,巡查,2018-05-02,,2018-05-04,,{check},甲区"]
    path = tmp_path / "grid.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    told = services.load("grid_cases", path, batch="a", by=OFFICE, at=NOW)
    assert (told["new"], told["bad"]) == (2, 4)
    assert {(one["line"], one["field"], one["code"]) for one in told["faults"]} == {
        (4, "checker_name", "DUAL"), (5, "kind", "FIELD-CODE"), (6, "unit_name", "SUBJ-NONE"), (7, "disposed_on", "FIELD-NEED")}
    assert [row["n"] for row in queries.unplaced_rows(date(2018, 6, 1), known_at=NOW)] == [1], "A2 is kept without a unit"
    theirs = services.load("grid_cases", path, batch="b", by=CLERK, at=NOW + timedelta(hours=1))
    assert all(one["code"] == "PERM-DENIED" for one in theirs["faults"] if one["line"] in (2, 3)) and theirs["new"] == 0
    moved = found(kind="hazard")
    move(moved, "report_done", by=clerk("q01j1", "d07.handle"), files=True)
    assert "待核查" in page(desk(OFFICE), f"/console/d07/matters/{moved}")


def test_a_line_that_ends_later_is_still_inspected_and_one_that_ended_is_not(desk: Any) -> None:
    ends = {uid: placing.end_duty(uid, until=day, by=OFFICE, at=NOW) or day for uid, day in (
        (line("q01j1", street="q01j1", road="前街"), date(2018, 7, 1)), (line("q01j1", street="q01j1", road="后街"), date(2018, 5, 1)))}
    assert ["登记巡查" in page(desk(CLERK), f"/console/places/{uid}") for uid in ends] == [True, False]
    assert 'value="2018-06-01"' in page(desk(CLERK), f"/console/places/{next(iter(ends))}"), "the form begins with today"


def test_what_was_placed_later_had_no_unit_as_known_before(desk: Any) -> None:
    later = NOW + timedelta(days=2)
    uid = found("丁区没有这条路", kind="illegal", is_new=True, at=NOW)
    move(uid, "place", by=OFFICE, at=later, procedure="place_unit", unit="甲区中和街道")
    known = [next(one for one in queries.lines(period_of(2018, today=date(2018, 6, 3), known_at=at))["D07-2"] if one.uid == uid).unit
             for at in (NOW + timedelta(days=1), later)]
    assert known == ["", u("q01j1")]
    answer = desk(OFFICE).get("/api/v1/d07/matters?state=ufo")
    assert (answer.status_code, answer.json()["code"]) == (422, "API-INPUT")


def test_a_page_beyond_the_last_is_the_last(desk: Any) -> None:
    assert "中和街道" in page(desk(OFFICE), "/console/places/", page="99")

"""What comes in is refused by name, for one's own units only; a problem is closed by another; a year is decided by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
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
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.events import services as events
from ximu.ideas.events.services.pushing import push_rows
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d06_rivers import services
from ximu.notice.domains.d06_rivers.queries import shown, store

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D6")]
AT = datetime(2018, 5, 8, 10, tzinfo=clock.CITY)
STREET, OTHER = "示例市丙区人民政府大石街道办事处", "示例市丙区人民政府平原街道办事处"
Q03J2, Q03J1, Q03, SWJ = (uid_of("example", key) for key in ("q03j2", "q03j1", "q03", "swj"))
REACH = {"reach": "HD-1", "name": "示例河", "unit_name": STREET, "kind": "河道", "since": "2017-01-01", "width_m": 40, "document": "示1号",
         "course": "121.30 31.10; 121.31 31.10; 121.32 31.11"}
CHARGE = {"reach": "HD-1", "level": "街镇级", "unit_name": STREET, "post": "街镇级河长", "since": "2017-01-01", "document": "示2号"}
PATROL = {"patrol": "P1", "reach": "HD-1", "level": "街镇级", "unit_name": STREET, "patrolled_on": "2018-05-07", "result": "未发现问题",
          "track": "09:00:00 121.30 31.10; 09:20:00 121.31 31.10; 09:50:00 121.32 31.11", "photos": "a" * 64}
WATER = {"section": "S1", "reach": "HD-1", "unit_name": STREET, "sampled_on": "2018-05-02", "target": "Ⅳ", "oxygen": 4.2, "document": "示3号"}
REPORT = {"ticket": "T1", "reach": "HD-1", "unit_name": STREET, "called_on": "2018-05-03", "matter": "漂浮物"}
ACTING: dict[str, Actor] = {}


def who(name: str, *rights: str, unit: str | None = None) -> Actor:
    return Actor(name, unit, (Grant("r", frozenset(f"d06.{right}" for right in rights), unit),), name)


def push(dataset: str, *rows: dict[str, Any], by: Actor = SYSTEM, batch: str = "") -> dict[str, Any]:
    batch = batch or hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:12]
    return push_rows(list(rows), services.LOADERS[f"river_{dataset}"], batch=batch, by=by, at=AT)


def code(call: Callable[..., Any], *given: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    assert caught.value.zh and caught.value.en and caught.value.field
    return caught.value.code


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_HOME, settings.XIMU_PROFILE = tmp_path, "example"
    load(at=datetime(2018, 1, 1, tzinfo=clock.CITY))
    push("reaches", REACH)
    push("charges", CHARGE)
    monkeypatch.setattr(clock, "now", lambda: AT)

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM


def test_each_bad_row_has_its_own_code_and_nothing_of_it_is_kept() -> None:
    assert push("patrols", PATROL)["new"] == 1
    far = "09:00:00 121.50 31.10; 09:20:00 121.51 31.10"
    for change, refused in (
        ({"patrol": "P2", "track": far, "photos": None}, "GEO-OUT"), ({"patrol": "P2"}, "DUP-PHOTO"), ({"reach": "HD-9"}, "REACH-NONE"),
        ({"level": "区级"}, "CHIEF-NONE"), ({"patrolled_on": "2016-05-07"}, "REACH-NONE"), ({"photos": "IMG_1.jpg"}, "PHOTO-FORM"),
        ({"track": "绕河一周"}, "GEO-TRACK"), ({"track": "10:00:00 121.3 31.1; 09:00:00 121.31 31.1"}, "TIME-ORDER"),
        ({"patrolled_on": "2018-05-08"}, ""),
        ({"patrolled_on": "2018-05-08", "track": str(PATROL["track"]).replace("09:50", "10:01")}, "TIME-FUTURE"),
        ({"result": "发现问题"}, "FIELD-NEED"), ({"kind": "漂浮物"}, "FIELD-EMPTY"), ({"level": "镇长"}, "FIELD-CODE"),
        ({"unit_name": "无名街道"}, "SUBJ-NONE"),
    ):
        row = {**PATROL, **change}
        if refused == "":
            assert push("patrols", row)["corrected"] == 1
        else:
            assert code(push, "patrols", row) == refused, change
    for dataset, row, refused in (
        ("reaches", {**REACH, "course": "121.3 31.1"}, "GEO-LINE"), ("reaches", {**REACH, "length_m": 9000}, "GEO-LENGTH"),
        ("charges", {**CHARGE, "reach": "HD-9"}, "REACH-NONE"), ("charges", {**CHARGE, "until": "2016-01-01"}, "DATE-ORDER"),
        ("water", {**WATER, "oxygen": None}, "WQ-EMPTY"), ("water", {**WATER, "reach": "HD-9"}, "REACH-NONE"),
        ("reports", {**REPORT, "reach": "HD-9"}, "REACH-NONE"),
    ):
        assert code(push, dataset, row) == refused
    assert code(push, "patrols", *[PATROL] * 1001) == code(push, "patrols") == "PUSH-SIZE"
    told = push("patrols", {**PATROL, "patrol": "P3", "photos": "b" * 64}, {**PATROL, "patrol": "P4", "photos": "b" * 64})
    assert (told["new"], told["bad"], told["faults"][0]["code"]) == (1, 1, "DUP-PHOTO") and "P3" in told["faults"][0]["zh"]
    assert push("patrols", PATROL, batch="again")["corrected"] == 1 and push("patrols", PATROL, batch="again")["corrected"] == 1


def test_a_report_agrees_with_the_hotline(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"ticket,called_on,kind,topic,unit_name\nT1,2018-05-04,投诉,04,{STREET}\n", "utf-8")
    events.load("hotline", path, batch="h", by=SYSTEM, at=AT)
    assert code(push, "reports", REPORT) == "TICKET-DAY"
    assert push("reports", {**REPORT, "called_on": "2018-05-04"}, {**REPORT, "ticket": "T2"})["new"] == 2
    found = shown.doubts(AT.date(), known_at=AT)
    assert found["located"] == [(Q03J2, 1, 2, 1)], "one environment ticket of the hotline; two were located, one of them is known there"


def test_deliveries_are_for_ones_own_units_and_a_number_of_another_is_not_taken_over() -> None:
    street, district, stranger = who("s", "patrol", unit=Q03J2), who("d", "patrol", "deliver", unit=Q03), who("x", "patrol", unit=Q03J1)
    assert push("patrols", PATROL, by=street)["new"] == 1
    assert push("patrols", {**PATROL, "patrol": "P2", "photos": None}, by=district)["new"] == 1, "a district for its streets"
    assert code(push, "patrols", {**PATROL, "patrol": "P3", "photos": None}, by=stranger) == "PERM-DENIED"
    push("charges", {**CHARGE, "level": "区级", "unit_name": OTHER})
    mine = {**PATROL, "unit_name": OTHER, "level": "区级", "photos": None}
    assert code(push, "patrols", mine, by=stranger) == "PERM-DENIED", "P1 belongs to the other street"
    assert code(push, "patrols", {**PATROL, "explained": "说明1号"}, by=street) == "PERM-DENIED", "nobody explains his own flags"
    assert push("patrols", {**PATROL, "explained": "说明1号"}, by=district)["corrected"] == 1
    slow = {**PATROL, "track": str(PATROL["track"]).replace("09:50", "09:55")}
    assert code(push, "patrols", slow, by=street) == "PERM-DENIED", "nobody walks his own patrol again at a better speed"
    assert push("patrols", PATROL, by=street, batch="same")["bad"] == 0 and push("patrols", slow, by=district)["corrected"] == 1
    assert code(push, "water", WATER, by=street) == "PERM-DENIED" and push("water", WATER, by=district)["new"] == 1


def test_what_a_patrol_found_is_put_right_by_one_and_closed_by_another() -> None:
    found = {**PATROL, "result": "发现问题", "kind": "漂浮物", "patrolled_on": "2018-05-02"}
    [case] = push("patrols", found)["cases"]
    assert push("patrols", {**found, "photos": "c" * 64})["cases"] == [case], "once"
    row, one, two = cases.case_for(case), who("one", "handle", unit=Q03J2), who("two", "handle", unit=Q03J2)
    assert (row.source, row.office, row.values["due"]) == (Q03J2, SWJ, "2018-05-17"), "from the day it was found"
    assert code(casework.move, case, "report_fixed", given=Given("清理完毕"), by=one, at=AT) == "EVID-DIGEST"
    casework.move(case, "report_fixed", given=Given("清理完毕", files=("d" * 64,)), by=one, at=AT)
    assert code(casework.move, case, "close", given=Given("看过"), by=one, at=AT) == "DUAL"
    casework.move(case, "send_back", given=Given("没有清理干净"), by=two, at=AT)
    casework.move(case, "report_fixed", given=Given("再次清理", files=("e" * 64,)), by=one, at=AT)
    casework.move(case, "close", given=Given("现场看过"), by=who("bureau", "handle", unit=SWJ), at=AT + timedelta(days=3))
    assert cases.case_for(case).state == "closed"


def test_a_year_is_decided_by_another_when_it_is_over() -> None:
    push("patrols", PATROL)
    one, two, later = who("one", "see", "appraise", "decide"), who("two", "see", "decide"), datetime(2019, 1, 5, 10, tzinfo=clock.CITY)
    assert code(services.propose, 2018, by=one, at=AT) == "RIV-EARLY"
    assert code(services.propose, 2018, by=two, at=later) == "PERM-DENIED"
    assert code(services.propose, 2018, by=who("part", "appraise", unit=SWJ), at=later) == "PERM-DENIED", "all chiefs are measured alike"
    batch = services.propose(2018, by=one, at=later)
    assert code(services.propose, 2018, by=one, at=later) == "RIV-WAITS"
    assert code(services.decide, batch, approved=True, by=one, at=later) == "DUAL"
    assert code(services.decide, batch, approved=False, by=two, at=later) == "REASON"
    assert code(services.decide, "nothing", approved=True, by=two, at=later) == "RIV-BATCH"
    assert services.decide(batch, approved=False, reason="频次有误", by=two, at=later) == 1 and shown.held(2018) == []
    batch = services.propose(2018, by=one, at=later)
    assert services.decide(batch, approved=True, by=two, at=later) == 1
    assert code(services.decide, batch, approved=True, by=two, at=later) == "STATE-EDGE"
    assert code(services.propose, 2018, by=one, at=later) == "RIV-SAME"
    [row] = shown.held(2018)
    assert (row.grade, str(row.score)) == ("不合格", "4.17") and row.log_index is not None, "one patrol of 24; no section, no problem"


def test_the_desk_takes_a_row_with_photos_and_a_file_and_tells_what_it_refused(client: Client) -> None:
    page = "/console/d06/deliver?dataset=river_patrols"
    photo = SimpleUploadedFile("p.jpg", b"picture", "image/jpeg")
    assert client.post(page, {**PATROL, "photos": "", "photos_files": [photo]}).status_code == 302
    held = store.known_charges(AT.date(), known_at=AT)
    [row] = store.known_patrols(AT.date().replace(month=1), AT.date(), held, known_at=AT)[1].values()
    assert row["photos"] == hashlib.sha256(b"picture").hexdigest()
    again = client.post(page, {**PATROL, "patrol": "P2", "photos": row["photos"]})
    assert again.status_code == 409 and "DUP-PHOTO" in again.content.decode()
    lines = [{**PATROL, "patrol": "P9", "photos": None}, {**PATROL, "patrol": "PX", "photos": row["photos"]}]
    text = client.post(page, {"file": SimpleUploadedFile("f.json", json.dumps(lines).encode())}, follow=True).content.decode()
    assert "新增1行" in text and "退回1行" in text and "同一照片" in text
    assert "HD-1" in client.get("/console/d06/reaches").content.decode()
    ACTING["now"] = who("reader", "see")
    assert client.get(page).status_code == 403


def test_the_api_takes_rows_and_refuses_with_code_field_and_rule(client: Client) -> None:
    def post(path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/d06/{path}", body, content_type="application/json")

    assert post("rows/river_patrols", rows=[PATROL], batch="b").json()["new"] == 1
    assert post("rows/river_patrols", rows=[PATROL], batch="b").json()["new"] == 1, "the same batch is answered as before"
    out = post("rows/river_patrols", rows=[{**PATROL, "patrol": "P2", "photos": None, "track": "09:00:00 120 30; 09:10:00 120 30.01"}])
    assert out.status_code == 422 and (out.json()["code"], out.json()["field"]) == ("GEO-OUT", "track") and "WGS84" in out.json()["message_zh"]
    odd = [post("rows/river_water", rows=[{**WATER, "oxygen": value}]).json() for value in (True, [4.2], "１e")]
    assert [(one["code"], one["field"]) for one in odd] == [("NUM-FORM", "oxygen"), ("CELL-KIND", "oxygen"), ("NUM-FORM", "oxygen")]
    assert post("rows/hotline", rows=[PATROL]).json()["code"] == "EVT-SET"
    assert post("rows/river_patrols", rows=[]).json()["code"] == "PUSH-SIZE"
    assert post("appraisal/2018").json()["code"] == "RIV-EARLY"
    assert client.get("/api/v1/d06/reaches").json()["items"][0]["length"] > 1900
    ACTING["now"] = who("nobody")
    assert post("rows/river_patrols", rows=[PATROL]).json()["code"] == "PERM-DENIED" == client.get("/api/v1/d06/doubts").json()["code"]


def test_a_year_that_no_calendar_has_and_a_second_click_at_once_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("appraisal/0", "appraisal/10000", "appraisal/1999"):
        for ask in (client.get, client.post):
            answer = ask(f"/api/v1/d06/{path}")
            assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "YEAR", "year"), path
    one, two, later = who("one", "appraise"), who("two", "appraise"), datetime(2019, 1, 5, 10, tzinfo=clock.CITY)
    plain, before = shown.preview, list[str]()

    def preview(of: int, *, known_at: datetime) -> Any:
        if not before:
            before.append("")
            before[0] = services.propose(of, by=two, at=later)
        return plain(of, known_at=known_at)

    monkeypatch.setattr(shown, "preview", preview)
    assert code(services.propose, 2018, by=one, at=later) == "RIV-WAITS"
    assert {row.batch for row in shown.waiting(2018)} == set(before)


def test_tracks_tickets_weeks_and_scores_of_another_unit_are_not_shown(client: Client) -> None:
    push("patrols", PATROL)
    push("reports", REPORT)
    later = datetime(2019, 1, 5, 10, tzinfo=clock.CITY)
    services.propose(2018, by=who("one", "appraise"), at=later)
    for name, unit, seen in (("own", Q03J2, True), ("other", Q03J1, False)):
        ACTING["now"] = who(name, "see", unit=unit)
        reach = client.get("/console/d06/reaches/HD-1").content.decode()
        assert [word in reach for word in ("#b4393d", "<code>T1</code>", "<code>P1</code>")] == [seen] * 3, name
        assert ("示例河" in client.get("/console/d06/doubts").content.decode()) is seen, name
        assert ("待决定的结果" in client.get("/console/d06/appraisal?year=2018").content.decode()) is seen, name
    ACTING["now"] = who("two", "see", "decide")
    asked = client.get("/console/d06/appraisal?year=2018").content.decode()
    assert "待决定的结果" in asked and "大石街道" in asked.split("待决定的结果")[1].split("</section>")[0], "who decides reads whose it is"


def test_the_heir_of_a_unit_sees_and_delivers_what_was_the_units(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two streets of the second district merged on 15 May 2018."""
    old = registry.name(uid_of("example", "q02j3"), as_of=date(2018, 5, 1))
    push("reaches", {**REACH, "reach": "HD-2", "unit_name": old})
    push("charges", {**CHARGE, "reach": "HD-2", "unit_name": old})
    monkeypatch.setattr(clock, "now", lambda: datetime(2018, 6, 1, 10, tzinfo=clock.CITY))
    heir, row = who("heir", "see", "patrol", unit=uid_of("example", "q02j9")), {**PATROL, "reach": "HD-2", "unit_name": old, "photos": None}
    assert push("patrols", row, by=heir)["new"] == 1
    ACTING["now"] = heir
    assert "<code>P1</code>" in client.get("/console/d06/reaches/HD-2").content.decode()

"""The audit pages: for the bureau, for a unit about which something was found, for another unit, for everybody."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ximu.config.tests import test_audit_year as year
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d16_audit import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D16")]
CITY = SRC / "config" / "cities" / "example"
LATER = datetime(2019, 1, 4, 2, tzinfo=UTC)
RIGHTS = frozenset({"audits.see", "audits.work", "audits.handle"})
BUREAU, Q01, Q03 = (uid_of("example", key) for key in ("sjj", "q01", "q03"))


def person(name: str, unit: str, *rights: str, whole: bool = False) -> Actor:
    return Actor(name, unit, (Grant("reviewer", frozenset(rights or RIGHTS), None if whole else unit),), name)


A, B = person("a", BUREAU), person("b", BUREAU)
COORDINATOR = person("c", uid_of("example", "fgw"), "audits.see", whole=True)


@pytest.fixture
def desk(db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    loaded("audits of the example", year.tell, home=True)
    monkeypatch.setattr(clock, "now", lambda: LATER)
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


def url_of(number: str) -> str:
    return reverse("d16:audit", args=[next(one.uid for one in queries.audits(SYSTEM, LATER.date()) if one.number == number)])


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_bureau_and_the_city_see_all_a_unit_sees_what_concerns_it(desk: Any) -> None:
    special = url_of("示审〔2018〕2号")
    for who in (A, COORDINATOR):
        client = desk(who)
        assert "D16-W1" in page(client, "/console/d16/", year="2018")
        assert "扶持资金350万元" in page(client, special) and "扶持资金90万元" in page(client, special)
        assert "示例市科学技术委员会" in page(client, "/console/d16/universe")
        assert "滞留" in page(client, "/console/d16/figures/D16-2", year="2018")
    client = desk(person("clerk", Q03, "audits.see", "audits.handle"))
    mine = page(client, special)
    assert "扶持资金350万元" in mine and "扶持资金90万元" not in mine and "提出公告" not in mine
    shown = page(client, "/console/d16/", year="2018")
    assert "丙区" in shown and "乙区" not in shown and "D16-W1" in shown and "科学技术" not in shown
    assert "市民中心" not in page(client, "/console/d16/audits") and "专项资金使用审计" in page(client, "/console/d16/audits")
    assert "乙区" not in page(client, "/console/d16/figures/D16-2", year="2018")
    assert "乙区" not in page(client, "/console/d16/universe")
    other = desk(person("clerk2", uid_of("example", "q04"), "audits.see"))
    assert other.get(special).status_code == 404 and other.get("/console/d16/audits/nosuchaudit").status_code == 404
    assert desk(Actor("stranger")).get("/console/d16/").status_code == 403
    assert desk(A).get("/console/d16/figures/D16-9").refusal.code == "IND-NONE"


def test_a_repeat_opens_to_the_earlier_finding_at_the_unit_before_the_reform(desk: Any) -> None:
    shown = page(desk(A), url_of("示审〔2018〕6号"))
    assert "屡审屡犯" in shown and "2015年有非税收入180万元" in shown and url_of("示审〔2016〕1号") in shown
    assert "屡审屡犯" not in page(desk(A), url_of("示审〔2018〕2号"))


def test_an_audit_goes_through_the_pages_from_notice_to_announcement(desk: Any) -> None:
    client, bad = desk(A), desk(A).post("/console/d16/audits", {"number": "示审〔2019〕1号", "title": "审计", "opened_on": "昨天", "covers": Q01})
    assert bad.refusal.code == "DATE-FORM"
    made = client.post("/console/d16/audits", {"number": "示审〔2019〕1号", "title": "甲区审计", "opened_on": "2019-01-02", "covers": Q01})
    where = made["Location"]
    finding = {"target": Q01, "topic": "works", "text": "多计10万元，付给示例二号有限公司", "criterion": "", "amount": "100000"}
    file = {"file": SimpleUploadedFile("a.txt", b"evidence")}
    assert client.post(f"{where}/find", finding | file).refusal.code == "FIND-CRIT"
    assert client.post(f"{where}/find", finding | {"criterion": "办法第一条"}).refusal.code == "FIND-CRIT"
    file = {"file": SimpleUploadedFile("a.txt", b"evidence")}
    assert client.post(f"{where}/find", finding | {"criterion": "办法第一条"} | file).status_code == 302
    one = queries.audit(where.rsplit("/", 1)[1]).findings.get()
    clerk = person("clerk", Q01)
    casework.move(one.case, "reply", given=Given("属实", values={"accepts": "yes"}), by=clerk, at=LATER)
    casework.move(one.case, "order_now", given=Given("充分"), by=B, at=LATER)
    report = {"on": "2019-01-04", "file": SimpleUploadedFile("r.pdf", b"report")}
    assert client.post(f"{where}/report", report).status_code == 302
    assert client.post(f"{where}/announce", {f"black-{one.uid}": "示例二号有限公司", f"why-{one.uid}": "trade", "ground": ""}).status_code == 302
    assert client.post(f"{where}/approve").refusal.code == "DUAL"
    assert client.post(f"{where}/nothing").status_code == 404
    assert desk(B).post(f"{where}/refuse", {"reason": ""}).refusal.code == "REASON"
    assert "示例二号" in page(desk(B), where) and "■■■" in page(desk(B), where)
    assert desk(B).post(f"{where}/approve").status_code == 302
    public = page(client, "/audits/")
    assert "多计10万元，付给■■■" in public and "商业秘密" in public and "示例二号" not in public


def test_a_fund_is_entered_and_stands_in_the_universe(desk: Any) -> None:
    client = desk(A)
    given = {"kind": "fund", "key": "F9", "name": "示例基金", "unit": "示例市甲区人民政府", "since": "2019-01-02", "every": "2", "until": ""}
    assert client.post("/console/d16/universe", given).status_code == 302
    assert "示例基金" in page(client, "/console/d16/universe", kind="fund")
    assert client.post("/console/d16/universe", given | {"key": "F8", "every": "两"}).refusal.code == "NUM-FORM"
    assert desk(COORDINATOR).post("/console/d16/universe", given | {"key": "F7"}).refusal.code == "PERM-DENIED"


def test_the_api_tells_figures_lines_and_warnings_to_those_who_may_see_them(desk: Any) -> None:
    def get(who: Actor, path: str, **query: Any) -> Any:
        return desk(who).get(f"/api/v1/areas/d16/{path}", query).json()

    told = {one["code"]: one for one in get(A, "figures", year=2018)["indicators"]}
    assert (told["D16-2"]["city"], told["D16-2"]["units"][Q03]) == ("80.00", "0.00")
    clerk = person("clerk", Q03, "audits.see")
    assert set(get(clerk, "figures", year=2018)["indicators"][1]["units"]) == {Q03}
    lines = get(clerk, "figures/D16-1", year=2018)["items"]
    assert {one["unit"] for one in lines} == {Q03} and {one["state"] for one in lines} == {"covered"}
    assert {one["rule"] for one in get(clerk, "warnings", year=2018)["items"]} == {"D16-W1"}
    page = get(A, "warnings", year=2018, limit=4)
    assert (len(page["items"]), page["total"]) == (4, 6) and "year=2018" in page["next"]
    assert (get(A, "figures/D16-9")["code"], get(A, "figures", year=12)["code"]) == ("IND-NONE", "YEAR")
    assert get(Actor("stranger"), "warnings")["code"] == "PERM-DENIED"

"""The example year of the made-up city: every planted fault is found, and nothing else; the pages show it and name no firm."""

from __future__ import annotations

import csv
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d14_enterprise import jobs, queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("D14")]
CITY = SRC / "config" / "cities" / "example"
LATER = datetime(2019, 1, 4, 2, tzinfo=UTC)
ANSWERS = tomllib.loads((CITY / "d14" / "answers.toml").read_text("utf-8"))
CZJ = uid_of("example", "czj")
ACTING: dict[str, Actor] = {}


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    assert jobs.load_profile(CITY, by=SYSTEM, at=LATER - timedelta(days=30)) == {"demands": 0}, "the year is not over"
    assert jobs.load_profile(CITY, by=SYSTEM, at=LATER) == {"demands": 76}
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM
    return client


def sheet() -> queries.Sheet:
    return queries.sheet(2018, today=date(2019, 1, 4), known_at=LATER)


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    warned = sorted([a.rule, a.about, a.unit] for a in queries.warned(sheet()))
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])


def test_an_independent_count_of_the_file_finds_the_same_figures() -> None:
    """From the file alone, with none of the product's rules: no closing without the firm's word, no withdrawal, calendar days for terms."""
    rows = list(csv.DictReader((CITY / "d14" / "demands.csv").read_text("utf-8").splitlines()))
    live = [one for one in rows if one["closed_as"] != "撤回"]
    alone = {one["demand"] for one in live if (one["closed_on"] and one["closed_as"] == "单方办结")
             or (one["closed_as"] == "企业确认" and not one["solved"])}

    def soon(one: dict[str, str], days: int) -> bool:
        return bool(one["answered_on"]) and one["demand"] not in alone and (
            date.fromisoformat(one["answered_on"]) - date.fromisoformat(one["accepted_on"])).days <= days

    general = [one for one in live if one["kind"] == "一般" and one["accepted_on"] < "2018-12-20"]
    hard = [one for one in live if one["kind"] == "疑难"]
    spoken = [one for one in live if one["solved"] or one["demand"] in alone or one["closed_as"] == "说明情况"]
    rated, closed = [one for one in live if one["rating"]], [one for one in live if one["closed_on"]]
    counted = {
        "D14-1": (sum(soon(one, 5) for one in general), len(general)), "D14-5": (sum(soon(one, 15) for one in hard), len(hard)),
        "D14-2": (sum(one["solved"] == "是" and one["demand"] not in alone for one in spoken), len(spoken)),
        "D14-3": (1, 2), "D14-4": (550_000, 1_000_000), "D14-6": (sum(one["rating"] != "不满意" for one in rated), len(rated)),
        "D14-7": (len(alone), len(closed)),
    }
    found = sheet().figures
    assert {code: (found[code, ""].part, found[code, ""].whole) for code in counted} == counted
    assert len(alone) == 4


def scope_of(key: str) -> str:
    return ("@" if key.startswith("@") else "") + uid_of("example", key.lstrip("@")) if key else ""


@pytest.mark.parametrize("one", ANSWERS["figure"], ids=lambda one: f"{one['code']} {one['unit']}")
def test_the_figures_of_the_year(one: dict[str, str]) -> None:
    figure = sheet().figures[one["code"], scope_of(one["unit"])]
    assert str(figure.value) == one["value"]


def test_a_second_load_adds_nothing() -> None:
    before = sheet()
    jobs.load_profile(CITY, by=SYSTEM, at=LATER)
    assert sheet() == before
    with pytest.raises(Refusal) as caught:
        queries.sheet(1900, today=date(2019, 1, 4), known_at=LATER)
    assert caught.value.code == "YEAR"


def test_the_page_opens_to_the_demands_behind_each_figure(desk: Client) -> None:
    shown = desk.get("/console/d14/", {"year": "2018"}).content.decode()
    for words in ("一般问题按期办结率", "D14-W2", "丙区", "QY2018-0033", "没有在办的诉求"):
        assert words in shown
    opened = desk.get("/console/d14/D14-7", {"year": "2018", "unit": uid_of("example", "q03")}).content.decode()
    assert len(re.findall(r"单方办结\s*</td>", opened)) == 4
    missing = desk.get("/console/d14/D14-9")
    assert (missing.status_code, missing.refusal.code) == (404, "IND-NONE")
    ACTING["now"] = Actor("stranger")
    assert desk.get("/console/d14/").status_code == 403


def test_a_demand_is_registered_by_form_and_confirmed_by_its_code(desk: Client) -> None:
    form = {"firm": "示例戊戌包装有限公司", "contact": "021-1", "content": "厂区道路积水", "topic": "其他", "unit": "市财政局", "district": "甲区",
            "raised_on": "2019-01-03", "amount": ""}
    again = desk.post("/console/d14/new/", {**form, "unit": "某某并不存在的局"})
    assert again.status_code in (404, 422) and "厂区道路积水" in again.content.decode()
    made = desk.post("/console/d14/new/", form).content.decode()
    code = made.split('class="mono">')[1].split("<")[0]
    row = queries.open_demands(None)[0]
    page = f"/console/d14/demand/{row.uid}/"
    ACTING["now"] = Actor("other", grants=(Grant("coordinator", frozenset({"d14.see", "d14.desk"})),))
    assert "示例戊戌" not in desk.get(page).content.decode() and "加密保存" in desk.get(page).content.decode()
    clerk = ACTING["now"] = Actor("clerk", CZJ, (Grant("entry", frozenset({"d14.see", "d14.handle"}), CZJ),), "clerk")
    assert "示例戊戌包装有限公司" in desk.get(page).content.decode()
    for verb, values in (("accept_general", {"promised_on": "2019-01-08"}), ("answer", {"outcome": "解决"})):
        casework.move(row.case, verb, given=Given("（示例）已疏通", values=values), by=clerk, at=LATER)
    seen = desk.post("/enterprise/", {"code": code}).content.decode()
    assert "（示例）已疏通" in seen and "确认已解决" in seen and "示例戊戌" not in seen
    assert "已记下您的意见" in desk.post("/enterprise/", {"code": code, "word": "confirm", "rating": "满意"}).content.decode()
    assert cases.case_for(row.case).state == "confirmed"
    page = desk.get("/enterprise/new/").content.decode()
    form = {"token": page.split('name="token" value="')[1].split('"')[0], "firm": "示例某某有限公司", "content": "（示例）", "topic": "税费"}
    assert desk.post("/enterprise/new/", {**form, "unit": "某某局"}).status_code == 404
    told = [desk.post("/enterprise/new/", {**form, "unit": "市财政局"}) for _ in range(2)]
    own = {one.content.decode().split('class="mono">')[1].split("<")[0] for one in told}
    assert len(own) == 1 and told[0].headers["Cache-Control"] == "no-store" and "示例某某" not in told[0].content.decode()
    assert "待受理" in desk.post("/enterprise/", {"code": own.pop()}).content.decode()
    wrong = desk.post("/enterprise/?lang=en", {"code": "1" * 16})
    assert wrong.status_code == 404 and "No demand belongs to this code" in wrong.content.decode()
    assert services.feed(by=SYSTEM, at=LATER) == 2


def test_the_api_tells_the_figures_and_opens_them(desk: Client) -> None:
    def get(path: str, **query: Any) -> Any:
        return desk.get(f"/api/v1/d14/{path}", query).json()

    told = {one["code"]: one for one in get("figures", year=2018)["indicators"]}
    for one in ANSWERS["figure"]:
        line, scope = told[one["code"]], scope_of(one["unit"])
        values = line["units"] | {f"@{unit}": value for unit, value in line["districts"].items()} | {"": line["city"]}
        assert str(values[scope]) == one["value"]
    assert len(get("figures/D14-1", year=2018)) == 76
    assert len(get("figures/D14-1", year=2018, unit=scope_of("q03"))) == 12 and len(get("figures/D14-1", year=2018, skip=70)) == 6
    assert len(get("figures/D14-1", year=2018, unit=scope_of("@q03"))) == 16
    assert len(get("warnings", year=2018)) == len(ANSWERS["alarm"])
    assert (get("figures/D14-9")["code"], get("figures", year=12)["code"]) == ("IND-NONE", "YEAR")
    ACTING["now"] = Actor("stranger")
    assert get("warnings")["code"] == "PERM-DENIED"


def test_the_public_reads_rates_and_no_small_ones(client: Client) -> None:
    shown = queries.public_figures(SimpleNamespace(name="public", allows=lambda *_: True), year=2018)
    by_code = {one["code"]: one for one in shown["indicators"]}
    assert [one["withheld"] for one in by_code["D14-3"]["units"]] == [True], "two demands of one unit"
    assert (by_code["D14-3"]["withheld"], by_code["D14-3"]["city"]) == (True, None), "two in the whole city"
    assert any(not one["withheld"] for one in by_code["D14-1"]["units"]) and str(by_code["D14-1"]["city"]) == "79.69"
    assert "有限公司" not in str(shown) and "QY2018" not in str(shown)
    page = client.get("/enterprise/figures/", {"year": "2018"}).content.decode()
    assert "单方办结率" in page and "不公布" in page and "QY2018" not in page
    assert "Closed without the firm" in client.get("/enterprise/figures/", {"year": "2018", "lang": "en"}).content.decode()

"""The year of government service of the made-up city: every planted fault is found and nothing else; the pages show it and name nobody."""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ximu.config.stories import CITIES, Story, d11
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.areas import queries as areas
from ximu.ideas.ledger.queries.verification import verify_log
from ximu.ideas.registry.tests.factories import load
from ximu.kernel import codes
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d11_service import queries, services
from ximu.notice.domains.d11_service.services import rating as ratings

pytestmark = [pytest.mark.django_db, pytest.mark.row("D11")]
HOME = CITIES / "example" / "d11"
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))
NOW = datetime(2019, 3, 20, 1, tzinfo=UTC)
MZJ = uid_of("example", "mzj")
ACTING: dict[str, Actor] = {}
BY_CODE, JSON = "/api/v1/d11/rate", {"content_type": "application/json"}


@pytest.fixture(scope="module")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def tell() -> None:
    load()
    story = Story()
    d11.tell(story, "example")
    story.play()


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, first_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The story is told once for this file; each test has its rows and a copy of its home."""
    settings.XIMU_HOME = first_home
    loaded(f"service year in {first_home}", tell)
    settings.XIMU_HOME = shutil.copytree(first_home, tmp_path / "home")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    ACTING["now"] = SYSTEM


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    return client


def sheet() -> areas.Sheet:
    return areas.sheet(queries.AREA, 2018, today=NOW.date(), known_at=NOW)


def rows(name: str) -> list[dict[str, str]]:
    return [row for path in sorted(HOME.glob(f"{name}*.csv")) for row in csv.DictReader(path.read_text("utf-8").splitlines())]


def named(about: str) -> str:
    """The case of a rating, the window of a burst; else what it is."""
    found = queries.ratings(SYSTEM, uid=about).first()
    burst = next((one for one in queries.bursts(SYSTEM) if one.uid == about), None)
    return found.case if found else burst.window if burst else about


def test_the_planted_faults_are_all_found_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sheet()
    assert sorted([a.rule, named(a.about), a.unit] for a in found.warned) == sorted(
        [one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    refused = []
    for name in sorted({one["file"] for one in ANSWERS["refused"]}):
        path = HOME / f"{name}.csv"
        dataset = {"c": queries.CASES, "s": queries.STEPS}.get(name[0])
        told = (services.LOADERS[dataset](path, batch=f"example-{name}", by=SYSTEM, at=NOW) if dataset
                else services.deliver_ratings(path, by=SYSTEM, at=NOW))
        assert told["new" if dataset else "counted"] in (0, told.get("new")), "a second delivery adds nothing"
        refused += [[name, one["line"], one["field"], one["code"]] for one in told["faults"]]
    assert refused == sorted([one["file"], one["line"], one["field"], one["code"]] for one in ANSWERS["refused"])
    assert verify_log().findings == []


def test_an_independent_count_of_the_files_finds_the_same_figures() -> None:
    """From the files alone, with none of the product's rules: calendar arithmetic only where no holiday lies between."""
    cases = [row for row in rows("cases") if not row["case_no"].startswith("XX")]
    live, acts = [row for row in cases if row["result"] != "撤回"], rows("acts")
    bursts = {row["number"] for row in rows("ratings") if row["rated_on"].endswith("-20")}
    told = [row for row in rows("ratings") if not row["number"].startswith("PJ-X")]
    upheld = {row["case"] for row in acts if row["verb"] == "uphold"}
    counted = [row for row in told if row["number"] not in bursts and row["case"] not in upheld]
    voices = [(row["window"] + row["person"], "不" not in row["level"]) for row in counted]
    voices += [("W-RSJ-1", "不" not in row["said"]) for row in acts if row["verb"] == "rate"]
    many = Counter(source for source, _ in voices)
    good = sum(Decimal(min(20, many[source])) / many[source] for source, yes in voices if yes)
    whole = sum(min(20, n) for n in many.values())
    late = {row["case_no"] for row in live if row["finished_on"] and (
        date.fromisoformat(row["finished_on"]) - date.fromisoformat(row["accepted_on"])).days > 8 and not row["paused_days"]}
    open_late = [row for row in live if not row["finished_on"] and row["accepted_on"] < "2018-12-01"]
    done = [row for row in live if row["finished_on"]]
    rated = {row["case"] for row in counted} | {row["case"] for row in acts if row["verb"] == "rate"}
    guides = [row for row in rows("guides") if row["accurate"] != "作废"]
    items = [row for row in rows("items") if row["legal_days"] and not row["delisted_on"]]
    wanted = {
        "D11-1": 100 * good / whole, "D11-3": Decimal(100 * sum(row["online"] == "是" for row in live)) / len(live),
        "D11-4": Decimal(100 * (len(done) - len(late))) / (len(done) + len(open_late)),
        "D11-5": Decimal(100 * sum(row["accurate"] == "是" for row in guides)) / len(guides),
        "D11-7": 100 - Decimal(100 * sum(int(row["promised_days"]) for row in items)) / sum(int(row["legal_days"]) for row in items),
        "D11-8": Decimal(100 * sum(row["case_no"] in rated for row in done)) / len(done), "D11-2": Decimal(50), "D11-6": Decimal(60)}
    found = sheet()
    figures = {code: str(found.figures[code, ""].value) for code in wanted}
    assert figures == {code: str(value.quantize(Decimal("0.01"))) for code, value in wanted.items()}
    assert figures == {code: text for code, text in ANSWERS["city"].items() if code != "ratings"}
    raw = queries.AREA.sections(found.period, SYSTEM)[0].rows[0][1:6]
    assert raw == ANSWERS["city"]["ratings"] == [len(told) + 1, 14, 12, 1, len(voices)], "received = held + taken out + appealed + counted"


def test_the_pages_show_the_year_and_open_to_each_rating(desk: Client) -> None:
    shown = desk.get("/console/d11/", {"year": "2018"}).content.decode()
    for words in ("95.51", "D11-W6", "W-MZJ-1", "好差评：收到的与暂扣的", "223", "12.83"):
        assert words in shown
    opened = desk.get("/console/d11/figures/D11-1", {"year": "2018", "unit": MZJ}).content.decode()
    assert opened.count("集中评价，暂扣待审查") == 14
    held = desk.get("/console/d11/bursts").content.decode()
    assert "W-MZJ-1" in held and "W-GAJ-1" in held and held.count("5★") == 26
    assert "Q01201809-1" in desk.get("/console/d11/ratings").content.decode()
    assert desk.get("/console/d11/ratings", {"number": "GSJ201802-1"}).headers["Location"] == "/console/d11/cases/GSJ201802-1"
    case = desk.get("/console/d11/cases/GSJ201802-1").content.decode()
    assert all(words in case for words in ("审查", "超时", "2018年2月5日", "发评价码"))
    assert desk.get("/console/d11/cases/BJ-404").refusal.code == "D11-NONE"
    uid = queries.ratings(SYSTEM, case="Q01201809-1").get().uid
    one = desk.get(f"/console/d11/ratings/{uid}").content.decode()
    assert "待联系评价人" in one and "示例联系方式丙" not in one
    ACTING["now"] = Actor("stranger")
    assert {desk.get(path).status_code for path in ("/console/d11/", "/console/d11/ratings", "/console/d11/bursts", "/console/d11/deliver")} == {403}


def test_a_clerk_sees_the_contact_for_a_purpose_and_only_the_own_unit(desk: Client) -> None:
    q01 = uid_of("example", "q01")
    rights = frozenset({"d11.see", "d11.handle", "d11.rate"})
    ACTING["now"] = Actor("clerk", q01, (Grant("entry", rights, q01),))
    uid = queries.ratings(SYSTEM, case="Q01201809-1").get().uid
    assert "D11-PURPOSE" in desk.post(f"/console/d11/ratings/{uid}", {"purpose": ""}).content.decode()
    assert "示例联系方式丙" in desk.post(f"/console/d11/ratings/{uid}", {"purpose": "一个工作日内联系"}).content.decode()
    other = queries.ratings(SYSTEM, case="MZJ201808-1").get().uid
    assert desk.get(f"/console/d11/ratings/{other}").refusal.code == "D11-NONE"
    assert "MZJ2018" not in desk.get("/console/d11/ratings", {"only": "all"}).content.decode()
    heir = uid_of("example", "scjg")
    ACTING["now"] = Actor("heir", heir, (Grant("entry", rights, heir),))
    assert "GSJ201803-1" in desk.get("/console/d11/ratings", {"only": "all"}).content.decode(), "the successor carries it on"


def test_a_window_pushes_over_the_api_and_a_file_comes_by_the_page(desk: Client, tmp_path: Path) -> None:
    body = {"rows": [{"case": "GSJ201802-2", "window": "W-GSJ-1", "level": 5}, {"case": "BJ-404", "window": "W-GSJ-1", "level": 5}]}
    told = desk.post("/api/v1/d11/ratings", body, content_type="application/json").json()
    assert (told["counted"], told["bad"], told["faults"][0]["code"]) == (1, 1, "RATE-NOCASE") and told["faults"][0]["en"]
    code = desk.post("/api/v1/d11/codes", {"case": "Q02201809-1", "window": "W-Q02-1"}, content_type="application/json")
    assert (code.status_code, len(code.json()["code"])) == (201, codes.DIGITS)
    assert len(desk.get("/api/v1/d11/bursts").json()) == 2
    assert len(desk.get("/api/v1/d11/cases/GSJ201802-1").json()["steps"]) == 3
    assert {row["level"] for row in desk.get("/api/v1/d11/ratings", {"poor": "true"}).json()} == {1, 2}
    path = tmp_path / "r.csv"
    path.write_text("case,window,level\nGSJ201804-2,W-GSJ-1,满意\nBJ-404,W-GSJ-1,满意\n", "utf-8")
    with path.open("rb") as file:
        shown = desk.post("/console/d11/deliver", {"file": file}).content.decode()
    assert "计入1" in shown and "RATE-NOCASE" in shown
    assert "FILE-EMPTY" in desk.post("/console/d11/deliver", {}).content.decode()


def test_the_applicant_rates_without_an_account_and_a_wrong_code_tells_nothing(client: Client) -> None:
    code = services.issue_code("GSJ201802-2", "W-GSJ-1", by=SYSTEM, at=NOW)
    wrong = [client.post("/rate/", {"code": typed}) for typed in ("0" * 16, "abc", "1234 5678 9012 3456")]
    assert {page.status_code for page in wrong} == {404} and len({page.content for page in wrong}) == 1
    assert [client.post(path, given, **how).status_code for path, given, how in (
        ("/rate/", {"code": "", "rate": "1", "level": "5"}, {}), (BY_CODE, {"level": "5"}, JSON))] == [422, 422], "no case, no rating"
    assert client.post(BY_CODE, {"level": "5"}, **JSON).json()["code"] == "RATE-NOCASE"
    page = client.post("/rate/", {"code": codes.shown_code(code)}).content.decode()
    assert "食品经营许可" in page and "checked" not in page, "nothing is chosen beforehand"
    assert client.post("/rate/", {"code": code, "rate": "1"}).status_code == 422
    done = client.post("/rate/", {"code": code, "rate": "1", "level": "1", "guide": "2", "words": "（示例）指南写错", "contact": "示例联系方式庚"})
    assert done.status_code == 200 and "已收到您的评价" in done.content.decode() and not done.cookies
    again = client.post("/rate/", {"code": code, "rate": "1", "level": "5"})
    assert client.post(BY_CODE, {"code": code, "level": "5"}, **JSON).json()["code"] == "RATE-DUP"
    assert again.status_code == 409 and "RATE-DUP" in again.content.decode()
    english = client.post("/rate/?lang=en", {"code": code}).content.decode()
    assert "To contact the rater" in english and code not in again.headers.get("Location", "")


def test_everybody_reads_raw_and_held_counts_and_no_small_rate(client: Client) -> None:
    page = client.get("/areas/d11/", {"year": "2018"}).content.decode()
    cells = {re.sub(r"<.*?>", "", head).strip(): re.findall(r"<td[^>]*>(.*?)</td>", rest)
             for head, rest in re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page)}
    assert cells["全市"][:5] == ["223", "14", "12", "1", "196"]
    assert cells["乙区"][:8] == ["6", "0", "0", "0", "6", "不公布", "不公布", "不公布"], "six ratings are too few to show a rate"
    assert cells["甲区"][5] == "不公布", "and one other, or the sum would tell"
    assert cells["市民政局"][:2] == ["31", "14"] and "来源上限" in page
    assert "GSJ2018" not in page and "示例联系方式" not in page and ratings.RATER.uid not in page

"""The example year of the environment: every planted fault is found, and nothing else; targets grade themselves from the stations' files."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ximu.config import demo_environment as demo
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as assessing
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments import services as promising
from ximu.ideas.commitments.tests.factories import AGREED, person
from ximu.ideas.events import queries as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d08_environment import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D8")]
CITY = SRC / "config" / "cities" / "example"
LATER, TODAY = datetime(2019, 3, 20, 2, tzinfo=UTC), date(2019, 3, 20)
ANSWERS = tomllib.loads((CITY / "d08" / "answers.toml").read_text("utf-8"))


def tell() -> dict[str, int]:
    load()
    return demo.live(CITY, by=SYSTEM, at=LATER)


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_HOME = tmp_path
    told = loaded("environment of the example", tell, home=True)
    assert (told["stations"], told["promises"], told["files"]) == (16, 15, 16)
    monkeypatch.setattr(clock, "now", lambda: LATER)


def unit(key: str) -> str:
    return uid_of("example", key)


def found(known: datetime = LATER, day: date = TODAY, year: int = 2018) -> Any:
    return queries.sheet(year, today=day, known_at=known)


def warned() -> list[Any]:
    return areas.sheet(queries.AREA, 2018, today=TODAY, known_at=LATER).warned


def promise(reference: str) -> str:
    return uid_of("example", f"promise:{reference}")


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    sheet = found()
    alarms = sorted([a.rule, sheet.judged[a.about].reference if a.about in sheet.judged else a.about, a.unit] for a in warned())
    assert alarms == sorted([one["rule"], one["about"], unit(one["unit"])] for one in ANSWERS["alarm"])
    for one in ANSWERS["figure"]:
        figure = sheet.figures[one["code"], unit(one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
    assert dict(sheet.figures["D08-2", unit("q03")].excluded) == {"2018-09": "insufficient"}, "never zero, and never a mean of the rest"
    assert dict(sheet.figures["D08-2", unit("q08")].excluded) == {"2018-05": "insufficient"}
    told = {line.judged.reference: line for line in queries.targets(sheet)}
    assert {ref: line.result.zh for ref, line in told.items()} == {one["reference"]: one["result"] for one in ANSWERS["target"]}
    assert ledger.verify_log().ok
    assert demo.live(CITY, by=SYSTEM, at=LATER) == {"stations": 0, "promises": 0, "files": 0}, "a second call adds nothing"


def test_an_independent_count_of_the_files_finds_the_same_results() -> None:
    """From the files alone, with none of the product's rules: the mean of the stations, the year weighted by days, gaps by the roster."""
    roster = rows_of(CITY / "d08" / "stations.csv")
    newest = {(r["station"], r["item"], r["month"]): r for r in rows_of(CITY / "d08" / "air.csv")}

    def mean(area: str, item: str) -> float | None:
        total = 0.0
        for month in range(1, 13):
            days, name = monthrange(2018, month)[1], f"2018-{month:02}"
            values = []
            for post in (p for p in roster if area in (p["unit"], p["whole"]) and (not p["until"] or p["until"] >= f"{name}-{days}")):
                row = newest.get((post["code"], item, name))
                if row is None or int(row["valid_days"]) < (25 if month == 2 else 27):
                    return None
                values.append(float(row["value"]))
            total += sum(values) / len(values) * days
        return round(total / 365, 1)

    changed = {d["reference"]: d["value"] for d in rows_of(CITY / "d08" / "deeds.csv") if d["what"] == "change"}
    results = {}
    for row in rows_of(CITY / "d08" / "promises.csv"):
        if row["kind"] == "environmental_target" and row["due"] == "2018-12-31":
            value = mean(row["unit"], row["indicator"].removesuffix("年均浓度"))
            wanted = float(changed.get(row["reference"], row["value"]))
            results[row["reference"]] = "数据不足，不能判定" if value is None else "达成" if value <= wanted else "未达成"
    assert results == {one["reference"]: one["result"] for one in ANSWERS["target"]}
    for key in ("q01", "q02", "q03", "q05", "q06", "q07", "q08", "shi"):
        value = found().figures["D08-2", unit(key)].value
        assert (None if value is None else float(value)) == mean(key, "PM2.5"), key


def test_a_correction_changes_the_result_from_its_own_day_on() -> None:
    """The files of 2018 said that 戊区 met its target; what was corrected in February 2019 says that it did not; both can be asked."""
    uid = promise("戊环诺〔2018〕1号")
    before = promises.status(uid, as_of=date(2019, 2, 1), known_at=datetime(2019, 2, 1, tzinfo=UTC))
    after = promises.status(uid, as_of=date(2019, 2, 1), known_at=LATER)
    assert (before.state, after.state) == ("kept", "broken")
    assert str(found(datetime(2019, 2, 1, tzinfo=UTC), date(2019, 2, 1)).figures["D08-2", unit("q05")].value) == "32.6"


def test_a_station_gap_is_insufficient_data_until_its_value_comes() -> None:
    uid, late = promise("丙环诺〔2018〕1号"), datetime(2019, 3, 21, 2, tzinfo=UTC)
    status = promises.status(uid, as_of=TODAY, known_at=LATER)
    assert (status.state, status.judgement.late_days) == ("unmeasured", 77) and "不按零计" in status.judgement.reasons[0].zh
    with pytest.raises(Refusal) as caught:
        promising.offer(promise("示环诺〔2019〕1号"), day=date(2019, 2, 28), value=Decimal(1), digest=AGREED.digest, by=person("a"), at=LATER)
    assert (caught.value.code, caught.value.field) == ("PROM-SOURCE", "source"), "no paper takes the place of data"
    row = {"station": "Q03-2", "month": "2018-09", "value": "26.4", "valid_days": "30"}
    demo.deliver([{**row, "item": item} for item in ("PM2.5", "PM10", "SO2", "NO2")], by=SYSTEM, at=late)
    promising.measure_series(at=late)
    assert promises.status(uid, as_of=date(2019, 3, 21), known_at=late).state == "kept"
    demo.deliver([{**row, "item": "PM2.5", "value": "", "valid_days": "0"}], by=SYSTEM, at=late.replace(day=22))
    promising.measure_series(at=late.replace(day=22))
    assert promises.status(uid, as_of=date(2019, 3, 22), known_at=late.replace(day=22)).state == "unmeasured", "withdrawn data take it back"
    assert promises.status(uid, as_of=date(2019, 3, 21), known_at=late).state == "kept", "as it was known then"


def test_a_target_changed_after_the_fact_is_a_new_version_and_the_old_one_is_shown() -> None:
    uid = promise("丁环诺〔2018〕1号")
    line = next(one for one in queries.targets(found()) if one.judged.uid == uid)
    assert [(n, str(terms.target.value)) for n, _, terms in line.wordings if terms.target] == [(1, "30"), (2, "33")]
    assert (line.result.zh, line.first.zh if line.first else "", line.loosened) == ("达成", "未达成", True)
    shown = promises.public_promises(SimpleNamespace(name="public"), uid=uid, on=TODAY)
    assert [(v["version"], v["target"]["value"]) for v in shown["versions"]] == [(1, "30"), (2, "33")]
    late = promise("丙环诺〔2018〕1号")
    terms = promises.facts(promises.row(late)).terms
    with pytest.raises(Refusal) as caught:
        promising.change(late, terms=terms, decision=AGREED, by=person("b"), at=LATER)
    assert caught.value.code == "STATE-EDGE", "after the due day nothing is moved"


def test_the_districts_are_rated_by_the_method_of_the_area_and_never_by_missing_data() -> None:
    coordinator = SYSTEM
    text = (queries.HERE / "credit.toml").read_text("utf-8")
    made = assessing.add_method(text, code="d08", by=coordinator, at=LATER)
    assessing.adopt(made.uid, resolution="示环〔2018〕8号", accept=["METH-SRC"], by=coordinator, at=LATER)
    table = "unit,name\n" + "".join(f"{unit(key)},{key}\n" for key in ("q01", "q02", "q03", "q04"))
    run = assessing.run(made.uid, table, period="2018", clocks=assessing.Clocks(date(2018, 12, 31), LATER), by=coordinator, at=LATER, draws=0)
    rows = {row["label"]: row for row in assessment.ranking(run)}
    assert rows["q03"]["score"] is None, "insufficient data: not rated"
    scores = {key: float(rows[key]["score"]) for key in ("q01", "q02", "q04")}
    assert scores["q01"] > scores["q04"] > scores["q02"], "a loosened target costs points"
    assert assessment.replay(run.uid)["same"]


ACTING: dict[str, Actor] = {}


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM
    return client


def test_the_pages_show_results_gaps_and_every_wording(desk: Client) -> None:
    page = desk.get("/console/d08/", {"year": "2018"}).content.decode()
    for words in ("数据不足，不能判定", "目标放宽", "按最初文字", "D08-W5", "丙区", "75.00%"):
        assert words in page, words
    months = desk.get("/console/d08/months", {"year": "2018", "unit": unit("q03")}).content.decode()
    assert "点位缺测或者有效天数不足" in months and "缺测或无效4项" in months
    opened = desk.get("/console/d08/figures/D08-1", {"year": "2018"}).content.decode()
    assert "到期日监测数据不足" in opened and "2018年甲区PM2.5" in opened
    shown = desk.get("/console/d08/stations", {"year": "2018", "item": "PM2.5"}).content.decode()
    assert "缺测" in shown and "无效" in shown and "Q06-2" in shown
    missing = desk.get("/console/d08/figures/D08-9")
    assert (missing.status_code, missing.refusal.code) == (404, "IND-NONE")
    made = desk.get("/console/commitments/new", {"kind": "environmental_target", "source": "events:d08_air/no2_year"}).content.decode()
    assert 'value="events:d08_air/no2_year"' in made
    assert "insufficient data" in desk.get("/console/d08/", {"year": "2018", "lang": "en"}).content.decode()
    ACTING["now"] = Actor("stranger")
    assert {desk.get(f"/console/d08/{path}").status_code for path in ("", "figures/D08-1", "stations", "months")} == {403}


def test_a_promise_without_a_measurable_target_is_vague(desk: Client) -> None:
    given = {"kind": "environmental_target", "unit": "示例市甲区人民政府", "title": "进一步改善空气质量", "text": "大力推进大气污染防治。",
             "made_on": "2019-03-01", "due": "2019-12-31", "domain": "D8", "act": "register"}
    page = desk.post("/console/commitments/new", given).content.decode()
    assert "PROM-VAGUE" in page and "可度量的目标" in page
    told = desk.post("/api/v1/commitments/", {}, content_type="application/json")
    assert told.status_code in (404, 405, 422)


def test_the_api_tells_targets_figures_and_warnings(desk: Client) -> None:
    def get(path: str, **query: Any) -> Any:
        return desk.get(f"/api/v1/{path}", query).json()

    told = {one["title"]: one for one in get("d08/targets", year=2018)["items"]}
    moved = told["2018年丁区PM2.5年均浓度不高于33微克/立方米"]
    assert (moved["en"], moved["by_first_wording"], moved["loosened"], len(moved["wordings"])) == ("met", "not met", True, 2)
    figures = {one["code"]: one for one in get("areas/d08/figures")["indicators"]}
    assert (figures["D08-2"]["units"][unit("q03")], figures["D08-2"]["city"], figures["D08-1"]["city"]) == (None, "31.8", "75.00")
    behind = get("areas/d08/figures/D08-2", year=2018, unit=unit("q03"))["items"]
    assert {one["uid"][-7:]: one["excluded"] for one in behind if one["excluded"]} == {"2018-09": "insufficient"} and len(behind) == 12
    assert get("areas/d08/warnings", year=2018)["total"] == len(ANSWERS["alarm"])
    assert next(one for one in get("d08/stations")["items"] if one["code"] == "Q06-2")["until"] == "2018-06-30"
    assert get("d08/targets", year=12)["code"] == get("areas/d08/figures", year=12)["code"] == "YEAR"
    ACTING["now"] = Actor("stranger")
    assert get("d08/stations")["code"] == "PERM-DENIED"


def test_everybody_reads_targets_and_figures(client: Client) -> None:
    page = client.get("/environment/", {"year": "2018"}).content.decode()
    for words in ("数据不足", "目标放宽", "第1版", "31.8", "示例市丙区人民政府"):
        assert words in page, words
    one = client.get(f"/promises/{promise('丁环诺〔2018〕1号')}/").content.decode()
    assert "30 µg/m³" in one and "33 µg/m³" in one and "第1版" in one
    assert events.points("air")

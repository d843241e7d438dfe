"""The example year of the made-up city: every planted fault is found, and nothing else; an independent count agrees; faces show it."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ximu.config.stories import CITIES, d06
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.ideas.warnings import queries as alarms_kept
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d06_rivers import services
from ximu.notice.domains.d06_rivers.queries import AREA, shown, year

pytestmark = [pytest.mark.django_db, pytest.mark.row("D6")]
HOME = CITIES / "example" / "d06"
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))
LATER = datetime(2019, 3, 10, 9, tzinfo=clock.CITY)
ACTING: dict[str, Actor] = {}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((HOME / f"{name}.csv").read_text("utf-8").splitlines()))


@pytest.fixture
def played(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    settings.XIMU_HOME, settings.XIMU_PROFILE = tmp_path, "example"
    load(at=datetime(2018, 1, 1, tzinfo=clock.CITY))
    told: dict[str, Any] = {}
    for _, act in sorted(d06.acts("example"), key=lambda one: one[0]):
        answer = act()
        if isinstance(answer, dict) and answer["faults"]:
            told["refused"] = answer
    monkeypatch.setattr(clock, "now", lambda: LATER)

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM
    return told


def sheet(of: int = 2018) -> areas.Sheet:
    return areas.sheet(AREA, of, today=clock.city_day(LATER), known_at=LATER)


def test_the_year(played: dict[str, Any], client: Client) -> None:
    """One telling for all questions: it takes the ordinary services a year."""
    finds_the_planted_faults_and_nothing_else(played)
    agrees_with_a_count_of_the_files()
    flows_into_the_assessment()
    keeps_its_rates()
    shows_on_the_pages(client)
    answers_over_the_api(client)
    is_read_by_everybody(client)


def finds_the_planted_faults_and_nothing_else(played: dict[str, Any]) -> None:
    patrols = {case.uid: case.about for case in cases.cases_of("river_problem")}

    def about(text: str) -> str:
        return patrols.get(text) or re.sub(r"-[0-9a-f]{12}-\d{4}-\d\d-\d\d", "", text)

    found = sorted([a.rule, about(a.about), a.unit] for a in sheet().warned)
    assert found == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    refused = {str(one["line"]): one["code"] for one in played["refused"]["faults"]}
    assert refused == ANSWERS["refused"] and played["refused"]["new"] == 0
    assert "XH2018" in next(one["zh"] for one in played["refused"]["faults"] if one["code"] == "DUP-PHOTO")


def agrees_with_a_count_of_the_files() -> None:
    """From the files alone, with none of the product's rules."""
    lines = sheet().lines
    for code, wanted in ANSWERS["figures"].items():
        base = [one for one in lines[code] if not one.why]
        assert [sum(1 for one in base if one.part), len(base)] == wanted, code
    doubted = {"XH2018-0085", "XH2018-0284", "XH2018-0285"}
    made: Counter[tuple[str, str, str]] = Counter()
    for row in rows("patrols"):
        on = row["patrolled_on"]
        span = {"市级": str((int(on[5:7]) - 1) // 3), "区级": on[:7], "街镇级": on[:7] + str(on[8:] > "15")}[row["level"]]
        made[row["reach"], row["level"], span] += row["patrol"] not in doubted
    done = sum(min(n, 1) for n in made.values()) - 1  # the first half of July changed hands in HD-02-3
    assert str(sheet().figures["D06-3", ""].value) == f"{100 * done / (8 * 24 + 8 * 12 + 4 - 1):.2f}"
    found = [row for row in rows("patrols") if row["kind"]]
    due = {row["patrol"]: date.fromisoformat(row["patrolled_on"]) + timedelta(days=15) for row in found}
    closed = {row["patrol"]: date.fromisoformat(row["on"]) for row in rows("deeds") if row["verb"] == "close"}
    dropped = {row["patrol"] for row in rows("deeds") if row["verb"] == "drop"}
    base = [uid for uid in due if uid not in dropped and not (due[uid] > date(2018, 12, 31) and uid not in closed)]
    assert str(sheet().figures["D06-4", ""].value) == f"{100 * sum(uid in closed and closed[uid] <= due[uid] for uid in base) / len(base):.2f}"


def flows_into_the_assessment() -> None:
    """Decided by two people; the mean of the chiefs' scores is what the yearly assessment reads."""
    held = shown.held(2018)
    scores = [row.score for row in held if row.score is not None]
    assert len(held) == 14 and str(sheet().figures["D06-5", ""].value) == f"{sum(scores) / len(scores):.2f}"
    unit = uid_of("example", "q03j1")
    told = areas.measured("D06-5", Asked([unit], date(2018, 1, 1), date(2018, 12, 31), LATER.date(), LATER))
    assert told[unit].text == str(next(row.score for row in held if row.unit == unit))
    for row in held:
        lines = row.detail["lines"]
        assert row.score is None or sum(float(one["points"]) for one in lines) == pytest.approx(float(row.score))
    assert {row.grade for row in held} >= {"优秀", "合格", "NR"}
    assert ledger.verify_log().ok
    assert sheet(2017).figures["D06-5", ""].value is None, "no decision, no data"
    assert sheet(2017).figures["D06-3", ""].value is None, "no patrol was delivered: no data, not zero"


def keeps_its_rates() -> None:
    assert services.DAILY["d06_rates"](at=LATER) == 2
    rates = {row.rule: alarms_kept.false_alarms(row) for row in alarms_kept.back_tests()}
    assert set(rates) == {"D06-W1", "D06-W2"} and all(one.judged > 40 for one in rates.values())
    _, told = year.rates(date(2018, 12, 31)) or (None, [])
    assert all(one.shuffled_rang <= one.shuffled / 50 for one in told), "dealt anew, hardly anybody rings"


def shows_on_the_pages(client: Client) -> None:
    for address, words in {
        "/console/d06/?year=2018": ("断面达标率", "D06-W10", "DM-004"), "/console/d06/figures/D06-3?year=2018": ("示例江市区段", "周期内河长更替"),
        "/console/d06/reaches": ("大石港段", "以任命在后的", "名录中无人任职"), "/console/d06/reaches/HD-03-2": ("<svg", "轻度黑臭", "XH2018", "SL2018"),
        "/console/d06/doubts": ("须核实", "打乱重分", "落到河段"), "/console/d06/appraisal?year=2018": ("2018-1", "逐项说明", "未评定"),
        "/console/d06/deliver?dataset=river_water": ("断面编号", "氨氮"),
    }.items():
        text = client.get(address).content.decode()
        assert not [word for word in words if word not in text], address
    chief = shown.preview(2018, known_at=LATER)[0].chief
    assert "履职信用记录" in client.get(f"/console/d06/chiefs/{chief}").content.decode()
    assert "Credit record" in client.get(f"/console/d06/chiefs/{chief}?lang=en").content.decode()
    street = uid_of("example", "q03j2")
    ACTING["now"] = Actor("clerk", street, (Grant("entry", frozenset({"d06.see"}), street),), "clerk")
    mine, others = (client.get(f"/console/d06/reaches/{code}").content.decode() for code in ("HD-03-2", "HD-04-1"))
    assert "XH2018-" in mine and "XH2018-" not in others, "tracks of others are not theirs to see"
    ACTING["now"] = Actor("stranger")
    assert [client.get(f"/console/d06/{page}").status_code for page in ("", "reaches", "doubts", "appraisal", "deliver")] == [403] * 5
    ACTING["now"] = SYSTEM
    assert client.get("/console/d06/reaches/HD-77-7").status_code == client.get("/console/d06/chiefs/nobody").status_code == 404


def answers_over_the_api(client: Client) -> None:
    page = client.get("/api/v1/d06/reaches?limit=2").json()
    assert (len(page["items"]), page["total"]) == (2, 9) and "offset=2" in page["next"]
    found = client.get("/api/v1/d06/reaches").json()["items"]
    assert len(found) == 9 and {one["level"] for one in found[1]["chiefs"]} == {"区级", "街镇级"}
    assert any(one["rings"] and one["place"] == "HD-03-2" and "未发现问题" in one["zh"] for one in client.get("/api/v1/d06/doubts").json()["items"])
    assert client.get("/api/v1/d06/appraisal/2018").json()["total"] == 14
    assert client.get("/api/v1/areas/d06/warnings?year=2018").json()["total"] == len(ANSWERS["alarm"])


def is_read_by_everybody(client: Client) -> None:
    text = client.get("/areas/d06/?year=2018&lang=zh").content.decode()
    assert "断面达标率" in text and "DM-004" in text and "劣Ⅴ" in text
    assert not any(word in text for word in ("XH2018", "SL2018", "示例河长", "须核实")), "no patrol, ticket, person or doubt outside"

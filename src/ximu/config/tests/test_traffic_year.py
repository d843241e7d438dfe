"""Traffic enforcement in the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ximu.config.stories import Story, d09
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import period_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d09_traffic import queries

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D9")]
CITY = SRC / "config" / "cities" / "example"
LATER = datetime(2019, 3, 20, 1, tzinfo=UTC)
ANSWERS = tomllib.loads((CITY / "d09" / "answers.toml").read_text("utf-8"))
RIGHTS = frozenset({"assessment.run", "assessment.method", "assessment.finish", "assessment.see"})
TOLD: list[tuple[str, dict[str, Any]]] = []


def tell() -> list[tuple[str, dict[str, Any]]]:
    load()
    told, deliver = list[tuple[str, dict[str, Any]]](), d09.deliver
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(d09, "deliver", lambda home, dataset, name, at: told.append((name, deliver(home, dataset, name, at=at))))
        todo = Story()
        d09.tell(todo, "example")
        todo.play()
    return told


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(Story, "person", lambda self, login, at: Actor(login, None, (Grant("r", RIGHTS),), login))
    TOLD[:] = loaded("traffic of the example", tell, home=True)


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((CITY / "d09" / f"{name}.csv").read_text("utf-8").splitlines()))


def sheet(year: int = 2018) -> Any:
    return areas.sheet(queries.AREA, year, today=date(2019, 3, 20), known_at=LATER)


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    warned = sorted([one.rule, one.about, one.unit] for one in sheet().warned)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    named = sorted((name, one["line"], one["field"], one["code"]) for name, told in TOLD for one in told["faults"])
    assert named == sorted((one["file"], one["line"], one["field"], one["code"]) for one in ANSWERS["fault"])
    assert {name: (told["new"], told["bad"], told.get("held", 0)) for name, told in TOLD} == {
        "cases-1": (10, 0, 0), "cases-2": (5, 0, 0), "reused": (0, 2, 0), "reviews": (8, 2, 4), "complaints": (8, 0, 0)}
    assert ledger.verify_log().findings == []


def test_the_figures_of_the_year_and_of_teams() -> None:
    found = sheet()
    for one in ANSWERS["figure"]:
        figure = found.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        assert one.get("excluded", {}).items() <= dict(figure.excluded).items()
    teams = {one.code: one for one in queries.teams(period_of(2018, today=date(2019, 3, 20), known_at=LATER), SYSTEM)}
    assert {code: (one.grade, one.score) for code, one in teams.items()} == {
        one["code"]: (one["grade"], one.get("score")) for one in ANSWERS["team"]}


def test_an_independent_count_of_the_files_finds_the_same() -> None:
    """From the files alone, with none of the product's rules."""
    cases = [*rows_of("cases-1"), *rows_of("cases-2")]
    held = {"示交罚〔2018〕12号"}
    made = [one for one in cases if one["decided_on"][:4] == "2018" and one["number"] not in held]
    reversed_ = {one["number"] for one in rows_of("reviews") if one["outcome"] in ("撤销", "变更", "确认违法") and one["final_on"][:4] == "2018"
                 and one["review"] != "（2018）示01行初40号"}
    closed = [one for one in rows_of("complaints") if one["closed_on"][:4] == "2018"]
    upheld = [one for one in closed if "不" not in one["outcome"]]
    recorded = [one for one in cases if one["decided_on"][:4] == "2018" and one["recorded"] == "是"]
    found = sheet().figures
    assert f"{100 * len(reversed_) / len(made):.2f}" == str(found["D09-2", ""].value)
    assert f"{100 * len(upheld) / len(closed):.2f}" == str(found["D09-3", ""].value)
    assert f"{100 * len(recorded) / 14:.2f}" == str(found["D09-4", ""].value)


def test_a_reversal_counts_when_it_is_final_and_not_before() -> None:
    """On 19 May 2018 the review had not decided; on 20 May the decision is reversed."""
    def at(day: date) -> Any:
        return areas.sheet(queries.AREA, 2018, today=day, known_at=LATER).figures["D09-2", uid_of("example", "q02")]

    assert at(date(2018, 5, 19)).counted == () and at(date(2018, 5, 19)).excluded["示交罚〔2018〕11号"] == "FIN-OPEN"
    assert at(date(2018, 5, 20)).counted == ("示交罚〔2018〕11号",)


def test_the_appraisal_and_the_joint_measures_that_the_list_allows() -> None:
    [run] = [one for one in assessment.runs() if one.method.code == "d09"]
    assert {row["unit"]: row["grade"] for row in assessment.ranking(run)}[uid_of("example", "q02")] == "D"
    assert [one.unit for one in assessment.extracts(run)] == [uid_of("example", "jtw")]
    held, measures, running = queries.sections(period_of(2018, today=date(2019, 3, 20), known_at=LATER), SYSTEM)
    assert [row[1] for row in held.rows] == ["行政处罚 示交罚〔2018〕12号"]
    assert measures.rows == [] and running.rows == [], "no edition of the lists is in force in this test"


def test_the_public_reads_figures_and_nothing_of_single_cases() -> None:
    shown = disclosure.published("d09", year=2018)
    assert [one["code"] for one in shown["indicators"]] == ["D09-1", "D09-2", "D09-3", "D09-4"]
    assert "示交罚" not in str(shown) and "TS-" not in str(shown)

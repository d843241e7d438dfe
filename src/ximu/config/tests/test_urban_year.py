"""City management of the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from ximu.config import stories
from ximu.config.stories import d07
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.events import queries as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.places import queries as places
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d07_urban import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("D7")]
HOME = SRC / "config" / "cities" / "example" / "d07"
LATER = datetime(2019, 3, 20, 1, tzinfo=UTC)
END = date(2018, 12, 31)
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))
FAULTS: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    heard, load_file = {}, services.load
    monkeypatch.setattr(services, "load", lambda dataset, path, **how: heard.update({path.stem: load_file(dataset, path, **how)}))
    todo = stories.Story()
    d07.tell(todo, "example")
    todo.play()
    FAULTS.update(heard)


def rows_of(name: str) -> list[dict[str, str]]:
    text = (HOME / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def named() -> dict[str, str]:
    """uid → the name that the files use."""
    titles = {one["title"]: one["ref"] for one in (*rows_of("matters"), *rows_of("projects"))}
    told = {one.uid: titles[one.title] for state in ("open", "closed") for one in queries.matters(SYSTEM, state=state)}
    lines = {(one["unit"], one["road"], one["site"], one["side"]): one["ref"] for one in rows_of("duties")}
    keys = {uid_of("example", one["unit"]): one["unit"] for one in rows_of("duties")}
    return told | {one.uid: lines[keys[one.unit], one.road, one.site, one.side] for one in places.duties()}


def about(text: str, told: dict[str, str]) -> str:
    code, _, uid = text.rpartition(":")
    return f"{code}:{told.get(uid, uid)}" if code else told.get(uid, uid)


def sheet() -> areas.Sheet:
    return areas.sheet(queries.AREA, 2018, today=LATER.date(), known_at=LATER)


def the_planted_faults_are_all_found_and_nothing_else() -> None:
    told, found = named(), sheet()
    warned = sorted([one.rule, about(one.about, told), one.unit] for one in found.warned if one.unit)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    for one in ANSWERS["figure"]:
        figure = found.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        excluded = {told.get(uid, uid): why for uid, why in figure.excluded.items()}
        assert {k: v for k, v in one.get("excluded", {}).items() if v}.items() <= excluded.items()
    assert ledger.verify_log().ok


def files_are_read_row_by_row_with_their_faults_and_nothing_is_dropped() -> None:
    for name, wanted in ANSWERS["faults"].items():
        key = "case_no" if name.startswith("grid") else "number"
        lines = {n: row[key] for n, row in enumerate(rows_of(name), 2)}
        assert sorted([lines[one["line"]], one["field"], one["code"]] for one in FAULTS[name]["faults"]) == sorted(wanted)
    nobody = events.ask("SELECT case_no FROM grid_cases WHERE unit IS NULL ORDER BY 1", {}, dataset="grid_cases", known_at=LATER)
    assert nobody["case_no"].to_list() == ANSWERS["unplaced"]["grid"]
    found = {row["case_no"]: row["unit"] for row in events.rows_of("grid_cases", known_at=LATER) if row["case_no"].startswith("WG2018-9")}
    assert (found["WG2018-90001"], found["WG2018-90002"]) == (uid_of("example", "q01j1"), uid_of("example", "q01j2")), "a boundary moved"
    told = named()
    assert [told[one.uid] for one in queries.matters(SYSTEM, state="unplaced")] == ANSWERS["unplaced"]["matters"]
    assert sorted(row["how"] for row in queries.unplaced_rows(LATER.date(), known_at=LATER)) == ["border", "none"]


def past_term_went_up_once_with_its_history() -> None:
    told = named()
    up = {told[one.uid]: cases.cases_of("urban_matter", about=one.uid)[0] for state in ("open", "closed")
          for one in queries.matters(SYSTEM, state=state) if one.escalated_at}
    assert set(up) == {"A1", "A3", "C1", "H2", "P2", "P6"}
    for case in up.values():
        assert [step.verb for step in case.steps.order_by("log_index")].count("escalate") == 1
    before = {key: case.steps.count() for key, case in up.items()}
    services.escalate_due(at=LATER + timedelta(days=400))
    assert {key: case.steps.count() for key, case in up.items()} == before


def share(part: Decimal, whole: Decimal) -> str:
    return str((100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def an_independent_count_of_the_files_agrees() -> None:
    """From the files alone, with none of the product's rules."""
    found = sheet()
    bad = {one[0] for some in ANSWERS["faults"].values() for one in some}
    tally: Counter[tuple[str, str]] = Counter()
    for row in rows_of("grid-2018"):
        if row["case_no"] in bad or row["excluded"]:
            continue
        due = row["due_on"] or str(date.fromisoformat(row["dispatched_on"] or row["filed_on"]) + timedelta(days=7))
        done = row["disposed_on"] and row["closed_on"] and row["closed_on"] <= str(END)
        if not done and due >= str(END):
            continue
        hazard = row["kind"] == "安全隐患"
        for key in ("all", "hazard") if hazard else ("all",):
            tally[key, "due"] += 1
            tally[key, "kept"] += bool(done and row["disposed_on"] <= due)
    assert str(found.figures["D07-3", ""].value) == share(Decimal(tally["all", "kept"]), Decimal(tally["all", "due"]))
    kept, due = tally["hazard", "kept"] + 3, tally["hazard", "due"] + 4  # H1, H3 and H4 in time, H2 not
    assert str(found.figures["D07-4", ""].value) == share(Decimal(kept), Decimal(due))
    planned = removed = Decimal(0)
    for row in rows_of("structures"):
        if row["sort"] == "存量" and row["plan_year"] == "2018" and not row["suspended"]:
            planned += Decimal(row["area"])
            removed += Decimal(row["removed_area"] or row["area"]) if row["checked_on"] else 0
    assert str(found.figures["D07-1", ""].value) == share(removed, planned)


def a_second_telling_adds_nothing_and_the_public_reads_the_duty_list() -> None:
    before, again = queries.matters(SYSTEM).count(), stories.Story()
    d07.tell(again, "example")
    again.play()
    assert queries.matters(SYSTEM).count() == before
    shown = disclosure.published("d07", year=2018)
    assert [one["code"] for one in shown["indicators"]] == ["D07-1", "D07-2", "D07-3", "D07-4", "D07-5"]
    text = str(shown)
    assert "和平路" in text and "幸福大厦" in text and "18号" not in text and "新村路8号" not in text, "no address of a matter"


def test_the_year_2018_and_what_followed() -> None:
    """One telling for all questions: it costs more than they do."""
    the_planted_faults_are_all_found_and_nothing_else()
    files_are_read_row_by_row_with_their_faults_and_nothing_is_dropped()
    an_independent_count_of_the_files_agrees()
    a_second_telling_adds_nothing_and_the_public_reads_the_duty_list()
    past_term_went_up_once_with_its_history()

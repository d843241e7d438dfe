"""Two years of debt in the made-up city: every planted fault is found, and nothing else; pages, API, command and portal tell the same."""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.config.stories import d05 as debts
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.commands import areas_group
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules import grading
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.ideas.warnings import queries as alarms
from ximu.kernel.actor import EVERY_RIGHT, SYSTEM, Actor, Grant
from ximu.notice.domains.d05_debt import queries
from ximu.notice.domains.d05_debt.queries import book

pytestmark = [pytest.mark.django_db, pytest.mark.row("D5")]
CITY = SRC / "config" / "cities" / "example" / "d05"
ANSWERS = tomllib.loads((CITY / "answers.toml").read_text("utf-8"))
AT, TODAY = datetime(2019, 3, 20, 1, tzinfo=UTC), date(2019, 3, 20)
FIRST, SECOND = (Actor(name, grants=(Grant("all", frozenset({EVERY_RIGHT})),), person=name) for name in ("first", "second"))


@pytest.fixture(autouse=True)
def years(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    told = [(at, lambda at=at, dataset=dataset, name=name: debts.deliver(CITY, dataset, name, by=SYSTEM, at=at))
            for at, dataset, name in debts.DELIVERIES]
    told.append((debts.GRADED, lambda: debts.grade(2017, coordinator=FIRST, publisher=SECOND, at=debts.GRADED)))
    told.append((debts.ANSWERED, lambda: debts.respond("example", by=FIRST, at=debts.ANSWERED)))
    for _, act in sorted(told, key=lambda one: one[0]):
        act()
    monkeypatch.setattr(clock, "now", lambda: AT)


def key_of(unit: str) -> str:
    return next(f"q{n:02}" for n in range(1, 17) if uid_of("example", f"q{n:02}") == unit)


def warned(year: int) -> list[Any]:
    return areas.sheet(queries.AREA, year, today=TODAY, known_at=AT).warned


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    sheets = [book.sheet(year, known_at=AT) for year in (2017, 2018)]
    told = [(year, a.rule, key_of(a.unit), a.about) for year in (2017, 2018) for a in warned(year)]
    assert sorted(told) == sorted((one["year"], one["rule"], one["unit"], one["about"]) for one in ANSWERS["alarm"])
    banded = {(book.BANDED[code], key_of(unit), one.level, str(one.value)) for (code, unit), one in sheets[1].banded.items()
              if one.level not in ("green", "no-data")}
    assert banded == {(one["rule"], one["unit"], one["level"], one["value"]) for one in ANSWERS["band"]}
    assert all(one.level in ("green", "no-data") for one in sheets[0].banded.values())


def test_an_independent_count_of_the_file_finds_the_same_bands() -> None:
    """From the file alone, with none of the product's rules."""
    found = set()
    for row in csv.DictReader((CITY / "figures-2018.csv").read_text("utf-8").splitlines()):
        n = {name: float(value) for name, value in row.items() if name not in ("unit_name", "as_of", "document", "restates") and value}
        name = row["unit_name"]
        ratio = 100 * (n["general"] + n["special"] + n["hidden"]) / n["resources"]
        if ratio >= 119.995:
            found.add(("debt-ratio", name, "red" if ratio >= 300 else "orange" if ratio >= 200 else "yellow"))
        if n["general"] > n["limit_general"] or n["special"] > n["limit_special"]:
            found.add(("debt-limit", name, "red"))
        if n["interest_general"] > n["budget_spending"] / 10 or n["interest_special"] > n["fund_spending"] / 10:
            found.add(("debt-interest", name, "red"))
    wanted = {(one["rule"], registry.name(uid_of("example", one["unit"]), as_of=TODAY), one["level"]) for one in ANSWERS["band"]}
    assert found == wanted


def test_the_grade_as_known_then_and_as_known_now_stand_side_by_side() -> None:
    held, said = book.decided(2017), ANSWERS["grade"]
    changed = [one for one in grading.compared(held.lines, book.sheet(2017, known_at=AT).lines) if one.again]
    assert [(key_of(one.unit), one.then, one.now) for one in changed] == [(said["unit"], said["then"], said["now"])]
    as_then = book.sheet(2017, known_at=debts.GRADED)
    assert as_then.lines == held.lines, "asked as of its own day the decision comes out again"
    none = {key_of(line["unit"]) for line in book.sheet(2018, known_at=AT).lines if line["grade"] == grading.NOT_RATED}
    assert none == {"q15", "q16"}, "what was not delivered makes no grade, and no bad one"
    parts = grading.explained(as_then.method, next(line for line in held.lines if key_of(line["unit"]) == "q14"))
    top = sum(Decimal(str(one["contribution"])) for one in parts if one["depth"] == 0)
    assert str(top) == next(line["score"] for line in held.lines if key_of(line["unit"]) == "q14") == "49.00"


@pytest.mark.parametrize("said", ANSWERS["trace"], ids=lambda one: one["debt"])
def test_the_trace_names_who_was_in_office_and_lists_its_gaps(said: dict[str, Any]) -> None:
    steps = book.trace(said["debt"], today=TODAY, known_at=AT)
    assert {one.step: one.gap for one in steps if one.gap} == said["gaps"]
    assert {one.code for one in steps if one.gap} <= {"RETRACE-GAP"} and all(one.holders for one in steps if not one.gap)
    moved = {one.step: one.today for one in steps if one.act and one.today != one.act.unit}
    assert moved == {step: uid_of("example", unit) for step, unit in said["successors"].items()}
    if said["debt"] == "ZX-07-2":
        first, last = steps[0], steps[-1]
        assert first.act and last.act and first.act.post == last.act.post and first.holders != last.holders


def test_the_warnings_are_kept_once_and_the_grave_ones_open_a_case(client: Client) -> None:
    made = debts.warn(at=AT)
    assert made == len({(one["rule"], one["unit"], one["about"], one["about"][:4] == "D05-" and one["year"]) for one in ANSWERS["alarm"]}) + len(ANSWERS["band"])
    assert debts.warn(at=AT) == 0
    rows = [row for row in alarms.alarms() if row.source == "D5"]
    assert all(row.case for row in rows if row.level == "red")
    assert {alarms.rule_words(row.rule).zh for row in rows} >= {"认定有违规举债或担保", "债务率"}
    client.force_login(with_password(account("watcher", "coordinator")))
    page = client.get("/console/warnings/").content.decode()
    assert "债务率300.00%" in page and "0.01" in page, "the page of alarms tells of bands, and by how much they were passed"


def test_pages_api_command_and_portal_tell_the_same(client: Client) -> None:
    client.force_login(with_password(account("d05-looker", "coordinator")))
    page = client.get("/console/d05/", {"year": 2018}).content.decode()
    for words in ("庚区", "300.00", "D05-W6", "ZX-08-3", "不予评级"):
        assert words in page
    q10 = uid_of("example", "q10")
    unit = client.get(f"/console/d05/units/{q10}", {"year": 2017}).content.decode()
    assert "示审〔2018〕31号" in unit and "0 → 1200000" in unit and "YX-10-1" in unit
    before = client.get(f"/console/d05/units/{q10}", {"year": 2017, "known": "2018-06-01"}).content.decode()
    assert "示审〔2018〕31号" not in before
    debt = client.get("/console/d05/debts/YX-10-1").content.decode()
    assert "RETRACE-GAP" in debt and "市发展改革委" in debt and "该环节没有登记" in debt
    assert client.get("/console/d05/debts/XX-1").status_code == 404
    grades = client.get("/console/assessment/grades/D5", {"period": 2017, "unit": q10, "then": 1}).content.decode()
    assert "不一致，须重新确定" in grades and "为何是这个等级" in grades
    assert client.get("/console/assessment/grades/D99").status_code == 404
    told = client.get("/api/v1/areas/d05/figures").json()
    ratio = next(one for one in told["indicators"] if one["code"] == "D05-1")
    assert (told["year"], ratio["city"]) == (2018, None), "the last year; no ratio of the city while one district is missing"
    assert (ratio["units"][uid_of("example", "q07")], ratio["units"][uid_of("example", "q16")]) == ("300.00", None)
    lines = client.get("/api/v1/areas/d05/figures/D05-1", {"year": 2018, "limit": 100}).json()["items"]
    assert {one["unit"]: (one["state"], one["excluded"]) for one in lines}[uid_of("example", "q16")] == ("no-data", "missing")
    assert {one["unit"]: one["state"] for one in lines}[uid_of("example", "q07")] == "red"
    then = client.get("/api/v1/areas/d05/figures", {"year": 2017, "known_at": "2018-06-01"}).json()["indicators"][0]["units"][q10]
    now = client.get("/api/v1/areas/d05/figures", {"year": 2017}).json()["indicators"][0]["units"][q10]
    assert (then, now) != (now, then) and Decimal(then) < Decimal(now), "hidden debt that was found later"
    assert client.get("/api/v1/areas/d05/warnings", {"year": 2018}).json()["total"] == len(warned(2018))
    opened = client.get("/console/d05/figures/D05-2", {"year": 2018, "unit": uid_of("example", "q03")}).content.decode()
    assert "104.00%" in opened and "专项债务余额" in opened
    beside = client.get("/api/v1/assessment/grades/D5", {"period": "2017"}).json()
    assert [one["unit"] for one in beside["compared"] if one["again"]] == [q10]
    steps = client.get("/api/v1/d05/debts/YX-10-1").json()["steps"]
    assert [one["code"] for one in steps] == ["", "", "", "RETRACE-GAP"]
    rows = json.loads(CliRunner().invoke(areas_group, ["figures", "d05", "2018", "--json"]).output)
    assert {row["name"]: row["D05-1"] for row in rows}["庚区"] == "300.00"
    assert {c.procedure for c in cases.open_cases(("debt_emergency", "debt_accountability"))} == {"debt_emergency", "debt_accountability"}


def test_the_public_reads_debt_against_its_limit_and_grades_and_nothing_hidden(client: Client) -> None:
    shown = disclosure.published("d05", year=2017)
    text = str(shown)
    assert "1200000" not in text and "85.33" not in text and "YX-10-1" not in text and "隐性" not in text
    line = next(one for one in shown["units"] if one["unit"] == uid_of("example", "q10"))
    assert (line["grade"], str(line["values"][0])) == ("BBB", "60.00")
    assert assessment.decided_grades("D5", "2017").log_index == shown["rating"]["log_index"]
    page = client.get("/debt/").content.decode()
    assert "示例市庚区人民政府" in page and "限额使用率" in page and "隐性债务" not in page

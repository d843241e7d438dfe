"""Public safety in the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ximu.config.stories import Story, d10
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas import services as appraising
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d10_safety import queries, services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D10")]
CITY = SRC / "config" / "cities" / "example"
LATER = datetime(2019, 3, 20, 1, tzinfo=UTC)
END = date(2018, 12, 31)
ANSWERS = tomllib.loads((CITY / "d10" / "answers.toml").read_text("utf-8"))
RIGHTS = frozenset({"assessment.run", "assessment.method", "assessment.finish", "assessment.publish", "assessment.see"})


def tell() -> None:
    load()
    todo = Story()
    d10.tell(todo, "example")
    todo.play()


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(Story, "person", lambda self, login, at: Actor(login, None, (Grant("r", RIGHTS),), login))
    loaded("safety of the example", tell, home=True)


def rows_of(name: str) -> list[dict[str, str]]:
    text = (CITY / "d10" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def sheet(year: int = 2018) -> Any:
    return areas.sheet(queries.AREA, year, today=date(2019, 3, 20), known_at=LATER)


def named(about: str) -> str:
    """A duty by its number, a year by the key of its district."""
    found = queries.Duty.objects.filter(uid=about).first()
    unit = next((key for key in (f"q{n:02}" for n in range(1, 17)) if about.startswith(uid_of("example", key))), "")
    return found.number if found else f"{unit}{about[len(uid_of('example', unit)):]}" if unit else about


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    warned = sorted([one.rule, named(one.about), one.unit] for one in sheet().warned)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    led = sorted([case.about, case.subject] for case in cases.cases_of("lead"))
    assert led == sorted([one["reference"], uid_of("example", one["unit"])] for one in ANSWERS["lead"])
    assert services.find_missed(at=LATER) == 0, "each is said once"
    heir = [one for one in sheet(2019).warned if one.rule == "D10-W1"]
    assert [(named(one.about), one.unit) for one in heir] == [("示质监〔2018〕1号-3-1", uid_of("example", "scjg"))]
    assert ledger.verify_log().findings == []
    todo = Story()
    d10.tell(todo, "example")
    todo.play()
    assert len(queries.plans_for(SYSTEM, END)) == 3, "a second telling adds nothing"


def test_the_figures_of_the_year() -> None:
    found = sheet()
    for one in ANSWERS["figure"]:
        figure = found.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        assert one.get("excluded", {}).items() <= dict(figure.excluded).items()


def test_an_independent_count_of_the_files_finds_the_same() -> None:
    """From the files alone, with none of the product's rules."""
    lines = {f"{plan['number']}-{row['place']}": (row, plan) for plan in rows_of("plans")
             for row in csv.DictReader((CITY / "d10" / plan["file"]).read_text("utf-8").splitlines())}
    ends = {"每季": [date(2018, 4, 2), date(2018, 7, 2), date(2018, 9, 30)], "每半年": [date(2018, 7, 2)], "每年": []}
    entries, withdrawn = rows_of("inspections"), ["示质监〔2018〕1号-2-1"]
    done = base = 0
    missed = set()
    for name, (row, _) in lines.items():
        for turn, due in enumerate(ends[row["every"]], 1):
            mine = [one for one in entries if one["number"] == f"{name}-{turn}" and one["result"] != "未能检查"]
            mine = mine[1:] if f"{name}-{turn}" in withdrawn else mine
            timely = [one for one in mine if one["inspected"][:10] <= due.isoformat()]
            fast = [one for one in timely if date.fromisoformat(one["entered"][:10]) <= due + timedelta(days=10)]
            base, done = base + 1, done + bool(fast)
            if not mine:
                missed.add(f"{name}-{turn}")
    assert (base, done) == (21, 17)
    assert missed == {one["about"] for one in ANSWERS["alarm"] if one["rule"] == "D10-W1"}
    accidents = rows_of("accidents")
    grave = [one for one in accidents if one["responsible"] == "是" and (
        int(one["deaths"]) >= 3 or int(one["injured"]) >= 10 or Decimal(one["loss"]) >= 1000)]
    gdp = sum(Decimal(one["gdp"]) for one in rows_of("years"))
    deaths = sum(int(one["deaths"]) for one in accidents)
    found = sheet().figures
    assert (str(len(grave)), f"{100 * deaths / gdp:.2f}") == (str(found["D10-5", ""].value), str(found["D10-1", ""].value))


def test_backdating_is_seen_by_both_clocks() -> None:
    """On 20 October the duty was missed; after the late entry it stands apart, and asked as of then it is missed still."""
    duty = queries.duty("示食药监〔2018〕1号-3-3")
    rows = queries.Duty.objects.filter(pk=duty.pk)
    then, now = datetime(2018, 10, 20, 2, tzinfo=UTC), LATER
    states = [queries.listed(rows, as_of=clock.city_day(at), known_at=at)[0].line.state for at in (then, now)]
    assert states == ["missed", "backdated"]
    [entry] = queries.inspections(duty)
    assert entry.backdated and entry.late_days == 19 and entry.inspected_at < entry.entered_at and duty.missed_at


def test_the_appraisal_ends_in_extracts_that_anybody_can_verify() -> None:
    [run] = [one for one in assessment.runs() if one.method.code == "d10"]
    ranks = {row["unit"]: row for row in assessment.ranking(run)}
    assert ranks[uid_of("example", "q04")]["grade"] == "不合格", "the veto of a larger accident"
    [kept] = assessment.extracts(run)
    bundle = json.loads(assessment.bundle(kept))
    assert kept.payload["unit"] == uid_of("example", "q01") and bundle
    assert assessment.replay(run.uid)["same"]
    shown = areas.results(queries.AREA, SYSTEM)
    assert "区长" in str([row["posts"] for row in shown[0]["rows"]]) or shown[0]["rows"][0]["posts"]
    with pytest.raises(Refusal) as caught:
        appraising.appraise(queries.AREA, 2001, by=SYSTEM, at=LATER)
    assert caught.value.code == "GRADE-EMPTY"


def test_the_public_reads_figures_with_their_method_and_nothing_of_single_duties() -> None:
    shown = disclosure.published("d10", year=2018)
    assert [one["code"] for one in shown["indicators"]] == [f"D10-{n}" for n in range(1, 8)]
    assert "SP-02" not in str(shown) and "SG-2018" not in str(shown)

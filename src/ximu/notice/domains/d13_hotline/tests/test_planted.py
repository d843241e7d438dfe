"""A made-up city's tickets with planted faults: all are found, and nothing else."""

from __future__ import annotations

import runpy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ximu.ideas.events import services as events
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d13_hotline import queries, rules

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
SCRIPT = runpy.run_path(str(Path(__file__).parents[6] / "scripts" / "hotline_example.py"))
PLANTED: dict[str, Any] = SCRIPT["PLANTED"]
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
ON = date(2019, 7, 1)
REPORTED = {("alike", PLANTED["alike"]["unit"], PLANTED["alike"]["tickets"][0], PLANTED["alike"]["day"].isoformat()),
            ("heaped", PLANTED["heaped"]["unit"], "close", "2019-04/2019-06"), ("massed", PLANTED["massed"]["unit"], "close", "2019-04/2019-06")}
ABSENT = ("enforcement", "excluded", "due_on", "title_text")


@pytest.fixture(scope="module")
def made() -> pl.DataFrame:
    """As intake hands it on; units stand for themselves."""
    delivered = SCRIPT["tickets"]()
    clean = delivered.with_columns(
        pl.int_range(2, delivered.height + 2).alias("line"), *(pl.lit(None, dtype=pl.String).alias(n) for n in ABSENT[:2]),
        pl.lit(None, dtype=pl.Date).alias("due_on"), pl.lit(None, dtype=pl.String).alias("title_text"),
    )
    return rules.prepare(clean, {u: u for u in SCRIPT["UNITS"]}).frame


@pytest.fixture
def stored(made: pl.DataFrame, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    events.append("hotline", made, batch="example", by=SYSTEM, at=AT)
    events.append("hotline_marks", rules.marks(made, b"key"), batch="example", by=SYSTEM, at=AT)


@pytest.mark.usefixtures("stored")
def test_all_planted_faults_are_found_and_nothing_else() -> None:
    found = queries.warned(ON, known_at=AT, judged_weeks=20)
    told = {(a.rule, a.unit, a.subject, a.period) for a in found.alarms}
    outbreak, repeat, returned, words = (PLANTED[n] for n in ("outbreak", "repeat", "returned", "words"))
    assert told == {
        *(("volume", outbreak["unit"], outbreak["topic"], week.isoformat()) for week in outbreak["weeks"]),
        ("false_closure", PLANTED["false_closure"]["unit"], "", "2019-04/2019-06"),
        ("repeat", repeat["unit"], repeat["matter"], repeat["days"][-1].isoformat()),
        ("returned", returned["unit"], returned["ticket"], returned["day"].isoformat()),
        ("words", words["unit"], words["ticket"], words["day"].isoformat()),
        *REPORTED,
    }
    assert found.volume.gaps == [PLANTED["missing_week"]]
    assert found.volume.withheld == [date(2019, 6, 24)]
    rise = next(a for a in found.alarms if a.rule == "volume")
    assert len(rise.sample) == 5
    assert rise.expected is not None
    assert rise.expected < rise.bound < rise.observed
    assert "环境保护" in rise.words.zh


@pytest.mark.usefixtures("stored")
def test_a_missing_week_is_named_and_not_taken_for_zero() -> None:
    month = queries.kpi(date(2018, 10, 1), date(2018, 10, 31), judged_on=ON, known_at=AT)
    assert len(month.missing) == 7
    assert {r["missing_days"] for r in month.rows} == {7}


@pytest.mark.usefixtures("stored")
def test_the_public_sees_calendar_years_that_add_up_to_all_tickets() -> None:
    """Spans that overlap would tell by subtraction what each withholds; years do not overlap."""
    years = [queries.public_kpi(None, year=year) for year in (2017, 2018, 2019)]
    spans = [(one["first"], one["last"]) for one in years]
    assert spans == [(date(2017, 1, 1), date(2017, 12, 31)), (date(2018, 1, 1), date(2018, 12, 31)), (date(2019, 1, 1), date(2019, 6, 30))]
    assert queries.public_kpi(None) == years[2], "without a year it is the newest"
    inside = queries.kpi(date(2017, 1, 2), date(2019, 6, 30), judged_on=date(2019, 6, 30), known_at=AT)
    assert sum(one["city"]["tickets"] for one in years) == inside.city["tickets"]
    assert queries.public_kpi(None, year=2031)["city"]["tickets"] == 0
    shown = [one["tickets"] or 0 for one in years[1]["units"]]
    assert shown == sorted(shown, reverse=True) and shown[0] > 0, "the busiest first, what is withheld last"
    withheld = [one["unit_name"] for one in years[1]["units"] if one["tickets"] is None]
    assert withheld == sorted(withheld), "by name: a place would tell what is withheld"


def test_the_example_is_the_same_every_time() -> None:
    one, two = SCRIPT["tickets"](2000), SCRIPT["tickets"](2000)
    assert one.equals(two)
    assert not {"caller", "phone", "address"} & set(one.columns)


@pytest.mark.usefixtures("stored")
def test_on_the_whole_history_only_the_planted_faults_ring() -> None:
    """With these found true, no rule has a false alarm in the made-up city; the interval says how sure that is."""
    before = {one.rule: one for one in queries.tried(set(), known_at=AT).rung}   # type: ignore[union-attr]
    outbreak, repeat, returned, words = (PLANTED[n] for n in ("outbreak", "repeat", "returned", "words"))
    true = {*(("volume", outbreak["unit"], outbreak["topic"], week.isoformat()) for week in outbreak["weeks"]),
            *(("false_closure", PLANTED["false_closure"]["unit"], "", f"2019-0{n}/2019-0{n + 2}") for n in (1, 2, 3, 4)),
            ("repeat", repeat["unit"], repeat["matter"], repeat["days"][-1].isoformat()),
            ("returned", returned["unit"], returned["ticket"], returned["day"].isoformat()),
            ("words", words["unit"], words["ticket"], words["day"].isoformat()), *REPORTED,
            ("massed", PLANTED["massed"]["unit"], "close", "2019-03/2019-05")}
    after = {one.rule: one for one in queries.tried(true, known_at=AT).rung}     # type: ignore[union-attr]
    assert before["volume"].judged > 5000
    assert {rule: one.alarms for rule, one in after.items()} == dict.fromkeys(after, 0)
    assert (before["heaped"].alarms, before["massed"].alarms, before["alike"].alarms, before["moved"].alarms) == (1, 2, 1, 0)
    assert before["heaped"].judged > 500 and before["massed"].judged > 1000
    assert before["volume"].alarms - after["volume"].alarms == len(outbreak["weeks"])
    assert queries.silences(date(2019, 7, 1), known_at=AT) == []

"""Every definition gives on Apache Spark what it gives on DuckDB: same rows, same types, to the last decimal.

Run by `make spark`, which installs pyspark (half a gigabyte) and needs Java 17; see docs/decisions/0060.
"""

from __future__ import annotations

import math
import runpy
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ximu.foundation import spark
from ximu.ideas.events import queries, services
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d13_hotline import rules

pytestmark = [pytest.mark.django_db, pytest.mark.spark, pytest.mark.row("D13"), pytest.mark.enable_socket]
ROOT = Path(__file__).parents[2]
HOTLINE = runpy.run_path(str(ROOT / "scripts" / "hotline_example.py"))
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
SAMPLE = {"first": date(2017, 1, 2), "last": date(2019, 6, 30), "judged_on": date(2019, 6, 30), "times": 2, "days": 30}
ABSENT = ("enforcement", "excluded", "title_text")


@pytest.fixture(scope="module")
def tickets() -> pl.DataFrame:
    delivered = HOTLINE["tickets"]()
    clean = delivered.with_columns(
        pl.int_range(2, delivered.height + 2).alias("line"), *(pl.lit(None, dtype=pl.String).alias(n) for n in ABSENT),
        pl.lit(None, dtype=pl.Date).alias("due_on"))
    return rules.prepare(clean, {u: u for u in HOTLINE["UNITS"]}).frame


@pytest.fixture
def stored(tickets: pl.DataFrame, settings: Any, tmp_path: Path) -> Iterator[pl.DataFrame]:
    """Two batches, the second with corrections, so that replaced rows play a part."""
    settings.XIMU_HOME = tmp_path
    services.append("hotline", tickets, batch="a", by=SYSTEM, at=AT)
    services.append("hotline_marks", rules.marks(tickets, b"key"), batch="a", by=SYSTEM, at=AT)
    corrected = tickets.sample(500, seed=1).with_columns(pl.lit("满意").alias("rating"))
    services.append("hotline", corrected, batch="b", by=SYSTEM, at=AT + timedelta(days=1))
    yield tickets


def rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return sorted(frame.rows(), key=lambda row: tuple((value is None, str(value)) for value in row))


@pytest.mark.parametrize("known_at", [None, AT], ids=["now", "before the correction"])
@pytest.mark.parametrize("name", [d.name for d in queries.definitions()])
@pytest.mark.usefixtures("stored")
def test_a_definition_gives_the_same_on_spark(name: str, known_at: datetime | None) -> None:
    params = {p.name: SAMPLE[p.name] for p in queries.definition(name).parameters}
    here, there = queries.run(name, params, known_at=known_at), queries.run_on_spark(name, params, known_at=known_at)
    assert here.frame.height > 0, "the comparison has something to compare"
    assert here.frame.columns == there.frame.columns
    assert here.manifest == there.manifest
    for one, other in zip(rows(here.frame), rows(there.frame), strict=True):
        for left, right in zip(one, other, strict=True):
            assert left == right or (isinstance(left, float) and math.isnan(left) and math.isnan(right)), (one, other)


@pytest.mark.usefixtures("stored")
def test_a_narrower_look_is_narrower_on_spark_too() -> None:
    params = {"first": SAMPLE["first"], "last": SAMPLE["last"]}
    looks: list[dict[str, Any]] = [{"units": [HOTLINE["UNITS"][0]]}, {"units": []}, {"as_of": date(2018, 1, 31)}]
    for look in looks:
        here, there = (run("d13_weekly", params, known_at=None, **look).frame for run in (queries.run, queries.run_on_spark))
        assert rows(here) == rows(there)


def test_the_session_is_the_one_that_is_configured(settings: Any) -> None:
    assert spark.session(settings.XIMU_SPARK).sparkContext.master == settings.XIMU_SPARK

"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ximu.foundation import clock
from ximu.ideas.commitments.rules import Judged, compute, read_spec
from ximu.ideas.events import services as events
from ximu.ideas.events.rules import Expected
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d08_environment import queries, rules
from ximu.notice.domains.d08_environment.queries.figures import figure_of_months

pytestmark = pytest.mark.row("D8")
AT = datetime(2018, 5, 1, 10, tzinfo=clock.CITY)
AREA = "u1"


def cases(*codes: str) -> list[Any]:
    return [pytest.param(code, case, id=f"{code} {case['name']}") for code in codes
            for case in json.loads((queries.HERE / "golden" / f"{code}.json").read_text("utf-8"))["cases"]]


def judged(raw: dict[str, Any]) -> Judged:
    return Judged(**{**raw, **{name: date.fromisoformat(raw[name]) for name in ("made_on", "due")}, "flags": tuple(raw.get("flags", ()))})


@pytest.mark.parametrize(("code", "case"), cases("D08-1", "D08-3", "D08-6"))
def test_golden_promises(code: str, case: dict[str, Any]) -> None:
    figure = compute(read_spec(queries.pack().indicators[code].params), [judged(raw) for raw in case["input"]],
                     first=date(2018, 1, 1), last=date(2018, 12, 31))
    wanted = case["expected"]
    assert (None if figure.value is None else str(figure.value)) == wanted["value"]
    assert (list(figure.counted), list(figure.base), dict(figure.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])


def put(rows: list[tuple[str, str, float | None, int]]) -> None:
    """Values of two stations of one area, as the loader would keep them."""
    roster = [Expected(code, code, AREA, "", date(2016, 1, 1), None) for code in "AB"]
    for month in sorted({row[1] for row in rows}):
        first = rules.month_of(month)
        given = [{"station": s, "item": "PM2.5", "value": None if v is None else float(v), "valid_days": d} for s, m, v, d in rows if m == month]
        whole = rules.whole_month(first, given, roster, set(), queries.needed_on(first))
        events.append(queries.DATASET, pl.DataFrame(whole, infer_schema_length=None), batch=month, by=SYSTEM, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "case"), cases("D08-2"))
def test_golden_values(code: str, case: dict[str, Any], settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    put(case["input"])
    until, column = date.fromisoformat(case["until"]), queries.pack().indicators[code].params["column"]
    span = [month for n in range(1, 13) if rules.end_of(month := date(2018, n, 1)) <= until]
    months = queries.months(date(2018, 1, 1), date(2018, 12, 31), known_at=AT)
    figure, wanted = figure_of_months(column, AREA, span, months), case["expected"]
    assert (None if figure.value is None else str(figure.value)) == wanted["value"]
    assert (list(figure.counted), dict(figure.excluded)) == (wanted["counted"], wanted["excluded"])


def test_each_result_has_one_name_and_insufficient_data_has_its_own() -> None:
    assert {state: words.zh for state, words in rules.RESULTS.items()}["unmeasured"] == "数据不足，不能判定"
    assert {rules.RESULTS[state].en for state in ("broken", "part_kept", "overdue")} == {"not met"}


def test_a_month_is_made_whole_with_gaps_for_the_areas_that_were_delivered() -> None:
    roster = [Expected("A", "A", "q1", "city", date(2016, 1, 1), None), Expected("B", "B", "q1", "", date(2016, 1, 1), date(2018, 1, 30)),
              Expected("C", "C", "q2", "city", date(2016, 1, 1), None), Expected("D", "D", "q2", "", date(2018, 1, 2), None)]
    given = [{"station": "A", "item": item, "value": 1.0, "valid_days": 31} for item in rules.ITEMS]
    whole = rules.whole_month(date(2018, 1, 1), given, roster, {("city", "C", "SO2")}, rules.Needed(27, 100))
    gaps = {(row["unit"], row["station"], row["item"]) for row in whole if row["value"] is None}
    assert gaps == {("city", "C", item) for item in rules.ITEMS if item != "SO2"}, "q2 was not delivered; B and D were not there all month"
    assert {(row["unit"], row["station"]) for row in whole if row["value"] is not None} == {("q1", "A"), ("city", "A")}
    assert {(row["measured_to"], row["days"], row["needed"]) for row in whole} == {(date(2018, 1, 31), 31, 27)}

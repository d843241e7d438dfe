"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.events import services as events
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d14_enterprise import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D14")]
AT = datetime(2018, 7, 2, 2, tzinfo=UTC)
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["last"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def appended(rows: list[dict[str, Any]]) -> None:
    def read(name: str, value: Any) -> Any:
        return date.fromisoformat(value) if name.endswith("_on") or name == "due_by" else value

    frame = [{"unit": "u1", "unit_name": "甲局", "district": "q1", **{name: read(name, value) for name, value in one.items()}} for one in rows]
    events.append("demands", pl.DataFrame(frame, infer_schema_length=None), batch="b", by=SYSTEM, at=AT)


@pytest.mark.parametrize(("code", "first", "last", "case"), CASES)
def test_golden(code: str, first: date, last: date, case: dict[str, Any]) -> None:
    appended(case["input"])
    found, wanted = queries.sheet_of(first, last, as_of=last, known_at=AT), case["expected"]
    figure = found.figures[code, queries.CITY]
    assert (None if figure.value is None else str(figure.value)) == wanted["value"]
    assert found.figures[code, "u1"] == found.figures[code, "@q1"] == figure
    verdicts = {row["demand"]: row["verdict"] for row in queries.opened(code, found, scope="u1", known_at=AT)}
    assert [one for one, said in verdicts.items() if said == "counted"] == wanted["counted"]
    assert [one for one, said in verdicts.items() if said in ("counted", "base")] == wanted["base"]
    assert {one: said for one, said in verdicts.items() if said not in ("counted", "base")} == wanted["excluded"]


def test_the_golden_cases_show_each_exclusion_of_each_indicator() -> None:
    shown: dict[str, set[str]] = {}
    for param in CASES:
        code, *_, case = param.values
        shown.setdefault(code, set()).update(case["expected"]["excluded"].values())
    assert shown == {code: set(one.exclusions) for code, one in queries.indicators().items()}


def test_a_district_answers_for_its_firms_and_a_department_for_what_it_handles() -> None:
    plain = {"raised_on": "2018-05-02", "kind": "一般", "topic": "融资", "closed_as": "企业确认"}
    appended([{**plain, "demand": "a", "solved": "是"}, {**plain, "demand": "b", "solved": "否", "unit": "u2"},
              {**plain, "demand": "c", "solved": "是", "unit": "q1", "district": "q2"}])
    asked = Asked(["u1", "u2", "q1", "q2", "u9"], date(2018, 1, 1), date(2018, 6, 30), date(2018, 6, 30), AT)
    assert {unit: one.text for unit, one in queries.measured("D14-2", asked).items()} == {
        "u1": "100.00", "u2": "0.00", "q1": "50.00", "q2": "100.00", "u9": "N/A"}
    with pytest.raises(Refusal) as caught:
        queries.measured("D14-9", asked)
    assert caught.value.code == "IND-NONE"

"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from ximu.foundation import clock, packs
from ximu.ideas.areas.rules import Line, Period, figure
from ximu.ideas.events import queries as events
from ximu.ideas.events.services import append
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.models import Burst, Rating
from ximu.notice.domains.d11_service.tests.factories import CASE, GSJ

pytestmark = [pytest.mark.row("D11"), pytest.mark.django_db]
AT = datetime(2019, 1, 4, 10, tzinfo=clock.CITY)
PERIOD = Period(2018, date(2018, 1, 1), date(2018, 12, 31), date(2019, 1, 4), AT)
BARE = {
    "service_cases": {**CASE, "unit": GSJ}, "service_items": {"item_name": "示例事项", "kind": "行政许可", "unit_name": "x", "unit": GSJ},
    "service_guides": {"item": "SX-1", "item_name": "示例事项", "unit_name": "x", "unit": GSJ, "point": "材料"},
}
SETS = {"D11-3": "service_cases", "D11-4": "service_cases", "D11-5": "service_guides", "D11-7": "service_items", "D11-8": "service_cases"}
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name']}")
         for path in sorted((queries.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]]


def rating(raw: dict[str, Any]) -> Any:
    """A rating as `queries.rated` gives it."""
    bare = {"case": "BJ-1", "title": "示例事项", "unit": GSJ, "state": "counted", "on": date(2018, 3, 1), "link": "", "contact": "", "closed_as": "",
            **dict.fromkeys(("contact_due", "contacted_on", "fix_due", "fixed_on", "closed_on"))}
    days = {name: date.fromisoformat(text) for name, text in raw.items() if name.endswith(("_on", "_due"))}
    return SimpleNamespace(**bare | raw | days)


def rated(case: str, level: int, state: str) -> None:
    held = Burst.objects.create(source="s", window="W", state=state, held_at=AT) if state == "held" else None
    Rating.objects.create(case=case, item="", unit=GSJ, person=case, window="W", source="s", level=level, rated_at=PERIOD.known_at.replace(year=2018),
                          received_at=PERIOD.known_at.replace(year=2018), way="推送", burst=held)


def delivered(code: str, rows: list[dict[str, Any]]) -> list[Line]:
    """As the loader keeps them, read through the definitions."""
    name = SETS[code]
    for row in rows:
        if "rated" in row:
            rated(row["case_no"], row.pop("rated"), row.pop("state", "counted"))
    whole = [{**BARE[name], **row} for row in rows]
    days = {c.name for c in events.dataset(name).columns if c.type == "date"}
    typed = [{key: date.fromisoformat(value) if key in days and value else value for key, value in row.items()} for row in whole]
    append(name, pl.DataFrame(typed, infer_schema_length=None), batch="golden", by=SYSTEM, at=AT)
    return list(queries.lines(PERIOD)[code])


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any], settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    rows = json.loads(json.dumps(case["input"]))
    if code in SETS:
        lines = delivered(code, rows)
    else:
        given = [rating(raw) for raw in rows]
        lines = (rules.rating_lines(given, 20) if code == "D11-1"
                 else [(rules.fix_line if code == "D11-2" else rules.contact_line)(row, PERIOD) for row in given])
    found, wanted = figure(packs.load(queries.HERE).indicators[code].params["form"], lines), case["expected"]
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (sorted(found.counted), dict(found.excluded)) == (sorted(wanted["counted"]), wanted["excluded"])

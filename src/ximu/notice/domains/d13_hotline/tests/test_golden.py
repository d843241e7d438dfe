"""Each indicator on hand-counted tickets: what counts, and each exclusion by its letter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d13_hotline import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
AT = datetime(2018, 6, 1, tzinfo=UTC)
D3, D4, D9, D10, D20 = (date(2018, 4, n) for n in (3, 4, 9, 10, 20))
MAY = date(2018, 5, 31)
LATER = date(2018, 7, 1)
PLAIN = {"contact_by": D4, "due_on": D20}
CASES: dict[str, tuple[list[dict[str, Any]], tuple[str, int, int]]] = {
    "D13-1 contacted in time, late, never; an inquiry, praise, an excluded one and one not yet due do not count": (
        [{**PLAIN, "contacted_on": D3}, {**PLAIN, "contacted_on": D4}, {**PLAIN, "contacted_on": D9}, PLAIN,
         {"kind": "咨询", "contacted_on": D3}, {"kind": "表扬", **PLAIN, "contacted_on": D3}, {**PLAIN, "excluded": True, "contacted_on": D3},
         {"contact_by": LATER, "contacted_on": D3}],
        ("contact", 2, 4)),
    "D13-2 on the last day, late, still open; law enforcement and a term to come do not count": (
        [{**PLAIN, "closed_on": D20}, {**PLAIN, "closed_on": date(2018, 4, 21)}, PLAIN,
         {**PLAIN, "enforcement": True, "closed_on": LATER}, {"due_on": LATER, "closed_on": D9}, {**PLAIN, "excluded": True}],
        ("on_time", 1, 3)),
    "D13-3 the caller decides; who cannot be reached does not count": (
        [{"outcome": "实际解决", "solved": "是"}, {"outcome": "实际解决", "solved": "否"}, {"outcome": "未解决", "solved": "否"},
         {"outcome": "解释说明", "solved": "是"}, {"outcome": "实际解决"}, {"kind": "建议", "solved": "否"}],
        ("solved", 2, 4)),
    "D13-4 three good ratings of five; no rating is no good rating": (
        [{"rating": r} for r in ("非常满意", "满意", "基本满意", "不满意", "非常不满意")] + [{}, {"kind": "表扬", "rating": "非常满意"}],
        ("satisfied", 3, 5)),
    "D13-5 reported as solved, called back as not; not reported as solved, or not judged, does not count": (
        [{"outcome": "实际解决", "solved": "否"}, {"outcome": "实际解决", "solved": "是"}, {"outcome": "部分解决", "solved": "否"},
         {"outcome": "实际解决"}, {"outcome": "实际解决", "solved": "否", "excluded": True}],
        ("false", 1, 2)),
}
PARTS = {"contact": ("contacted", "contact_due"), "on_time": ("on_time", "due"), "solved": ("solved", "judged"),
         "satisfied": ("satisfied", "rated"), "false": ("false_closed", "claimed")}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def kpi(rows: list[dict[str, Any]]) -> queries.Kpi:
    events.append("hotline", frame(*(ticket(str(i), **r) for i, r in enumerate(rows))), batch="b", by=SYSTEM, at=AT)
    return queries.kpi(date(2018, 4, 1), date(2018, 4, 30), judged_on=MAY, known_at=AT)


@pytest.mark.parametrize("case", CASES)
def test_the_indicator_counts_what_it_says(case: str) -> None:
    rows, (name, hits, n) = CASES[case]
    row = kpi(rows).rows[0]
    part, whole = PARTS[name]
    assert (row[part], row[whole], row[f"{name}_rate"]) == (hits, n, 100.0 * hits / n)


def test_a_rate_without_a_denominator_is_null_never_zero() -> None:
    found = kpi([{}])
    assert (found.city["tickets"], found.city["solved_rate"], found.rows[0]["false_rate"]) == (1, None, None)


def test_months_and_units_add_up() -> None:
    found = kpi([{"rating": "满意"}, {"rating": "不满意", "unit": "u2"}, {"rating": "满意", "unit": "u2"}])
    assert [(r["unit"], r["rated"], r["satisfied_rate"]) for r in found.units] == [("u1", 1, 100.0), ("u2", 2, 50.0)]
    assert found.city["satisfied_rate"] == 100.0 * 2 / 3

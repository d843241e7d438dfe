"""Five rates from their counts; nothing over nothing is null."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from ximu.kernel.words import Text

COUNTS = ("tickets", "contact_due", "contacted", "due", "on_time", "judged", "solved", "rated", "satisfied", "claimed", "false_closed")
RATES: dict[str, tuple[str, str, str, Text]] = {
    "D13-1": ("contact_rate", "contacted", "contact_due", Text("先行联系率", "Contacted first in time")),
    "D13-2": ("on_time_rate", "on_time", "due", Text("按时办结率", "Closed on time")),
    "D13-3": ("solved_rate", "solved", "judged", Text("实际解决率（诉求人认定）", "Solved, says the caller")),
    "D13-4": ("satisfied_rate", "satisfied", "rated", Text("市民满意率", "Satisfied")),
    "D13-5": ("false_rate", "false_closed", "claimed", Text("虚假办结率", "False closures")),
}


def year_before(last: date) -> date:
    """The first day of the twelve months that end on a day: twelve whole ones where it ends a month."""
    after = last + timedelta(days=1)
    year = after.year - 1
    return date(year, after.month, min(after.day, monthrange(year, after.month)[1]))


def total(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts added up, rates of the sums."""
    listed = list(rows)
    sums: dict[str, Any] = {name: sum(r[name] for r in listed) for name in COUNTS}
    for rate, part, whole, _ in RATES.values():
        sums[rate] = 100.0 * sums[part] / sums[whole] if sums[whole] else None
    return sums


def city_rows(rows: Iterable[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    """One line per value of `by` (`unit` or `month`)."""
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row)
    return [{by: key, **total(group)} for key, group in sorted(groups.items())]

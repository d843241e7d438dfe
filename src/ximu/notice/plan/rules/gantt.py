"""Where do the bars lie? Coordinates in a drawing 1000 wide; no drawing library is needed for a plan of a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

MONTHS_AFTER = 1
STYLES = {"done": "done", "on_time": "done", "overdue": "late", "evidence_expired": "late", "at_risk": "", "not_started": "open"}
"""Light → look of the bar: plain, done, late or open (dashed)."""
WIDTH, LABELS, HEAD, ROW_HEIGHT = 1000, 60, 20, 20


def draw(lines: list[dict[str, Any]], *, start: date, as_of: date) -> dict[str, Any]:
    """`months` and `bars` with their coordinates, `today` as x, `height`; a standing duty's bar goes on thinly to the end."""
    last = max([date.fromisoformat(line["due"]) for line in lines if line["due"]] + [as_of])
    first, end = start.replace(day=1), _month_start(last, MONTHS_AFTER)
    span = (end - first).days

    def x(day: date) -> int:
        return round(LABELS + (WIDTH - LABELS) * max(0, min(span, (day - first).days)) / span)

    bars = []
    for number, line in enumerate(lines):
        until = date.fromisoformat(line["due"]) + timedelta(days=1) if line["due"] else start
        bars.append({
            **{k: line[k] for k in ("row", "uid", "area", "light", "due")}, "style": STYLES[line["light"]],
            "y": HEAD + ROW_HEIGHT * number,
            "text_y": HEAD + ROW_HEIGHT * number + 13, "rest_y": HEAD + ROW_HEIGHT * number + 5,
            "x": x(start), "width": x(until) - x(start), "rest_x": x(until), "rest": x(end) - x(until) if line["standing"] else 0,
        })
    months, month = [], first
    while month < end:
        following = _month_start(month, 1)
        months.append({"label": f"{month.year}.{month.month}", "x": x(month), "text_x": x(month) + 3, "width": x(following) - x(month)})
        month = following
    return {"months": months, "bars": bars, "today": x(as_of), "width": WIDTH, "height": HEAD + ROW_HEIGHT * len(lines)}


def _month_start(day: date, ahead: int) -> date:
    month = day.month - 1 + ahead
    return date(day.year + month // 12, month % 12 + 1, 1)

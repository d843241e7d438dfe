"""The explorer: how many, per period and breakdown; with the SQL that says so, and periods without data named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ximu.ideas.events.queries import store
from ximu.ideas.events.queries.running import ask
from ximu.ideas.events.rules import withheld_table
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

STEPS = {"day": Text("按日", "by day"), "week": Text("按周", "by week"), "month": Text("按月", "by month"), "year": Text("按年", "by year")}
MOST_CELLS = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    first: date
    last: date
    step: str = "month"
    breakdown: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Explored:
    """`rows`: period, part, n (None where no day of the period was delivered, or `withheld`), missing (days not delivered).

    `total` is None when something is withheld that it would help to compute.
    """

    sql: str
    rows: list[dict[str, Any]]
    periods: list[date]
    parts: list[str]
    total: int | None
    manifest: store.Manifest


def explore(
    name: str, asked: Asked, *, known_at: datetime | None, as_of: date | None = None, units: Collection[str] | None = None,
    small: bool = True,
) -> Explored:
    """Without `small` the small cells are withheld, with as many others as keep them from being computed, and whole periods are shown only.

    Errors: `EVT-SET`, `EVT-PARAM`.
    """
    one = store.dataset(name)
    if asked.step not in STEPS:
        raise _wrong("step", asked.step, " | ".join(STEPS))
    if asked.breakdown and asked.breakdown not in (*one.breakdowns, one.unit):
        raise _wrong("breakdown", asked.breakdown, " | ".join((*one.breakdowns, one.unit)))
    if asked.first > asked.last:
        raise _wrong("last", asked.last.isoformat(), f"≥ {asked.first}")
    asked = asked if small else _whole(asked)
    part = f"coalesce(CAST({asked.breakdown} AS VARCHAR), '—')" if asked.breakdown else "''"
    here = f"\n  AND {one.unit} = $unit" if asked.unit else ""
    sql = (f"SELECT CAST(date_trunc('{asked.step}', {one.time}) AS DATE) AS period, {part} AS part, count(*) AS n\nFROM {one.name}\n"
           f"WHERE CAST({one.time} AS DATE) BETWEEN $first AND $last{here}\nGROUP BY 1, 2\nORDER BY 1, 2")
    params: dict[str, Any] = {"first": asked.first, "last": asked.last} | ({"unit": asked.unit} if asked.unit else {})
    manifest = store.manifest(name, known_at=known_at)
    found = ask(sql, params, dataset=name, known_at=known_at, as_of=as_of, units=units, manifest=manifest)
    counts = {(r["period"], r["part"]): r["n"] for r in found.iter_rows(named=True)}
    parts = sorted({p for _, p in counts}) or [""]
    periods = _periods(asked)
    if len(parts) * len(periods) > MOST_CELLS:
        raise _wrong("step", asked.step, f"≤ {MOST_CELLS}")
    covered = store.coverage(name, known_at=known_at)
    rows = []
    for begin, end in periods:
        days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
        lacking = sum(d not in covered for d in days)
        empty = None if lacking == len(days) else 0
        key = _floor(begin, asked.step)
        rows += [{"period": begin, "part": p, "n": counts.get((key, p), empty), "missing": lacking, "withheld": False} for p in parts]
    hidden = 0 if small else _withhold(rows, len(parts))
    return Explored(sql, rows, [begin for begin, _ in periods], parts, None if hidden else sum(counts.values()), manifest)


def sees_small(actor: Actor) -> bool:
    """Small cells are for who holds the right, and for a unit that looks at its own."""
    return actor.can("events.small") or actor.units_with("events.see") is not None


def _withhold(rows: list[dict[str, Any]], parts: int) -> int:
    """Take the small cells out of the rows; how many."""
    lines = [rows[k:k + parts] for k in range(0, len(rows), parts)]
    marks = withheld_table([[row["n"] or 0 for row in line] for line in lines])
    gone = [row for line, mark in zip(lines, marks, strict=True) for row, hidden in zip(line, mark, strict=True) if hidden]
    for row in gone:
        row.update(n=None, withheld=True)
    return len(gone)


def _whole(asked: Asked) -> Asked:
    """From the first day of the first period to the last day of the last: two cuts of one period would tell a day."""
    last = _periods(replace(asked, first=asked.last, last=asked.last + timedelta(days=400)))[0][1]
    return replace(asked, first=_floor(asked.first, asked.step), last=last)


def _floor(day: date, step: str) -> date:
    match step:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _periods(asked: Asked) -> list[tuple[date, date]]:
    """First and last day of each period, cut to what was asked."""
    found: list[tuple[date, date]] = []
    day = asked.first
    while day <= asked.last and len(found) <= MOST_CELLS:
        floor = _floor(day, asked.step)
        following = _floor(floor + {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=32),
                                    "year": timedelta(days=367)}[asked.step], asked.step)
        found.append((day, min(asked.last, following - timedelta(days=1))))
        day = following
    return found


def _wrong(field: str, value: str, rule: str) -> Refusal:
    return Refusal("EVT-PARAM", field=field, value=value[:60], rule=rule, zh=f"“{field}”不能使用（{rule}）。",
                   en=f"“{field}” cannot be used ({rule}).")

"""Files of decisions, reviews and complaints: good rows are kept, each bad one is named; what is not final is held and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d09_traffic import queries

DELIVER = "d09.deliver"
ONCE = ("unit", "team", "decided_on", "kind")
"""What a case number stands for: another team, day or kind under it is another case."""
SAID = ("published_on", "withheld", "recorded", "checked")
"""What was said once is changed by a document, never in silence."""
Row = dict[str, Any]
Rows = list[tuple[int, Row]]
Fault = tuple[int, str, str]


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Errors: `PERM-DENIED` and those of `intake.deliver_rows`; of rows `PERM-DENIED` (a unit for which the right is not held),
    `TEAM-NONE`, `KEY-DUP` (the number of another case), `RESTATE-BASIS`, `CASE-NONE`, `FIN-EARLY`.

    `held`: rows that were kept but have no effect, because they are not final (`FIN-OPEN`); they stand among the faults, too.
    """
    by.must(DELIVER)
    held: list[dict[str, Any]] = []

    def judge(rows: Rows) -> list[Fault]:
        heirs = registry.owners(clock.city_day(at), {row["unit"] for _, row in rows})
        faults = [(line, "unit_name", "PERM-DENIED") for line, row in rows if not by.can(DELIVER, heirs[row["unit"]])]
        faults += _JUDGES[dataset](rows, at)
        bad = {line for line, _, _ in faults}
        held.extend({"line": line, "field": "final_on", "code": "FIN-OPEN"} for line, row in rows
                    if dataset == queries.REVIEWS and line not in bad and not (row["outcome"] and row["final_on"]))
        return faults

    told = deliver_rows(dataset, path, batch=batch, judge=judge, derive=_named if dataset == queries.CASES else dict, by=by, at=at,
                        right=DELIVER)
    return {**told, "held": len(held), "faults": [*told["faults"], *held]}


def _named(row: Row) -> Row:
    """The outside name of a decision: its number never stands in an address."""
    return {"ref": queries.ref_of(row["number"])}


def _decisions(rows: Rows, at: datetime) -> list[Fault]:
    known = {row["number"]: row for row in events.rows_of(queries.CASES, known_at=at)}
    faults = _teams(rows) + _twice(rows, "number")
    twice = {line for line, _, code in faults if code == "KEY-DUP"}
    for line, row in rows:
        before = known.get(row["number"])
        if line in twice:
            continue
        if before and any(before[name] != row[name] for name in ONCE):
            faults.append((line, "number", "KEY-DUP"))
        elif before and any(before[name] and before[name] != row[name] for name in SAID) and (
                not row["restates"] or row["restates"] == before["restates"]):
            faults.append((line, "restates", "RESTATE-BASIS"))
    return faults


def _twice(rows: Rows, key: str) -> list[Fault]:
    """One file says a thing once: of two that differ nobody knows which holds."""
    times = Counter(row[key] for _, row in rows)
    return [(line, key, "KEY-DUP") for line, row in rows if times[row[key]] > 1]


def _teams(rows: Rows) -> list[Fault]:
    """The team is on the roster, of that unit, on that day."""
    roster = {one.code: one for one in queries.roster()}

    def there(row: Row) -> bool:
        one, day = roster.get(row["team"]), row.get("decided_on") or row.get("received_on")
        return one is not None and day is not None and queries.same_line(one.unit, row["unit"], day) and one.counts_in(day, day)

    return [(line, "team", "TEAM-NONE") for line, row in rows if not there(row)]


def _reviews(rows: Rows, at: datetime) -> list[Fault]:
    cases = {row["number"]: row for row in events.rows_of(queries.CASES, known_at=at)}
    known = {row["review"]: row for row in events.rows_of(queries.REVIEWS, known_at=at)}
    faults = _twice(rows, "review")
    twice = {line for line, _, _ in faults}
    for line, row in rows:
        if line in twice:
            continue
        case, before = cases.get(row["number"]), known.get(row["review"])
        if case is None or row["filed_on"] < case["decided_on"] or not queries.same_line(case["unit"], row["unit"], row["filed_on"]):
            faults.append((line, "number", "CASE-NONE"))
        elif before and before["number"] != row["number"]:
            faults.append((line, "review", "KEY-DUP"))
        elif before and before["final_on"] and any(before[n] != row[n] for n in ("outcome", "final_on", "decided_on")) and (
                not row["restates"] or row["restates"] == before["restates"]):
            faults.append((line, "restates", "RESTATE-BASIS"))
        elif row["stage"] == "一审" and row["final_on"] and row["final_on"] <= row["decided_on"] + _appeal(row):
            faults.append((line, "final_on", "FIN-EARLY"))
    return faults


def _appeal(row: Row) -> timedelta:
    """The days in which a side may appeal: no judgment of the first instance is final before they have passed."""
    return timedelta(days=int(value_on(queries.HERE, "appeal_days", row["decided_on"])))


_JUDGES: dict[str, Callable[[Rows, datetime], list[Fault]]] = {
    queries.CASES: _decisions, queries.REVIEWS: _reviews, queries.COMPLAINTS: lambda rows, at: _teams(rows) + _twice(rows, "complaint")}
LOADERS = {name: partial(deliver, name) for name in _JUDGES}

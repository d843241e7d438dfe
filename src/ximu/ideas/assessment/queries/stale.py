"""Which results are to be computed anew, because of which facts?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ximu.ideas.assessment.models import Run, Stale
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.records import queries as records
from ximu.kernel.actor import SYSTEM, Actor

STALE = "score.stale"


def stale_body(row: Stale) -> dict[str, Any]:
    return {"run": row.run.uid, "effect": row.effect}


def stale(run: Run) -> list[Stale]:
    return list(run.stale.order_by("pk"))


def stale_seen(run: Run, by: Actor) -> list[Stale]:
    """All of it for those who compute; for others what comes of records that their own unit delivered."""
    rows = stale(run)
    if by.can("assessment.run"):
        return rows
    own = records.delivered_by({row.number for row in rows}, by.unit) if by.unit and run.state != Run.State.DRAFT else set()
    return [row for row in rows if row.number in own]


def to_recompute(by: Actor = SYSTEM) -> list[dict[str, Any]]:
    """Every result that stands and rests on a fact that has changed since, newest first: with the units and facts concerned."""
    rows = Run.objects.select_related("method").filter(stale__isnull=False).exclude(state=Run.State.REPLACED).distinct()
    return [_line(run, seen) for run in rows.order_by("-period", "-pk") if (seen := stale_seen(run, by))]


def _line(run: Run, seen: list[Stale]) -> dict[str, Any]:
    gone = {row.number: row.cause for row in seen}
    units = {unit for told in run.facts.values() for unit, refs in told.items() if any(ref.partition(":")[2] in gone for ref in refs)}
    return {"run": run.uid, "period": run.period, "state": run.state, "method": run.method.version, "units": sorted(units),
            "facts": [{"ref": f"record:{number}", "cause": cause} for number, cause in gone.items()]}


def stale_evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    for row in Stale.objects.filter(log_index__gte=first, log_index__lt=last).select_related("run"):
        yield row.log_index, entry_bytes(STALE, stale_body(row), row.at), f"须重新计算 {row.run.uid}"

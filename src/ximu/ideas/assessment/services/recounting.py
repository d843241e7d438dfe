"""Which records made which score? A line in the ledger of effects each; when one ends, the result is marked to be computed anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ximu.ideas.assessment.models import Run, Stale
from ximu.ideas.assessment.queries.stale import STALE, stale_body
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.queries import EffectRow
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

PREFIX = "record:"


def use_records(run: Run, *, at: datetime) -> int:
    """Called before a run is told to anybody: a line `score` for each record that it counted; how many.

    A record that has no effect any more counted by the run's own clocks only, and gets no new line.
    """
    refs = {ref for units in run.facts.values() for told in units.values() for ref in told}
    numbers = {ref.removeprefix(PREFIX) for ref in refs if ref.startswith(PREFIX)}
    written = 0
    for number in sorted(numbers):
        try:
            casework.add_effect(number, kind="score", target=run.uid, policy=run.method.version, by=SYSTEM, at=at)
            written += 1
        except Refusal as refusal:
            if refusal.code not in ("EFFECT-DEAD", "DISC-EARLY", "REC-NONE"):
                raise
    return written


def stop_score(line: EffectRow) -> str:
    """Asked by the ledger of effects: the result stands as it was, marked to be computed anew; the receipt names the entry of the log."""
    run = Run.objects.filter(uid=line.target).first()
    if run is None:
        return ""
    with transaction.atomic():
        found = Stale.objects.select_for_update().filter(effect=line.uid).first()
        if found is None and line.stopping_at is not None:
            found = Stale(run=run, effect=line.uid, number=line.number, cause=line.cause.zh if line.cause else "", at=line.stopping_at)
            [found.log_index] = append([Entry(STALE, stale_body(found))], at=found.at)
            found.save()
    return f"已标注须重新计算，日志序号{found.log_index}" if found else ""

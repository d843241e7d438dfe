"""What happens by itself when a limit has passed? One set-wise pass: marked late, told, escalated, effects paused.

上海市社会信用条例 art. 36 gives five working days; what silence does in favour of the subject is this city's declaration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.bulk import among, insert_rows
from ximu.foundation.outbox import announce_many
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import queries
from ximu.ideas.casework.hooks import CaseOverdue
from ximu.ideas.casework.models import Case, Clock, Telling
from ximu.ideas.casework.queries.cases import superior_of
from ximu.ideas.casework.services import steps
from ximu.ideas.casework.services.effects import pause_effects
from ximu.ideas.casework.services.moving import move
from ximu.kernel.actor import SYSTEM

PART = 2000
"""Cases per transaction: a crash loses nothing, the next pass goes on."""


@dataclass(slots=True)
class _Late:
    """What the pass needs of a case, without the weight of a model."""

    pk: int
    uid: str
    procedure: str
    state: str
    about: str
    subject: str
    holder: str
    due: date | None


_NEEDED = tuple(one.name for one in fields(_Late))


def sweep_deadlines(*, at: datetime, most: int = 1_000_000) -> int:
    """How many cases became late. A second pass finds none: the clock's state is the mark."""
    day, found = clock.city_day(at), 0
    while found < most and (passed := _pass(day, at=at)):
        found += passed
    return found


def _pass(day: date, *, at: datetime) -> int:
    """One part: everything that follows from silence, except moves that the declaration deems made."""
    with transaction.atomic():
        running = Clock.objects.filter(state=Clock.State.RUNNING, due__lt=day).order_by("due", "pk")
        pairs = list(running.values_list("pk", "case_id")[:PART])
        if not pairs:
            return 0
        keys, late = [pk for pk, _ in pairs], [case for _, case in pairs]
        Clock.objects.filter(pk__in=among(keys)).update(state=Clock.State.LATE)
        touched = Case.objects.filter(pk__in=among(late), closed_at=None)
        touched.update(late=True)
        cases = [_Late(*row) for row in touched.order_by("pk").values_list(*_NEEDED)]
        _silence(cases, day, at=at)
    for case in cases:
        limit = queries.procedure(case.procedure).states[case.state].limit
        if limit and limit.deem:
            move(case.uid, limit.deem, by=SYSTEM, at=at)
    return len(keys)


def _silences(case: _Late) -> list[str]:
    limit = queries.procedure(case.procedure).states[case.state].limit
    return list(limit.silence) if limit else []


def _does(case: _Late, what: str) -> bool:
    return what in _silences(case)


def _silence(cases: Sequence[_Late], day: date, *, at: datetime) -> None:
    superiors = {uid: superior_of(uid, day) for uid in {c.holder for c in cases if c.holder}}
    told = [(case, unit, post) for case in cases if _does(case, "tell") for unit, post in _whom(case, superiors)]
    insert_rows(Telling, ("uid", "case_id", "unit", "post", "what", "at"),
                [(new_uid(), case.pk, unit, post, "overdue", at) for case, unit, post in told])
    raised = {c.pk: superiors[c.holder] for c in cases if superiors.get(c.holder) and _does(c, "escalate")}
    for superior in sorted(set(raised.values())):
        Case.objects.filter(pk__in=among([pk for pk, to in raised.items() if to == superior])).update(holder=superior, person="")
    paused = [c for c in cases if c.about and _does(c, "pause")]
    if paused:
        Case.objects.filter(pk__in=among([c.pk for c in paused])).update(paused=True)
        pause_effects([c.about for c in paused])
    told_of = {due: {"due": str(due)} for due in {c.due for c in cases}}
    moved = {c.pk: {**told_of[c.due], "from": c.holder, "to": raised[c.pk]} for c in cases if c.pk in raised}
    steps.write([steps.Done(c, "overdue", c.state, c.state, moved.get(c.pk) or told_of[c.due]) for c in cases], by=SYSTEM, at=at)
    silences = {(c.procedure, c.state): _silences(c) for c in cases}
    announce_many([CaseOverdue(c.uid, c.procedure, c.state, c.about, silences[c.procedure, c.state]) for c in cases], at=at)


def _whom(case: _Late, superiors: dict[str, str]) -> list[tuple[str, str]]:
    """The head of the unit that was silent, its superior, and the subject."""
    wanted = [(case.holder, "head"), (superiors.get(case.holder, ""), ""), (case.subject, "subject")]
    return [(unit, post) for unit, post in dict(reversed(wanted)).items() if unit]

"""What happens by itself when a limit has passed? One set-wise pass: marked late, told, escalated, effects paused.

上海市社会信用条例 art. 36 gives five working days; what silence does in favour of the subject is this city's declaration.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.bulk import insert_rows
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

NEEDED = ("uid", "procedure", "state", "about", "subject", "holder", "person", "due")
PART = 2000
"""Cases per transaction: a crash loses nothing, the next pass goes on."""


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
        Clock.objects.filter(pk__in=keys).update(state=Clock.State.LATE)
        Case.objects.filter(pk__in=late, closed_at=None).update(late=True)
        cases = list(Case.objects.filter(pk__in=late, closed_at=None).only(*NEEDED))
        _silence(cases, day, at=at)
    for case in cases:
        limit = queries.procedure(case.procedure).states[case.state].limit
        if limit and limit.deem:
            move(case.uid, limit.deem, by=SYSTEM, at=at)
    return len(keys)


def _silences(case: Case) -> list[str]:
    limit = queries.procedure(case.procedure).states[case.state].limit
    return list(limit.silence) if limit else []


def _does(case: Case, what: str) -> bool:
    return what in _silences(case)


def _silence(cases: Sequence[Case], day: date, *, at: datetime) -> None:
    superiors = {uid: superior_of(uid, day) for uid in {c.holder for c in cases if c.holder}}
    held = {case.pk: case.holder for case in cases}
    told = [(case, unit, post) for case in cases if _does(case, "tell") for unit, post in _whom(case, superiors)]
    insert_rows(Telling, ("uid", "case_id", "unit", "post", "what", "at"),
                [(new_uid(), case.pk, unit, post, "overdue", at) for case, unit, post in told])
    raised = [c for c in cases if _does(c, "escalate") and superiors.get(c.holder)]
    for case in raised:
        case.holder, case.person = superiors[case.holder], ""
    Case.objects.bulk_update(raised, ["holder", "person"], batch_size=steps.AT_ONCE)
    paused = [c for c in cases if _does(c, "pause") and c.about]
    Case.objects.filter(pk__in=[c.pk for c in paused]).update(paused=True)
    pause_effects([c.about for c in paused])
    days = {due: str(due) for due in {c.due for c in cases}}
    steps.write([
        steps.Done(c, "overdue", c.state, c.state, {"due": days[c.due], **({"from": held[c.pk], "to": c.holder} if c in raised else {})})
        for c in cases
    ], by=SYSTEM, at=at)
    announce_many([CaseOverdue(c.uid, c.procedure, c.state, c.about, _silences(c)) for c in cases], at=at)


def _whom(case: Case, superiors: dict[str, str]) -> list[tuple[str, str]]:
    """The head of the unit that was silent, its superior, and the subject."""
    wanted = [(case.holder, "head"), (superiors.get(case.holder, ""), ""), (case.subject, "subject")]
    return [(unit, post) for unit, post in dict(reversed(wanted)).items() if unit]

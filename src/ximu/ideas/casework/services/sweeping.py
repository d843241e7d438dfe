"""What happens by itself when a limit has passed? One set-wise pass: marked late, told, escalated, effects paused.

上海市社会信用条例 art. 36 gives five working days; what silence does in favour of the subject is this city's declaration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.apart import each
from ximu.foundation.bulk import among, insert_rows
from ximu.foundation.once import reading
from ximu.foundation.outbox import announce_many
from ximu.foundation.uid import new_uids
from ximu.ideas.casework import queries
from ximu.ideas.casework.hooks import CaseOverdue
from ximu.ideas.casework.models import Case, Clock, Telling
from ximu.ideas.casework.queries.cases import superior_of
from ximu.ideas.casework.rules import Limit
from ximu.ideas.casework.services import steps
from ximu.ideas.casework.services.effects import pause_effects
from ximu.ideas.casework.services.moving import move
from ximu.kernel.actor import SYSTEM

PART = 2000
"""Cases per transaction: a crash loses nothing, the next pass goes on."""


class _Late(NamedTuple):
    """What the pass needs of a case, without the weight of a model."""

    pk: int
    uid: str
    procedure: str
    state: str
    about: str
    subject: str
    holder: str
    due: date | None



def sweep_deadlines(*, at: datetime, most: int = 1_000_000) -> int:
    """How many cases became late. A second pass finds none: the clock's state is the mark. Errors: `PartlyError`."""
    day, found, passed = clock.city_day(at), 0, PART
    superiors: dict[str, str] = {}
    while passed == PART and found < most:
        passed = _pass(day, superiors, at=at)
        found += passed
    deem_late(at=at)
    return found


def deem_late(*, at: datetime) -> int:
    """Moves that follow from silence, each apart; one that failed is still late where it stood, and is tried again with the next pass."""
    ways = {(code, name): state.limit.deem for code, made in queries.procedures().items() for name, state in made.states.items()
            if state.limit and state.limit.deem}
    late = Clock.objects.filter(state=Clock.State.LATE, ended_on=None, case__closed_at=None, case__procedure__in={code for code, _ in ways})
    rows = list(late.order_by("pk").values_list("case__uid", "case__procedure", "case__state")) if ways else []
    due = [(uid, ways[code, state]) for uid, code, state in rows if (code, state) in ways]
    return each("deemed", due, lambda one: bool(move(one[0], one[1], by=SYSTEM, at=at)))


def _pass(day: date, superiors: dict[str, str], *, at: datetime) -> int:
    """One part: everything that follows from silence, except moves that the declaration deems made (`deem_late`)."""
    with transaction.atomic():
        running = Clock.objects.filter(state=Clock.State.RUNNING, due__lt=day).order_by("due", "pk")
        pairs = list(running.values_list("pk", "case_id")[:PART])
        if not pairs:
            return 0
        keys, late = [pk for pk, _ in pairs], [case for _, case in pairs]
        Clock.objects.filter(pk__in=among(keys)).update(state=Clock.State.LATE)
        touched = Case.objects.filter(pk__in=among(late), closed_at=None)
        touched.update(late=True)
        cases = list(map(_Late._make, touched.order_by("pk").values_list(*_Late._fields)))
        with reading():
            superiors |= {uid: superior_of(uid, day) for uid in {c.holder for c in cases} - superiors.keys() if uid}
        _silence(cases, superiors, at=at)
    return len(keys)


def _silence(cases: Sequence[_Late], superiors: Mapping[str, str], *, at: datetime) -> None:
    alike: dict[tuple[str, str], list[_Late]] = {}
    for case in cases:
        alike.setdefault((case.procedure, case.state), []).append(case)
    says = {way: list(limit.silence) if (limit := _limit(*way)) else [] for way in alike}

    def those(what: str) -> list[_Late]:
        return [case for way, some in alike.items() if what in says[way] for case in some]

    _tell(those("tell"), superiors, at=at)
    raised = {c.pk: superiors[c.holder] for c in those("escalate") if superiors.get(c.holder)}
    for superior in sorted(set(raised.values())):
        Case.objects.filter(pk__in=among([pk for pk, to in raised.items() if to == superior])).update(holder=superior, person="")
    paused = [c for c in those("pause") if c.about]
    if paused:
        Case.objects.filter(pk__in=among([c.pk for c in paused])).update(paused=True)
        pause_effects([c.about for c in paused])
    ways = [(c.due, c.holder if c.pk in raised else "", raised.get(c.pk, "")) for c in cases]
    details = {way: _detail(*way) for way in set(ways)}
    steps.write([steps.Done(c, "overdue", c.state, c.state, details[way]) for c, way in zip(cases, ways, strict=True)], by=SYSTEM, at=at)
    announce_many([CaseOverdue(c.uid, c.procedure, c.state, c.about, says[c.procedure, c.state]) for c in cases], at=at)


def _limit(procedure: str, state: str) -> Limit | None:
    return queries.procedure(procedure).states[state].limit


def _detail(due: date | None, holder: str, superior: str) -> dict[str, str]:
    """The day that passed and, where the case went up, from whom to whom; cases with one answer share it."""
    return {"due": str(due)} | ({"from": holder, "to": superior} if superior else {})


def _tell(cases: Sequence[_Late], superiors: Mapping[str, str], *, at: datetime) -> None:
    """The head of the unit that was silent, its superior, and the subject."""
    told = {pair: _whom(*pair, superiors.get(pair[0], "")) for pair in {(c.holder, c.subject) for c in cases}}
    rows = [(c.pk, unit, post) for c in cases for unit, post in told[c.holder, c.subject]]
    insert_rows(Telling, ("uid", "case_id", "unit", "post", "what", "at"),
                [(uid, *row, "overdue", at) for uid, row in zip(new_uids(len(rows)), rows, strict=True)])


def _whom(holder: str, subject: str, superior: str) -> list[tuple[str, str]]:
    wanted = {subject: "subject", superior: "", holder: "head"}
    return [(unit, post) for unit, post in wanted.items() if unit]

"""One move for many cases: each in its own transaction, so that what is refused for one is done for the others, and said one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ximu.ideas.casework import queries
from ximu.ideas.casework.models import Case
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services.files import Upload
from ximu.ideas.casework.services.holding import take
from ximu.ideas.casework.services.moving import move
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MOST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: where it stands now, or why nothing was done."""

    case: str
    number: str
    state: str = ""
    refusal: Refusal | None = field(default=None)


def _each(uids: Sequence[str], act: Callable[[str], object], *, by: Actor) -> list[Outcome]:
    wanted = list(dict.fromkeys(uids))
    if not 1 <= len(wanted) <= MOST:
        raise Refusal("CASES-MANY", field="case", value=len(wanted), rule=f"1–{MOST}", zh=f"一次可以办理1至{MOST}件。",
                      en=f"Between 1 and {MOST} cases can be handled at once.")
    known, done = queries.known_of(wanted, actor=by), []
    numbers = dict(Case.objects.filter(uid__in=known).values_list("uid", "number"))
    for uid in wanted:
        number = numbers.get(uid, "")
        try:
            if uid not in known:
                raise queries.absent_case(uid)
            act(uid)
        except Refusal as refused:
            done.append(Outcome(uid, number, refusal=refused))
        else:
            done.append(Outcome(uid, number, Case.objects.values_list("state", flat=True).get(uid=uid)))
    return done


def move_many(
    uids: Sequence[str], verb: str, *, given: Given, by: Actor, at: datetime, files: Sequence[Upload] = (),
) -> list[Outcome]:
    """The same move, with the same reasons and papers, for each of the cases; the outcome of each, in the order asked.

    Errors: `CASES-MANY`; whatever refuses a single case stands in its outcome, and the others go on.
    """
    return _each(uids, lambda uid: move(uid, verb, given=given, files=files, by=by, at=at), by=by)


def take_many(uids: Sequence[str], *, by: Actor, at: datetime) -> list[Outcome]:
    """Take several in hand. Errors: `CASES-MANY`; the rest case by case."""
    return _each(uids, lambda uid: take(uid, by=by, at=at), by=by)

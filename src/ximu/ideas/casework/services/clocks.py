"""How do clocks move with a case? One runs at a time; each keeps the way in which it was counted."""

from __future__ import annotations

from datetime import date

from ximu.ideas.casework import queries
from ximu.ideas.casework.models import Case, Clock
from ximu.ideas.casework.rules import Count, Given, Limit, Move, Procedure, begin, extend, resume, suspend
from ximu.ideas.casework.rules.clocks import must_be_left, times_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import Due


def open_clock(case: Case) -> Clock | None:
    return case.clocks.filter(ended_on=None).first()


def start(case: Case, limit: Limit, *, proof_on: date | None, day: date) -> date | None:
    """Begin the limit of a state; without the proof that it needs, the clock is there and does not run. The last day."""
    since = proof_on if limit.starts == "proof" else day
    if since is None:
        Clock.objects.create(case=case, code=limit.code, state=Clock.State.MISSING)
        return None
    term = queries.terms().on(limit.code, since)
    clock = Clock(case=case, code=limit.code)
    keep(clock, begin(term, since, queries.calendar()))
    return clock.due


def prove(clock: Clock, *, proof_on: date) -> date | None:
    """The proof that a waiting clock lacked."""
    keep(clock, begin(queries.terms().on(clock.code, proof_on), proof_on, queries.calendar()))
    return clock.due


def stop(case: Case, *, day: date) -> None:
    """The limit is met, or was late; a clock that never ran ends as met."""
    clock = open_clock(case)
    if clock is not None:
        late = clock.state == Clock.State.LATE or (clock.suspended is None and clock.due is not None and day > clock.due)
        clock.state = Clock.State.LATE if late else Clock.State.MET
        clock.ended_on = day
        clock.save(update_fields=["state", "ended_on"])


def count_of(clock: Clock) -> Count:
    shown = clock.counted
    due = Due(date.fromisoformat(shown["start"]), shown["n"], shown["unit"], date.fromisoformat(shown["due"]))
    return Count(clock.term, clock.unit, clock.started or due.start, due, clock.spent, clock.suspended)


def keep(clock: Clock, count: Count) -> None:
    clock.term, clock.unit, clock.spent = count.term, count.unit, count.spent
    clock.started, clock.suspended, clock.counted = count.started, count.suspended, count.due.envelope()
    clock.due = None if count.suspended else count.due.day
    clock.state = Clock.State.SUSPENDED if count.suspended else Clock.State.RUNNING
    clock.save()


def change(case: Case, made: Procedure, move: Move, *, day: date) -> date | None:
    """Suspend, resume or extend. Errors: `CLOCK-NONE`, `CLOCK-PAST`, `CLOCK-STATE`, `CLOCK-TIMES`."""
    clock = open_clock(case)
    if clock is None or clock.state == Clock.State.MISSING:
        raise Refusal("CLOCK-NONE", status=409, field="clock", value=move.clock, rule="期限已起算", zh="该办件没有正在计算的期限。",
                      en="No clock runs in this case.")
    known, count = queries.calendar(), count_of(clock)
    if move.clock == "suspend":
        count = suspend(count, day, known)
    elif move.clock == "resume":
        count = resume(count, day, known)
    else:
        terms = queries.terms()
        must_be_left(clock.extended, terms.on(times_of(made.extension), day))
        count = extend(count, terms.on(made.extension, day), day, known)
        clock.extended += 1
    keep(clock, count)
    return clock.due


def follow(case: Case, made: Procedure, move: Move, given: Given, *, day: date) -> date | None:
    """What a move does to the clock; the last day from now on."""
    proof_on = date.fromisoformat(str(given.values.get("served_on") or day)) if "proof" in move.needs else None
    if proof_on and proof_on > day:
        raise Refusal("TIME-FUTURE", field="served_on", value=proof_on.isoformat(), rule=f"≤ {day.isoformat()}",
                      zh="送达日期在今天之后。", en="The day of delivery lies in the future.")
    if move.target != case.state:
        stop(case, day=day)
        limit = made.states[move.target].limit
        return start(case, limit, proof_on=proof_on, day=day) if limit else None
    if move.clock:
        return change(case, made, move, day=day)
    clock = open_clock(case)
    if clock is not None and clock.state == Clock.State.MISSING and proof_on:
        return prove(clock, proof_on=proof_on)
    return clock.due if clock is not None else None

"""How does an effect begin, and how is it taken back so that nothing is forgotten?

A reversal marks all its lines `stopping` in the transaction in which it is heard, and writes one announcement per line;
each ends with a receipt (`stopped`) or stands openly as unconfirmed (`open`). Repeats change nothing: every move is a
conditional update in the transaction that marks the announcement as delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from ximu.foundation.apart import Apart
from ximu.foundation.outbox import announce, announce_many
from ximu.ideas.casework.hooks import EffectStopping
from ximu.ideas.casework.models import Case, Effect
from ximu.ideas.casework.queries.effects import EffectRow, to_stop
from ximu.ideas.casework.rules import CAUSES, may_begin
from ximu.ideas.records import queries as records
from ximu.ideas.records.hooks import RecordsCorrected, RecordsMoved
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

Stopper = Callable[[EffectRow], str | None]
"""Stops an effect of its kind and answers with a receipt; empty means: ordered, not yet confirmed; None: nobody here runs it."""
ASK_AGAIN = timedelta(hours=24)
MOST_ATTEMPTS = 3
PART, AT_ONCE = 500, 90
THE_PLATFORM = "-"
"""Where no unit runs an effect, its end is confirmed by those who hold the right for the city."""
_stoppers: dict[str, Stopper] = {}


def register_stopper(kind: str, stopper: Stopper) -> None:
    """Called by `config/wiring.py` only."""
    _stoppers[kind] = stopper


def add_effect(
    number: str, *, kind: str, target: str, by: Actor, at: datetime, unit: str = "", policy: str = "", edition: str = "",
) -> str:
    """Write the line before the effect begins; its uid. The same line again is the same line.

    Errors: `DISC-EARLY`, `EFFECT-DEAD`, `EFFECT-KIND`, `REC-NONE`.
    """
    by.must("casework.effects")
    with transaction.atomic():
        record = records.duties(number)
        may_begin(kind, record.state)
        line = {"number": record.number, "version": record.version, "kind": kind, "target": target}
        held = Case.objects.filter(about=record.number, paused=True, closed_at=None).exists()
        found, _ = Effect.objects.get_or_create(**line, defaults={
            "unit": unit, "policy": policy, "edition": edition or record.edition, "made_at": at, "paused": held})
    return found.uid


def reverse(numbers: Collection[str], *, cause: str, at: datetime, before_version: dict[str, int] | None = None) -> int:
    """Order every live effect of these records to stop; how many. With `before_version` only those of older versions."""
    wanted, found = list(numbers), 0
    for start in range(0, len(wanted), PART):
        with transaction.atomic():
            live = Effect.objects.filter(number__in=wanted[start:start + PART], state="live")
            rows = [(uid, kind) for uid, kind, number, version in live.values_list("uid", "kind", "number", "version")
                    if before_version is None or version < before_version.get(number, 0)]
            for part in range(0, len(rows), PART):
                uids = [uid for uid, _ in rows[part:part + PART]]
                Effect.objects.filter(uid__in=uids, state="live").update(state="stopping", cause=cause, stopping_at=at)
            announce_many([EffectStopping(uid, kind, cause) for uid, kind in rows], at=at)
            found += len(rows)
    return found


def end_effect(uid: str, *, cause: str, at: datetime) -> bool:
    """One effect has come to its own end: the same way out as a reversal, with a receipt. False when it had ended before."""
    effect = Effect.objects.filter(uid=uid, state="live").first()
    if effect is None or not Effect.objects.filter(uid=uid, state="live").update(state="stopping", cause=cause, stopping_at=at):
        return False
    announce(EffectStopping(uid, effect.kind, cause), at=at)
    return True


def end_effect_of(number: str, *, kind: str, target: str, cause: str, at: datetime) -> bool:
    """As `end_effect`, for a room that knows its own line by record, kind and target."""
    uid = Effect.objects.filter(number=number, kind=kind, target=target, state="live").values_list("uid", flat=True).first()
    return uid is not None and end_effect(uid, cause=cause, at=at)


def on_moved(event: RecordsMoved, *, at: datetime) -> None:
    """Wired to the records' announcement. The state of now counts: an announcement may come late."""
    ended: dict[str, list[str]] = {}
    for number, (_, state) in records.states_of(event.numbers).items():
        if state in CAUSES:
            ended.setdefault(state, []).append(number)
    for state, numbers in ended.items():
        reverse(numbers, cause=state, at=at)


def on_corrected(event: RecordsCorrected, *, at: datetime) -> None:
    """What was made from an older version is out of date."""
    newest = {number: version for number, (version, _) in records.states_of(event.numbers).items()}
    reverse(event.numbers, cause="corrected", at=at, before_version=newest)


def on_stopping(event: EffectStopping, *, at: datetime) -> None:
    """Ask the room that runs the effect. Without an answer the line stays, openly; at once when nobody here runs it."""
    for error in on_stopping_many([event], at=at).values():
        raise error


def on_stopping_many(events: Sequence[EffectStopping], *, at: datetime) -> dict[int, Exception]:
    """As `on_stopping`, for many lines in the transaction of the caller: one read, one write. Places of the events whose stop failed."""
    ended: list[Effect] = []
    silent: dict[str, list[int]] = {}
    failed: dict[int, Exception] = {}
    place = {event.effect: n for n, event in enumerate(events)}
    for effect, line in to_stop(list(place)):
        try:
            with transaction.atomic():
                receipt = _asked(line)
        except Exception as error:
            failed[place[effect.uid]] = error
            continue
        if receipt:
            effect.state, effect.receipt, effect.ended_at = "stopped", receipt[:200], at
            ended.append(effect)
        else:
            late = line.attempts + 1 >= MOST_ATTEMPTS or receipt is None
            silent.setdefault("open" if late else "stopping", []).append(effect.pk)
    waiting = Effect.objects.filter(state__in=["stopping", "open"])
    waiting.bulk_update(ended, ["state", "receipt", "ended_at"], batch_size=AT_ONCE)
    for state, keys in silent.items():
        waiting.filter(pk__in=keys).update(attempts=F("attempts") + 1, state=state, stopping_at=at)
    return failed


def _asked(line: EffectRow) -> str | None:
    stopper = _stoppers.get(line.code)
    return stopper(line) if stopper else None


def _end(uid: str, receipt: str, *, at: datetime) -> int:
    return Effect.objects.filter(uid=uid, state__in=["stopping", "open"]).update(state="stopped", receipt=receipt[:200], ended_at=at)


def confirm_stop(uid: str, *, receipt: str, by: Actor, at: datetime) -> None:
    """The unit that runs the effect confirms that it has ended. Errors: `EFFECT-NONE`, `EVID-DIGEST`, `STATE-EDGE`, `PERM-DENIED`."""
    effect = Effect.objects.filter(uid=uid).first()
    if effect is None:
        raise absent("EFFECT-NONE", field="effect", value=uid[:16], zh="项效果", en="effect")
    by.must("casework.effects", effect.unit or THE_PLATFORM)
    if not receipt.strip():
        raise Refusal("EVID-DIGEST", field="receipt", value="", rule="回执", zh="确认停止须有回执。",
                      en="To confirm the stop, give its receipt.")
    if not _end(uid, receipt.strip(), at=at):
        raise Refusal("STATE-EDGE", status=409, field="state", value=effect.state, rule="stopping → stopped",
                      zh="该效果没有待确认的停止令。", en="This effect has no stop to confirm.")


def pause_effects(numbers: Sequence[str]) -> int:
    parts = [numbers[start:start + PART] for start in range(0, len(numbers), PART)]
    return sum(Effect.objects.filter(number__in=part, state="live").update(paused=True) for part in parts)


def resume_effects(number: str) -> int:
    """Unless another undecided case still holds them."""
    if Case.objects.filter(about=number, paused=True, closed_at=None).exists():
        return 0
    return Effect.objects.filter(number=number, paused=True).update(paused=False)


def sweep_effects(*, at: datetime) -> dict[str, int]:
    """Ask again for what did not confirm, and find live lines of records that have lost their effect. Errors: `PartlyError`."""
    again = list(Effect.objects.filter(state__in=["stopping", "open"], stopping_at__lte=at - ASK_AGAIN).order_by("pk")[:PART])
    with transaction.atomic():
        announce_many([EffectStopping(effect.uid, effect.kind, effect.cause) for effect in again], at=at)
    apart, last = Apart("effects"), ""
    while numbers := list(
            Effect.objects.filter(state="live", number__gt=last).order_by("number").values_list("number", flat=True).distinct()[:PART]):
        last = numbers[-1]
        for number, (_, state) in records.states_of(numbers).items():
            if state in CAUSES:
                apart.done += apart.run(partial(reverse, [number], cause=state, at=at)) or 0
    apart.tell()
    return {"asked_again": len(again), "reversed": apart.done}

"""In whose hands is a case? Taken, handed over one by one or many at once, and moved on when a unit ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework.models import Case, Telling
from ximu.ideas.casework.queries.cases import absent_case, row
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.casework.services import steps
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent


def take(uid: str, *, by: Actor, at: datetime) -> None:
    """Somebody of the holding unit takes it in hand. Errors: `CASE-NONE`, `PERM-DENIED`, `STATE-EDGE`."""
    with transaction.atomic():
        case = row(uid)
        by.must("casework.handle", case.holder)
        if not belongs(by, case.holder):
            raise absent_case(uid)
        if not Case.objects.filter(pk=case.pk, closed_at=None, holder=case.holder).update(person=by.human):
            raise steps.lost_race(case, "take")
        steps.write([steps.Done(case, "take", case.state, case.state, {})], by=by, at=at)


def hand_over(uids: Sequence[str], *, unit: str, reason: str, by: Actor, at: datetime) -> int:
    """Give many cases to another unit at once: all or none, locked so that none is closed meanwhile.

    Errors: `REASON`, `ORG-NONE`, `ORG-ENDED`, `CASE-NONE`, `STATE-EDGE`.
    """
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="handover", zh="移交须说明理由。", en="Handing over needs a reason.")
    day = clock.city_day(at)
    target = registry.unit(unit, as_of=day)
    if target is None:
        raise absent("ORG-NONE", field="unit", value=unit[:16], zh="个单位", en="unit")
    if not target.living:
        heir = registry.name(registry.owner_of(unit, day), as_of=day)
        raise Refusal("ORG-ENDED", status=409, field="unit", value=target.name, rule=heir, zh=f"该单位已撤销，职责由“{heir}”承担。",
                      en=f"That unit has ended; its duties went to “{heir}”.")
    with transaction.atomic():
        cases = list(Case.objects.select_for_update().filter(uid__in=list(uids)).order_by("pk"))
        if len(cases) != len(set(uids)):
            raise absent_case("")
        for case in cases:
            by.must("casework.hand_over", case.holder)
            if case.closed_at:
                raise Refusal("STATE-EDGE", status=409, field="state", value=case.number, rule="在办",
                              zh=f"办件{case.number}已办结，不能移交。", en=f"Case {case.number} is closed and cannot be handed over.")
        _give(cases, {case.pk: unit for case in cases}, reason.strip(), by=by, at=at)
    return len(cases)


def _give(cases: Sequence[Case], to: dict[int, str], reason: str, *, by: Actor, at: datetime) -> None:
    done = [steps.Done(c, "handover", c.state, c.state, {"from": c.holder, "to": to[c.pk], "reason": reason}) for c in cases]
    for case in cases:
        case.holder, case.person = to[case.pk], ""
    Case.objects.bulk_update(cases, ["holder", "person"], batch_size=steps.AT_ONCE)
    Telling.objects.bulk_create([Telling(case=c, unit=to[c.pk], what="handover", at=at) for c in cases], batch_size=steps.AT_ONCE)
    steps.write(done, by=by, at=at)


def hand_over_ended(*, by: Actor, at: datetime) -> int:
    """Units that ended since: their open cases go to those that carry their duties."""
    day = clock.city_day(at)
    known = registry.book()
    holders = Case.objects.filter(closed_at=None).exclude(holder="").values_list("holder", flat=True).distinct()
    ended = {uid: registry.owner_of(uid, day) for uid in holders if uid in known.units}
    moved = {old: new for old, new in ended.items() if old != new}
    with transaction.atomic():
        cases = list(Case.objects.select_for_update().filter(closed_at=None, holder__in=list(moved)).order_by("pk"))
        _give(cases, {case.pk: moved[case.holder] for case in cases}, "机构改革，职责划转", by=by, at=at)
    return len(cases)


def let_go(person: str, *, reason: str, by: Actor, at: datetime) -> int:
    """Somebody left: what was in their hands is in nobody's again, and their units are told; how many cases."""
    with transaction.atomic():
        cases = list(Case.objects.select_for_update().filter(person=person, closed_at=None).exclude(person="").order_by("pk"))
        for part in (cases[start:start + steps.AT_ONCE] for start in range(0, len(cases), steps.AT_ONCE)):
            Case.objects.filter(pk__in=[c.pk for c in part], person=person).update(person="")
        Telling.objects.bulk_create([Telling(case=c, unit=c.holder, post="head", what="let_go", at=at) for c in cases if c.holder],
                                    batch_size=steps.AT_ONCE)
        steps.write([steps.Done(c, "let_go", c.state, c.state, {"reason": reason}) for c in cases], by=by, at=at)
    return len(cases)


def seen(uid: str, *, by: Actor, at: datetime) -> int:
    """This person's units have read what they were told in the case."""
    units = [u for u in (by.unit, *(g.unit for g in by.grants)) if u]
    return Telling.objects.filter(case__uid=uid, unit__in=units, seen_at=None).update(seen_at=at)

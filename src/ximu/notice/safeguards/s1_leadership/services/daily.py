"""What does each day prove? That no duty is without a living owner; and where nobody is in office, the superior is told."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s1_leadership import queries, rules
from ximu.notice.safeguards.s1_leadership.models import DayProof, Vacancy

LISTED = 500


def prove_day(*, by: Actor, at: datetime) -> DayProof:
    """The proof of the city's day at `at`; a second call on the same day answers the first proof."""
    by.must("leadership.prove")
    day = clock.city_day(at)
    if found := DayProof.objects.filter(day=day).first():
        return found
    proof = rules.prove(queries.held(day))
    listed = [[h.kind, h.unit, h.count, h.owner, h.answering, h.code] for h in proof.exceptions[:LISTED]]
    row = DayProof(day=day, known_at=at, duties=proof.duties, units=proof.units, ownerless=proof.ownerless, carried_up=proof.carried_up,
                   exceptions=listed, digest=proof.digest)
    try:
        with transaction.atomic():
            [row.log_index] = ledger.append([Entry(queries.DAY, queries.day_body(row))], at=at)
            row.save()
    except IntegrityError:
        return queries.proof(day)
    return row


def raise_vacancies(*, by: Actor, at: datetime) -> dict[str, int]:
    """Each unit without a first responsible person is raised once, at its superior; one that has somebody again is closed."""
    by.must("leadership.prove")
    day = clock.city_day(at)
    vacant = {one.unit: one for one in registry.vacancies(day)}
    known = {row.unit: row for row in queries.open_vacancies()}
    tries = apart.Apart("vacancies")
    new, over = [one for unit, one in sorted(vacant.items()) if unit not in known], [row for u, row in known.items() if u not in vacant]
    raised = sum(tries.run(partial(_raise, one.unit, one.name, one.reason.zh, at=at)) or 0 for one in new)
    filled = sum(tries.run(partial(_fill, row, at=at)) or 0 for row in over)
    tries.tell()
    return {"raised": raised, "filled": filled, "open": len(vacant)}


def _raise(unit: str, name: str, reason: str, *, at: datetime) -> int:
    day = clock.city_day(at)
    answering = registry.responsible(unit, day).answering
    superior = answering if answering != unit else ""
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Vacancy.objects.create(unit=unit, superior=superior, reason=reason, found_on=day, found_at=at)
        except IntegrityError:
            return 0
        told = {"空缺单位": name, "情形": reason}
        opening = Opening(about="", key=f"vacancy:{unit}", subject=unit, source=superior, values={"told": told})
        asked = Given(f"{name}：{reason}，请尽快明确第一责任人。")
        case = casework.open_or_join("inquiry", opening=opening, given=asked, by=SYSTEM, at=at)
        Vacancy.objects.filter(pk=row.pk).update(case=case)
        ledger.append([Entry("leadership.vacancy", {"unit": unit, "superior": superior, "found_on": day.isoformat()})], at=at)
    return 1


def _fill(row: Vacancy, *, at: datetime) -> int:
    day = clock.city_day(at)
    with transaction.atomic():
        changed = Vacancy.objects.filter(pk=row.pk, filled_on=None).update(filled_on=day)
        if changed:
            ledger.append([Entry("leadership.filled", {"unit": row.unit, "filled_on": day.isoformat()})], at=at)
            _withdraw(row.case, at=at)
    return changed


def _withdraw(case: str, *, at: datetime) -> None:
    """The inquiry ends by itself when it is still unanswered; one that was answered is closed by whoever asked."""
    if not case:
        return
    try:
        casework.move(case, "withdraw", by=SYSTEM, at=at, given=Given("第一责任人已明确。"))
    except Refusal as refusal:
        if refusal.status not in {403, 409}:
            raise

"""One person drafts a plan from a file, another adopts it; then its duties stand, and only with a ground does one end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock, packs
from ximu.foundation.parameters import value_on
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure.rules.personal import personal_data
from ximu.ideas.intake.services import must_be_clean, read_item
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d10_safety import queries, rules
from ximu.notice.domains.d10_safety.models import Duty, Plan

PLAN, ADOPT = "d10.plan", "d10.adopt"
MOST_NUMBER = 40
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewPlan:
    """`maker`: the supervising unit that plans, by uid."""

    number: str
    title: str
    year: int
    maker: str


def draft(new: NewPlan, path: Path, *, by: Actor, at: datetime) -> str:
    """Take a plan's lines from a file, whole or not at all; the plan's uid.
    Errors: `PERM-DENIED`, `PLAN-HEAD`, `PLAN-DUP`, `ROWS-BAD` (with `KEY-DUP`, `SUBJ-NONE`, `DISC-PII` …), every `FILE-*`."""
    day = clock.city_day(at)
    by.must(PLAN, new.maker)
    known, number = registry.unit(new.maker, as_of=day), new.number.strip()
    if not number or len(number) > MOST_NUMBER or not new.title.strip() or not 2000 <= new.year <= 2100 or not (known and known.living):
        raise Refusal("PLAN-HEAD", field="number", value=new.number[:60], rule="文号、名称、年度、编制单位",
                      zh="监管计划须有文号（至多40字）、名称、年度和现存的编制单位。",
                      en="A plan has a number (40 characters at most), a title, a year and a living unit that plans.")
    rows, faults = read_item(path, packs.load(queries.HERE).items["AQ-RW"]["schema"], at=at)
    units, strangers = registry.find_many(sorted({row["unit_name"] for row in rows}), as_of=max(day, date(new.year, 1, 1)))
    must_be_clean(faults + _own_faults(rows, strangers))
    lines = [_line(row, units) for row in rows]
    try:
        with transaction.atomic():
            row = Plan.objects.create(number=number, title=new.title.strip()[:120], year=new.year, maker=new.maker,
                                      lines=lines, digest=digest(lines), entered_at=at, drafter=by.human)
            ledger.append([Entry("safety.drafted", {"plan": row.uid, "lines": row.digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("PLAN-DUP", status=409, field="number", value=new.number[:60], rule="once", zh="该文号的监管计划已经登记。",
                      en="A plan of this number is on record.") from error
    return row.uid


def _own_faults(rows: list[Row], strangers: dict[str, Refusal]) -> list[Row]:
    seen: set[str] = set()
    found = []
    for row in rows:
        words = f"{row['object']} {row['category']}"
        for field, wrong, code in (("place", row["place"] in seen, "KEY-DUP"), ("unit_name", row["unit_name"] in strangers, "SUBJ-NONE"),
                                   ("object", bool(personal_data(words)), "DISC-PII")):
            if wrong:
                found.append({"line": row["line"], "field": field, "value": "" if code == "DISC-PII" else row[field], "code": code})
        seen.add(row["place"])
    return found


def _line(row: Row, units: dict[str, str]) -> Row:
    return {"place": row["place"], "unit": units[row["unit_name"]], "field": rules.code_of(rules.FIELDS, row["field"]),
            "mode": rules.code_of(rules.MODES, row["mode"]), "object": row["object"], "category": row["category"],
            "every": rules.code_of(rules.EVERY, row["every"])}


def decide(uid: str, *, adopt: bool, reason: str = "", by: Actor, at: datetime) -> int:
    """Another person adopts the plan, and its duties stand; or says why not. How many duties.
    Errors: `PERM-DENIED`, `PLAN-NONE`, `DUAL`, `REASON`, `STATE-EDGE`, `CAL-NONE` for a year without a calendar."""
    row = queries.plan(uid)
    by.must(ADOPT, registry.owner_of(row.maker, clock.city_day(at)))
    if row.drafter == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="编制人不能自己审定监管计划。",
                      en="Who drafted a plan does not adopt it.")
    if not adopt and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="不予审定须写明理由。", en="Say why not.")
    state = Plan.State.ADOPTED if adopt else Plan.State.REFUSED
    with transaction.atomic():
        done = Plan.objects.filter(pk=row.pk, state=Plan.State.DRAFT).update(
            state=state, decided_at=at, reason="" if adopt else reason.strip()[:400])
        if not done:
            raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="draft", zh="该计划已经审定或不予审定。",
                          en="The plan was decided before.")
        if not adopt:
            ledger.append([Entry("safety.refused", {"plan": row.uid, "by": by.uid})], at=at)
            return 0
        made = Duty.objects.bulk_create(_duties(row, clock.city_day(at)), batch_size=500)
        [index] = ledger.append([Entry(queries.ADOPTED, queries.plan_body(row))], at=at)
        Plan.objects.filter(pk=row.pk).update(log_index=index)
    return len(made)


def _duties(row: Plan, day: date) -> list[Duty]:
    calendar, entry_days = cases.calendar(), int(value_on(queries.HERE, "entry_days", day))
    spans = {every: rules.slots(row.year, every, calendar=calendar, entry_days=entry_days, since=day)
             for every in sorted({one["every"] for one in row.lines})}
    return [Duty(uid=new_uid(), plan=row, number=f"{row.number}-{one['place']}-{slot.turn}", unit=one["unit"], field=one["field"],
                 mode=one["mode"], object=one["object"], category=one["category"], first=slot.first, due=slot.due,
                 judged_on=slot.judged_on) for one in row.lines for slot in spans[one["every"]]]


def end(key: str, *, ground: str, document: str, by: Actor, at: datetime) -> None:
    """A duty ends before it is judged, by the unit that planned it, with a ground of the list and its document.
    Errors: `PERM-DENIED`, `DUTY-NONE`, `DUTY-GROUND`, `DUTY-JUDGED`."""
    row, day = queries.duty(key), clock.city_day(at)
    by.must(ADOPT, registry.owner_of(row.plan.maker, day))
    if ground not in rules.GROUNDS or not document.strip():
        raise Refusal("DUTY-GROUND", field="ground", value=ground[:20], rule=" ".join(rules.GROUNDS),
                      zh="终止监管任务须选定事由，并写明依据文号。", en="A duty ends by a ground of the list, with its document.")
    with transaction.atomic():
        done = Duty.objects.filter(pk=row.pk, ended_on=None, judged_on__gt=day).update(
            ended_on=day, ground=ground, document=document.strip()[:120])
        if not done:
            raise Refusal("DUTY-JUDGED", status=409, field="duty", value=row.number, rule=f"< {row.judged_on}",
                          zh="该任务已经终止，或者已过到期日和录入期限，不能再终止。",
                          en="The duty has ended, or its time has run out: it cannot be ended now.")
        ledger.append([Entry("safety.ended", {"duty": row.uid, "ground": ground, "by": by.uid})], at=at)

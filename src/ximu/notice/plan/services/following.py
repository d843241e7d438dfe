"""What follows from how the plan stands: overdue tasks are told to the unit and its superior, and the next year's plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.models import NextPlan, Plan, PlanRow, Warned
from ximu.notice.plan.rules import checks as rules


def warn_overdue(*, by: Actor, at: datetime) -> int:
    """Every unit of an overdue task that has not proved its duty is told once per due day, and its superior with it. How many.

    Who leads is asked to explain, with a limit (`inquiry`); who supports is told.
    """
    by.must("plan.check")
    if not queries.plans():
        return 0
    plan, day = queries.plan(), clock.city_day(at)
    late = [d for d in queries.duty_status(plan, as_of=day, known_at=at) if d["light"] == "overdue"]
    known = set(Warned.objects.filter(row__plan=plan).values_list("row__row", "unit", "due"))
    targets = {row.row: row for row in queries.rows(plan)}
    new = [d for d in late if (d["row"], d["unit"], date.fromisoformat(d["due"])) not in known]
    return apart.each("duties", new, lambda d: _warn(targets[d["row"]], d, at=at))


def _warn(target: PlanRow, duty: dict[str, Any], *, at: datetime) -> int:
    day, due = clock.city_day(at), date.fromisoformat(duty["due"])
    unit = registry.unit(duty["unit"], as_of=day)
    superior = unit.parent if unit else ""
    lead = duty["role"] == "lead"
    told = {"任务": f"{target.row} {target.area}", "期限": str(due), "同时告知": registry.name(superior, as_of=day) if superior else "—"}
    opening = Opening(about="", key=f"plan:{target.uid}:{duty['unit']}", subject=superior, source=duty["unit"], values={"told": told})
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Warned.objects.create(row=target, unit=duty["unit"], superior=superior, due=due, at=at)
        except IntegrityError:
            return 0
        asked = Given(f"“{target.row} {target.area}”应于{due}前完成，{duty['reason'][0]}，请说明原因、补报材料或提出整改时间。")
        row.case = casework.open_or_join("inquiry", opening=opening, given=asked, by=SYSTEM, at=at) if lead else ""
        row.save(update_fields=["case"])
        ledger.append([Entry("plan.warned", {"row": target.row, "unit": duty["unit"], "superior": superior, "role": duty["role"],
                                             "due": str(due)})], at=at)
    return 1


def propose_next(plan: str, *, year: int, by: Actor, at: datetime) -> NextPlan:
    """Draw the plan of a following year from how this one stands. Errors: `PERM-DENIED`, `PLAN-NONE`, `YEAR`, `PLAN-NEXT`."""
    by.must("plan.check")
    found = queries.plan(plan)
    issued = found.issued_on.year if found.issued_on else year - 1
    if not issued < year <= issued + 5:
        raise Refusal("YEAR", field="year", value=year, rule=f"{issued + 1}–{issued + 5}", zh="年度应在本任务分工之后五年内。",
                      en="The year must follow this plan's within five years.")
    lines = queries.status(found, as_of=min(clock.city_day(at), date(year - 1, 12, 31)), known_at=at)
    drawn = [{"row": c.row, "carry": c.carry, "due": c.due.isoformat() if c.due else None, "standing": c.standing, "zh": c.reason.zh,
              "en": c.reason.en} for c in rules.next_year(lines, year=year)]
    try:
        with transaction.atomic():
            row = NextPlan.objects.create(plan=found, year=year, lines=drawn, proposer=by.human, proposed_at=at)
            ledger.append([Entry("plan.next.proposed", {"next": row.uid, "plan": found.uid, "year": year, "digest": digest(drawn),
                                                        "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("PLAN-NEXT", status=409, field="year", value=year, rule="plan, year", zh="该年度草案已经提出。",
                      en="The draft of that year has been proposed.") from error
    return row


def adopt_next(draft: str, *, by: Actor, at: datetime) -> Plan:
    """A second person adopts it: a new plan with the tasks that are carried. Errors: `PERM-DENIED`, `PLAN-NONE`, `DUAL`, `STATE-EDGE`."""
    by.must("plan.check_sign")
    row = queries.follower(draft)
    if row.proposer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="提出草案的人不能自己采纳。",
                      en="The one who proposed the draft cannot adopt it.")
    with transaction.atomic():
        if not NextPlan.objects.filter(pk=row.pk, adopted_at=None).update(adopted_at=at):
            raise Refusal("STATE-EDGE", status=409, field="state", value="adopted", rule="proposed", zh="该草案已采纳。",
                          en="This draft has been adopted.")
        old = row.plan
        made = Plan.objects.create(
            title=f"{old.title}（{row.year}年度）", key=f"{old.key}#{row.year}"[:80], number=old.number, issued_on=date(row.year, 1, 1),
            digest=digest(row.lines), imported_at=at, imported_by=by.uid)
        carried = {line["row"]: line for line in row.lines if line["carry"]}
        PlanRow.objects.bulk_create([_copy(one, carried[one.row], made, place) for place, one in enumerate(
            (r for r in queries.rows(old) if r.row in carried), 1)])
        NextPlan.objects.filter(pk=row.pk).update(made=made.uid)
        ledger.append([Entry("plan.next.adopted", {"next": row.uid, "plan": made.uid, "year": row.year, "rows": len(carried),
                                                   "by": by.uid})], at=at)
    return made


def _copy(old: PlanRow, line: dict[str, Any], made: Plan, place: int) -> PlanRow:
    due = date.fromisoformat(line["due"]) if line["due"] else None
    return PlanRow(
        plan=made, row=old.row, section=old.section, position=place, number=old.number, area=old.area, task=old.task, items=old.items,
        unit_words=old.unit_words, units=old.units, schedule_words=old.schedule_words, candidates=[], proposed_due=due,
        standing=line["standing"], needs_reading=False, check_words=old.check_words, inherited=old.inherited)

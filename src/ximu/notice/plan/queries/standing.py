"""How does the plan stand? Rows, duties by unit, lights as of a day and as known then, all from stored facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED
from ximu.notice.plan.models import Evidence, Plan, PlanRow, Reading
from ximu.notice.plan.queries import warnings
from ximu.notice.plan.rules import lights


def has_registry() -> bool:
    """Is a city loaded, so that unit names can be checked against it?"""
    return bool(registry.version())


def plans() -> list[Plan]:
    return list(Plan.objects.order_by("-imported_at"))


def plan(uid: str = "") -> Plan:
    """The plan with that uid, or the newest. Errors: `PLAN-NONE`."""
    found = (Plan.objects.filter(uid=uid) if uid else Plan.objects.order_by("-imported_at")).first()
    if found is None:
        raise Refusal("PLAN-NONE", status=404, field="plan", value=uid, rule="exists",
                      zh="尚未导入任务分工。", en="No plan has been imported yet.")
    return found


def rows(of: Plan) -> list[PlanRow]:
    return list(of.rows.all())


def row(uid: str) -> PlanRow:
    found = PlanRow.objects.select_related("plan").filter(uid=uid).first()
    if found is None:
        raise absent("PLAN-NONE", field="row", value=uid, zh="项任务", en="task")
    return found


def readings(of: PlanRow) -> list[Reading]:
    return list(of.readings.order_by("-chosen_at"))


def evidence(uid: str) -> Evidence | None:
    return Evidence.objects.select_related("row").filter(uid=uid).first()


def awaiting_review() -> list[Evidence]:
    return list(Evidence.objects.filter(state=Evidence.State.SUBMITTED).select_related("row").order_by("submitted_at"))


def burn_up(of: Plan, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """Month by month since the issue: tasks in all, those proved (done, or standing with valid evidence), and those overdue."""
    day, found = of.issued_on or as_of, []
    while True:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        at = min(date.fromordinal(after.toordinal() - 1), as_of)
        counts = [one["light"] for one in status(of, as_of=at, known_at=known_at)]
        found.append({"day": at, "rows": len(counts), "proved": sum(c in ("done", "on_time") for c in counts),
                      "overdue": sum(c in ("overdue", "evidence_expired") for c in counts)})
        if at >= as_of:
            return found
        day = after


def due_of(target: PlanRow, *, signed: dict[int, Reading]) -> tuple[date | None, str]:
    """The due day and where it comes from: `signed`, `proposed` or, for standing duties, neither."""
    if reading := signed.get(target.pk):
        return reading.due, "signed"
    return target.proposed_due, "proposed" if target.proposed_due else ""


def live_readings(known_at: datetime) -> QuerySet[Reading]:
    return Reading.objects.filter(signed_at__lte=known_at).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at))


def signed_readings(of: Plan, known_at: datetime) -> dict[int, Reading]:
    return {r.row_id: r for r in live_readings(known_at).filter(row__plan=of)}


def borne_rows(of: Plan, known_at: datetime | None) -> list[PlanRow]:
    """The tasks with what decides who bears them and when they are due, no more; `known_due` is the day of the signed reading.

    Tasks whose units are written alike share one list of them: it is not to be changed.
    """
    signed = Subquery(live_readings(known_at).filter(row=OuterRef("pk")).values("due")[:1]) if known_at else Value(
        None, output_field=DateField())
    found = list(of.rows.only("row", "plan", "position", "standing", "proposed_due").annotate(
        known_due=signed, written=Cast("units", TextField())))
    read = {text: json.loads(text) for text in {target.written for target in found}}
    for target in found:
        target.units = read[target.written]
    return found


def status(of: Plan, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """Per row: `row`, `light`, due day, reason; what was accepted by `known_at`, judged on `as_of`."""
    signed = signed_readings(of, known_at)
    proofs: dict[int, list[lights.Proof]] = {}
    accepted = Evidence.objects.filter(row__plan=of, state=Evidence.State.ACCEPTED, reviewed_at__lte=known_at)
    for given in accepted:
        proofs.setdefault(given.row_id, []).append(lights.Proof(given.dated, given.expires_on, given.completes))
    return [line(target, signed, proofs.get(target.pk, []), as_of) for target in rows(of)]


def judge(due: date | None, standing: bool, issued: date | None, proofs: Sequence[lights.Proof], as_of: date) -> lights.Light:
    """The light, with the working days that are left."""
    return lights.light_of(due=due, standing=standing, issued=issued, proofs=proofs, as_of=as_of, working_days_left=_left(as_of, due))


def line(target: PlanRow, signed: dict[int, Reading], proofs: list[lights.Proof], as_of: date) -> dict[str, Any]:
    """A task with its light as the board shows it."""
    due, origin = due_of(target, signed=signed)
    light = judge(due, target.standing, target.plan.issued_on, proofs, as_of)
    return {
        "uid": target.uid, "row": target.row, "area": target.area, "task": target.task, "light": light.light,
        "light_words": lights.LIGHTS[light.light], "due": due.isoformat() if due else None, "due_from": origin,
        "needs_reading": target.needs_reading and origin != "signed", "schedule": target.schedule_words,
        "standing": target.standing, "reason": light.reason, "evidence": len(proofs),
    }


def _left(as_of: date, due: date | None) -> int | None:
    """None when there is no due day or its calendar is not loaded; lights do not guess working days."""
    if due is None or {as_of.year, due.year} - set(BUNDLED.years):
        return None
    return BUNDLED.count(as_of, due)


def envelope(line: dict[str, Any]) -> dict[str, Any]:
    """A status line as JSON, its words in both languages."""
    plain = {k: v for k, v in line.items() if k not in {"reason", "light_words"}}
    return plain | {"light_zh": line["light_words"].zh, "light_en": line["light_words"].en,
                    "reason_zh": line["reason"].zh, "reason_en": line["reason"].en}


def public_plan(view: object, *, as_of: date | None = None) -> dict[str, Any]:
    """The published notice and its lights for the portal; the plan is public by its own nature (view is not narrowed)."""
    found = Plan.objects.order_by("-imported_at").first()
    if found is None:
        return {"plan": None, "rows": []}
    day = as_of or clock.today()
    lines = [envelope(line) for line in status(found, as_of=day, known_at=clock.end_of(day))]
    units = {r.row: [u["words"] for u in r.units] for r in rows(found)}
    return {"plan": {"title": found.title, "number": found.number, "issued_on": found.issued_on}, "as_of": day,
            "rows": [line | {"units": units[line["row"]]} for line in lines]}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """What waits for this person on the home page: readings to decide, evidence to review, tasks overdue."""
    if not actor.can("plan.view") or not plans():
        return []
    board = reverse("plan:board")
    lines = status(plan(), as_of=clock.city_day(at), known_at=at)
    waiting = [line for line in lines if line["needs_reading"]] if actor.can("plan.read_schedule") else []
    items = [TodayItem(Text("待读定期限", "schedule to be read"), Text(*[f"{one['row']} {one['schedule']}"] * 2),
                       reverse("plan:row", args=[one["uid"]])) for one in waiting]
    if actor.can("plan.review") and (given := len(awaiting_review())):
        items.append(TodayItem(Text("待审核", "to be reviewed"), Text("任务进展材料", "evidence of progress"), board, count=given))
    if actor.unit:
        overdue = {one["row"]: (one["uid"], day_of(one["due"], "due")) for one in lines if one["light"] == "overdue"}
        items += warnings.told_today(plan(), actor.unit, late=overdue, at=at)
    if late := sum(line["light"] == "overdue" for line in lines):
        items.append(TodayItem(Text("逾期", "overdue"), Text("任务分工", "tasks of the plan"), board, count=late, state="overdue"))
    return items

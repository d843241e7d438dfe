"""How does each task stand? By the worst of its lead duties, as of a day and as known then; who supports completes nothing for others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.once import reading
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.plan.models import Plan, PlanRow, Reading
from ximu.notice.plan.queries import warnings
from ximu.notice.plan.queries.bearers import Bearers, Shown
from ximu.notice.plan.queries.standing import awaiting_review, due_of, plan, plans, rows, signed_readings
from ximu.notice.plan.rules import lights

AHEAD = timedelta(days=731)


def status(of: Plan, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """Per row: `row`, `light`, due day, reason; what was accepted by `known_at`, judged on `as_of`."""
    return _board(rows(of), signed_readings(of, known_at), as_of=as_of, known_at=known_at)


def _board(targets: list[PlanRow], signed: dict[int, Reading], *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """What stands on the board that day, of the tasks of one plan."""
    with reading():
        bearers = Bearers(targets, as_of=as_of)
        shown = Shown(targets, bearers, known_at=known_at, signed=signed)
        held = {target.pk: _counting(target, bearers.of(target)) for target in targets}
        names = bearers.names({unit for units in held.values() for unit in units})
    return [_line(target, signed, _light(target, shown, {unit: names[unit] for unit in held[target.pk]}, bears=bool(bearers.of(target))),
                  shown.count(target)) for target in targets]


def _counting(target: PlanRow, bears: Mapping[str, tuple[str, str]]) -> list[str]:
    """The units whose duties make the light: those in the lead; all where the task names no lead."""
    leads = [unit for unit, (role, _) in bears.items() if role == "lead"]
    return leads if any(one["role"] == "lead" for one in target.units) else list(bears)


def _light(target: PlanRow, shown: Shown, counting: Mapping[str, str], *, bears: bool) -> lights.Light:
    """The worst; where others stand otherwise, the reason names its unit. A lead that the register reads as no unit has shown nothing;
    where it reads none of the words, what was handed in for the task counts."""
    found = {unit: light for unit, light, _ in shown.of(target, counting)}
    worst = lights.worst(found.values())
    if worst is None:
        return shown.unread(target) if bears else shown.anybody(target)
    if set(found.values()) == {worst}:
        return worst
    name = next(counting[unit] for unit, light in found.items() if light is worst)
    return lights.Light(worst.light, worst.due, Text(f"{name}：{worst.reason.zh}", f"{name}: {worst.reason.en}"))


def _line(target: PlanRow, signed: dict[int, Reading], light: lights.Light, proofs: int) -> dict[str, Any]:
    """A task with its light as the board shows it."""
    due, origin = due_of(target, signed=signed)
    return {
        "uid": target.uid, "row": target.row, "area": target.area, "task": target.task, "light": light.light,
        "light_words": lights.LIGHTS[light.light], "due": due.isoformat() if due else None, "due_from": origin,
        "needs_reading": target.needs_reading and origin != "signed", "schedule": target.schedule_words,
        "standing": target.standing, "reason": light.reason, "evidence": proofs,
    }


def envelope(line: dict[str, Any]) -> dict[str, Any]:
    """A status line as JSON, its words in both languages."""
    plain = {k: v for k, v in line.items() if k not in {"reason", "light_words"}}
    return plain | {"light_zh": line["light_words"].zh, "light_en": line["light_words"].en,
                    "reason_zh": line["reason"].zh, "reason_en": line["reason"].en}


def burn_up(of: Plan, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """Month by month since the issue: tasks in all, those proved (done, or standing with valid evidence), and those overdue.

    At most two years beyond what is known: a month costs as much as the board, and the year 9999 would hold up the server.
    """
    as_of = min(as_of, clock.city_day(known_at) + AHEAD)
    day, found = of.issued_on or as_of, []
    targets, signed = rows(of), signed_readings(of, known_at)
    while True:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        at = min(date.fromordinal(after.toordinal() - 1), as_of)
        counts = [one["light"] for one in _board(targets, signed, as_of=at, known_at=known_at)]
        found.append({"day": at, "rows": len(counts), "proved": sum(c in ("done", "on_time") for c in counts),
                      "overdue": sum(c in ("overdue", "evidence_expired") for c in counts)})
        if at >= as_of:
            return found
        day = after


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
        today_ = clock.city_day(at).isoformat()
        past = {one["row"]: (one["uid"], day_of(one["due"], "due")) for one in lines if one["due"] and one["due"] < today_}
        items += warnings.told_today(plan(), actor.unit, late=past, at=at)
    if late := sum(line["light"] == "overdue" for line in lines):
        items.append(TodayItem(Text("逾期", "overdue"), Text("任务分工", "tasks of the plan"), board, count=late, state="overdue"))
    return items

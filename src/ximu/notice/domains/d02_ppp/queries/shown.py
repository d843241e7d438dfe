"""One project as its page and the API show it: stages, obligations with the day they were moved to, payments, who answered, breaches."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Period
from ximu.ideas.commitments.rules import STATES as PROMISED
from ximu.ideas.commitments.rules import Judged
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.queries.register import Book, breaches, kinds_of_breach, project, sees, sets
from ximu.notice.domains.d02_ppp.queries.tracing import gaps, trace


def shown(found: Book, code: str, *, on: date, duty: str = "", today: date) -> dict[str, Any]:
    """Errors: `PPP-NONE`."""
    row, acts = project(found, code), found.acts.get(code, [])
    held = rules.set_of(sets(), row, found.as_of)
    return {
        "row": row, "set": held, "owner": found.owner(row, row["initiated_on"]), "stages": _stages(found, code),
        "now": rules.now_in(sets(), row, acts, found.as_of), "duties": [_duty(found, one) for one in found.of(code)],
        "trace": [_traced(one, today) for one in trace(found, code, on=on, duty=duty, today=today)],
        "breaches": [(one, kinds_of_breach()[one.kind], state) for one, state in breaches(code, known_at=found.known_at)],
    }


def seen(found: Book, code: str, by: Actor) -> Book:
    """May this person see the project? One that may not be seen does not exist. Errors: `PPP-NONE`."""
    row = project(found, code)
    if not sees(by, "d02.see", found.owner(row, row["initiated_on"]), found.as_of):
        raise absent("PPP-NONE", field="project", value=code[:40], zh="个合作项目", en="partnership project")
    return found


def listed(found: Book, by: Actor) -> list[dict[str, Any]]:
    """The projects that this person may see, each with its stage, obligations that were due and kept, and gaps."""
    period, rows = Period(found.as_of.year, date.min, found.as_of, found.as_of, found.known_at), []
    due: dict[str, list[Decimal]] = {}
    for one in rules.duty_lines(found.judged, period, kind=found.breach_of, link=lambda one: one.reference.split("/")[0]):
        due.setdefault(one.link, []).extend([one.part] if not one.why else [])
    for code, row in found.projects.items():
        owner = found.owner(row, row["initiated_on"])
        if sees(by, "d02.see", owner, found.as_of):
            rows.append({
                "project": code, "title": row["title"], "unit": owner, "contract": row["contract"], "signed_on": row["signed_on"],
                "stage": rules.now_in(sets(), row, found.acts.get(code, []), found.as_of).name, "due": len(due.get(code, [])),
                "kept": int(sum(due.get(code, []))), "gaps": len(gaps(found, code, on=found.as_of, today=found.as_of)),
                "ended_on": row["ended_on"]})
    return rows


def _stages(found: Book, code: str) -> list[dict[str, Any]]:
    """Each stage of the set with the day on which it was reached, and what of it is public."""
    row, acts = found.projects[code], found.acts.get(code, [])
    begun, told = rules.reached(sets(), row, acts, found.as_of), {one["field"]: one for one in found.disclosures.get(code, [])}
    held = rules.set_of(sets(), row, found.as_of)
    return [{"stage": one, "on": begun.get(one.code), "items": [(name, told.get(zh)) for zh, name in one.public.items()]}
            for one in held.stages]


def _duty(found: Book, one: Judged) -> dict[str, Any]:
    paid = found.payments.get(one.reference, [])
    kind = found.breach_of(one)
    return {"one": one, "number": one.reference.split("/")[-1], "state": PROMISED[one.state], "kind": kinds_of_breach().get(kind),
            "paid": sum((Decimal(str(p["amount"])) for p in paid), Decimal(0)), "payments": paid, "moved": moved(one)}


def moved(one: Judged) -> Text | None:
    """From which day to which, and over which days off; nothing where the day that was agreed on is a working day."""
    if one.due_asked is None or one.due_asked == one.due:
        return None
    over = BUNDLED.due_calendar_days(one.due_asked, 0).passed
    names = "、".join(dict.fromkeys(p.name or "周末" for p in over))
    english = ", ".join(dict.fromkeys(p.name or "weekend" for p in over))
    return Text(f"约定{one.due_asked}（{names}），顺延至{one.due}", f"agreed for {one.due_asked} ({english}), moved to {one.due}")


def _traced(one: registry.Traced, today: date) -> dict[str, Any]:
    words = next((name for held in sets() for stage in held.stages for zh, name in stage.steps.items() if zh == one.step), None)
    extra = {rules.PROMISE: Text(rules.PROMISE, "obligation agreed"), rules.BREACH: Text(rules.BREACH, "on the day itself")}
    act = one.act
    return {"one": one, "words": words or extra.get(one.step, Text(one.step, one.step)), "gap": registry.GAPS.get(one.gap),
            "unit": registry.name(act.unit, as_of=act.on, short=True) if act else "",
            "today": registry.name(one.today, as_of=today, short=True) if one.today else "",
            "holders": [who.name for uid in one.holders if (who := registry.official(uid))]}

"""One project as its page and the API show it: stages, obligations with the day they were moved to, payments, who answered, breaches."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Period
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import STATES as PROMISED
from ximu.ideas.commitments.rules import Judged
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.queries.register import PAYS, Book, breaches, gaps, kinds_of_breach, project, sets, step_name, trace


def shown(found: Book, code: str, *, on: date, duty: str = "", today: date) -> dict[str, Any]:
    """Errors: `PPP-NONE`."""
    row, acts = project(found, code), found.acts.get(code, [])
    held = rules.set_of(sets(), row, found.as_of)
    return {
        "row": row, "pays": PAYS[row["payment"]], "set": held,
        "owner": found.owner(row, row["initiated_on"]), "stages": _stages(found, code),
        "now": rules.now_in(sets(), row, acts, found.as_of), "duties": [_duty(found, one) for one in found.of(code)],
        "trace": [{"words": step_name(one.step), **registry.shown(one, today=today)}
                  for one in trace(found, code, on=on, duty=duty, today=today)],
        "breaches": [(one, kinds_of_breach()[one.kind], state) for one, state in breaches(code, known_at=found.known_at)],
    }


def seen(found: Book, code: str, by: Actor) -> Book:
    """May this person see the project? One that may not be seen does not exist. Errors: `PPP-NONE`."""
    row = project(found, code)
    if not registry.may(by, "d02.see", found.owner(row, row["initiated_on"]), on=found.as_of):
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
        if registry.may(by, "d02.see", owner, on=found.as_of):
            rows.append({
                "project": code, "title": row["title"], "unit": owner, "contract": row["contract"], "signed_on": row["signed_on"],
                "stage": rules.now_in(sets(), row, found.acts.get(code, []), found.as_of).name, "due": len(due.get(code, [])),
                "kept": int(sum(due.get(code, []))), "gaps": len(gaps(found, code, on=found.as_of, today=found.as_of)),
                "ended_on": row["ended_on"]})
    return rows


def _stages(found: Book, code: str) -> list[dict[str, Any]]:
    """Each stage of the set with the day on which it was reached; of its items what is public, what should be, what is not due."""
    row, acts = found.projects[code], found.acts.get(code, [])
    begun, told = rules.reached(sets(), row, acts, found.as_of), {one["field"]: one for one in found.disclosures.get(code, [])}
    due = {item for _, days in rules.due_items(sets(), row, acts, found.as_of) for item in days}
    return [{"stage": one, "on": begun.get(one.code), "items": [(name, told.get(zh), zh in due) for zh, name in one.public.items()]}
            for one in rules.set_of(sets(), row, found.as_of).stages]


def _duty(found: Book, one: Judged) -> dict[str, Any]:
    paid = found.payments.get(one.reference, [])
    return {"one": one, "number": one.reference.split("/")[-1], "state": PROMISED[one.state], "measured": found.breach_of(one) == "1",
            "paid": sum((Decimal(str(p["amount"])) for p in paid), Decimal(0)), "payments": paid,
            "moved": promises.moved(one.due_asked, one.due)}

"""Where do proposals stand, until when, and how were they rated?"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules import Term, begin
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_supervision import rules
from ximu.notice.mechanisms.m3_supervision.models import Finding, Opinion, Proposal, Signer


def term(code: str, on: date) -> Term:
    return cases.terms().on(code, on)


def due_of(code: str, since: date) -> date:
    """The last day of a limit that began on a day. Errors: `CAL-NONE`."""
    return begin(term(code, since), since, cases.calendar()).due.day


def proposal(uid: str) -> Proposal:
    """Errors: `PROP-NONE`."""
    found = Proposal.objects.filter(uid=uid).first()
    if found is None:
        raise absent("PROP-NONE", field="proposal", value=uid[:16], zh="件建议提案，或者您无权查看", en="proposal, or you may not see it")
    return found


def proposals(*, session: str = "", unit: str = "", state: str = "") -> list[Proposal]:
    """`unit` keeps those that it leads or assists, `state` is a state of the case."""
    rows = Proposal.objects.order_by("-session", "number")
    rows = rows.filter(session=session) if session else rows
    found = [row for row in rows if not unit or unit == row.lead or unit in row.assisting]
    return [row for row in found if not state or cases.case_for(row.case).state == state]


def mine(by: Actor) -> list[Proposal]:
    """What a delegate leads or signed, and nobody else's."""
    signed = Signer.objects.filter(delegate=by.human).values("proposal")
    return list(Proposal.objects.filter(Q(delegate=by.human) | Q(pk__in=signed)).order_by("-session", "number"))


def leads(row: Proposal, by: Actor) -> bool:
    """Who leads a proposal rates its answer."""
    return row.delegate == by.human


def own(uid: str, by: Actor) -> Proposal:
    """One of a delegate's own. Errors: `PROP-NONE` for somebody else's, in the same words as for none."""
    return next((row for row in mine(by) if row.uid == uid), None) or proposal("")


def opinions(of: Proposal) -> dict[str, Opinion | None]:
    """Assisting unit → its opinion, or None while it is missing."""
    given = {one.unit: one for one in of.opinions.all()}
    return {unit: given.get(unit) for unit in of.assisting}


def totals(*, session: str = "") -> list[dict[str, Any]]:
    """By lead unit: how many, answered, in time, by class, satisfied: what the indicators read."""
    found: dict[str, Counter[str]] = {}
    for row in proposals(session=session):
        count = found.setdefault(row.lead, Counter())
        count["all"] += 1
        if row.answered_on:
            count["answered"] += 1
            count["in_time"] += row.answered_on <= due_of("NPC-ANS", row.assigned_on)
            count[f"class_{row.answer_class}"] += 1
        if row.rating:
            count["rated"] += 1
            count["satisfied"] += row.rating in ("satisfied", "fairly")
    return [{"unit": unit, **{key: count[key] for key in ("all", "answered", "in_time", "class_A", "class_B", "class_C", "class_D", "rated",
                                                          "satisfied")}} for unit, count in found.items()]


def public_proposals(view: View, *, on: date | None = None) -> dict[str, Any]:
    """The provider `proposals`: title, units, class of the answer, rating; never who made it, never the text."""
    day = on or clock.today()
    rows = [{"session": p.session, "number": p.number, "kind": rules.KINDS[p.kind], "title": p.title, "lead": registry.name(p.lead,
                                                                                                                            as_of=day),
             "assisting": [registry.name(u, as_of=day) for u in p.assisting], "assigned_on": p.assigned_on, "answered_on": p.answered_on,
             "answer": rules.CLASSES.get(p.answer_class), "code": p.answer_class, "rating": rules.RATINGS.get(p.rating),
             "promise": p.promise}
            for p in proposals()]
    return {"view": view.name, "rows": rows}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Answers that a delegate may rate; opinions that a unit owes; findings to which it may reply."""
    found: list[TodayItem] = []
    if actor.can("proposals.own"):
        found += [TodayItem(Text("请评价答复", "please rate the answer"), Text(p.title, p.title), reverse("m3_supervision:own",
                                                                                                     args=[p.uid]))
                  for p in mine(actor) if leads(p, actor) and p.answered_on
                  and cases.case_for(p.case).state in ("answered", "answered_again")]
    if not (actor.unit and actor.can("proposals.answer", actor.unit)):
        return found
    for p in proposals(unit=actor.unit):
        if actor.unit in p.assisting and not p.answered_on and opinions(p)[actor.unit] is None:
            found.append(TodayItem(Text("待提会办意见", "opinion owed"), Text(p.title, p.title), reverse("m3_supervision:proposal",
                                                                                                   args=[p.uid]),
                                   due=due_of("NPC-CO", p.assigned_on)))
    waiting = Finding.objects.filter(visit__unit=actor.unit, replied_at=None).select_related("visit__round")
    found += [TodayItem(Text("督查问题待说明", "finding to reply to"), Text(f.visit.round.title, f.visit.round.title),
                        reverse("m3_supervision:visit", args=[f.visit.uid]), due=f.reply_due) for f in waiting[:20]]
    return found

"""Who may handle a report? Nobody sees one about his own unit or one above it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from ximu.foundation import city
from ximu.ideas.accounts.services.accounts import person_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.models import Report

HANDLE, OVERSEE, PRESS = "complaints.handle", "complaints.oversee", "complaints.press"


def parent(unit: str, on: date) -> str:
    found = registry.unit(unit, as_of=on)
    return found.parent if found else ""


def offices(on: date) -> list[str]:
    """Where reports go first: the office that the profile names for them, then the coordinating one, as they live that day."""
    known = registry.book()
    named = [acting(unit, on) for unit in (city.office("reports"), city.office()) if unit in known.units]
    return [unit for unit in named if known.living(unit, on)]


def acting(unit: str, on: date) -> str:
    """The unit that carries the duties of `unit` that day: reports, rights and conflicts follow a reorganisation."""
    known = registry.book()
    if unit in known.units and not known.living(unit, on) and registry.successors(unit, on=on):
        return registry.owner_of(unit, on=on)
    return unit


def route(avoided: Collection[str], on: date) -> str:
    return rules.route(offices(on), avoided, lambda unit: parent(unit, on))


def served(official: str, on: date) -> set[str]:
    """The units in which the official holds a post that day."""
    known = registry.book()
    return {known.posts[h.post].unit for h in known.holdings
            if h.official == official and h.since <= on and (h.until is None or on < h.until)}


def avoided(about: Iterable[str], officials: Iterable[str], *days: date) -> set[str]:
    """Whom a report goes past: the units complained of, those in which the persons complained of serve, and what became of them."""
    found = set(about).union(*(served(one, day) for one in officials for day in days))
    return found | {acting(unit, day) for unit in found for day in days}


def avoided_by(row: Report, on: date) -> set[str]:
    return avoided(row.about, row.officials, row.day, on)


def conflicted(row: Report, by: Actor, on: date) -> bool:
    """Is the actor's unit complained of (or beneath one that is), or the actor among the persons complained of?"""
    past = avoided_by(row, on)
    units = {one for u in (by.unit, *(g.unit for g in by.grants)) if u for one in (u, acting(u, on))}
    if any(rules.in_conflict(unit, past, lambda one: parent(one, on)) for unit in units):
        return True
    return bool(row.officials) and by.human in {_person(uid) for uid in row.officials}


def _person(official: str) -> str:
    """The pseudonym under which the official signs in; empty for one that is gone."""
    found = registry.official(official)
    return person_of(found.number) if found else ""


def handles(by: Actor, on: date) -> Callable[[str], bool]:
    """Does a report with this handler lie with the actor's unit, or with one that he oversees? Who oversees for the office to which the
    profile sends reports, oversees them all."""
    held = by.units_with(OVERSEE)
    mine = {acting(unit, on) for unit in {*(held or ()), by.unit or "—"}}
    first = city.office("reports")
    everywhere = held is None or (bool(first) and acting(first, on) in {acting(unit, on) for unit in held})
    return lambda handler: everywhere or acting(handler, on) in mine


def visible(by: Actor, on: date) -> list[Report]:
    """Reports that this person handles, the most urgent first; those in conflict are not there for him at all."""
    mine = handles(by, on)
    rows = Report.objects.filter(handler__in=[h for h in set(Report.objects.values_list("handler", flat=True)) if mine(h)])
    return [row for row in rows.order_by("due", "uid") if not conflicted(row, by, on)]


def report(uid: str) -> Report:
    """For this room. Errors: `REPORT-NONE`."""
    found = Report.objects.filter(uid=uid).first()
    if found is None:
        raise absent("REPORT-NONE", field="report", value=uid[:16], zh="件举报，或者您无权查看", en="report, or you may not see it")
    return found

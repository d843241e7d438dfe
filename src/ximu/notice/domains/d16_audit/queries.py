"""Who must be audited, what was found and put right, what is warned of, and what the public reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from ximu.foundation import city, clock, packs
from ximu.foundation.parameters import value_on
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import Area, Line, Period
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.domains.d16_audit import rules
from ximu.notice.domains.d16_audit.models import Announcement, Audit, Finding, Target

HERE = Path(__file__).parent
SEE = "audits.see"
REPORTED, ANNOUNCED = "audit.reported", "audit.announced"
KINDS = (REPORTED, ANNOUNCED)


def pack() -> packs.Pack:
    return packs.load(HERE)


@cache
def declared() -> dict[str, Any]:
    return tomllib.loads((HERE / "universe.toml").read_text("utf-8"))


def topics() -> dict[str, Text]:
    return {code: Text(*words) for code, words in declared()["topic"].items()}


def works(actor: Actor, permission: str, on: date) -> bool:
    """Does this person act for the audit bureau? A right for the whole city does not make one its member."""
    office = bureau(on)
    return belongs(actor, office) and actor.can(permission, office)


def bureau(on: date) -> str:
    """The audit bureau as the profile names it, or what carries its duties that day; empty when it names none."""
    uid = city.office("audit")
    return registry.owner_of(uid, on) if uid in registry.book().units else ""


def universe(on: date) -> list[rules.Target]:
    """Bodies and leading posts come from the register, so that no list can leave one out; projects and funds are entered."""
    cycle, listed = int(value_on(HERE, "cycle_years", on)), {row.key: row for row in Target.objects.order_by("kind", "name")}

    def every(key: str) -> int:
        return (listed[key].every if key in listed else None) or cycle

    found: list[rules.Target] = []
    for body in declared()["body"]:
        for one in registry.units(as_of=on, kind=body["kind"], level=body["level"]):
            found.append(rules.Target(one.uid, "unit", one.name, one.uid, one.started, one.ended, every(one.uid)))
            found += [rules.Target(p.uid, "post", one.name + p.title, one.uid, max(p.since, one.started), p.until, every(p.uid))
                      for p in registry.posts(one.uid, as_of=on) if p.role in declared()["posts"]]
    return found + [rules.Target(row.key, row.kind, row.name, registry.owner_of(row.unit, max(on, row.since)), row.since, row.until,
                                 every(row.key)) for row in listed.values() if row.kind in ("project", "fund")]


def facts(as_of: date, known_at: datetime) -> rules.Facts:
    """All that the indicators read, as entered by `known_at`; units are those that carry the matter on the day."""
    audits, office = list(Audit.objects.filter(entered_at__lte=known_at).order_by("opened_on", "pk")), bureau(as_of)
    answers = {a.audit_id: a for a in Announcement.objects.filter(state=Announcement.State.DECIDED, decided_at__lte=known_at)}

    def audited(row: Audit) -> rules.Audited:
        told = answers.get(row.pk)
        answer = "" if told is None else "withheld" if told.ground else "announced"
        return rules.Audited(row.uid, row.title, office, tuple(row.covers), row.report_on, answer,
                             clock.city_day(told.decided_at) if told and told.decided_at else None)

    found = [rules.Found(f.uid, f"{topics()[f.topic]}：{f.text}"[:60], registry.owner_of(f.unit, as_of), f.audit.uid, f.topic, f.decided_on,
                         f.upheld, f.due, f.closed_on, f.amount, f.fixed)
             for f in Finding.objects.filter(found_at__lte=known_at).select_related("audit").order_by("pk")
             if clock.city_day(f.found_at) <= as_of]
    return rules.Facts(universe(as_of), [audited(row) for row in audits if row.opened_on <= as_of], found, registry.owner_of,
                       int(value_on(HERE, "publish_days", as_of)))


def lines(period: Period) -> dict[str, list[Line]]:
    """What each indicator sees, as known at the time."""
    known = facts(period.as_of, period.known_at)
    home = {one.uid: one.audit for one in known.findings} | {one.uid: one.uid for one in known.audits}
    return {code: [replace(line, link=reverse("d16:audit", args=[home[line.uid]])) if line.uid in home else line
                   for line in rules.MEASURES[one.params["measure"]](known, period.first, period.as_of)]
            for code, one in pack().indicators.items()}


def audit(uid: str, by: Actor | None = None) -> Audit:
    """Where `by` is given, only one that this person may know of. Errors: `AUD-NONE`."""
    found = Audit.objects.filter(uid=uid).first()
    if found is None or (by and not areas.sees(AREA, by, "") and not findings(found, by, clock.today())):
        raise absent("AUD-NONE", field="audit", value=uid[:16], zh="个审计项目", en="audit")
    return found


def findings(of: Audit, actor: Actor, on: date) -> list[Finding]:
    return [one for one in of.findings.order_by("pk") if areas.sees(AREA, actor, registry.owner_of(one.unit, on))]


def audits(by: Actor, on: date) -> list[Audit]:
    """All for who sees the whole; others those with a finding about what they carry; the newest first."""
    rows, owners = list(Audit.objects.order_by("-opened_on", "-pk")), registry.owners(on)
    if areas.sees(AREA, by, ""):
        return rows
    mine = {pk for pk, unit in Finding.objects.values_list("audit", "unit") if by.can(SEE, owners.get(unit, unit))}
    return [one for one in rows if one.pk in mine]


def repeats(on: date, known_at: datetime) -> dict[str, str]:
    """Finding → the newest earlier one that it repeats."""
    known = facts(on, known_at)
    held = [one for one in known.findings if one.upheld]
    return {one.uid: earlier.uid for one in held if (earlier := rules.earlier_of(one, held, known.owner))}


def finding(uid: str) -> Finding:
    """Errors: `FIND-NONE`."""
    found = Finding.objects.select_related("audit").filter(uid=uid).first()
    if found is None:
        raise absent("FIND-NONE", field="finding", value=uid[:16], zh="个审计问题", en="finding")
    return found


def pages_of(case: Any, by: Actor) -> list[tuple[Text, str]]:
    """From the case of a finding to its audit."""
    return [(Text("所属审计项目", "Its audit"), reverse("d16:audit", args=[finding(case.about).audit.uid]))] if by.can(SEE) else []


def announcement(of: Audit) -> Announcement | None:
    """The one that waits or was decided."""
    return of.announcements.exclude(state=Announcement.State.REFUSED).first()


def reported_body(row: Audit) -> dict[str, Any]:
    return {"audit": row.uid, "report": row.report, "on": str(row.report_on), "targets": len(row.covers)}


def announced_body(row: Announcement) -> dict[str, Any]:
    return {"announcement": row.uid, "audit": row.audit.uid, "digest": row.digest, "ground": row.ground}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about reports and announcements."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for one in Audit.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(REPORTED, reported_body(one), one.reported_at), f"审计报告 {one.title}"
    for row in Announcement.objects.filter(**span).select_related("audit"):
        yield row.log_index or 0, entry_bytes(ANNOUNCED, announced_body(row), row.decided_at), f"审计公告 {row.audit.title}"


def public_audit(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d16`: the city's figures with their method, how much of each kind is audited, and what was announced."""
    shown = areas.provider_of(AREA)(view, year=year)
    found = areas.sheet(AREA, shown["year"], today=clock.today(), known_at=clock.now())
    listed = [one for one in found.lines["D16-1"] if not one.why]
    reasons = cases.redacting(found.as_of).reasons
    kinds = [{"name": name, "listed": sum(one.kind == kind for one in listed),
              "covered": sum(one.kind == kind and one.state == "covered" for one in listed)} for kind, name in rules.KINDS.items()]
    told = Announcement.objects.filter(state=Announcement.State.DECIDED).select_related("audit").order_by("-decided_at")
    state = {one.uid: rules.STATES[one.state] for one in found.lines["D16-2"]}
    return {
        **shown, "kinds": kinds, "source": declared()["source"],
        "announcements": [{
            "title": row.audit.title, "report_on": row.audit.report_on, "on": clock.city_day(row.decided_at), "digest": row.digest,
            "log_index": row.log_index, "ground": reasons[row.ground].name if row.ground else None, "lines": [
                {**line, "amount": Decimal(line["amount"]) if line["amount"] else None, "topic": topics().get(line["topic"]),
                 "unit_name": registry.name(line["unit"], as_of=row.audit.report_on or found.as_of),
                 "withheld": reasons[line["withheld"]].name if line["withheld"] else None, "state": state.get(line["finding"]),
                 "marks": [reasons[code].name for code in line["marks"]]} for line in row.lines]} for row in told],
    }


AREA = Area(
    HERE, SEE, lines, rules.STATES, whole=lambda by: works(by, SEE, clock.today()), by_unit=False,
    open_to_all=("D16-1", "D16-2", "D16-3", "D16-4", "D16-5"),
    tabs=(("d16:universe", Text("审计对象", "Audit universe"), SEE), ("d16:audits", Text("审计项目与问题", "Audits and findings"), SEE)))
PUBLIC, PAGES = {"d16": public_audit}, {"audit_finding": pages_of}
"""Connected by `config/packed.py`, which looks into every pack."""

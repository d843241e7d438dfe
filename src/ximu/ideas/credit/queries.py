"""Which agencies are listed, what is a report worth, and where was it used?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from ximu.foundation import city, clock
from ximu.ideas.credit.models import Issuer, Report, Revoked, Use
from ximu.ideas.credit.rules import standing, statement
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

LISTED, LODGED, REVOKED, USED = "credit.issuer", "credit.report", "credit.revoked", "credit.used"
KINDS = (LISTED, LODGED, REVOKED, USED)
LOST = ("revoked", "void")
"""States of a use whose report is worth nothing any more."""
ON_REGISTER = (Issuer.State.LISTED, Issuer.State.CLOSED)


def keeper(on: date) -> str:
    """For whom the register is kept: the coordinating office of the profile, by the unit that carries its duties."""
    uid = city.office()
    return registry.owner_of(uid, on) if uid in registry.book().units else ""


def issuers() -> list[Issuer]:
    return list(Issuer.objects.order_by("code", "since", "pk"))


def issuer(uid: str) -> Issuer:
    """Errors: `ISSUER-NONE`."""
    found = Issuer.objects.filter(uid=uid).first()
    if found is None:
        raise absent("ISSUER-NONE", field="issuer", value=uid[:16], zh="个发行机构", en="issuer")
    return found


def keys_of(code: str) -> list[Issuer]:
    """The agency's keys that are or were listed, newest first. Errors: `ISSUER`."""
    found = list(Issuer.objects.filter(code=code, state__in=ON_REGISTER).order_by("-since", "-pk"))
    if not found:
        raise Refusal("ISSUER", field="issuer", value=code[:40], rule="register", zh=f"发行机构“{code[:40]}”不在登记册内，报告不予接收。",
                      en=f"The issuer “{code[:40]}” is not in the register; its report is not taken.")
    return found


def whose(note: bytes, code: str) -> Issuer:
    """The row of the key that signed. Errors: `ISSUER`, `REP-SIGN`."""
    rows = {row.key: row for row in keys_of(code)}
    return rows[statement.key_that_signed(note, rows)]


def lodged(row: Report, revoked: Mapping[tuple[str, str], date], known_on: date | None = None) -> standing.Lodged:
    """As known at the end of a day: `until` is the day on which the agency was closed, and with it its key distrusted."""
    one = row.issuer
    told = one.until is not None and (known_on is None or one.until <= known_on)
    until, distrusted = (one.until, one.distrusted) if told else (None, None)
    return standing.Lodged(row.issued_on, row.expires_on, bool(row.note), one.since, until, distrusted,
                           revoked.get((row.code, row.number)))


def faults_of(row: Report, on: date) -> list[str]:
    """Why a report may not be used on a day."""
    return standing.faults(lodged(row, revocations()), on)


def revocations(known_at: datetime | None = None) -> dict[tuple[str, str], date]:
    """(agency, number) → the day from which the report is worth nothing, as known at a time."""
    rows = Revoked.objects.all() if known_at is None else Revoked.objects.filter(known_at__lte=known_at)
    return {(code, number): day for code, number, day in rows.values_list("code", "number", "revoked_on")}


def revocation(code: str, number: str) -> Revoked | None:
    return Revoked.objects.filter(code=code, number=number).first()


def report(uid: str) -> Report:
    """Errors: `REP-NONE`."""
    found = Report.objects.select_related("issuer").filter(uid=uid).first()
    if found is None:
        raise absent("REP-NONE", field="report", value=uid[:16], zh="份信用报告", en="credit report")
    return found


def numbered(code: str, number: str) -> Report | None:
    """What the agency signed under the number."""
    return Report.objects.select_related("issuer").filter(code=code, number=number).exclude(note="").first()


def lead(one: statement.Report) -> Report | None:
    """What somebody typed of this very file and its dates, and nobody has signed."""
    return Report.objects.select_related("issuer").filter(
        code=one.issuer, number=one.number, document=one.document, issued_on=one.issued_on, expires_on=one.expires_on, note="").first()


@dataclass(frozen=True, slots=True)
class Seen:
    """A report or a use with what is known of it today."""

    row: Any
    faults: tuple[str, ...]
    state: str = ""


def every_report() -> QuerySet[Report]:
    """The newest first, by whichever unit: one report serves many tenderers, and says nothing of anybody."""
    return Report.objects.select_related("issuer").order_by("-pk")


def seen(rows: Iterable[Report], on: date) -> list[Seen]:
    gone = revocations()
    return [Seen(row, tuple(standing.faults(lodged(row, gone), on))) for row in rows]


def reports(on: date, *, most: int = 500) -> list[Seen]:
    """The newest of them."""
    return seen(every_report()[:most], on)


def uses(today: date, *, known_at: datetime | None = None, **equal: Any) -> list[Seen]:
    """Every use with what is known today of its report: a report that is revoked or expires later is shown so at each of its uses."""
    rows = Use.objects.select_related("report__issuer").filter(**equal).order_by("pk")
    rows = rows if known_at is None else rows.filter(used_at__lte=known_at)
    gone, known_on = revocations(known_at), None if known_at is None else clock.city_day(known_at)
    found = []
    for row in rows:
        one = lodged(row.report, gone, known_on)
        found.append(Seen(row, tuple(standing.faults(one, today)), standing.since_use(one, row.used_on, today)))
    return found


def listed_body(row: Issuer) -> dict[str, Any]:
    return {"issuer": row.uid, "code": row.code, "key": row.key, "since": str(row.since)}


def lodged_body(row: Report) -> dict[str, Any]:
    return {"report": row.uid, "issuer": row.code, "number": row.number, "document": row.document, "expires": str(row.expires_on)}


def revoked_body(row: Revoked) -> dict[str, Any]:
    return {"revocation": row.uid, "issuer": row.code, "number": row.number, "on": str(row.revoked_on), "reason": row.reason}


def used_body(row: Use) -> dict[str, Any]:
    return {"use": row.uid, "report": row.report.uid, "area": row.area, "about": row.about, "unit": row.unit, "on": str(row.used_on)}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about agencies, reports, revocations and uses."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for one in Issuer.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(LISTED, listed_body(one), one.decided_at), f"发行机构 {one.code}"
    for row in Report.objects.filter(**span):
        yield row.log_index, entry_bytes(LODGED, lodged_body(row), row.lodged_at), f"信用报告 {row.number}"
    for gone in Revoked.objects.filter(**span):
        yield gone.log_index, entry_bytes(REVOKED, revoked_body(gone), gone.known_at), f"撤销报告 {gone.number}"
    for use in Use.objects.select_related("report").filter(**span):
        yield use.log_index, entry_bytes(USED, used_body(use), use.used_at), f"使用报告 {use.area} {use.about}"


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """For who keeps the register: agencies to be confirmed. For who used reports: those that lost their worth since."""
    asked = Issuer.objects.filter(state=Issuer.State.PROPOSED).exclude(proposer=actor.human)
    waiting = asked.count() if actor.can("credit.register", keeper(clock.city_day(at))) else 0
    found = [TodayItem(Text("待确认", "To confirm"), Text("信用报告发行机构", "agencies that issue reports"), reverse("credit:issuers"),
                       count=waiting)] if waiting else []
    if not actor.can("credit.lodge"):
        return found
    units = actor.units_with("credit.lodge")
    lost = sum(one.state in LOST for one in uses(clock.city_day(at), **({} if units is None else {"unit__in": units})))
    if lost:
        found.append(TodayItem(Text("已失效", "Lost its worth"), Text("使用过的信用报告", "credit reports that were used"),
                               reverse("credit:reports"), count=lost, state="late"))
    return found

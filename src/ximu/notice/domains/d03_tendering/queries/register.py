"""Which agencies are listed, what is a report worth, where was it used, and which scale is in force?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation.parameters import value_on
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.exchange import queries as exchange
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d03_tendering.models import Issuer, Report, Revoked, Standard, Use
from ximu.notice.domains.d03_tendering.rules import standing, statement

HERE = Path(__file__).parents[1]
CHANNEL = "trading-centre"
"""The channel over which records of breaches go to the trading centre."""
LISTED, LODGED, REVOKED, USED, STANDARD = "tender.issuer", "tender.report", "tender.revoked", "tender.used", "tender.standard"
KINDS = (LISTED, LODGED, REVOKED, USED, STANDARD)
ON_REGISTER = (Issuer.State.LISTED, Issuer.State.CLOSED)

law = partial(value_on, HERE)


def issuers() -> list[Issuer]:
    return list(Issuer.objects.order_by("state", "code", "pk"))


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


def lodged(row: Report, revoked: Mapping[tuple[str, str], date]) -> standing.Lodged:
    one = row.issuer
    return standing.Lodged(row.issued_on, row.expires_on, bool(row.note), one.since, one.until, one.distrusted,
                           revoked.get((row.code, row.number)))


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
    return Report.objects.select_related("issuer").filter(code=code, number=number).first()


@dataclass(frozen=True, slots=True)
class Seen:
    """A report or a use with what is known of it today."""

    row: Any
    faults: tuple[str, ...]
    state: str = ""


def reports(on: date, *, units: Iterable[str] | None, most: int = 500) -> list[Seen]:
    """The newest first; those that a unit lodged, or all."""
    rows = Report.objects.select_related("issuer").order_by("-pk")
    rows = rows if units is None else rows.filter(unit__in=list(units))
    gone = revocations()
    return [Seen(row, tuple(standing.faults(lodged(row, gone), on))) for row in rows[:most]]


def uses(today: date, *, known_at: datetime | None = None, **equal: Any) -> list[Seen]:
    """Every use with what is known today of its report: a report that is revoked or expires later is shown so at each of its uses."""
    rows = Use.objects.select_related("report__issuer").filter(**equal).order_by("pk")
    rows = rows if known_at is None else rows.filter(used_at__lte=known_at)
    gone = revocations(known_at)
    found = []
    for row in rows:
        one = lodged(row.report, gone)
        found.append(Seen(row, tuple(standing.faults(one, today)), standing.since_use(one, row.used_on, today)))
    return found


def standards(*, every: bool = False) -> list[Standard]:
    """Those in force and to come, earliest first; `every`: also those proposed or refused."""
    rows = Standard.objects.order_by("since", "pk")
    return list(rows if every else rows.filter(state=Standard.State.PUBLISHED))


def standard_on(on: date) -> Standard | None:
    """The version in force on a day."""
    return Standard.objects.filter(state=Standard.State.PUBLISHED, since__lte=on).order_by("-since").first()


def standard(version: str) -> Standard:
    """Errors: `STD-NONE`."""
    found = Standard.objects.filter(state=Standard.State.PUBLISHED, version=version[:40]).first()
    if found is None:
        raise absent("STD-NONE", field="standard", value=version[:40], zh="个已发布的评价标准", en="published scale")
    return found


def proposed(uid: str) -> Standard:
    """Errors: `STD-NONE`."""
    found = Standard.objects.filter(uid=uid).first()
    if found is None:
        raise absent("STD-NONE", field="standard", value=uid[:16], zh="个评价标准", en="scale")
    return found


def text_of(row: Standard) -> str:
    return assessment.method_row(row.method).text


def method_of(row: Standard) -> Method:
    return load(text_of(row))


def shared() -> tuple[Any, list[Any]]:
    """The trading centre's channel and what went over it, newest first; no channel: None and nothing."""
    try:
        found = exchange.channel(CHANNEL)
    except Refusal:
        return None, []
    return found, list(exchange.carried(CHANNEL))


def listed_body(row: Issuer) -> dict[str, Any]:
    return {"issuer": row.uid, "code": row.code, "key": row.key, "since": str(row.since)}


def lodged_body(row: Report) -> dict[str, Any]:
    return {"report": row.uid, "issuer": row.code, "number": row.number, "document": row.document, "expires": str(row.expires_on)}


def revoked_body(row: Revoked) -> dict[str, Any]:
    return {"revocation": row.uid, "issuer": row.code, "number": row.number, "on": str(row.revoked_on), "reason": row.reason}


def used_body(row: Use) -> dict[str, Any]:
    return {"use": row.uid, "report": row.report.uid, "section": row.section, "unit": row.unit, "on": str(row.used_on)}


def standard_body(row: Standard) -> dict[str, Any]:
    return {"standard": row.uid, "method": row.method, "version": row.version, "since": str(row.since), "resolution": row.resolution}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about agencies, reports, revocations, uses and scales."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for one in Issuer.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(LISTED, listed_body(one), one.decided_at), f"发行机构 {one.code}"
    for row in Report.objects.filter(**span):
        yield row.log_index, entry_bytes(LODGED, lodged_body(row), row.lodged_at), f"信用报告 {row.number}"
    for gone in Revoked.objects.filter(**span):
        yield gone.log_index, entry_bytes(REVOKED, revoked_body(gone), gone.known_at), f"撤销报告 {gone.number}"
    for use in Use.objects.select_related("report").filter(**span):
        yield use.log_index, entry_bytes(USED, used_body(use), use.used_at), f"使用报告 {use.section}"
    for made in Standard.objects.filter(**span):
        yield made.log_index or 0, entry_bytes(STANDARD, standard_body(made), made.published_at), f"评价标准 {made.version}"

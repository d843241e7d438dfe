"""What is to be audited, which audit covers it, and when its report is out. By the audit bureau only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import near_span
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, rules
from ximu.notice.domains.d16_audit.models import Audit, Target

WORK = "audits.work"


@dataclass(frozen=True, slots=True)
class NewTarget:
    """`every` None: the general cycle."""

    kind: str
    key: str
    name: str
    unit: str
    since: date
    until: date | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class NewAudit:
    number: str
    title: str
    covers: tuple[str, ...]
    opened_on: date


def must_be_bureau(by: Actor, at: datetime, permission: str = WORK) -> None:
    """Errors: `PERM-DENIED`, `AUD-BUREAU`."""
    by.must(permission)
    if not queries.works(by, permission, clock.city_day(at)):
        raise Refusal("AUD-BUREAU", status=403, field="by", value=permission, rule="审计局", zh="该事项只能由审计局的人员办理。",
                      en="Only people of the audit bureau may do this.")


def list_target(new: NewTarget, *, by: Actor, at: datetime) -> str:
    """A project, a fund, or the own cycle of a unit or post.

    Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-TARGET`, `AUD-CYCLE`, `DATE-RANGE`, `DATE-ORDER`, `AUD-DUP`."""
    must_be_bureau(by, at)
    rules.must_be_target(new.kind, new.key, new.name, new.every)
    if new.unit not in registry.book().units:
        raise rules.no_target(new.unit)
    near_span(new.since, new.until)
    try:
        with transaction.atomic():
            row = Target.objects.create(kind=new.kind, key=new.key.strip(), name=new.name.strip(), unit=new.unit, every=new.every,
                                        since=new.since, until=new.until, entered_at=at)
            ledger.append([Entry("audit.target", {"target": row.uid, "sort": row.kind, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise _twice("key", new.key) from error
    return row.uid


def _twice(field: str, value: str) -> Refusal:
    return Refusal("AUD-DUP", status=409, field=field, value=value[:60], rule="once", zh="该编号已经登记。", en="This number is on record.")


def open_audit(new: NewAudit, *, by: Actor, at: datetime) -> str:
    """An audit covers nothing before its report is out. Errors: `PERM-DENIED`, `AUD-BUREAU`, `DATE-RANGE`, `AUD-TARGET`, `AUD-DUP`."""
    must_be_bureau(by, at)
    near_span(new.opened_on, None)
    known = {one.uid for one in queries.universe(new.opened_on)}
    if not new.covers or not 0 < len(new.number.strip()) <= 60 or not 0 < len(new.title.strip()) <= 120:
        raise rules.no_target("")
    if strangers := set(new.covers) - known:
        raise rules.no_target(min(strangers))
    try:
        with transaction.atomic():
            row = Audit.objects.create(number=new.number.strip(), title=new.title.strip(), covers=sorted(set(new.covers)),
                                       opened_on=new.opened_on, entered_at=at)
            ledger.append([Entry("audit.opened", {"audit": row.uid, "targets": len(row.covers), "by": by.uid})], at=at)
    except IntegrityError as error:
        raise _twice("number", new.number) from error
    return row.uid


def report_audit(audit: str, *, on: date, content: bytes, by: Actor, at: datetime) -> str:
    """The report is out: of the file only the digest is kept.

    Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-NONE`, `EVID-DIGEST`, `DATE-ORDER`, `TIME-FUTURE`, `AUD-OPEN` while a finding is not
    determined, `STATE-EDGE`.
    """
    must_be_bureau(by, at)
    row = queries.audit(audit)
    if not content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附审计报告文件（系统只留摘要）。",
                      en="The file of the report is needed (only its digest is kept).")
    if on < row.opened_on:
        raise Refusal("DATE-ORDER", field="on", value=on.isoformat(), rule=f"≥ {row.opened_on}", zh="报告日期不能早于实施日期。",
                      en="A report cannot be older than its audit.")
    if on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="on", value=on.isoformat(), rule="≤ today", zh="报告日期不能晚于今天。",
                      en="The report is of a day to come.")
    with transaction.atomic():
        Audit.objects.select_for_update().get(pk=row.pk)
        if row.findings.filter(decided_on=None).exists():
            raise Refusal("AUD-OPEN", status=409, field="audit", value=row.uid, rule="定性", zh="还有问题没有定性，不能出具报告。",
                          en="A finding is not determined yet.")
        if not Audit.objects.filter(pk=row.pk, report_on=None).update(report_on=on, reported_at=at,
                                                                       report=hashlib.sha256(content).hexdigest()):
            raise rules.reported(row.uid)
        row.refresh_from_db()
        [index] = ledger.append([Entry(queries.REPORTED, queries.reported_body(row))], at=at)
        Audit.objects.filter(pk=row.pk).update(log_index=index)
    return row.uid

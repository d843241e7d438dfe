"""What may a street offer to residents? Only something more; counted, never listed."""

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
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s3_streets import queries, rules
from ximu.notice.safeguards.s3_streets.models import Benefit, TakeUp

MOST_TIMES = 10**8


@dataclass(frozen=True, slots=True)
class NewBenefit:
    unit: str
    title: str
    text: str
    service: str
    effect: str
    basis: str
    since: date


def offer_benefit(new: NewBenefit, *, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `STREET-KIND`, `BEN-EMPTY`, `BEN-SERVICE`, `BEN-EFFECT`, `BEN-RIGHT`."""
    by.must("streets.offer", new.unit)
    must_be_street(new.unit, new.since)
    if not new.title.strip() or not new.text.strip() or not new.basis.strip():
        raise Refusal("BEN-EMPTY", field="text", value="", rule="required", zh="须写明措施名称、内容和依据。",
                      en="Title, text and basis are needed.")
    rules.must_not_deny(new.service, new.effect, f"{new.title} {new.text}", queries.services())
    with transaction.atomic():
        row = Benefit.objects.create(unit=new.unit, title=new.title.strip(), text=new.text.strip(), service=new.service, effect=new.effect,
                                     basis=new.basis.strip(), since=new.since, offered_at=at, offerer=by.human)
        ledger.append([Entry("streets.benefit-offered", {"benefit": row.uid, "unit": row.unit, "by": by.uid})], at=at)
    return row.uid


def must_be_street(unit: str, on: date) -> None:
    """Errors: `STREET-KIND`."""
    book = registry.book()
    if unit not in book.units or book.units[unit].kind not in rules.KINDS or not book.living(unit, on):
        raise Refusal("STREET-KIND", field="unit", value=unit[:16], rule=" ".join(sorted(rules.KINDS)),
                      zh="只有当日存续的街道、镇、乡可以办理。",
                      en="Only a street, town or township that lives that day can do this.")


def open_benefit(benefit: str, *, by: Actor, at: datetime) -> str:
    """A second person looks at it and makes it public. Errors: `PERM-DENIED`, `BEN-NONE`, `DUAL`, `STATE-EDGE`."""
    by.must("streets.decide")
    row = queries.benefit(benefit)
    if row.offerer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="登记措施的人不能自己公布。",
                      en="The one who entered the benefit cannot open it.")
    with transaction.atomic():
        if not Benefit.objects.filter(pk=row.pk, state=Benefit.State.OFFERED).update(state=Benefit.State.OPEN, opened_at=at):
            raise _edge(row)
        row.refresh_from_db()
        [index] = ledger.append([Entry(queries.OPENED, queries.benefit_body(row))], at=at)
        Benefit.objects.filter(pk=row.pk).update(log_index=index)
    return row.uid


def end_benefit(benefit: str, *, until: date, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `BEN-NONE`, `DATE-ORDER`, `STATE-EDGE`."""
    row = queries.benefit(benefit)
    by.must("streets.offer", row.unit)
    if until < row.since:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"≥ {row.since}", zh="结束日期不能早于起始日期。",
                      en="A benefit cannot end before it began.")
    with transaction.atomic():
        if not Benefit.objects.filter(pk=row.pk, state=Benefit.State.OPEN).update(state=Benefit.State.ENDED, until=until):
            raise _edge(row)
        ledger.append([Entry("streets.benefit-ended", {"benefit": row.uid, "until": until.isoformat(), "by": by.uid})], at=at)
    return row.uid


def _edge(row: Benefit) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="offered → open → ended", zh="该措施的状态不允许此操作。",
                   en="The state of this benefit does not allow that.")


def report_take_up(benefit: str, *, month: str, count: int, content: bytes, by: Actor, at: datetime) -> TakeUp:
    """A count of a month that is over. Of the file only the digest is kept: it lists persons, and persons have no place here.

    Errors: `PERM-DENIED`, `BEN-NONE`, `STATE-EDGE` before it is open, `MONTH-FORM`, `TIME-FUTURE`, `COUNT`, `EVID-DIGEST`, `TAKE-DUP`.
    """
    row = queries.benefit(benefit)
    by.must("streets.offer", row.unit)
    if row.state == Benefit.State.OFFERED:
        raise _edge(row)
    if rules.month_end(month) >= clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="month", value=month, rule="< today", zh=f"{month}尚未结束，不能报送。",
                      en=f"{month} is not over and cannot be reported.")
    if not 0 <= count <= MOST_TIMES:
        raise Refusal("COUNT", field="count", value=count, rule=f"0–{MOST_TIMES}", zh="享受人次应为0或正整数。",
                      en="The count is 0 or more.")
    if not content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附台账文件（系统只留摘要）。",
                      en="The file behind the count is needed (only its digest is kept).")
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            made = TakeUp.objects.create(benefit=row, month=month, count=count, digest=digest, reported_at=at, reported_by=by.uid)
            ledger.append([Entry("streets.take-up", {"benefit": row.uid, "month": month, "file": digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("TAKE-DUP", status=409, field="month", value=month, rule="benefit, month", zh=f"{month}的享受人次已报送。",
                      en=f"The take-up of {month} is on record.") from error
    return made

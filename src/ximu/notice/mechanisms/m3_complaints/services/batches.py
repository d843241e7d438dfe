"""What is done by the day, so that no time tells anything: leads leave shuffled, acts enter the log padded, old reports go."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Min

from ximu.foundation import apart, clock, vault
from ximu.foundation.outbox import announce
from ximu.foundation.uid import new_uid
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, rules
from ximu.notice.mechanisms.m3_complaints.hooks import LeadReleased
from ximu.notice.mechanisms.m3_complaints.models import (
    Act,
    Attachment,
    Contact,
    DaySeal,
    Lead,
    Message,
    Quarter,
    Report,
    Sent,
    Wrap,
)
from ximu.notice.mechanisms.m3_complaints.rules.sealing import padding
from ximu.notice.mechanisms.m3_complaints.services.reporting import go_on

DAYS_A_MONTH = 31


def release_leads(*, by: Actor, at: datetime) -> int:
    """Leads leave when enough are waiting or the oldest has waited long enough: shuffled, new names, the month only. How many left."""
    by.must(queries.OVERSEE)
    day = clock.city_day(at)
    with transaction.atomic():
        rows = list(Report.objects.exclude(lead="").select_for_update())
        if not rows:
            return 0
        oldest = min(row.lead_on for row in rows if row.lead_on)
        if len(rows) < queries.value("lead_batch", day) and (day - oldest).days < queries.value("lead_wait_days", day):
            return 0
        told = [vault.unseal(row.lead, about=f"lead:{row.uid}").split("\n", 2) for row in rows]
        Report.objects.filter(pk__in=[row.pk for row in rows]).update(lead="", lead_on=None)
        secrets.SystemRandom().shuffle(told)
        made = [Lead(uid=new_uid(), unit=unit, topic=topic, origin="social", words=words, month=f"{day:%Y-%m}") for unit, topic,
                words in told]
        _release(made, at=at)
    return len(made)


def _release(made: list[Lead], *, at: datetime) -> None:
    Lead.objects.bulk_create(made)
    for lead in made:
        announce(LeadReleased(lead.uid, lead.unit, rules.TOPICS[lead.topic].zh, lead.words, lead.month), at=at)
    ledger.append([Entry("complaints.leads", {"leads": sorted(lead.uid for lead in made)})], at=at)


def report_press(unit: str, topic: str, *, origin: str, words: str, source: str, by: Actor, at: datetime) -> tuple[str, bool]:
    """What the press or the public says, with its source, becomes a lead at once; the lead, and whether it is new.

    Said twice in the same words from the same source, also at the same moment, it stays one.
    Errors: `PERM-DENIED`, `REPORT-TOPIC`, `LEAD-ORIGIN`, `LEAD-WORDS`,
    `LEAD-SOURCE`, `ORG-UNKNOWN`.
    """
    by.must(queries.PRESS)
    day = clock.city_day(at)
    if registry.unit(unit, as_of=day) is None:
        raise Refusal("ORG-UNKNOWN", field="unit", value=unit[:16], rule="registry", zh="机构名录中没有该单位。",
                      en="There is no such unit.")
    if topic not in rules.TOPICS:
        raise Refusal("REPORT-TOPIC", field="topic", value=topic[:20], rule=" ".join(rules.TOPICS), zh="请选择类别。", en="Choose a topic.")
    if origin not in queries.ORIGINS or origin == "social":
        raise Refusal("LEAD-ORIGIN", field="origin", value=origin[:20], rule="press opinion hotline",
                      zh="来源应为新闻媒体、网络舆情或12345热线。",
                      en="The origin is the press, public opinion or the hotline.")
    if len(words.strip()) < 10:
        raise Refusal("LEAD-WORDS", field="words", value=len(words.strip()), rule="≥ 10", zh="须写明事项。", en="Say what it is about.")
    if not source.strip():
        raise Refusal("LEAD-SOURCE", field="source", value="", rule="required", zh="没有出处的不登记为线索。",
                      en="A lead needs its source.")
    facts = {"unit": unit, "topic": topic, "origin": origin, "words": words.strip()[:2000], "source": source.strip()[:300]}
    once = digest(facts)
    if known := Lead.objects.filter(once=once).first():
        return known.uid, False
    lead = Lead(uid=new_uid(), month=f"{day:%Y-%m}", once=once, **facts)
    try:
        with transaction.atomic():
            _release([lead], at=at)
    except IntegrityError:
        return Lead.objects.get(once=once).uid, False
    return lead.uid, True


def seal_days(*, by: Actor, at: datetime) -> int:
    """Each day that is over, since the first act, gets one entry: busy and empty days look alike but for steps of 16. How many did."""
    by.must(queries.OVERSEE)
    day = clock.city_day(at)
    last = DaySeal.objects.order_by("-day").values_list("day", flat=True).first()
    first = last + timedelta(days=1) if last else Act.objects.aggregate(day=Min("day"))["day"]
    made = 0
    while first is not None and first < day:
        with transaction.atomic():
            _seal(first, at=at)
        first, made = first + timedelta(days=1), made + 1
    return made


def _seal(day: date, *, at: datetime) -> None:
    leaves = list(Act.objects.filter(day=day).values_list("commitment", flat=True))
    pads = [secrets.token_hex(32) for _ in range(padding(len(leaves)))]
    Act.objects.bulk_create([Act(commitment=pad, day=day) for pad in pads])
    leaves += pads
    row = DaySeal(day=day, root=rules.day_root(leaves), leaves=len(leaves), at=at)
    [row.log_index] = ledger.append([Entry(queries.DAY, queries.seal_body(row))], at=at)
    row.save()


def resume_silent(*, by: Actor, at: datetime) -> int:
    """Questions that the reporter left without an answer: the clock of handling runs again. How many."""
    by.must(queries.OVERSEE)
    day = clock.city_day(at)
    return apart.each("reports", Report.objects.filter(state="asked", left__isnull=False, due__lt=day), lambda row: go_on(row, day))


def publish_figures(*, by: Actor, at: datetime) -> int:
    """Counts each quarter that is over since the first report, once and for good. How many were counted.

    The quarters run without a gap, so that an empty one looks like any other.
    """
    by.must(queries.OVERSEE)
    day = clock.city_day(at)
    last = Quarter.objects.order_by("-year", "-number").first()
    first = queries.quarter(last.year, last.number)[1] + timedelta(days=1) if last else Report.objects.aggregate(day=Min("day"))["day"]
    made = 0
    while first is not None:
        year, number = first.year, (first.month + 2) // 3
        begins, ends = queries.quarter(year, number)
        if ends >= day:
            break
        smallest = queries.value("smallest_cell", day)
        tables = queries.counted(begins, ends, smallest)
        with transaction.atomic():
            _, new = Quarter.objects.get_or_create(year=year, number=number, defaults={"smallest": smallest, "tables": tables})
            if new:
                ledger.append([Entry("complaints.quarter", {"year": year, "quarter": number, "digest": digest(tables)})], at=at)
        first, made = ends + timedelta(days=1), made + new
    return made


def shred_due(*, by: Actor, at: datetime) -> int:
    """Reports without a finding go when their time is over, with talk, files and contact; forms that were sent after two days."""
    by.must(queries.OVERSEE)
    day = clock.city_day(at)
    with transaction.atomic():
        Sent.objects.filter(day__lt=day - timedelta(days=2)).delete()
        old = day - timedelta(days=DAYS_A_MONTH * queries.value("keep_months", day))
        keys = list(Report.objects.filter(closed_on__lt=old, state__in=rules.CLOSED, lead="").exclude(
            outcome__in=("proven", "part")).values_list("pk", flat=True))
        Report.objects.filter(main__in=keys).exclude(pk__in=keys).update(main=None)
        Report.objects.filter(pk__in=keys).update(main=None)
        for table in (Message, Attachment, Contact, Wrap):
            table.objects.filter(report__in=keys).delete()
        Report.objects.filter(pk__in=keys).delete()
        if keys:
            ledger.append([Entry("complaints.shredded", {"count": len(keys), "day": day.isoformat()})], at=at)
    return len(keys)

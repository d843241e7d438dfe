"""How does a street become a demonstration? By what the register shows and by files that somebody else accepted."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.safeguards.s3_streets import queries
from ximu.notice.safeguards.s3_streets.models import Application, Paper
from ximu.notice.safeguards.s3_streets.services.benefits import must_be_street

LARGEST_BYTES = 50 << 20
FIRST_YEAR = 2018


def apply(unit: str, year: int, *, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `STREET-KIND`, `YEAR`, `DEMO-DUP`."""
    by.must("streets.offer", unit)
    day = clock.city_day(at)
    must_be_street(unit, day)
    if not FIRST_YEAR <= year <= day.year:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{day.year}", zh="年度不在可申请的范围内。",
                      en="The year is out of range.")
    try:
        with transaction.atomic():
            row = Application.objects.create(unit=unit, year=year, applicant=by.human, opened_at=at)
            ledger.append([Entry("streets.applied", {"application": row.uid, "unit": unit, "year": year, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("DEMO-DUP", status=409, field="year", value=year, rule="unit, year", zh="本街镇该年度已申请。",
                      en="This street or town has applied for that year.") from error
    return row.uid


def give_paper(application: str, *, criterion: str, content: bytes, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `DEMO-NONE`, `DEMO-CRITERION` for one that is computed, `EVID-DIGEST`, `EVID-DUP`, `STATE-EDGE`."""
    row = queries.application(application)
    by.must("streets.offer", row.unit)
    if not any(one.code == criterion and one.paper for one in queries.criteria()):
        raise Refusal("DEMO-CRITERION", field="criterion", value=criterion[:20], rule="paper",
                      zh="该标准由登记数据计算，或不存在，不收材料。",
                      en="This criterion is computed from the register, or does not exist; it takes no paper.")
    if not content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附材料文件。", en="A file is needed.")
    stored, _ = files.keep([content], most_bytes=LARGEST_BYTES)
    try:
        with transaction.atomic():
            if not Application.objects.select_for_update().filter(pk=row.pk, state=Application.State.DRAFT).exists():
                raise _edge(row)
            made = Paper.objects.create(application=row, criterion=criterion, digest=stored, given_at=at, giver=by.human)
            ledger.append([Entry("streets.paper", {"application": row.uid, "criterion": criterion, "file": stored, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("EVID-DUP", status=409, field="file", value=stored[:12], rule="unique", zh="该文件已提交过。",
                      en="This file was given already.") from error
    return made.uid


def decide_paper(paper: str, *, accept: bool, reason: str, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `DEMO-NONE`, `DUAL` for the giver, `REASON`, `STATE-EDGE`."""
    by.must("streets.decide")
    row = Paper.objects.select_related("application").filter(uid=paper).first()
    if row is None:
        raise absent("DEMO-NONE", field="paper", value=paper, zh="份材料", en="paper")
    if row.giver == by.human:
        raise _dual()
    if not accept and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="不采信须写明理由。", en="Say why it is not accepted.")
    state = Paper.State.ACCEPTED if accept else Paper.State.REFUSED
    with transaction.atomic():
        if not Paper.objects.filter(pk=row.pk, state=Paper.State.GIVEN, application__state=Application.State.DRAFT).update(
                state=state, reason=reason.strip()[:400]):
            raise _edge(row.application)
        ledger.append([Entry(f"streets.paper-{state}", {"paper": row.uid, "file": row.digest, "by": by.uid})], at=at)
    return str(state)


def submit(application: str, *, by: Actor, at: datetime) -> int:
    """Freeze what the register shows now; the score. Errors: `PERM-DENIED`, `DEMO-NONE`, `STATE-EDGE`, `DEMO-YEAR` in a running year."""
    row = queries.application(application)
    by.must("streets.offer", row.unit)
    day = clock.city_day(at)
    if row.year >= day.year:
        raise Refusal("DEMO-YEAR", field="year", value=row.year, rule=f"< {day.year}", zh="年度结束后才能提交评定。",
                      en="An application is submitted when its year is over.")
    marks = queries.marks(row, on=day, known_at=at)
    weights = {one.code: one.weight for one in queries.criteria()}
    frozen = [{"code": m.code, "value": None if m.value is None else str(m.value), "met": m.met, "points": m.points,
               "weight": weights[m.code]} for m in marks]
    score = sum(m.points for m in marks)
    sealed = digest([row.unit, row.year, frozen])
    with transaction.atomic():
        if not Application.objects.filter(pk=row.pk, state=Application.State.DRAFT).update(
                state=Application.State.SUBMITTED, submitted_at=at, frozen=frozen, digest=sealed, score=score):
            raise _edge(row)
        ledger.append([Entry("streets.submitted", {"application": row.uid, "digest": sealed, "score": score, "by": by.uid})], at=at)
    return score


def decide(application: str, *, award: bool, reason: str, by: Actor, at: datetime) -> str:
    """Award or decline. Errors: `PERM-DENIED`, `DEMO-NONE`, `DUAL`, `REASON`, `DEMO-SCORE` below the pass mark, `STATE-EDGE`."""
    by.must("streets.decide")
    row = queries.application(application)
    if row.applicant == by.human:
        raise _dual()
    if not award and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="不予认定须写明理由。", en="Say why it is declined.")
    least = queries.value("demonstration_pass", clock.city_day(at))
    if award and row.state == Application.State.SUBMITTED and (row.score or 0) < least:
        raise Refusal("DEMO-SCORE", field="score", value=row.score, rule=f"≥ {least}", zh=f"得分{row.score}，未达到{least}分，不能认定。",
                      en=f"The score is {row.score}; {least} are needed.")
    state = Application.State.AWARDED if award else Application.State.DECLINED
    with transaction.atomic():
        if not Application.objects.filter(pk=row.pk, state=Application.State.SUBMITTED).update(
                state=state, decided_at=at, reason=reason.strip()[:400]):
            raise _edge(row)
        row.refresh_from_db()
        [index] = ledger.append([Entry(queries.DECIDED, queries.decided_body(row))], at=at)
        Application.objects.filter(pk=row.pk).update(log_index=index)
    return str(state)


def _dual() -> Refusal:
    return Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="申请或提交材料的人不能自己评定。",
                   en="The one who applied or gave the paper cannot decide.")


def _edge(row: Application) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="draft → submitted → awarded | declined",
                   zh="该申请的状态不允许此操作。", en="The state of this application does not allow that.")

"""The chiefs' year is proposed by one person and decided by another; what was decided stays, a later decision follows it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.areas.rules import period_of
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d06_rivers.models import Appraisal
from ximu.notice.domains.d06_rivers.queries import shown, year
from ximu.notice.domains.d06_rivers.queries.year import APPRAISED

APPRAISE, DECIDE = "d06.appraise", "d06.decide"


def _must_city(by: Actor, right: str) -> None:
    """All chiefs are measured alike, so the right is one for the whole city. Errors: `PERM-DENIED`."""
    by.must(right)
    if by.units_with(right) is not None:
        by.must(right, "")


def propose(year: int, *, by: Actor, at: datetime) -> str:
    """The results of a year that is over, as they differ from what holds; the batch. Errors: `PERM-DENIED`, `YEAR`, `RIV-EARLY`,
    `RIV-SAME`, `RIV-WAITS`."""
    _must_city(by, APPRAISE)
    period_of(year, today=clock.city_day(at), known_at=at)
    if clock.city_day(at) <= date(year, 12, 31):
        raise Refusal("RIV-EARLY", field="year", value=year, rule=f"> {year}-12-31", zh="年度结束之后才能提出考核结果。",
                      en="A year is assessed when it is over.")
    batch, held = new_uid(), {(row.unit, row.post): row.digest for row in shown.held(year)}
    rows = [Appraisal(batch=batch, year=year, unit=one.unit, post=one.post, official=one.official, grade=one.rated.grade,
                      score=one.rated.score, detail=one.rated.plain(), digest=digest([year, one.unit, one.post, one.rated.plain()]),
                      proposed_at=at, proposer=by.human) for one in shown.preview(year, known_at=at)]
    rows = [row for row in rows if held.get((row.unit, row.post)) != row.digest]
    if not rows:
        raise Refusal("RIV-SAME", status=409, field="year", value=year, rule="≥ 1", zh="没有需要提出的结果：没有河长，或与已决定的相同。",
                      en="Nothing to propose: no chief, or all as decided.")
    with transaction.atomic():
        ledger.append([Entry("river.appraising", {"batch": batch, "year": year, "chiefs": len(rows), "by": by.uid})], at=at)
        if Appraisal.objects.filter(year=year, state="proposed").exists():
            raise Refusal("RIV-WAITS", status=409, field="year", value=year, rule="proposed", zh="该年度已有结果待决定。",
                          en="Results of the year wait for a decision.")
        Appraisal.objects.bulk_create(rows)
    return batch


def decide(batch: str, *, approved: bool, reason: str = "", by: Actor, at: datetime) -> int:
    """All of a batch or none; how many. Errors: `PERM-DENIED`, `RIV-BATCH`, `DUAL`, `REASON`, `STATE-EDGE`."""
    _must_city(by, DECIDE)
    rows = list(Appraisal.objects.filter(batch=batch[:16]).order_by("pk"))
    if not rows:
        raise absent("RIV-BATCH", field="batch", value=batch[:16], zh="批考核结果", en="batch of results")
    if by.human in {row.proposer for row in rows}:
        raise Refusal("DUAL", status=403, field="by", value="", rule="四眼原则", zh="提出人不能决定自己提出的结果，须由另一人决定。",
                      en="Who proposed the results may not decide them.")
    if not approved and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="不同意须写明理由。", en="Say why not.")
    state = "decided" if approved else "refused"
    with transaction.atomic():
        moved = Appraisal.objects.filter(batch=batch[:16], state="proposed").update(state=state, decided_at=at, reason=reason.strip()[:400])
        if moved != len(rows):
            raise Refusal("STATE-EDGE", status=409, field="batch", value=batch[:16], rule="proposed", zh="该批结果已经决定。",
                          en="This batch was decided already.")
        for row in rows:
            row.state, row.decided_at = state, at
        entries = [Entry(APPRAISED, year.appraised_body(row)) for row in rows] if approved else [
            Entry("river.appraisal-refused", {"batch": batch[:16], "by": by.uid})]
        indices = ledger.append(entries, at=at)
        for row, index in zip(rows, indices if approved else (), strict=False):
            row.log_index = index
        Appraisal.objects.bulk_update(rows if approved else [], ["log_index"])
    return len(rows)

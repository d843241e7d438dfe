"""The scale that tenders of the whole city apply: put in force for the coordinating office, by two people; scoring keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, lists
from ximu.ideas.assessment import services as assessing
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.credit import queries as credit
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d03_tendering.models import Standard
from ximu.notice.domains.d03_tendering.queries import register
from ximu.notice.domains.d03_tendering.rules import standard as rules

PUBLISH, CODE = "d03.publish", "d03"


def _keeper(by: Actor) -> Actor:
    return replace(by, grants=(*by.grants, Grant("d03", frozenset({"assessment.method"}))))


def propose_standard(text: str, *, since: date, by: Actor, at: datetime) -> Standard:
    """A version of the scale for a day to come. Errors: `PERM-DENIED`, the `METH-*` of loading, `STD-SCALE`, `STD-DATE`, `STD-DUP`."""
    by.must(PUBLISH, credit.keeper(clock.city_day(at)))
    rules.must_be_scale(load(text))
    _in_time(since, at)
    try:
        with transaction.atomic():
            method = assessing.add_method(text, code=CODE, by=_keeper(by), at=at)
            row = Standard.objects.create(method=method.uid, version=method.version, since=since, proposed_at=at, proposer=by.human)
            ledger.append([Entry("tender.standard-proposed", {"standard": row.uid, "method": row.method, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("STD-DUP", status=409, field="since", value=since.isoformat(), rule="one version for each day",
                      zh="该版本已经提出过，或者该施行日期已有一版。",
                      en="This version was proposed before, or another one begins on that day.") from error
    return row


def _in_time(since: date, at: datetime) -> None:
    """A scale is published before it holds: nobody is judged by a rule that was not there."""
    if since < clock.city_day(at):
        raise Refusal("STD-DATE", field="since", value=since.isoformat(), rule="≥ today", zh="标准不能自发布之前施行。",
                      en="A scale cannot be in force from before it was published.")


def decide_standard(uid: str, *, approve: bool, resolution: str = "", by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `STD-NONE`, `DUAL`, `STD-DATE`, `METH-RESOLUTION`, `STATE-EDGE`."""
    by.must(PUBLISH, credit.keeper(clock.city_day(at)))
    row = register.proposed(uid)
    if row.proposer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="起草标准的人不能自己发布。",
                      en="The one who proposed it cannot put it in force.")
    if approve:
        _in_time(row.since, at)
    state = Standard.State.PUBLISHED if approve else Standard.State.REFUSED
    with transaction.atomic():
        if not Standard.objects.filter(pk=row.pk, state=Standard.State.PROPOSED).update(
                state=state, resolution=resolution.strip()[:100], published_at=at):
            raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="proposed → published", zh="该标准已经决定。",
                          en="It was decided before.")
        row.refresh_from_db()
        if approve:
            assessing.adopt(row.method, resolution=resolution, by=_keeper(by), at=at)
            [index] = ledger.append([Entry(register.STANDARD, register.standard_body(row))], at=at)
            Standard.objects.filter(pk=row.pk).update(log_index=index)
        else:
            ledger.append([Entry("tender.standard-refused", {"standard": row.uid, "by": by.uid})], at=at)
    return str(state)


def score_table(version: str, content: bytes, *, on: date) -> list[rules.Graded]:
    """CSV or XLSX whose first row names the columns. Errors: `FILE-SIZE`, `FILE-KIND`, `FILE-ENC`, those of `score`."""
    table = lists.rows_of(content)
    return score(version, [dict(zip(table[0], row, strict=False)) for row in table[1:]] if table else [], on=on)


def score(version: str, rows: Sequence[Mapping[str, str]], *, on: date) -> list[rules.Graded]:
    """Grades by a published scale; nothing is kept, no row can name anybody. Errors: `STD-NONE`, `STD-FIELD`, `STD-VALUE`, `STD-ROWS`."""
    row = register.standard(version) if version else register.standard_on(on)
    if row is None:
        raise Refusal("STD-NONE", status=404, field="standard", value=on.isoformat(), rule="in force", zh="当日没有施行中的评价标准。",
                      en="No scale is in force on that day.")
    marks, months = register.law("report_marks", on), register.law("grade_months", on)
    return rules.graded(register.method_of(row), rows, marks=marks, on=on, months=months)

"""More time to handle a report: asked by its officer before the term ends, granted once by another person, told to the reporter."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, rules
from ximu.notice.mechanisms.m3_complaints.models import Report
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring
from ximu.notice.mechanisms.m3_complaints.services.acts import act
from ximu.notice.mechanisms.m3_complaints.services.handling import must_handle
from ximu.notice.mechanisms.m3_complaints.services.reporting import message

ASKED, GRANTED = "asked", "granted"


def ask_extension(uid: str, reason: str, *, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """Errors: those of `must_handle` and `queries.data_key`, `DUAL` for another's report, `REASON`, `STATE-EDGE`, `EXT-ONCE`,
    `CLOCK-PAST`."""
    row, day, words = must_handle(uid, by=by, at=at), clock.city_day(at), reason.strip()[:2000]
    if row.officer != by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="officer", zh="该举报由他人承办。",
                      en="Another officer handles this report.")
    rules.must_move("extend", row.state)
    if not words:
        raise Refusal("REASON", field="reason", value="", rule="required", zh="申请延期须写明理由。", en="Say why more time is needed.")
    if row.extended:
        raise _once()
    if row.due is None or day > row.due:
        raise Refusal("CLOCK-PAST", status=409, field="day", value=day.isoformat(), rule=f"≤ {row.due}",
                      zh=f"办理期限{row.due or '不明'}已过，不能再申请延期。",
                      en=f"The term ended on {row.due}; no extension can be asked any more.")
    key = queries.data_key(row, ring)
    with transaction.atomic():
        why = keys.seal(words, key, about=f"extend:{row.uid}")
        if not Report.objects.filter(pk=row.pk, extended="", state="handling").update(extended=ASKED, extend_by=by.human, extend_why=why):
            raise _once()
        act("ask-extension", row.uid, by=by.uid, at=at)


def decide_extension(uid: str, *, agree: bool, ring: Ring | None = None, by: Actor, at: datetime) -> date | None:
    """The new last day, counted on from the old one; the reporter reads the reason. A request that is not agreed to may be made again.

    Errors: those of `must_handle` and `queries.data_key`, `EXT-NONE`, `DUAL` for the one who asked, `STATE-EDGE`, `CAL-NONE`.
    """
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    if row.extended != ASKED or row.due is None:
        raise Refusal("EXT-NONE", status=409, field="extended", value=row.extended, rule=ASKED, zh="没有待同意的延期申请。",
                      en="No extension has been asked for.")
    if row.extend_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="申请延期的人不能自己同意。",
                      en="The one who asked cannot decide.")
    rules.must_move("extend", row.state)
    key = queries.data_key(row, ring)
    last, told = queries.due("extension_term", row.due)
    if agree and last is None:
        raise _uncounted(row)
    after = {"extended": GRANTED, "due": last, "due_told": told} if agree else {"extended": ""}
    with transaction.atomic():
        if not Report.objects.filter(pk=row.pk, extended=ASKED, state=row.state).update(extend_by="", extend_why="", **after):
            raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="extend", zh="该举报刚被他人办理，请刷新。",
                          en="Somebody else has just moved this report; reload.")
        if agree:
            why = keys.unseal(row.extend_why, key, about=f"extend:{row.uid}")
            message(row, "office", f"办理期限延长至{last}，理由：{why}", day, key)
        act("extend" if agree else "no-extension", row.uid, by=by.uid, at=at)
    return last if agree else row.due


def _uncounted(row: Report) -> Refusal:
    return Refusal("CAL-NONE", status=409, field="due", value=str(row.due), rule="calendar", zh="该年度没有工作日历，无法计算延期。",
                   en="There is no calendar of that year to count by.")


def _once() -> Refusal:
    return Refusal("EXT-ONCE", status=409, field="extended", value="", rule="once", zh="每件举报只能延期一次。",
                   en="A report is extended once.")

"""How is an objection made? By the subject, with papers; the record is marked at once; too late becomes a complaint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.services.acting import acting
from ximu.notice.mechanisms.m4_relief.services.noticing import opening_for

OBJECTABLE = frozenset({"notified", "disputed", "effective", "flagged"})


@transaction.atomic
def object_to(number: str, *, reason: str, by: Actor, at: datetime, files: Sequence[Upload] = ()) -> tuple[str, str]:
    """(procedure, case): an objection within the window, a complaint after it; the record is marked in the same moment.

    Errors: `SUBJ-NOT`, `REASON`, `NOTICE-NONE` before notice, `CASE-DUP`, `STATE-EDGE`, `EVID-DIGEST`.
    """
    record = queries.of_subject(number, by)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="objection", zh="请说明异议的理由。", en="Say what you object to.")
    last = queries.window(number)
    if last is None:
        raise Refusal("NOTICE-NONE", status=409, field="served_at", value=record.number, rule="告知在先",
                      zh="尚无送达证明，异议期没有开始；请先签收告知书。",
                      en="Notice is not proved, so no window runs; sign for the notice first.")
    in_time = clock.city_day(at) <= last
    procedure = "objection" if in_time else "complaint"
    case = casework.open_case(procedure, opening=opening_for(record, record.number), given=Given(reason), files=files, by=by, at=at,
                              checked=True)
    mark(record, case, by=by, at=at)
    return procedure, case


@transaction.atomic
def object_forwarded(number: str, *, reason: str, channel: str, theirs: str, lodged_on: date, at: datetime) -> str:
    """The case of an objection that a platform forwards, which has heard the subject itself; no window runs for what is published.

    `theirs` is the platform's number of the matter: two matters about one record are two cases, so that neither is lost.
    Errors: `REC-NONE`, `STATE-EDGE` for a record that has ended, or that nobody was told of.
    """
    record = records.duties(number)
    if record.state not in OBJECTABLE:
        raise Refusal("STATE-EDGE", status=409, field="record", value=record.number, rule=" ".join(sorted(OBJECTABLE)),
                      zh="该记录已不再有效，不能提出异议。", en="This record is not in effect; nothing is left to object to.")
    opening = opening_for(record, f"{record.number}:{channel}:{theirs}", forwarded={
        "通道": channel, "对方案号": theirs, "对方收到日期": lodged_on.isoformat()})
    case = casework.open_case("objection", opening=opening, given=Given(reason), by=SYSTEM, at=at, checked=True)
    mark(record, case, by=SYSTEM, at=at)
    return case


def withdraw_forwarded(case: str, reason: str, at: datetime) -> None:
    """Who objected at a platform took it back there. Errors: `STATE-EDGE` when it is decided."""
    casework.move(case, "withdraw", given=Given(reason), by=SYSTEM, at=at)


def mark(record: records.Duties, case: str, *, by: Actor, at: datetime) -> None:
    """异议中 before effect, 标注争议 after it; a record that has ended needs no mark."""
    if record.state == "notified":
        moves.dispute(record.number, case=case, by=acting(by), at=at)
    elif record.state == "effective":
        moves.flag(record.number, case=case, by=acting(by), at=at)


def unmark(number: str, case: str, reason: str, *, by: Actor, at: datetime) -> None:
    """The objection was not upheld: back to where it stood, unless another one still stands (one that was refused and waits for a
    possible review does not; the review marks again)."""
    record = records.duties(number)
    others = [c for c in cases.open_cases(("objection", "complaint"), about=number) if c.uid != case and c.state != "refused"]
    if others:
        return
    if record.state == "disputed":
        moves.settle(number, case=case, reason=reason, by=acting(by), at=at)
    elif record.state == "flagged":
        moves.unflag(number, case=case, reason=reason, by=acting(by), at=at)

"""How does a decision of the working group become a duty? Minutes, numbered resolutions, issue by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.ideas.commitments import rules as promising
from ximu.ideas.commitments import services as promises
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s1_leadership import queries
from ximu.notice.safeguards.s1_leadership.models import Meeting, Resolution

LARGEST_BYTES = 50 << 20
TITLE = 60


@dataclass(frozen=True, slots=True)
class Minutes:
    """`group` and `present` are uids of the registry; `content` the bytes of the minutes."""

    group: str
    number: str
    title: str
    held_on: date
    present: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a resolution lays on a unit."""

    text: str
    deliverable: str
    unit: str
    due: date


def record_meeting(minutes: Minutes, *, by: Actor, at: datetime) -> str:
    """Enter a meeting of a coordination body; its uid.

    Errors: `PERM-DENIED`, `GROUP-KIND`, `TIME-FUTURE`, `MEET-NUMBER`, `MEET-DUP`, `EVID-DIGEST`, `ORG-ENDED`, `FILE-SIZE`.
    """
    by.must("leadership.record")
    book = registry.book()
    group = book.units.get(minutes.group)
    if group is None or group.kind != "coordination" or not book.living(minutes.group, minutes.held_on):
        raise Refusal("GROUP-KIND", field="group", value=minutes.group[:40], rule="coordination", zh="会议须由当日存续的议事协调机构召开。",
                      en="A meeting is held by a coordination body that lives that day.")
    if minutes.held_on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="held_on", value=minutes.held_on.isoformat(), rule="≤ today",
                      zh=f"召开日期{minutes.held_on}在今天之后。", en=f"The meeting is dated {minutes.held_on}, in the future.")
    if not minutes.number.strip() or not minutes.title.strip():
        raise Refusal("MEET-NUMBER", field="number", value=minutes.number[:40], rule="required", zh="会议须有编号和名称。",
                      en="A meeting needs a number and a title.")
    for unit in minutes.present:
        if unit not in book.units or not book.living(unit, minutes.held_on):
            raise Refusal("ORG-ENDED", field="present", value=unit[:40], rule="registry", zh="到会单位当日不存续。",
                          en="A unit named as present did not exist that day.")
    if not minutes.content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="会议须附纪要文件。",
                      en="A meeting needs its minutes as a file.")
    digest, _ = files.keep([minutes.content], most_bytes=LARGEST_BYTES)
    try:
        with transaction.atomic():
            row = Meeting.objects.create(
                group=minutes.group, number=minutes.number.strip(), title=minutes.title.strip(), held_on=minutes.held_on,
                present=list(minutes.present), minutes=digest, entered_at=at, entered_by=by.uid, enterer=by.human)
            ledger.append([Entry("leadership.entered", {"meeting": row.uid, "minutes": digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("MEET-DUP", status=409, field="number", value=minutes.number[:40], rule="group, number", zh="该编号的会议已登记。",
                      en="A meeting with this number is on record.") from error
    return row.uid


def add_resolution(meeting: str, wanted: Wanted, *, by: Actor, at: datetime) -> int:
    """The number of the resolution within the meeting.

    Errors: `PERM-DENIED`, `MEET-NONE`, `STATE-EDGE` after issue, `PROM-VAGUE`, `ORG-ENDED`, `DATE-ORDER`.
    """
    by.must("leadership.record")
    row = queries.meeting(meeting)
    promises.check(_promise(row, wanted, 0), today=clock.city_day(at))
    with transaction.atomic():
        if not Meeting.objects.select_for_update().filter(pk=row.pk, state=Meeting.State.ENTERED).exists():
            raise _issued(row)
        number = row.resolutions.count() + 1
        Resolution.objects.create(meeting=row, number=number, text=wanted.text.strip(), deliverable=wanted.deliverable.strip(),
                                  unit=wanted.unit, due=wanted.due)
        ledger.append([Entry("leadership.resolution", {"meeting": row.uid, "number": number, "unit": wanted.unit,
                                                       "due": wanted.due.isoformat(), "by": by.uid})], at=at)
    return number


def _issued(row: Meeting) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="entered → issued", zh="会议已印发，不再改动。",
                   en="The meeting has been issued and is not changed.")


def _promise(row: Meeting, wanted: Wanted, number: int) -> promises.Promise:
    terms = promising.Terms(title=wanted.text.strip()[:TITLE], text=wanted.text.strip(), due=wanted.due,
                            deliverable=wanted.deliverable.strip(), basis=f"{row.title}（{row.number}）")
    return promises.Promise(kind="plan_task", unit=wanted.unit, terms=terms, made_on=row.held_on, domain="S1",
                            reference=f"{row.uid}-{number}" if number else "")


def issue_meeting(meeting: str, *, by: Actor, at: datetime) -> list[str]:
    """Issue the minutes: each resolution becomes a promise; their uids.

    Errors: `PERM-DENIED`, `MEET-NONE`, `DUAL` for the one who entered it, `MEET-EMPTY`, `STATE-EDGE`, those of `commitments.register`.
    """
    by.must("leadership.issue")
    row = queries.meeting(meeting)
    if row.enterer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="登记会议的人不能自己印发。",
                      en="The one who entered the meeting cannot issue it.")
    with transaction.atomic():
        changed = Meeting.objects.filter(pk=row.pk, state=Meeting.State.ENTERED).update(
            state=Meeting.State.ISSUED, issued_at=at, issued_by=by.uid)
        if not changed:
            raise _issued(row)
        decided = queries.resolutions(row)
        if not decided:
            raise Refusal("MEET-EMPTY", field="resolutions", value=0, rule="≥ 1", zh="没有议定事项，不必印发。",
                          en="There is no resolution to issue.")
        made = promises.register_many([_promise(row, Wanted(r.text, r.deliverable, r.unit, r.due), r.number) for r in decided],
                                      by=SYSTEM, at=at)
        for resolution, uid in zip(decided, made, strict=True):
            Resolution.objects.filter(pk=resolution.pk).update(commitment=uid)
        row.refresh_from_db()
        [index] = ledger.append([Entry(queries.MEETING, queries.meeting_body(row))], at=at)
        Meeting.objects.filter(pk=row.pk).update(log_index=index)
    return made

"""What happens at a unit? Marks of the checklist, findings with evidence, the unit's reply, the extract for the performance office."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.foundation.outbox import announce
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, rules
from ximu.notice.mechanisms.m3_supervision.hooks import FindingMade
from ximu.notice.mechanisms.m3_supervision.models import Extract, Finding, Visit
from ximu.notice.mechanisms.m3_supervision.queries.evidence import EXTRACTED, extracted_body
from ximu.notice.mechanisms.m3_supervision.queries.rounds import payload_of

LARGEST_BYTES, SALT_BYTES = 20 << 20, 32


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as the form brings it; `token` is random per form, so that sending it again adds nothing."""

    item: str
    criterion: str
    condition: str
    cause: str
    effect: str
    evidence: bytes
    token: str


def _on_team(visit: str, by: Actor) -> Visit:
    """Errors: `PERM-DENIED`, `VISIT-NONE`, `TEAM-NOT`."""
    by.must("inspection.visit")
    row = queries.visit(visit)
    if by.human not in {one["person"] for one in row.team}:
        raise Refusal("TEAM-NOT", status=403, field="by", value="", rule="督查组成员", zh="您不是该次督查的成员。",
                      en="You are not of this team.")
    return row


def mark(visit: str, marks: Mapping[str, tuple[str, str]], *, by: Actor, at: datetime) -> int:
    """Item → (verdict, note); sending the same marks again changes nothing. How many items are marked now.

    Errors: those of the team, `ITEM-NONE`, `MARK-VERDICT`.
    """
    row = _on_team(visit, by)
    known = {one["code"] for one in row.round.items}
    for item, (verdict, _) in marks.items():
        if item not in known:
            raise Refusal("ITEM-NONE", status=404, field="item", value=item[:20], rule=" ".join(sorted(known)), zh="检查清单中没有此项。",
                          en="The checklist has no such item.")
        if verdict not in rules.VERDICTS:
            raise Refusal("MARK-VERDICT", field=item, value=verdict[:20], rule=" ".join(rules.VERDICTS),
                          zh="结果应为符合、有问题或不适用。",
                          en="An item is met, not met, or not applicable.")
    with transaction.atomic():
        held = Visit.objects.select_for_update().get(pk=row.pk)
        after = {**held.marks, **{item: {"verdict": verdict, "note": note.strip()[:1000]} for item, (verdict, note) in marks.items()}}
        if after != held.marks:
            Visit.objects.filter(pk=row.pk).update(marks=after)
            ledger.append([Entry("supervision.marks", {"visit": row.uid, "items": sorted([i, v] for i, (v, _) in marks.items()),
                                                       "by": by.uid})], at=at)
    return len(after)


def add_finding(visit: str, found: Found, *, by: Actor, at: datetime) -> str:
    """The uid; becomes a rectification. Errors: those of the team, `ITEM-NONE`, `FIND-PART`, `EVID-DIGEST`, `FILE-SIZE`."""
    row = _on_team(visit, by)
    if found.item not in {one["code"] for one in row.round.items}:
        raise Refusal("ITEM-NONE", status=404, field="item", value=found.item[:20], rule="checklist", zh="检查清单中没有此项。",
                      en="The checklist has no such item.")
    rules.must_be_whole({"criterion": found.criterion, "condition": found.condition, "cause": found.cause, "effect": found.effect})
    if not found.evidence:
        raise Refusal("EVID-DIGEST", field="evidence", value="", rule="required", zh="问题须附证据文件。",
                      en="A finding needs evidence as a file.")
    token = found.token[:32]
    if known := Finding.objects.filter(visit=row, token=token).first():
        return known.uid
    digest, _ = files.keep([found.evidence], most_bytes=LARGEST_BYTES)
    due = queries.due_of("INSP-REPLY", clock.city_day(at))
    try:
        with transaction.atomic():
            made = Finding.objects.create(
                visit=row, token=token, item=found.item, criterion=found.criterion.strip(), condition=found.condition.strip(),
                cause=found.cause.strip(), effect=found.effect.strip(), evidence=digest, finder=by.human, at=at, reply_due=due)
            ledger.append([Entry("supervision.finding", {"finding": made.uid, "visit": row.uid, "unit": row.unit, "item": found.item,
                                                         "evidence": digest, "by": by.uid})], at=at)
            topic = next(one["zh"] for one in row.round.items if one["code"] == found.item)
            announce(FindingMade(made.uid, row.unit, topic, made.condition), at=at)
    except IntegrityError:
        return Finding.objects.get(visit=row, token=token).uid
    return made.uid


def linked(finding: str, case: str, *, at: datetime) -> None:
    """Called by the wiring when the rectification was opened."""
    with transaction.atomic():
        Finding.objects.filter(uid=finding, case="").update(case=case)
        ledger.append([Entry("supervision.rectified", {"finding": finding, "case": case})], at=at)


def reply(finding: str, *, words: str, by: Actor, at: datetime) -> bool:
    """The unit's own words, kept once; after the term they are kept too, marked late. Whether it was late.

    Errors: `FIND-NONE`, `REPLY-OWN` for anybody who is not of the unit, `REASON`, `STATE-EDGE` for a second one.
    """
    row = queries.finding(finding)
    if not queries.speaks_for(by, row.visit.unit, on=clock.city_day(at)):
        raise Refusal("REPLY-OWN", status=403, field="by", value="", rule="被督查单位", zh="只有被督查单位的人员可以对问题作说明。",
                      en="Only somebody of the unit that was inspected replies to a finding.")
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明情况。", en="The reply needs words.")
    late = row.reply_due is not None and clock.city_day(at) > row.reply_due
    with transaction.atomic():
        if not Finding.objects.filter(pk=row.pk, replied_at=None).update(reply=words.strip()[:10_000], replied_at=at, reply_late=late):
            raise Refusal("STATE-EDGE", status=409, field="reply", value="", rule="once", zh="已作说明，不再改动。",
                          en="The unit has replied; the reply is not changed.")
        ledger.append([Entry("supervision.reply", {"finding": row.uid, "late": late, "by": by.uid})], at=at)
    return late


def extract(visit: str, *, by: Actor, at: datetime) -> Extract:
    """Seal what goes to the performance office: findings with the replies, once each unit has replied or its term is over.

    Errors: `PERM-DENIED`, `VISIT-NONE`, `REPLY-OPEN`.
    """
    by.must("inspection.run")
    row = queries.visit(visit)
    waiting = [f for f in row.findings.filter(replied_at=None) if f.reply_due is None or clock.city_day(at) <= f.reply_due]
    if waiting:
        due = str(max((f.reply_due for f in waiting if f.reply_due), default=""))
        raise Refusal("REPLY-OPEN", status=409, field="reply", value=len(waiting), rule=due,
                      zh=f"还有{len(waiting)}个问题在说明期限内（至{due or '未定'}），单位说明之前不能出具摘要。",
                      en=f"{len(waiting)} findings still wait for the unit's reply (until {due or 'not known'}); no extract before that.")
    payload, salt = payload_of(row, on=clock.city_day(at)), os.urandom(SALT_BYTES)
    made = Extract(round=row.round, unit=row.unit, payload=payload, salt=salt, commitment=commitment(salt, payload), at=at)
    with transaction.atomic():
        [made.log_index] = ledger.append([Entry(EXTRACTED, extracted_body(made))], at=at)
        made.save()
    return made

"""How is a report handled? By somebody who is not concerned, in time, with an answer; a second look by another officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock, vault
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m3_complaints import queries, rules
from ximu.notice.mechanisms.m3_complaints.models import Contact, Report
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring
from ximu.notice.mechanisms.m3_complaints.services.acts import act, hide
from ximu.notice.mechanisms.m3_complaints.services.keeping import lay
from ximu.notice.mechanisms.m3_complaints.services.reporting import message

QUOTED = 12
"""So many characters in a row taken over from the report betray its wording."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer; for what was proven the unit concerned and the lead in the handler's own words."""

    outcome: str
    text: str
    unit: str = ""
    lead: str = ""


def must_handle(uid: str, *, by: Actor, at: datetime) -> Report:
    """The report, for whoever may handle it. Errors: `PURPOSE` for who handles none, `REPORT-NONE`, `CONFLICT` (logged)."""
    if not by.can(queries.HANDLE):
        raise Refusal("PURPOSE", status=403, field="purpose", value="", rule=queries.HANDLE,
                      zh="举报和举报人只由承办举报的人为办理而查看，您没有这一用途；已登录的，本次访问已留痕。",
                      en="A report and who made it are read by those who handle it: you have no such purpose. "
                         "If you are signed in, this was noted.")
    row, day = queries.report(uid), clock.city_day(at)
    if queries.conflicted(row, by, day):
        with transaction.atomic():
            ledger.append([Entry("complaints.conflict", {"by": by.uid, "day": day.isoformat()})], at=at)
        raise Refusal("CONFLICT", status=403, field="by", value="", rule="不涉本单位本人",
                      zh="该事项涉及您或您的单位，您不能查看和办理；本次访问已记录。",
                      en="The matter concerns you or your unit: you may not see or handle it; this attempt was logged.")
    if not queries.handles(by, day)(row.handler):
        raise absent("REPORT-NONE", field="report", value=uid[:16], zh="件举报，或者您无权查看", en="report, or you may not see it")
    return row


def _move(row: Report, verb: str, *, by: Actor, at: datetime, **changes: object) -> None:
    """Conditional update of the state. Errors: `STATE-EDGE`."""
    after = rules.must_move(verb, row.state)
    if not Report.objects.filter(pk=row.pk, state=row.state, officer=row.officer).update(state=after, **changes):
        raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule=verb, zh="该举报刚被他人办理，请刷新。",
                      en="Somebody else has just moved this report; reload.")
    act(verb, row.uid, by=by.uid, at=at)


def accept(uid: str, *, by: Actor, at: datetime) -> date | None:
    """Take it on; the last day of the answer."""
    row = must_handle(uid, by=by, at=at)
    last, told = queries.due(rules.answer_term(row.topic), clock.city_day(at))
    with transaction.atomic():
        _move(row, "accept", by=by, at=at, officer=by.human, due=last, due_told=told)
    return last


def take(uid: str, *, by: Actor, at: datetime) -> None:
    """Take over a report that is in nobody's hands (passed on, or reopened). Errors: `DUAL` for an earlier officer, `STATE-EDGE`."""
    row = must_handle(uid, by=by, at=at)
    if by.human in row.earlier:
        raise Refusal("DUAL", status=403, field="by", value="", rule="another officer", zh="复查须由原承办人以外的人办理。",
                      en="A second look is for another officer than the first.")
    with transaction.atomic():
        if not Report.objects.filter(pk=row.pk, officer="", state__in=("handling", "asked", "found")).update(officer=by.human):
            raise Refusal("STATE-EDGE", status=409, field="officer", value="", rule="nobody's", zh="该举报已有人承办。",
                          en="Somebody handles this report already.")
        act("take", row.uid, by=by.uid, at=at)


def decline(uid: str, *, reason: str, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """Errors: those of `must_handle`, `REASON`, `STATE-EDGE`."""
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    words, key = _reason(reason), queries.data_key(row, ring)
    with transaction.atomic():
        _move(row, "decline", by=by, at=at, officer=by.human, closed_on=day, due=None, due_told={})
        message(row, "office", words, day, key)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="须写明内容。", en="Words are needed.")
    return text.strip()[:4000]


def pass_on(uid: str, unit: str, *, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """To another unit that is in no conflict; numbers and addresses that belong to a person are masked on the way.

    Errors: those of `must_handle` and `queries.data_key`, `CONFLICT`, `ORG-UNKNOWN`, `KEY-OFFICE`, `STATE-EDGE`.
    """
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    if registry.unit(unit, as_of=day) is None:
        raise Refusal("ORG-UNKNOWN", field="unit", value=unit[:16], rule="registry", zh="机构名录中没有该单位。",
                      en="There is no such unit.")
    if rules.in_conflict(unit, queries.avoided_by(row, day), lambda one: queries.parent(one, day)):
        raise Refusal("CONFLICT", status=409, field="unit", value=unit, rule="不交被举报单位及其下属",
                      zh="不得转交被举报单位或其下属单位。",
                      en="A report is not passed to the unit complained of, nor to one beneath it.")
    key = queries.data_key(row, ring)
    if queries.office_of(unit) is None and not queries.is_bare(row):
        raise Refusal("KEY-OFFICE", status=409, field="unit", value=unit, rule="key of the office",
                      zh="该单位还没有设立收件密钥，不能转交；请先请其设立。",
                      en="That unit has no key of its own yet: ask it to set one up first.")
    with transaction.atomic():
        _move(row, "pass_on", by=by, at=at, handler=unit, officer="")
        lay(row, key, unit)
        hide(row, key, rules.telling(queries.told_by_reporter(row, key)))


def ask(uid: str, text: str, *, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """A question to the reporter; the clock waits for the answer, at most as long as `supplement_term`; what was left of it is left
    afterwards, and a late one is not made timely by asking. Errors: those of `must_handle`, `REASON`, `DUAL`, `STATE-EDGE`."""
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    words, key = _reason(text), queries.data_key(row, ring)
    _mine(row, by)
    with transaction.atomic():
        if row.due is not None and day <= row.due:
            last, told = queries.due("supplement_term", day)
            _move(row, "ask", by=by, at=at, left=queries.days_left(rules.answer_term(row.topic), day, row.due), due=last, due_told=told)
        else:
            _move(row, "ask", by=by, at=at)
        message(row, "office", words, day, key)


def _mine(row: Report, by: Actor) -> None:
    if row.officer != by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="officer", zh="该举报由他人承办。",
                      en="Another officer handles this report.")


def conclude(uid: str, finding: Finding, *, ring: Ring | None = None, by: Actor, at: datetime) -> date | None:
    """End the handling with an outcome: the clock of handling stops, that of the answer to the reporter runs; its last day.

    What was proven needs a lead, as in `answer`; the reporter reads the outcome with the answer.
    Errors: those of `must_handle`, `DUAL`, `OUTCOME`, `LEAD-WORDS`, `LEAD-QUOTE`, `ORG-UNKNOWN`, `STATE-EDGE`.
    """
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    _mine(row, by)
    found = _outcome(row, finding, day, ring)
    last, told = queries.due("reply_term", day)
    with transaction.atomic():
        _move(row, "conclude", by=by, at=at, due=last, due_told=told, left=None, extended="", extend_by="", extend_why="", **found)
    return last


def _outcome(row: Report, finding: Finding, day: date, ring: Ring | None) -> dict[str, object]:
    if finding.outcome not in rules.OUTCOMES:
        raise Refusal("OUTCOME", field="outcome", value=finding.outcome[:12], rule=" ".join(rules.OUTCOMES), zh="请选择结论。",
                      en="Choose an outcome.")
    lead = _lead(row, finding, day, queries.data_key(row, ring)) if finding.outcome in ("proven", "part") else ""
    return {"outcome": finding.outcome, "lead": lead, "lead_on": day if lead else None}


def _as_found(row: Report, finding: Finding) -> dict[str, object]:
    """The outcome stands since the handling ended; an answer tells it and no other."""
    if finding.outcome not in ("", row.outcome):
        raise Refusal("OUTCOME", status=409, field="outcome", value=finding.outcome[:12], rule=row.outcome,
                      zh=f"办结时的结论是“{rules.OUTCOMES[row.outcome].zh}”，答复不得改变。",
                      en=f"The handling ended with “{rules.OUTCOMES[row.outcome].en}”; the answer tells no other outcome.")
    return {"outcome": row.outcome}


def answer(uid: str, finding: Finding, *, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """Close with an outcome, that of `conclude` where the handling has ended.

    What was proven needs a lead, which leaves later, in a batch, cut off from here.

    Errors: those of `must_handle`, `DUAL`, `OUTCOME`, `REASON`, `LEAD-WORDS`, `LEAD-QUOTE`, `ORG-UNKNOWN`, `STATE-EDGE`.
    """
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    _mine(row, by)
    words, key = _reason(finding.text), queries.data_key(row, ring)
    found = _as_found(row, finding) if row.state == "found" else _outcome(row, finding, day, ring)
    with transaction.atomic():
        _move(row, "answer", by=by, at=at, closed_on=day, due=None, due_told={}, left=None, **found)
        message(row, "office", words, day, key)
        for other in Report.objects.filter(main=row).exclude(state__in=rules.CLOSED):
            Report.objects.filter(pk=other.pk).update(state="answered", outcome=found["outcome"], closed_on=day, due=None,
                                                         due_told={})
            message(other, "office", words, day, queries.data_key(other, ring))
            act("answer", other.uid, by=by.uid, at=at)


def _lead(row: Report, finding: Finding, day: date, key: bytes) -> str:
    unit = finding.unit or (row.about[0] if len(row.about) == 1 else "")
    if registry.unit(unit, as_of=day) is None:
        raise Refusal("ORG-UNKNOWN", field="unit", value=unit[:16], rule="registry", zh="须指明查实问题所属单位。",
                      en="Name the unit concerned.")
    words = finding.lead.strip()[:2000]
    if len(words) < QUOTED:
        raise Refusal("LEAD-WORDS", field="lead", value=len(words), rule=f"≥ {QUOTED}", zh="属实的须用承办人自己的话写明查实的事实。",
                      en="What was proven must be told in the handler's own words.")
    flat = "".join(queries.told_by_reporter(row, key).split())
    lean = "".join(words.split())
    if any(lean[i:i + QUOTED] in flat for i in range(len(lean) - QUOTED + 1)):
        raise Refusal("LEAD-QUOTE", field="lead", value="", rule=f"< {QUOTED}",
                      zh=f"线索中有连续{QUOTED}字以上与举报原文相同，会暴露举报人，请改写。",
                      en=f"The lead repeats {QUOTED} or more characters of the report, which could betray its author; reword it.")
    return vault.seal(f"{unit}\n{row.topic}\n{words}", about=f"lead:{row.uid}")


def link(uid: str, main: str, *, by: Actor, at: datetime) -> None:
    """The same matter was reported twice: both get the answer. Errors: those of `must_handle`, `LINK`, `STATE-EDGE`."""
    row, other = must_handle(uid, by=by, at=at), must_handle(main, by=by, at=at)
    if row.pk == other.pk or other.main_id is not None or row.others.exists() or row.state in rules.CLOSED or other.state in rules.CLOSED:
        raise Refusal("LINK", status=409, field="main", value="", rule="two open reports", zh="只能将一件在办举报并入另一件在办举报。",
                      en="An open report is joined to another open one.")
    with transaction.atomic():
        Report.objects.filter(pk=row.pk, main=None).update(main=other)
        act("link", row.uid, by=by.uid, at=at)


def mark_official(uid: str, official: str, *, ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """A civil servant of the registry (uid, number or name) is complained of: from now on he is kept out, and a report that lies with
    his own unit, or beneath it, moves on. Errors: those of `must_handle`, `OFFICIAL-UNKNOWN`."""
    row, day = must_handle(uid, by=by, at=at), clock.city_day(at)
    if registry.official(official) is None:
        found = registry.resolve_official(official, as_of=day)
        official = found.candidates[0].uid if found.status == "exact" else official
    if registry.official(official) is None:
        raise Refusal("OFFICIAL-UNKNOWN", status=404, field="official", value=official[:16], rule="registry", zh="机构名录中没有此人员。",
                      en="The registry knows no such official.")
    with transaction.atomic():
        row.officials = sorted({*row.officials, official})
        past = queries.avoided_by(row, day)
        moved = rules.in_conflict(row.handler, past, lambda one: queries.parent(one, day))
        handler = {"handler": queries.route(past, day), "officer": ""} if moved else {}
        if moved:
            _move_keys(row, handler["handler"], past, day, ring)
        Report.objects.filter(pk=row.pk).update(officials=row.officials, **handler)
        act("mark", row.uid, by=by.uid, at=at)


def _move_keys(row: Report, unit: str, past: set[str], day: date, ring: Ring | None) -> None:
    """The new handler gets the report's key; the offices that are now in conflict lose theirs."""
    key = queries.data_key(row, ring)
    for wrap in row.wraps.select_related("office"):
        if wrap.office is None or rules.in_conflict(queries.acting(wrap.office.unit, day), past, lambda one: queries.parent(one, day)):
            wrap.delete()
    lay(row, key, unit)


def ask_contact(uid: str, *, purpose: str, by: Actor, at: datetime) -> None:
    """Errors: those of `must_handle`, `CONTACT-NONE`, `PURPOSE`."""
    row = must_handle(uid, by=by, at=at)
    _contact(row)
    if not purpose.strip():
        raise Refusal("PURPOSE", status=403, field="purpose", value="", rule="required",
                      zh="查看举报人联系方式须写明用途，并由第二人同意。",
                      en="To see who reported one needs a purpose and a second person.")
    with transaction.atomic():
        Contact.objects.filter(report=row).update(asked_by=by.human, purpose=purpose.strip()[:200])
        act("ask-contact", row.uid, by=by.uid, at=at)


def reveal_contact(uid: str, *, ring: Ring | None = None, by: Actor, at: datetime) -> str:
    """The contact, shown once to the second person's consent. Errors: those of `must_handle`, `CONTACT-NONE`, `PURPOSE`, `DUAL`."""
    row = must_handle(uid, by=by, at=at)
    contact = _contact(row)
    if not contact.asked_by:
        raise Refusal("PURPOSE", status=403, field="purpose", value="", rule="asked first", zh="尚无人说明用途申请查看。",
                      en="Nobody has asked with a purpose.")
    if contact.asked_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="申请查看的人不能自己同意。",
                      en="The one who asked cannot consent.")
    key = queries.data_key(row, ring)
    with transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(asked_by="", purpose="")
        act("reveal", row.uid, by=by.uid, at=at)
        ledger.append([Entry("complaints.contact", {"by": by.uid, "day": clock.city_day(at).isoformat()})], at=at)
    return keys.unseal(contact.sealed, key, about=f"contact:{row.uid}")


def _contact(row: Report) -> Contact:
    found = Contact.objects.filter(report=row).first()
    if found is None:
        raise absent("CONTACT-NONE", field="report", value=row.uid, zh="件举报的联系方式，举报人没有留下",
                     en="contact: the reporter left none")
    return found

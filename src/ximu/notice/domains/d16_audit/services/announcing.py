"""The result of an audit is made public by two people: each finding, each black place and each finding left out with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.redaction import blacked, must_have_reason
from ximu.ideas.disclosure.rules import holds_personal, nobody_protected, personal_data
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, rules
from ximu.notice.domains.d16_audit.models import Announcement, Finding
from ximu.notice.domains.d16_audit.services.auditing import must_be_bureau

Marks = Mapping[str, Sequence[tuple[str, str]]]
"""By finding: passages to be blacked out, each with the code of its reason."""


def announce(audit: str, *, marks: Marks, left_out: Mapping[str, str], by: Actor, at: datetime, ground: str = "") -> str:
    """Propose to announce; with a `ground` the whole result is withheld.

    Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-NONE`, `STATE-EDGE` before the report, `REDACT-REASON`, `REDACT-PASSAGE`, `DISC-SECRET` for a
    mark of secrecy in a finding that is not left out (blacking out the mark does not help), `DISC-PII`, `AUD-DUP`.
    """
    must_be_bureau(by, at)
    row, reasons = queries.audit(audit), cases.redacting(clock.city_day(at)).reasons
    if row.report_on is None:
        raise rules.edge(row.uid, "审计报告出具之后才能公布结果。", "A result is announced once the report is out.")
    for code in (*left_out.values(), *([ground] if ground else [])):
        must_have_reason(code, reasons)
    nobody_protected({"title": row.title})
    lines = [] if ground else [_line(one, marks.get(one.uid, ()), left_out.get(one.uid, ""), reasons)
                               for one in row.findings.filter(upheld=True).order_by("pk")]
    try:
        with transaction.atomic():
            made = Announcement.objects.create(audit=row, ground=ground, lines=lines, proposed_at=at, proposer=by.human,
                                               digest=digest({"audit": row.uid, "ground": ground, "lines": lines}))
            ledger.append([Entry("audit.announcing", {"announcement": made.uid, "audit": row.uid, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("AUD-DUP", status=409, field="audit", value=row.uid, rule="once", zh="该审计结果的公告已经提出。",
                      en="An announcement of this audit waits or was decided.") from error
    return made.uid


def _line(one: Finding, marks: Sequence[tuple[str, str]], withheld: str, reasons: Mapping[str, object]) -> dict[str, object]:
    """One finding as the public will read it; of one that is left out only the reason, neither its unit nor its topic."""
    line: dict[str, object] = {"finding": "", "unit": "", "topic": "", "text": "", "criterion": "", "reply": "", "amount": None,
                               "marks": [], "withheld": withheld}
    if withheld:
        return line
    line |= {"finding": one.uid, "unit": one.unit, "topic": one.topic}
    texts = {name: getattr(one, name).replace("\x1f", " ") for name in ("text", "criterion", "reply")}
    nobody_protected(texts)
    whole, said = blacked("\x1f".join(texts.values()), marks, reasons)
    shown = dict(zip(texts, whole.split("\x1f"), strict=True))
    for name, text in shown.items():
        if hits := personal_data(text):
            raise holds_personal(name, hits[0].kind, hits[0].name.zh)
    return line | shown | {"amount": None if one.amount is None else str(one.amount), "marks": said}


def decide(audit: str, *, approve: bool, reason: str, by: Actor, at: datetime) -> str:
    """A second person of the bureau decides. Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-NONE`, `DUAL`, `REASON`, `STATE-EDGE`."""
    must_be_bureau(by, at)
    row = queries.announcement(queries.audit(audit))
    if row is None:
        raise rules.edge(audit, "没有待审批的公告。", "No announcement waits.")
    if row.proposer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="提出公告的人不能自己批准。",
                      en="The one who proposed it cannot decide.")
    if not approve and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="refuse", zh="不同意须说明理由。", en="A refusal needs reasons.")
    state = Announcement.State.DECIDED if approve else Announcement.State.REFUSED
    with transaction.atomic():
        if not Announcement.objects.filter(pk=row.pk, state=Announcement.State.PROPOSED).update(state=state, decided_at=at,
                                                                                              reason=reason.strip()[:400]):
            raise rules.edge(row.uid, "该公告已经决定。", "It has been decided.")
        kind = queries.ANNOUNCED if approve else "audit.announcement-refused"
        [index] = ledger.append([Entry(kind, queries.announced_body(row))], at=at)
        if approve:
            Announcement.objects.filter(pk=row.pk).update(log_index=index)
    return str(state)

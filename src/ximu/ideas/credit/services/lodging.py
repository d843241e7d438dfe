"""A report is lodged as its issuer signed it, used while it is good, and revoked; of its file only the digest is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.credit import queries
from ximu.ideas.credit.models import Issuer, Report, Revoked, Use
from ximu.ideas.credit.rules import standing, statement
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

LODGE, REGISTER = "credit.lodge", "credit.register"


def verify(note: bytes, *, document: str = "", on: date) -> dict[str, Any]:
    """What a signed statement is worth on a day; nothing is kept. `faults` names what speaks against its use.

    Errors: `REP-FORM`, `ISSUER`, `REP-SIGN`, `REP-DIGEST` where the file in hand is not the one that was signed.
    """
    one, row = _read(note, document)
    known = queries.numbered(one.issuer, one.number)
    faults = standing.faults(_as_lodged(one, row, signed=True), on)
    return {**asdict(one), "issuer_name": row.name, "key": row.key, "on": on, "signature": "good", "faults": faults, "usable": not faults,
            "file": "same" if document else "not-given", "report": known.uid if known else ""}


def _read(note: bytes, document: str) -> tuple[statement.Report, Issuer]:
    one = statement.read(note)
    if not isinstance(one, statement.Report):
        raise statement.bad("format", statement.REVOCATION)
    row = queries.whose(note, one.issuer)
    if document and document != one.document:
        raise _digest(document)
    return one, row


def _digest(document: str) -> Refusal:
    return Refusal("REP-DIGEST", field="document", value=document[:16], rule="SHA-256",
                   zh="所附文件与发行机构签名的报告不是同一份（摘要不符）。",
                   en="The file is not the report that its issuer signed (the digest differs).")


def _as_lodged(one: statement.Report, row: Issuer, *, signed: bool) -> standing.Lodged:
    gone = queries.revocation(one.issuer, one.number)
    return standing.Lodged(one.issued_on, one.expires_on, signed, row.since, row.until, row.distrusted, gone.revoked_on if gone else None)


def lodge(*, note: bytes = b"", told: Mapping[str, str] | None = None, document: str = "", unit: str, by: Actor, at: datetime) -> Report:
    """With the issuer's signed statement, or as a lead: what was typed from an unsigned file, and is signed by lodging its statement.

    A lead is what somebody typed: a wrong one keeps out neither the report that its issuer signed nor another lead.

    Errors: `PERM-DENIED`, `ORG-UNKNOWN`, those of `verify`, `REP-EXP`, `REP-EARLY`, `REP-REVOKED`,
    `REP-DUP` for other contents under the number of a signed report.
    """
    by.must(LODGE, unit)
    today = clock.city_day(at)
    if registry.unit(unit, as_of=today) is None:
        raise absent("ORG-UNKNOWN", field="unit", value=unit[:40], zh="个单位", en="unit")
    if note.strip():
        one, row = _read(note, document)
    else:
        one = statement.report_of({"issued_on": "", "expires_on": "", "standard": "", "grade": "", "issuer": "", "number": "",
                                   **{k: v.strip() for k, v in (told or {}).items()}, "document": document})
        row = queries.keys_of(one.issuer)[0]
    wrong = [code for code in standing.faults(_as_lodged(one, row, signed=bool(note.strip())), today) if code != standing.LEAD]
    if wrong:
        raise refused(wrong[0], one.number, today)
    text = statement.as_signed(note).decode() if note.strip() else ""
    if known := _known(one, row, text, by=by, at=at):
        return known
    try:
        with transaction.atomic():
            made = Report(issuer=row, code=one.issuer, number=one.number, issued_on=one.issued_on, expires_on=one.expires_on,
                          standard=one.standard, grade=one.grade, document=one.document, note=text, unit=unit, lodged_at=at,
                          signed_at=at if text else None)
            [made.log_index] = ledger.append([Entry(queries.LODGED, queries.lodged_body(made))], at=at)
            made.save()
    except IntegrityError as error:
        if known := _known(one, row, text, by=by, at=at):
            return known
        raise _dup(one.number) from error
    return made


def _known(one: statement.Report, row: Issuer, text: str, *, by: Actor, at: datetime) -> Report | None:
    """The same report once more changes nothing; the statement of a lead makes it a signed report. None: it is new here."""
    signed, lead = queries.numbered(one.issuer, one.number), queries.lead(one)
    if signed is not None:
        if not _same(signed, one) or (text and (signed.standard, signed.grade) != (one.standard, one.grade)):
            raise _dup(one.number)
        return signed
    if lead is None or not text:
        return lead
    with transaction.atomic():
        if Report.objects.filter(pk=lead.pk, note="").update(note=text, signed_at=at, issuer=row, standard=one.standard, grade=one.grade):
            ledger.append([Entry("credit.report-signed", {"report": lead.uid, "by": by.uid})], at=at)
    return queries.report(lead.uid)


def _same(known: Report, one: statement.Report) -> bool:
    return (known.document, known.issued_on, known.expires_on) == (one.document, one.issued_on, one.expires_on)


def _dup(number: str) -> Refusal:
    return Refusal("REP-DUP", status=409, field="number", value=number, rule="one report for each number",
                   zh="该机构的这个编号已登记了内容不同的报告。", en="Another report of this issuer is on record under this number.")


def refused(code: str, number: str, on: date) -> Refusal:
    """The first thing that speaks against a report on a day, as a refusal."""
    said = standing.WORDS[code]
    words: dict[str, Any] = {"field": "report", "value": number, "rule": on.isoformat(), "zh": f"{said.zh}（按{on}核验）。",
                             "en": f"Not taken: {said.en} (as of {on})."}
    if code == standing.LEAD:
        return Refusal("REP-LEAD", status=409, **words)
    if code == standing.EXPIRED:
        return Refusal("REP-EXP", **words)
    if code == standing.EARLY:
        return Refusal("REP-EARLY", **words)
    if code == standing.REVOKED:
        return Refusal("REP-REVOKED", status=409, **words)
    return Refusal("ISSUER", **words)


@dataclass(frozen=True, slots=True)
class Matter:
    """Where a report is used: the area of the notice, the number of the matter there, the government unit whose matter it is."""

    area: str
    about: str
    unit: str


def use(uid: str, matter: Matter, *, document: str, by: Actor, at: datetime) -> Use:
    """Whether the report is good is asked now, whatever was found when it was lodged. The file in hand must be the one that was signed.

    Errors: `PERM-DENIED`, `REP-NONE`, `REP-DIGEST`, `REP-LEAD`, `REP-EXP`, `REP-EARLY`, `REP-REVOKED`, `ISSUER`, `REP-USED`.
    """
    by.must(LODGE, matter.unit)
    row, today = queries.report(uid), clock.city_day(at)
    if document != row.document:
        raise _digest(document)
    wrong = queries.faults_of(row, today)
    if wrong:
        raise refused(wrong[0], row.number, today)
    try:
        with transaction.atomic():
            made = Use(report=row, area=matter.area, about=matter.about, unit=matter.unit, used_on=today, used_at=at)
            [made.log_index] = ledger.append([Entry(queries.USED, queries.used_body(made))], at=at)
            made.save()
    except IntegrityError as error:
        raise Refusal("REP-USED", status=409, field="about", value=matter.about, rule="once", zh="这份报告在该事项中已经使用过。",
                      en="This report was used in that matter before.") from error
    return made


def revoke(*, note: bytes = b"", told: Mapping[str, str] | None = None, basis: str = "", by: Actor, at: datetime) -> Revoked:
    """By the issuer's signed revocation, or by a paper of the register's keeper. It may come before the report, and is then waiting for it.

    A key that is not believed any more revokes nothing: who stole it could undo every report of the agency.

    Errors: `PERM-DENIED`, `REP-FORM`, `ISSUER`, `REP-SIGN`, `TIME-FUTURE`, `BASIS-NONE`, `REP-REVOKED` for another day or reason.
    """
    by.must(*((LODGE,) if note.strip() else (REGISTER, queries.keeper(clock.city_day(at)))))
    one = statement.read(note) if note.strip() else statement.revocation_of(
        {"issuer": "", "number": "", "revoked_on": "", "reason": "", **{k: v.strip() for k, v in (told or {}).items()}})
    if not isinstance(one, statement.Revocation):
        raise statement.bad("format", statement.REPORT)
    if note.strip():
        if queries.whose(note, one.issuer).distrusted is not None:
            raise refused(standing.ISSUER, one.number, clock.city_day(at))
    else:
        queries.keys_of(one.issuer)
        if not basis.strip():
            raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="没有签名的撤销须写明所凭文件的文号。",
                          en="A revocation that is not signed needs the document that it rests on.")
    if one.revoked_on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="revoked_on", value=one.revoked_on.isoformat(), rule="≤ today", zh="撤销日期不能晚于今天。",
                      en="The revocation is of a day to come.")
    known = queries.revocation(one.issuer, one.number)
    if known is not None:
        return _once(known, one)
    try:
        with transaction.atomic():
            made = Revoked(code=one.issuer, number=one.number, revoked_on=one.revoked_on, reason=one.reason, known_at=at,
                           note=statement.as_signed(note).decode() if note.strip() else "",
                           basis="" if note.strip() else basis.strip()[:120])
            [made.log_index] = ledger.append([Entry(queries.REVOKED, queries.revoked_body(made))], at=at)
            made.save()
    except IntegrityError:
        return _once(Revoked.objects.get(code=one.issuer, number=one.number), one)
    return made


def _once(known: Revoked, one: statement.Revocation) -> Revoked:
    """The same revocation once more changes nothing; another is refused."""
    if (known.revoked_on, known.reason) == (one.revoked_on, one.reason):
        return known
    raise refused(standing.REVOKED, one.number, known.revoked_on)

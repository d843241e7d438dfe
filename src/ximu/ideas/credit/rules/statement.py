"""What does a credit agency sign? One canonical line about a report, which names nobody: who is reported on stands in the report only.

A statement is a C2SP signed note (Ed25519) of one RFC 8785 line. It binds the digest of the report's file, so that whoever holds the file
can tell whether this is the report; without the file it tells nothing of anybody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from ximu.ideas.exchange.rules.package import sealed, verified
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal

REPORT, REVOCATION = "ximu-credit-report/1", "ximu-credit-report-revocation/1"
FIELDS = {REPORT: ("issuer", "number", "issued_on", "expires_on", "standard", "grade", "document"),
          REVOCATION: ("issuer", "number", "revoked_on", "reason")}
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
REASONS = ("error", "fraud", "facts", "withdrawn")
MOST_BYTES = 4096
NUMBER, DIGEST, CODE = re.compile(r"[A-Za-z0-9-]{1,40}"), re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9A-Z]{18}")


@dataclass(frozen=True, slots=True)
class Report:
    """`issuer` is the agency's credit code, `document` the SHA-256 of the report's file; there is no field for who is reported on."""

    issuer: str
    number: str
    issued_on: date
    expires_on: date
    standard: str
    grade: str
    document: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """`revoked_on` is the day from which the report is worth nothing; one before its use makes that use void."""

    issuer: str
    number: str
    revoked_on: date
    reason: str


def line_of(one: Report | Revocation) -> bytes:
    kind = REPORT if isinstance(one, Report) else REVOCATION
    return canonical({"format": kind, **{name: _plain(getattr(one, name)) for name in FIELDS[kind]}})


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def signed(one: Report | Revocation, signer: Signer) -> bytes:
    """The note that an agency hands out with its report."""
    return sealed(line_of(one), signer)


def read(note: bytes) -> Report | Revocation:
    """What a note says, before anybody has looked at its signature. Errors: `REP-FORM` naming the field, `DATE-FORM`, `DATE-RANGE`."""
    line = as_signed(note).split(b"\n", 1)[0]
    try:
        told = orjson.loads(line)
    except ValueError as error:
        raise bad("line", "") from error
    form = told.get("format") if isinstance(told, dict) else ""
    if not isinstance(form, str) or form not in FIELDS:
        raise bad("format", form)
    names = FIELDS[told["format"]]
    if strangers := sorted(set(told) - {"format", *names}):
        raise bad(strangers[0], "", named=True)
    for name in names:
        if not isinstance(told.get(name), str):
            raise bad(name, told.get(name))
    one = report_of(told) if told["format"] == REPORT else revocation_of(told)
    if line_of(one) != line:
        raise bad("line", "")
    return one


def report_of(told: dict[str, str]) -> Report:
    """A report from what was typed or signed. Errors: `REP-FORM` naming the field, `DATE-FORM`, `DATE-RANGE`."""
    one = Report(told["issuer"], told["number"], day_of(told["issued_on"], "issued_on"), day_of(told["expires_on"], "expires_on"),
                 told["standard"], told["grade"], told["document"])
    _must_name(one.issuer, one.number)
    if not DIGEST.fullmatch(one.document):
        raise bad("document", one.document)
    if one.grade not in ("", *GRADES):
        raise bad("grade", one.grade)
    if one.standard and not NUMBER.fullmatch(one.standard):
        raise bad("standard", one.standard)
    if one.expires_on < one.issued_on:
        raise bad("expires_on", one.expires_on)
    return one


def revocation_of(told: dict[str, str]) -> Revocation:
    """Errors: as `report_of`."""
    if told["reason"] not in REASONS:
        raise bad("reason", told["reason"])
    _must_name(told["issuer"], told["number"])
    return Revocation(told["issuer"], told["number"], day_of(told["revoked_on"], "revoked_on"), told["reason"])


def _must_name(issuer: str, number: str) -> None:
    """Errors: `REP-FORM`. Letters and digits only: a number has no room for a name."""
    for field, value, form in (("issuer", issuer, CODE), ("number", number, NUMBER)):
        if not form.fullmatch(value):
            raise bad(field, value)


def as_signed(note: bytes) -> bytes:
    """What was signed, without what a form or a mail has done to the ends of lines. Errors: `REP-FORM`."""
    if len(note) > MOST_BYTES:
        raise bad("size", len(note))
    return note.replace(b"\r\n", b"\n").strip() + b"\n"


def key_that_signed(note: bytes, keys: Iterable[str]) -> str:
    """Which of the agency's keys signed the note. Errors: `REP-SIGN`."""
    for key in keys:
        try:
            verified(as_signed(note), key)
        except Refusal:
            continue
        return key
    raise Refusal("REP-SIGN", status=403, field="signature", value="", rule="Ed25519",
                  zh="签名不是该发行机构登记公钥的有效签名，报告可能被改动或冒用。",
                  en="No registered key of this issuer made the signature: the statement was altered or is not theirs.")


def document_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of a report's file, which is read and not kept. Errors: `REP-FILE` for what is no PDF."""
    made, first = hashlib.sha256(), b""
    for chunk in chunks:
        first = first or chunk[:5]
        made.update(chunk)
    if first != b"%PDF-":
        raise Refusal("REP-FILE", field="file", value=first.decode("latin-1"), rule="PDF", zh="报告文件应为PDF。",
                      en="The report's file should be a PDF.")
    return made.hexdigest()


def bad(field: str, value: object, *, named: bool = False) -> Refusal:
    """`named`: a field that the form does not have, such as one for who is reported on."""
    if named:
        return Refusal("REP-FORM", field=field[:40], value="", rule=REPORT,
                       zh=f"报告声明不得有“{field[:40]}”一项：系统不登记被评价的企业和个人。",
                       en=f"A statement has no field “{field[:40]}”: who is reported on is not recorded here.")
    return Refusal("REP-FORM", field=field[:40], value=str(value or "")[:40], rule=REPORT, zh=f"报告声明的“{field[:40]}”缺少或写法不对。",
                   en=f"The statement has no good “{field[:40]}”.")

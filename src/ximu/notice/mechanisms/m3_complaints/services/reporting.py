"""How does somebody report, come back, add, and say that it is not solved? By the code alone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.registry import queries as registry
from ximu.kernel import codes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, rules
from ximu.notice.mechanisms.m3_complaints.models import Attachment, Contact, Message, Report, Sent
from ximu.notice.mechanisms.m3_complaints.reader import running
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.services.acts import act, count, must_be_calm
from ximu.notice.mechanisms.m3_complaints.services.keeping import lay

REPORTER = Actor("reporter", channel="portal", label="举报人")
MOST_TEXT, MOST_FILES, LONGEST_NAME = 20_000, 5, 400
FORM_DAYS = 1
SEPARATORS = re.compile(r"[\n，,；;]")


@dataclass(frozen=True, slots=True)
class Filed:
    """What a form brings: the words, who is complained of (names as typed), cleaned by the service; `contact` empty for anonymous."""

    topic: str
    text: str
    about: str = ""
    contact: str = ""
    files: Sequence[bytes] = field(default_factory=tuple)


def form(*, on: date) -> str:
    """A nonce for one form, good today and tomorrow; it says nothing about who got it."""
    nonce = f"{on.isoformat()}.{secrets.token_hex(16)}"
    return f"{nonce}.{_sign(nonce)}"


def _sign(nonce: str) -> str:
    return hmac.new(queries.secret(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()[:32]


def _nonce(token: str, on: date) -> str:
    """Errors: `FORM-OLD`."""
    nonce, _, sign = token.rpartition(".")
    if not nonce.isascii() or not sign.isascii() or not hmac.compare_digest(_sign(nonce), sign):
        raise _old()
    made = date.fromisoformat(nonce[:10])
    if not made <= on <= made + timedelta(days=FORM_DAYS):
        raise _old()
    return nonce


def _old() -> Refusal:
    return Refusal("FORM-OLD", status=409, field="form", value="", rule=f"≤ {FORM_DAYS} d", zh="表单已过期，请在下面的新表单中再提交一次。",
                   en="The form is too old; please send it again with the new one below.")


def file_report(filed: Filed, *, token: str, by: Actor = REPORTER, at: datetime) -> str:
    """The receipt code, to be shown once. The same form sent again answers the same code and makes no second report.

    Errors: `REPORT-EMPTY`, `REPORT-LONG`, `REPORT-TOPIC`, `FILE-*`, `FORM-OLD`, `REPORT-FLOOD`.
    """
    day = clock.city_day(at)
    nonce = _nonce(token, day)
    text = _words(filed.text)
    if filed.topic not in rules.TOPICS:
        raise Refusal("REPORT-TOPIC", field="topic", value=filed.topic[:20], rule=" ".join(rules.TOPICS), zh="请选择举报类别。",
                      en="Please choose what the report is about.")
    files = _files(filed.files)
    code = codes.new_code(queries.secret(), nonce)
    known = hashlib.sha256(f"sent:{nonce}".encode()).hexdigest()
    if Sent.objects.filter(nonce=known).exists():
        return code
    must_be_calm("report", "reports_an_hour", at=at)
    found, persons, about = _complained_of(filed.about[:LONGEST_NAME], day)
    whole = f"{text}\n\n【被举报对象】{about}" if about else text
    slow = codes.slow_hash(code, secret=queries.secret())
    try:
        with transaction.atomic():
            Sent.objects.create(nonce=known, day=day)
            _write(filed, slow, (found, persons), whole, files, by=by, at=at)
    except IntegrityError:
        return code
    count("report", at=at)
    return code


def _write(filed: Filed, slow: str, whom: tuple[list[str], list[str]], whole: str, files: Sequence[tuple[str, bytes]], *, by: Actor,
           at: datetime) -> None:
    uid, day, (about, officials) = new_uid(), clock.city_day(at), whom
    key, (place, opened) = keys.fresh_key(), keys.found_and_opened(slow)
    last, told = queries.due("accept_term", day)
    row = Report.objects.create(
        uid=uid, code=place, state="received", topic=filed.topic, about=about, officials=officials,
        handler=queries.route(queries.avoided(about, officials, day), day),
        code_key=keys.seal_bytes(key, opened, about=f"code-key:{uid}").hex(),
        sealed=keys.seal(whole, key, about=f"report:{uid}"), named=bool(filed.contact.strip()), day=day, due=last, due_told=told)
    lay(row, key, row.handler)
    if filed.contact.strip():
        Contact.objects.create(report=row, sealed=keys.seal(filed.contact.strip()[:LONGEST_NAME], key, about=f"contact:{uid}"))
    _attach(row, files, day, key)
    act("file", uid, by=by.uid, at=at)


def _attach(row: Report, files: Sequence[tuple[str, bytes]], day: date, key: bytes) -> None:
    for kind, content in files:
        uid = new_uid()
        Attachment.objects.create(uid=uid, report=row, kind=kind, day=day,
                                  sealed=keys.seal_bytes(content, key, about=f"file:{uid}"))


def _complained_of(words: str, day: date) -> tuple[list[str], list[str], str]:
    """(units that a name means exactly, officials in office whom a name may mean, all words as typed).

    A name that nobody knows does not stop a report. Where several officials bear a name, all of them are kept out.
    """
    names = [name.strip() for name in SEPARATORS.sub("、", words).split("、") if name.strip()]
    asked = list(dict.fromkeys(part for name in names for part in (name, *name.split())))
    units = [answer.candidates[0].uid for name in asked if (answer := registry.resolve(name, as_of=day)).status == "exact"]
    persons = {one.uid for answer in registry.resolve_officials([(name, "", day) for name in asked]) for one in answer.candidates}
    return list(dict.fromkeys(units)), sorted(persons), "、".join(names)


def _words(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("REPORT-EMPTY", field="text", value="", rule="required", zh="请写明事情经过。", en="Please say what happened.")
    if len(text) > MOST_TEXT:
        raise Refusal("REPORT-LONG", field="text", value=len(text), rule=f"≤ {MOST_TEXT}", zh=f"内容超过{MOST_TEXT}字，请分次补充。",
                      en=f"The text is longer than {MOST_TEXT} characters; add the rest later.")
    return text


def _files(files: Sequence[bytes]) -> list[tuple[str, bytes]]:
    if len(files) > MOST_FILES:
        raise Refusal("FILE-COUNT", field="file", value=len(files), rule=f"≤ {MOST_FILES}", zh=f"一次最多{MOST_FILES}个附件。",
                      en=f"At most {MOST_FILES} files at once.")
    return [running.clean(content) for content in files]


def _find(typed: str, *, at: datetime) -> tuple[Report, bytes]:
    """The report of a code, and its key. One hash, one look, one answer for wrong, unknown and destroyed ones.

    Errors: `RECEIPT`, `RECEIPT-SLOW`.
    """
    must_be_calm("guess", "guesses_an_hour", at=at)
    slow = codes.slow_hash(codes.digits_of(typed), secret=queries.secret())
    place, opened = keys.found_and_opened(slow)
    row = Report.objects.filter(code=place).first()
    if row is None:
        count("guess", at=at)
        raise Refusal("RECEIPT", status=404, field="code", value="", rule="16 digits", zh="没有与这个回执码对应的举报，请核对16位数字。",
                      en="No report belongs to this code; please check the 16 digits.")
    return row, queries.key_by_code(row, opened)


def look(typed: str, *, at: datetime) -> dict[str, Any]:
    """What the reporter sees with the code: where it stands, until when, the talk. Errors: `RECEIPT`, `RECEIPT-SLOW`."""
    row, key = _find(typed, at=at)
    day = clock.city_day(at)
    last = row.closed_on and row.state == "answered" and not row.reopened and row.main_id is None
    until = queries.due("reopen_term", row.closed_on)[0] if last and row.closed_on else None
    return {"state": rules.STATES[row.state], "code": row.state, "due": row.due, "due_told": row.due_told, "day": row.day,
            "outcome": rules.OUTCOMES.get(row.outcome) if row.state in rules.CLOSED else None, "named": row.named,
            "length": len(queries.text_of(row, key)), "talk": queries.talk_of(row, key), "files": row.attachments.count(),
            "alone": not row.handler and row.state not in rules.CLOSED,
            "may_say": row.state in rules.MOVES["say"][0], "may_reopen": bool(until and day <= until), "reopen_until": until}


def say(typed: str, text: str, *, token: str, files: Sequence[bytes] = (), by: Actor = REPORTER, at: datetime) -> None:
    """Add words or files, or answer a question. The same form sent again adds nothing.

    Errors: `RECEIPT`, `RECEIPT-SLOW`, `REPORT-EMPTY`, `REPORT-LONG`, `FILE-*`, `FORM-OLD`, `STATE-EDGE`.
    """
    day = clock.city_day(at)
    nonce = _nonce(token, day)
    row, key = _find(typed, at=at)
    words, cleaned = (_words(text) if text.strip() or not files else ""), _files(files)
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=row.pk)
        rules.must_move("say", row.state)
        if not _once(nonce, day):
            return
        if words:
            message(row, "reporter", words, day, key)
        _attach(row, cleaned, day, key)
        if row.state == "asked":
            go_on(row, day)
        act("say", row.uid, by=by.uid, at=at)


def correct_contact(typed: str, contact: str, *, by: Actor = REPORTER, at: datetime) -> None:
    """Change the contact that one left, or take it away: it lies in one place only, and the old one is gone at once.

    个人信息保护法 art. 46 and 47. Errors: `RECEIPT`, `RECEIPT-SLOW`, `CONTACT-LONG`.
    """
    (row, key), words = _find(typed, at=at), contact.strip()
    if len(words) > LONGEST_NAME:
        raise Refusal("CONTACT-LONG", field="contact", value=len(words), rule=f"≤ {LONGEST_NAME}", zh=f"联系方式超过{LONGEST_NAME}字。",
                      en=f"The contact is longer than {LONGEST_NAME} characters.")
    with transaction.atomic():
        if words:
            Contact.objects.update_or_create(report=row, defaults={
                "sealed": keys.seal(words, key, about=f"contact:{row.uid}"), "asked_by": "", "purpose": ""})
        else:
            Contact.objects.filter(report=row).delete()
        Report.objects.filter(pk=row.pk).update(named=bool(words))
        act("contact", row.uid, by=by.uid, at=at)


def go_on(row: Report, day: date) -> int:
    """The clock of handling runs again with the days that were left when the question was asked; a late one stays late."""
    back: dict[str, Any] = {"state": "handling", "left": None}
    if row.left is not None:
        back["due"], back["due_told"] = queries.due(rules.answer_term(row.topic), day, left=row.left)
    return Report.objects.filter(pk=row.pk, state="asked").update(**back)


def _once(nonce: str, day: date) -> bool:
    known = hashlib.sha256(f"sent:{nonce}".encode()).hexdigest()
    try:
        with transaction.atomic():
            Sent.objects.create(nonce=known, day=day)
    except IntegrityError:
        return False
    return True


def message(row: Report, sender: str, text: str, day: date, key: bytes) -> None:
    uid = new_uid()
    Message.objects.create(uid=uid, report=row, sender=sender, day=day,
                           sealed=keys.seal(text, key, about=f"message:{uid}"))


def reopen(typed: str, text: str, *, by: Actor = REPORTER, at: datetime) -> None:
    """“Not solved”: once, within the term, to another officer; the history stays.

    Errors: `RECEIPT`, `RECEIPT-SLOW`, `REPORT-EMPTY`, `REPORT-LONG`, `STATE-EDGE`, `REOPEN-ONCE`, `REOPEN-LATE`.
    """
    (row, key), day, words = _find(typed, at=at), clock.city_day(at), _words(text)
    rules.must_move("reopen", row.state)
    if row.reopened or row.main_id is not None:
        raise Refusal("REOPEN-ONCE", status=409, field="code", value="", rule="once", zh="只能请求复查一次。",
                      en="A report is reopened once.")
    until, _ = queries.due("reopen_term", row.closed_on or day)
    if until is not None and day > until:  # while the calendar of its year is not loaded no term has run out
        raise Refusal("REOPEN-LATE", status=409, field="day", value=day.isoformat(), rule=f"≤ {until}",
                      zh=f"请求复查的期限为{until}，已经超过。",
                      en=f"It could be reopened until {until}.")
    last, told = queries.due(rules.answer_term(row.topic), day)
    with transaction.atomic():
        changed = Report.objects.filter(pk=row.pk, state="answered", reopened=False).update(
            state="handling", reopened=True, earlier=[*row.earlier, row.officer], officer="", closed_on=None, outcome="",
            extended="", due=last, due_told=told)
        if not changed:
            raise Refusal("REOPEN-ONCE", status=409, field="code", value="", rule="once", zh="只能请求复查一次。",
                          en="A report is reopened once.")
        message(row, "reporter", words, day, key)
        act("reopen", row.uid, by=by.uid, at=at)

"""A demand comes in, and the firm speaks for itself by its code alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation import clock, receipts, vault
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.registry import queries as registry
from ximu.kernel import codes
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d14_enterprise import queries, rules
from ximu.notice.domains.d14_enterprise.models import Demand

FIRM = Actor("enterprise", grants=(Grant("firm", frozenset({"d14.firm"})),), channel="portal", label="企业")
WORDS = ("confirm", "hear", "not_solved")
MOST_TEXT, MOST_NAME = 20_000, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form brings. `district` and `unit` are uids; `amount` in yuan, for unpaid debts only."""

    firm: str
    contact: str
    content: str
    topic: str
    unit: str
    raised_on: date
    district: str = ""
    amount: str = ""


def receive(asked: Asked, *, by: Actor, at: datetime) -> tuple[str, str]:
    """(uid, receipt code). The code is for the firm, shown this once; a matter that comes back is linked to the one before.

    Errors: `PERM-DENIED`, `D14-EMPTY`, `D14-TOPIC`, `D14-AMOUNT`, `TIME-FUTURE`, `ORG-NONE`, `CASE-DUP`, `CAL-NONE`.
    """
    by.must("d14.desk")
    code = codes.fresh_code()
    return _kept(asked, slow(code), _mark(asked), by=by, at=at), code


def submit(asked: Asked, *, token: str = "", source: str = "", at: datetime) -> str:
    """A firm's own demand, without an account: the receipt code, shown once; the same form sent again answers the same code. Whether
    the firm has others open is told to nobody.

    Errors: those of `receive` without the right and `CASE-DUP`, `RECEIPT-SLOW`.
    """
    receipts.must_be_slow("enterprise-demand", most=queries.value("demands_an_hour", clock.city_day(at)), at=at, source=source)
    shown, hashed = receipts.of_form(token, repr(asked), "enterprise")
    if not Demand.objects.filter(code=hashed).exists():
        try:
            _kept(asked, hashed, hashed, by=FIRM, at=at)
        except Refusal as refusal:
            if refusal.code != "CASE-DUP":
                raise
    return shown


def _kept(asked: Asked, code: str, key: str, *, by: Actor, at: datetime) -> str:
    """The uid; `code` as it is kept, `key` tells the matter apart among the open ones."""
    day, amount = clock.city_day(at), _must_be_whole(asked, clock.city_day(at))
    for unit in {asked.unit, asked.district} - {""}:
        if (found := registry.unit(unit, as_of=day)) is None or not found.living:
            raise Refusal("ORG-NONE", status=404, field="unit", value=unit[:16], rule="在名录中", zh="名录中没有这个单位。",
                          en="The register has no such unit.")
    uid, mark = new_uid(), _mark(asked)
    earlier = queries.earlier(mark, on=day)
    with transaction.atomic():
        values = {"topic": asked.topic, "told": {"事项": asked.topic}} | ({"relapse_of": earlier.number} if earlier else {})
        opening = Opening(about=uid, key=key, source=asked.unit, parent=earlier.case if earlier else "", values=values)
        case = casework.open_case("enterprise_demand", opening=opening, given=Given(), by=by, at=at, checked=True)
        row = Demand(uid=uid, case=case, number=cases.case_for(case).number, code=code, sealed=_sealed(asked, uid), mark=mark,
                     unit=asked.unit, district=asked.district, topic=asked.topic, raised_on=asked.raised_on, amount=amount,
                     received_at=at, received_by=by.uid)
        [row.log_index] = append([Entry(queries.RECEIVED, queries.received_body(row))], at=at)
        row.save(force_insert=True)
    return uid


def _must_be_whole(asked: Asked, day: date) -> Any:
    if not asked.firm.strip() or not asked.content.strip() or len(asked.firm) > MOST_NAME or len(asked.content) > MOST_TEXT:
        raise Refusal("D14-EMPTY", field="content" if asked.firm.strip() else "firm", value="", rule=f"≤ {MOST_NAME}, ≤ {MOST_TEXT}",
                      zh="须写明企业名称和诉求内容，且不超过字数。", en="Name the firm and what it asks for, within the length.")
    if asked.topic not in rules.TOPICS:
        raise Refusal("D14-TOPIC", field="topic", value=asked.topic[:20], rule=" ".join(rules.TOPICS), zh="请选择诉求事项。",
                      en="Choose what the demand is about.")
    if asked.raised_on > day:
        raise Refusal("TIME-FUTURE", field="raised_on", value=asked.raised_on.isoformat(), rule=f"≤ {day}", zh="提出日期在今天之后。",
                      en="The day lies in the future.")
    return rules.money(asked.amount, "amount") if asked.topic == rules.DEBT else None


def _mark(asked: Asked) -> str:
    """The same firm with the same matter at the same unit: told apart without keeping the name."""
    words = "\n".join(("".join(asked.firm.split()), asked.unit, asked.topic))
    return hmac.new(vault.secret("enterprise"), f"mark:{words}".encode(), hashlib.sha256).hexdigest()


def _sealed(asked: Asked, uid: str) -> str:
    words = {"firm": asked.firm.strip(), "contact": asked.contact.strip()[:MOST_NAME], "content": asked.content.strip()}
    return vault.seal(json.dumps(words, ensure_ascii=False), about=f"demand:{uid}")


def slow(code: str) -> str:
    return receipts.slow(code, "enterprise")


def look(typed: str, *, at: datetime, source: str = "") -> Demand:
    """The demand of a code. Errors: `RECEIPT`, `RECEIPT-SLOW`."""
    missing = Refusal("RECEIPT", status=404, field="code", value="", rule="16 digits", zh="没有与这个回执码对应的诉求，请核对16位数字。",
                      en="No demand belongs to this code; please check the 16 digits.")
    most = queries.value("looks_an_hour", clock.city_day(at))
    return receipts.find(Demand.objects.all(), typed, "enterprise", most=most, missing=missing, at=at, source=source)


def speak(typed: str, word: str, *, rating: str = "", at: datetime, source: str = "") -> None:
    """The firm's own word: solved, explanation taken, or not solved.

    Errors: `RECEIPT`, `RECEIPT-SLOW`, `D14-WORD`, `STATE-EDGE`, `VALUE-CHOICE`.
    """
    row = look(typed, at=at, source=source)
    if word not in WORDS:
        raise Refusal("D14-WORD", field="word", value=word[:20], rule=" ".join(WORDS), zh="请选择确认解决、接受说明或没有解决。",
                      en="Choose: solved, explanation taken, or not solved.")
    values = {"rating": rating} if rating and word != "not_solved" else {}
    casework.move(row.case, word, given=Given(values=values), by=FIRM, at=at)

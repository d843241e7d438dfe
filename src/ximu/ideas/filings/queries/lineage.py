"""Does every hand-over still say what the log took of it, and what may a citizen take home as its proof?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import orjson

from ximu.foundation import clock
from ximu.ideas.filings.models import Filing, Form, Hand
from ximu.ideas.filings.queries.tables import table_of
from ximu.ideas.filings.rules import lineage
from ximu.ideas.filings.rules.figures import Change, changes
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import claimed_form, entry_bytes
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

HANDED, DECLARED = KINDS = ("filing.handed", "filing.table")
LABELS = {"filing": Text("报表", "report"), "step": Text("环节", "step"), "verb": Text("动作", "what was done"),
          "by": Text("经手（假名）", "by (pseudonym)"), "version": Text("版次", "version"),
          "before": Text("上一环节承诺值", "commitment of the step before")}


def head_of(filing: Filing) -> dict[str, Any]:
    """What every hand-over of the filing commits to beside its figures."""
    return {"filing": filing.uid, "table": filing.form.code, "title": table_of(filing.form).title, "unit": filing.unit,
            "unit_name": filing.unit_name, "period": filing.period, "due": filing.due.isoformat()}


def body_of(filing: Filing, hand: Hand, hands: Sequence[Hand]) -> dict[str, Any]:
    return lineage.payload(head_of(filing), hand, [one for one in hands if one.number < hand.number])


def form_body(row: Form) -> dict[str, Any]:
    return {"table": row.uid, "keeper": row.keeper, "code": row.code, "since": row.since.isoformat(), "declared": digest(row.declared)}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about tables and hand-overs, derived from what the tables hold now."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for form in Form.objects.filter(**span):
        yield form.log_index, entry_bytes(DECLARED, form_body(form), form.entered_at), f"报表 {form.code}"
    touched = Filing.objects.filter(pk__in=Hand.objects.filter(**span).values("filing"))
    for filing in touched.select_related("form").prefetch_related("hands"):
        hands = list(filing.hands.all())
        for hand in (one for one in hands if first <= one.log_index < last):
            body = lineage.entry_of(filing.uid, hand, body_of(filing, hand, hands))
            label = f"{filing.form.code} {filing.unit_name} {filing.period} 第{hand.number}步{lineage.VERBS[hand.verb].zh}"
            yield hand.log_index, entry_bytes(HANDED, body, hand.at), label


def faults(filing: Filing, hands: Sequence[Hand], *, entries: Mapping[int, Mapping[str, Any]] | None = None) -> list[lineage.Fault]:
    """Against the log; `entries` given: against what was kept of it."""
    known = entries
    if known is None:
        known = {index: orjson.loads(claimed_form(raw)) for index, raw in ledger.entries_at(one.log_index for one in hands).items()}
    return lineage.faults(head_of(filing), filing.uid, hands, known, filing.state)


def quick(filing: Filing, hands: Sequence[Hand]) -> list[lineage.Fault]:
    """Without reading the log: every hand-over against the commitment that stands beside it."""
    kept = {one.log_index: {**lineage.entry_of(filing.uid, one, body_of(filing, one, hands)), "commitment": one.commitment}
            for one in hands}
    return faults(filing, hands, entries=kept)


@dataclass(frozen=True, slots=True)
class Broken:
    filing: Filing
    faults: list[lineage.Fault]


def verified(code: str = "", period: str = "") -> tuple[int, list[Broken]]:
    """How many filings were looked at, and those whose lineage does not hold."""
    rows = Filing.objects.select_related("form").prefetch_related("hands").order_by("pk")
    rows = rows.filter(form__code=code) if code else rows
    rows = rows.filter(period=period) if period else rows
    looked, broken = 0, []
    for filing in rows.iterator(chunk_size=200):
        looked += 1
        if found := faults(filing, list(filing.hands.all())):
            broken.append(Broken(filing, found))
    return looked, broken


@dataclass(frozen=True, slots=True)
class Altered:
    """A change of figures between two hand-overs: who, when, by which notice, and the difference of each."""

    hand: Hand
    before: Hand
    changes: list[Change]
    after_approval: bool


def altered(hands: Sequence[Hand]) -> list[Altered]:
    """Every change of figures, oldest first."""
    brought = [one for one in hands if one.verb in lineage.BRINGS]
    found = []
    for before, now in pairwise(brought):
        if made := changes(before.content, now.content):
            found.append(Altered(now, before, made, any(one.verb == "approve" and one.number < now.number for one in hands)))
    return found


def public_hands(hands: Sequence[Hand], *, on: date) -> list[Hand]:
    """Of every version that was approved by then: report or correction, review, approval. What was sent back stays inside."""
    versions = {one.version for one in hands if one.verb == "approve" and clock.city_day(one.at) <= on}
    return [one for one in hands if one.version in versions]


def proof(uid: str, *, on: date, sees: Callable[[str], bool] = lambda unit: False) -> bytes:
    """The file that `ximu-verify` checks without a network. Errors: `FILING-NONE` for a hand-over that is neither public nor seen."""
    hand = Hand.objects.select_related("filing__form").filter(uid=uid).first()
    hands = list(hand.filing.hands.order_by("number")) if hand else []
    if hand is None or not ((table_of(hand.filing.form).open and hand in public_hands(hands, on=on)) or sees(hand.filing.unit)):
        raise absent("FILING-NONE", field="step", value=uid[:16], zh="个公开的数据交接", en="public hand-over")
    body = body_of(hand.filing, hand, hands)
    return ledger.bundle_bytes(ledger.bundle(hand.log_index, payload=body, salt=bytes(hand.salt), labels=LABELS))

"""Reporter, reviewer, approver: each hand-over is a row and a commitment in the log, made together; nothing is ever written over."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.disclosure.rules import holds_personal, nobody_protected, personal_data
from ximu.ideas.filings import queries
from ximu.ideas.filings.models import Filing, Hand
from ximu.ideas.filings.queries import Held
from ximu.ideas.filings.rules import lineage
from ximu.ideas.filings.rules.figures import read_content
from ximu.ideas.filings.services.declaring import not_of_unit
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.rules.entry import SALT_BYTES
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

PERMISSIONS = {"report": "filings.report", "correct": "filings.report", "review": "filings.review", "return": "filings.review",
               "approve": "filings.approve"}
Given = Mapping[str, Mapping[str, str]]
DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Notice:
    """A correction notice: its number, why, and the SHA-256 of the paper."""

    number: str = ""
    reason: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    verb: str
    content: dict[str, Any]
    note: str = ""
    notice: str = ""
    paper: str = ""


def report(code: str, period: str, unit: str, given: Given, *, notice: Notice | None = None, by: Actor, at: datetime) -> str:
    """Figures of a unit for a period, or their correction; the uid of the filing.

    Errors: `PERM-DENIED`, `FILING-UNIT`, `TABLE-NONE`, `TABLE-PERIOD`, `TABLE-DUTY`, `FIGURE-BAD`, `SUM-TIE`, `STATE-EDGE`,
    `CORR-NOTICE`, `CORR-SAME`, `DISC-PII`, `DISC-SECRET`, `STATE-RACE`.
    """
    by.must(PERMISSIONS["report"])
    found = queries.one_held(code, period, unit, today=clock.city_day(at))
    _must_be_of(found.unit, "report", by, at)
    content, said = read_content(found.table, given), notice or Notice()
    state = found.filing.state if found.filing else ""
    if not found.hands or state == "returned":
        lineage.next_state(state, "report")
    late = clock.city_day(at) > found.due
    whole = said.reason.strip() and DIGEST.fullmatch(said.paper)
    corrects = lineage.must_say_why(found.hands, state, content, said.number if whole else "", late=late)
    _must_be_nobodys(content, said.number, said.reason)
    step = _Step("report", content)
    if corrects:
        step = _Step("correct", content, said.reason.strip()[:400], said.number.strip()[:60], said.paper)
    return _hand(found, step, by=by, at=at)


def pass_on(uid: str, verb: str, *, reason: str = "", by: Actor, at: datetime) -> str:
    """Review, approve or return what was reported; the new state.

    Errors: `PERM-DENIED`, `FILING-UNIT`, `FILING-NONE`, `FILING-VERB`, `STATE-EDGE`, `DUAL`, `REASON`, `DISC-PII`, `STATE-RACE`.
    """
    if verb not in ("review", "approve", "return"):
        raise Refusal("FILING-VERB", field="verb", value=verb[:12], rule="review approve return", zh="环节应为审核、签批或退回。",
                      en="A step is review, approve or return.")
    by.must(PERMISSIONS[verb])
    row = queries.filing(uid)
    _must_be_of(row.unit, verb, by, at)
    found, now = queries.held_of(row), lineage.next_state(row.state, verb)
    lineage.must_be_apart(verb, by.human, found.hands)
    if verb == "return" and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="退回须说明理由。", en="Sending back needs a reason.")
    _must_be_nobodys({}, reason)
    _hand(found, _Step(verb, found.hands[-1].content, reason.strip()[:400]), by=by, at=at)
    return now


def _must_be_of(unit: str, verb: str, by: Actor, at: datetime) -> None:
    if not queries.of_unit(by, PERMISSIONS[verb], unit, clock.city_day(at)):
        raise not_of_unit("填报单位", "the unit that reports")


def _must_be_nobodys(content: Mapping[str, Any], *words: str) -> None:
    """What goes into a lineage may one day be public: no personal data, no secret. Errors: `DISC-PII`, `DISC-SECRET`."""
    texts = {f"{kind}.{code}": str(text) for kind in ("records", "ledgers", "missing") for code, text in content.get(kind, {}).items()}
    texts |= {"notice": " ".join(words)}
    nobody_protected(texts)
    for name, text in texts.items():
        if hits := personal_data(text):
            raise holds_personal(name, hits[0].kind, hits[0].name.zh)


def _hand(found: Held, step: _Step, *, by: Actor, at: datetime) -> str:
    """One row, one entry, one state, together or not at all. Errors: `STATE-EDGE`, `STATE-RACE`."""
    hands, filing = found.hands, found.filing
    before = filing.state if filing else ""
    now = lineage.next_state(before, step.verb)
    last = hands[-1] if hands else None
    hand = Hand(uid=new_uid(), number=len(hands) + 1, version=(last.version if last else 0) + (step.verb in lineage.BRINGS), verb=step.verb,
                at=at, by=by.uid, person=by.human, content=step.content, note=step.note, notice=step.notice, paper=step.paper,
                before=last.commitment if last else "", salt=os.urandom(SALT_BYTES))
    try:
        with transaction.atomic():
            if filing is None:
                filing = Filing.objects.create(form=found.form, unit=found.unit, period=found.span.name, due=found.due, state=now,
                                               unit_name=registry.name(found.unit, as_of=found.span.last))
            elif not Filing.objects.filter(pk=filing.pk, state=before).update(state=now):
                raise _race(filing.uid)
            hand.filing = filing
            body = lineage.entry_of(filing.uid, hand, queries.body_of(filing, hand, hands))
            hand.commitment = body["commitment"]
            [hand.log_index] = ledger.append([Entry(queries.HANDED, body)], at=at)
            hand.save()
    except IntegrityError as error:
        raise _race(found.unit) from error
    return filing.uid


def _race(value: str) -> Refusal:
    return Refusal("STATE-RACE", status=409, field="state", value=value, rule="once", zh="另一人同时办理了该报表，请刷新后再试。",
                   en="Somebody else has just handed it on; reload and try again.")

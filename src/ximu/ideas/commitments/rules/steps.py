"""What is so, given what was done? A promise is the fold of its steps; asked again for any day and any time of knowing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ximu.ideas.commitments.rules.judging import Course, Judgement, course_of, judge
from ximu.ideas.commitments.rules.kinds import Kind
from ximu.ideas.commitments.rules.terms import Proof, Terms, from_json, progress_on
from ximu.ideas.ledger.rules import entry_bytes, moment
from ximu.kernel.words import Text

SEALED = "promise.sealed"
EVALUATED = "promise.evaluated"
ACTS = {
    "register": Text("登记", "registered"), "change": Text("变更", "changed"), "offer": Text("提交证据", "evidence offered"),
    "accept": Text("采信证据", "evidence accepted"), "reject": Text("不采信证据", "evidence rejected"),
    "measure": Text("监测值", "measured value"), "confirm": Text("对方确认", "confirmed by the counterpart"),
    "dispute": Text("对方异议", "disputed by the counterpart"), "answer": Text("答复异议", "dispute answered"),
    "lapse": Text("逾期未答复异议", "dispute not answered in time"), "decline": Text("表示不履行", "declared that it will not perform"),
    "roll": Text("到期日核定顺延", "due day rolled to a working day"),
    "replace": Text("由新承诺替代", "replaced by another promise"), "withdraw": Text("撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """A step as the fold reads it: what, on which day it is so, when it became known, by whom, with which detail."""

    what: str
    on: date
    known_at: datetime
    by: str
    detail: Mapping[str, Any]


@dataclass(slots=True)
class Dispute:
    uid: str
    raised_on: date
    answer_due: date
    by: str
    words: str = ""
    outcome: str = ""
    answered_on: date | None = None


@dataclass(slots=True)
class Offer:
    """Evidence offered and not yet decided, or decided."""

    uid: str
    by: str
    proof: Proof
    state: str = "offered"
    digest: str = ""
    source: str = ""
    """The series of a measured value."""


@dataclass(slots=True)
class Facts:
    """The fold of the steps."""

    terms: Terms
    begins: date
    due: date
    rolled: bool
    version: int = 1
    registered_by: str = ""
    offers: dict[str, Offer] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    declined_on: date | None = None
    closed_on: date | None = None
    closed_as: str = ""
    confirmed_on: date | None = None

    @property
    def proofs(self) -> list[Proof]:
        return [o.proof for o in self.offers.values() if o.state == "accepted"]

    @property
    def papers(self) -> tuple[str, ...]:
        """Digests of the papers that count."""
        return tuple(o.digest for o in self.offers.values() if o.state == "accepted")

    @property
    def refuted(self) -> bool:
        """Was evidence that had been accepted refuted by a dispute?"""
        return any(o.state == "refuted" for o in self.offers.values())

    def open_dispute(self, on: date) -> Dispute | None:
        """The earliest dispute that waits for its answer on that day."""
        waiting = [d for d in self.disputes.values() if d.raised_on <= on and (d.answered_on is None or d.answered_on > on)]
        return min(waiting, key=lambda d: d.raised_on, default=None)

    def course(self, kind: Kind) -> Course:
        return course_of(kind, self.terms, self.proofs, begins=self.begins, due=self.due, declined_on=self.declined_on,
                         closed_on=self.closed_on, closed_as=self.closed_as)

    def judged(self, kind: Kind, on: date) -> Judgement:
        return judge(self.course(kind), on, progress_on(self.terms, self.proofs, on))


def fold(deeds: Iterable[Deed], *, as_of: date | None = None) -> Facts:
    """The facts after these deeds, in their order; with `as_of` under the terms that held that day.

    A refuted proof was never true: it counts on no day, once that is known.
    """
    facts: Facts | None = None
    for deed in deeds:
        if facts is None:
            facts = _begun(deed)
        elif not (deed.what == "change" and as_of is not None and deed.on > as_of):
            _apply(facts, deed)
    if facts is None:
        raise ValueError("a promise begins with its registration")
    return facts


def _begun(deed: Deed) -> Facts:
    return Facts(*_days(deed.detail), registered_by=deed.by)


def _days(detail: Mapping[str, Any]) -> tuple[Terms, date, date, bool]:
    return from_json(detail["terms"]), date.fromisoformat(detail["begins"]), date.fromisoformat(detail["due"]), bool(detail["rolled"])


def _apply(facts: Facts, deed: Deed) -> None:
    detail = deed.detail
    if deed.what == "change":
        facts.terms, facts.begins, facts.due, facts.rolled = _days(detail)
        facts.version += 1
    elif deed.what == "roll" and detail["version"] == facts.version:
        facts.due, facts.rolled = date.fromisoformat(detail["due"]), True
    elif deed.what in ("offer", "measure"):
        state = "accepted" if deed.what == "measure" else "offered"
        if deed.what == "measure":
            _corrected(facts, detail)
            if detail["value"] is None:
                return
        facts.offers[detail["evidence"]] = Offer(detail["evidence"], deed.by, _proof(detail), state, detail["digest"],
                                                detail.get("source", ""))
    elif deed.what in ("accept", "reject"):
        facts.offers[detail["evidence"]].state = deed.what + "ed"
    elif deed.what == "dispute":
        facts.disputes[detail["dispute"]] = Dispute(detail["dispute"], deed.on, date.fromisoformat(detail["answer_due"]), deed.by,
                                                    detail["words"])
    elif deed.what in ("answer", "lapse"):
        _answered(facts, deed)
    elif deed.what == "decline":
        facts.declined_on = deed.on
    elif deed.what == "confirm":
        facts.confirmed_on = deed.on
    elif deed.what in ("replace", "withdraw"):
        facts.closed_on, facts.closed_as = deed.on, "changed" if deed.what == "replace" else "withdrawn"


def _corrected(facts: Facts, detail: Mapping[str, Any]) -> None:
    """A later value of the same series for the same day takes the place of the one before; no value at all takes it back."""
    day = date.fromisoformat(detail["day"])
    for offer in facts.offers.values():
        if offer.source == detail["source"] and offer.proof.day == day and offer.state == "accepted":
            offer.state = "corrected"


def _proof(detail: Mapping[str, Any]) -> Proof:
    until = date.fromisoformat(detail["valid_until"]) if detail.get("valid_until") else None
    return Proof(detail["evidence"], date.fromisoformat(detail["day"]), Decimal(detail["value"]), until)


def _answered(facts: Facts, deed: Deed) -> None:
    """An upheld dispute, and one that nobody answered, refutes what was accepted by the day on which it was raised."""
    dispute = facts.disputes[deed.detail["dispute"]]
    dispute.outcome = deed.detail.get("outcome", "upheld")
    dispute.answered_on = deed.on
    if dispute.outcome == "upheld":
        for offer in facts.offers.values():
            if offer.state == "accepted" and offer.proof.day <= dispute.raised_on:
                offer.state = "refuted"


def sealed_value(uid: str, deed: Deed) -> dict[str, Any]:
    """What a step's entry in the log commits to."""
    return {"promise": uid, "what": deed.what, "on": deed.on.isoformat(), "known_at": moment(deed.known_at), "by": deed.by,
            "detail": dict(deed.detail)}


def turns_digest(turns: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over the lines `promise before after` of a pass, in the order of the promises' names."""
    hasher = hashlib.sha256()
    for turn in turns:
        hasher.update((" ".join(turn) + "\n").encode())
    return hasher.hexdigest()


def evaluation_entry(on: date, counts: Mapping[str, int], digest: str, at: datetime) -> bytes:
    """The log entry of one daily pass: how many stand where, and the digest of every promise that turned."""
    return entry_bytes(EVALUATED, {"on": on.isoformat(), "counts": dict(counts), "digest": digest}, at)

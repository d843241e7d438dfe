"""One act: read the promise, ask the rules, add the step with its sealed entry, move the cursor by conditional update."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ximu.foundation import files, tickets
from ximu.foundation.outbox import announce
from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.hooks import CommitmentBroken, CommitmentOverdue, CommitmentTurned
from ximu.ideas.commitments.models import Commitment, Step
from ximu.ideas.ledger.rules import commitment, entry_bytes
from ximu.ideas.ledger.services import append_many
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT = 32
BATCH = 500


def begun(uid: str, act: str, *, at: datetime) -> tuple[Commitment, rules.Facts, list[rules.Deed]]:
    """The promise with its facts, if the act is possible now. Errors: `PROM-NONE`, `STATE-EDGE`."""
    row = queries.row(uid)
    deeds = queries.deeds(row)
    facts = rules.fold(deeds)
    rules.must_be_possible(act, rules.state_on(facts.course(queries.kind(row.kind)), queries.city_day(at)))
    return row, facts, deeds


def seal(pairs: Sequence[tuple[str, rules.Deed]], *, at: datetime) -> tuple[int, list[bytes]]:
    """Append one sealed entry a step; the first log index and the salts."""
    salts = [secrets.token_bytes(SALT) for _ in pairs]
    entries = [
        entry_bytes(rules.SEALED, {"commitment": commitment(salt, rules.sealed_value(uid, deed))}, at)
        for salt, (uid, deed) in zip(salts, pairs, strict=True)
    ]
    return append_many(entries, at=at), salts


def take(
    row: Commitment, deeds: list[rules.Deed], what: str, *, detail: dict[str, Any], by: Actor, at: datetime, on: date | None = None,
    **columns: Any,
) -> str:
    """Add the step and let the cursor follow. The new state. Errors: `PROM-RACE` when somebody else was first."""
    today = queries.city_day(at)
    deed = rules.Deed(what, on or today, at, by.human, detail)
    facts = rules.fold([*deeds, deed])
    moved = {**cursor(queries.kind(row.kind), facts, today), **columns, "revision": row.revision + 1}
    if not Commitment.objects.filter(pk=row.pk, revision=row.revision).update(**moved):
        raise Refusal("PROM-RACE", status=409, field="revision", value=row.revision, rule="revision",
                      zh="该承诺刚被他人改动，请刷新后再办。", en="Somebody else has just changed the promise; reload and try again.")
    first, salts = seal([(row.uid, deed)], at=at)
    Step.objects.create(log_index=first, commitment=row, what=what, on=deed.on, known_at=at, by=deed.by, detail=detail, salt=salts[0])
    if moved["state"] != row.state:
        announce(CommitmentTurned(row.uid, row.state, moved["state"]), at=at)
        if moved["state"] in rules.FAILED and row.state not in rules.FAILED:
            announce(CommitmentOverdue([row.uid], today.isoformat()), at=at)
        if moved["state"] == rules.BROKEN:
            announce(CommitmentBroken([row.uid], today.isoformat()), at=at)
    return str(moved["state"])


def cursor(kind: rules.Kind, facts: rules.Facts, today: date) -> dict[str, Any]:
    """The columns of a promise, from its facts."""
    course, waiting = facts.course(kind), facts.open_dispute(today)
    return {
        "title": facts.terms.title, "begins": course.begins, "due_asked": facts.terms.due, "due": course.due, "rolled": facts.rolled,
        "grace_until": course.grace_until, "kept_on": course.kept_on, "part": course.part, "lacking": course.lacking,
        "declined_on": course.declined_on,
        "closed_on": course.closed_on, "closed_as": course.closed_as, "state": rules.state_on(course, today),
        "progress": round(rules.progress_on(facts.terms, facts.proofs, today), 4), "disputed": waiting is not None,
        "answer_due": waiting.answer_due if waiting else None, "amount": facts.terms.amount, "terms": rules.to_json(facts.terms),
        "version": facts.version, "series": rules.series_of(facts.terms),
    }


def apart(one: str, other: str, *, rule: str) -> None:
    """Two people. Errors: `DUAL`."""
    if one == other:
        raise Refusal("DUAL", status=403, field="by", value=rule, rule=rule, zh="须由另一人办理：提交人与决定人不能为同一人。",
                      en="Another person must do this: whoever submits may not decide.")


def named(digest: str, ticket: str, *, by: Actor) -> str:
    """A digest as it was given: one whose paper lies here is named only by who handed it in, or it would be read through the promise.

    Errors: `EVID-DIGEST`."""
    found = digest.strip().lower()
    if files.is_kept(found) and not tickets.is_ticket(ticket, found, by.human):
        raise Refusal("EVID-DIGEST", field="digest", value=found[:64], rule="ticket", zh="该材料不是您提交的，请重新提交文件。",
                      en="This paper was not handed in by you; hand the file in.")
    return digest


def need_digest(digest: str) -> str:
    """Errors: `EVID-DIGEST`."""
    found = digest.strip().lower()
    if len(found) != 64 or any(c not in "0123456789abcdef" for c in found):
        raise Refusal("EVID-DIGEST", field="digest", value=digest[:80], rule="SHA-256", zh="须附材料并给出其SHA-256摘要。",
                      en="The paper is needed, with its SHA-256 digest.")
    return found


def need_words(words: str, field: str = "reason") -> str:
    """Errors: `REASON`."""
    if not words.strip():
        raise Refusal("REASON", field=field, value="", rule="not empty", zh="请写明理由。", en="Say why.")
    return words.strip()


def not_future(day: date, today: date, field: str) -> date:
    """Errors: `TIME-FUTURE`."""
    if day > today:
        raise Refusal("TIME-FUTURE", field=field, value=day.isoformat(), rule=f"≤ {today}", zh="日期不能晚于今天。",
                      en="The day lies in the future.")
    return day

"""What should the log say about these tables? Re-derived row by row, so that an altered column is named by its promise."""

from __future__ import annotations

from collections.abc import Iterator

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.models import Commitment, Evaluation, Step
from ximu.ideas.commitments.queries import book, data
from ximu.ideas.ledger.rules import commitment, entry_bytes

KINDS = (rules.SEALED, rules.EVALUATED)
_WRONG = b"cursor"


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) of steps and daily passes with first ≤ index < last.

    The newest step of a promise answers for its cursor too: terms, version and closing must follow from the steps, and the
    counterpart must open the commitment of the registration.
    """
    span = {"log_index__gte": first, "log_index__lt": last}
    for step in Step.objects.filter(**span).select_related("commitment").order_by("log_index").iterator(chunk_size=2000):
        sealed = entry_bytes(rules.SEALED, {"commitment": commitment(
            bytes(step.salt), rules.sealed_value(step.commitment.uid, data.deed(step)))}, step.known_at)
        good = _counterpart_holds(step) if step.what == "register" else True
        yield step.log_index, sealed if good and _cursor_holds(step) else _WRONG, f"承诺 {step.commitment.uid} {rules.ACTS[step.what].zh}"
    for done in Evaluation.objects.filter(**span):
        digest = rules.turns_digest(book.turns(done))
        yield done.log_index or 0, rules.evaluation_entry(done.on, done.counts, digest, done.at), f"每日判定 {done.on}"


def _cursor_holds(step: Step) -> bool:
    row: Commitment = step.commitment
    if Step.objects.filter(commitment=row, log_index__gt=step.log_index).exists():
        return True
    facts = book.facts(row)
    course = facts.course(data.kind(row.kind))
    kept = (row.begins, row.due, row.grace_until, row.kept_on, row.part, row.declined_on, row.closed_on, row.closed_as)
    return (
        row.terms == rules.to_json(facts.terms) and row.version == facts.version and row.registered_by == facts.registered_by
        and kept == (course.begins, course.due, course.grace_until, course.kept_on, course.part, course.declined_on, course.closed_on,
                     course.closed_as)
    )


def _counterpart_holds(step: Step) -> bool:
    found, sealed = book.counterpart(step.commitment), step.detail["to"]
    if found is None:
        return sealed == ""
    return commitment(bytes(found.salt), {"kind": found.kind, "name": found.name, "code": found.code}) == sealed

"""What should the log say about these tables? Re-derived row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from ximu.ideas.casework.models import Parameter, Slip, Step, YearCalendar
from ximu.ideas.casework.queries.letters import slip_number
from ximu.ideas.ledger.rules import commitment, commitments, entry_bytes, moment
from ximu.kernel.canonical import canonical

SEALED = "case.sealed"
SUPERVISED = "supervise"
COMMITMENT = 64
"""Hexadecimal digits of a SHA-256."""
NO_CASE = b'"case":""'
"""Only texts stand before it in the canonical bytes of a step, and within a text the quotes would be escaped."""
_WRONG = b"cursor"


def step_value(step: Step, case_uid: str) -> dict[str, Any]:
    """What a step's entry commits to."""
    return _value(step, case_uid, unit=step.unit, by=step.by, at=moment(step.at))


def _value(step: Any, case_uid: str, *, unit: str, by: str, at: str) -> dict[str, Any]:
    return {"case": case_uid, "verb": step.verb, "before": step.before, "after": step.after, "unit": unit, "by": by, "at": at,
            "decides": step.decides, "detail": step.detail}


def committed(step: Any, case_uid: str) -> str:
    """What stands in the log; after an erasure it is all that is left of the content."""
    return step.commitment or commitment(bytes(step.salt), step_value(step, case_uid))


def sealed(step: Any, case_uid: str) -> bytes:
    return entry_bytes(SEALED, {"commitment": committed(step, case_uid)}, step.at)


def sealed_many(done: Sequence[Any], salts: Sequence[bytes], *, unit: str, by: str, at: datetime) -> list[bytes]:
    """As `sealed`, for what one person does in one moment: entries differ in the commitment only, and what those with one detail commit
    to in the case only."""
    blank = "0" * COMMITMENT
    before, behind = entry_bytes(SEALED, {"commitment": blank}, at).split(blank.encode())
    written = moment(at)
    alike: dict[tuple[Any, ...], tuple[bytes, bytes]] = {}
    payloads = []
    for step in done:
        key = (id(step.detail), step.verb, step.before, step.after, step.decides)
        if key not in alike:
            head, tail = canonical(_value(step, "", unit=unit, by=by, at=written)).split(NO_CASE, 1)
            alike[key] = (head + NO_CASE[:-1], NO_CASE[-1:] + tail)
        head, tail = alike[key]
        payloads.append(head + step.case.uid.encode() + tail)
    return [before + one + behind for one in commitments(salts, payloads)]


def _issued(slip: Slip | None, step: Step) -> bool:
    """Is the slip what its step says? After an erasure the step's content is gone; case, who and when remain."""
    if slip is None or (slip.case_id, slip.by, slip.at) != (step.case_id, step.by, step.at):
        return False
    return bool(step.commitment) or (slip_number(slip), slip.to) == (step.detail.get("number"), step.detail.get("to"))


def parameter_body(row: Parameter) -> dict[str, Any]:
    return {"code": row.code, "since": row.since.isoformat(), "value": row.value, "unit": row.unit, "source": row.source, "sure": row.sure}


def calendar_body(row: YearCalendar) -> dict[str, Any]:
    return {"year": row.year, "off": row.off, "work": row.work, "source": row.source, "digest": row.digest}


def _public(kind: str, body: dict[str, Any], at: datetime) -> bytes:
    return entry_bytes(kind, body, at)


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) with first ≤ index < last; a case whose cursor left its steps is named too."""
    span = {"log_index__gte": first, "log_index__lt": last}
    newest = Step.objects.filter(case=OuterRef("case")).order_by("-log_index").values("log_index")[:1]
    steps = Step.objects.filter(**span).select_related("case").annotate(newest=Subquery(newest)).order_by("log_index")
    slips = {slip.log_index: slip for slip in Slip.objects.filter(**span).select_related("case")}
    for step in steps.iterator(chunk_size=2000):
        moved = step.newest == step.log_index and step.case.state != step.after
        wrong = moved or (step.verb == SUPERVISED and not _issued(slips.pop(step.log_index, None), step))
        yield step.log_index, _WRONG if wrong else sealed(step, step.case.uid), f"办件 {step.case.number} {step.verb}"
    for slip in slips.values():
        yield slip.log_index, _WRONG, f"督办单 {slip_number(slip)}（办件 {slip.case.number}）"
    for parameter in Parameter.objects.filter(**span):
        yield parameter.log_index, _public("case.parameter", parameter_body(parameter), parameter.at), f"期限参数 {parameter.code}"
    for year in YearCalendar.objects.filter(**span):
        yield year.log_index, _public("case.calendar", calendar_body(year), year.at), f"年历 {year.year}"

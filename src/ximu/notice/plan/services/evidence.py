"""How does a unit show progress? A file for a task; somebody of another unit accepts or returns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.spans import months_on
from ximu.notice.plan import queries
from ximu.notice.plan.models import Evidence, PlanRow
from ximu.notice.plan.rules import lights

LARGEST_BYTES = 50 << 20


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in: title, the day that it proves, whether it proves completion, and the file's bytes."""

    title: str
    dated: date
    completes: bool
    content: bytes


def submit_evidence(row: str, given: Given, *, unit: str, by: Actor, at: datetime) -> Evidence:
    """Errors: `PLAN-NONE`, `EVID-DIGEST` without a file, `TIME-FUTURE`, `DUTY-NONE` for a unit that the task does not bind,
    `EVID-DUP` for the same file again."""
    by.must("plan.report", unit)
    target = PlanRow.objects.select_related("plan").filter(uid=row).first()
    if target is None:
        raise absent("PLAN-NONE", field="row", value=row, zh="项任务", en="task")
    if not given.content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required",
                      zh="进展必须附材料文件。", en="Progress needs a file as evidence.")
    if given.dated > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="dated", value=given.dated.isoformat(), rule="≤ today",
                      zh=f"材料日期{given.dated}在今天之后。", en=f"The evidence is dated {given.dated}, in the future.")
    _must_bear(target, unit, days=(given.dated, clock.city_day(at)))
    stored, _ = files.keep([given.content], most_bytes=LARGEST_BYTES)
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                row=target, unit=unit, title=given.title.strip() or target.row, digest=stored, dated=given.dated,
                expires_on=_expiry(given.dated), completes=given.completes, submitted_at=at, submitted_by=by.uid, submitter=by.human,
            )
            _log("plan.evidence.submitted", evidence, by, at)
    except IntegrityError as error:
        raise Refusal("EVID-DUP", status=409, field="file", value=stored[:12], rule="unique",
                      zh="该文件已作为本任务的材料提交过。", en="This file was already submitted for this task.") from error
    return evidence


def _must_bear(target: PlanRow, unit: str, *, days: tuple[date, ...]) -> None:
    """Of the day that it proves or of today: a unit that was merged since shows what it did itself."""
    if not queries.has_registry() or any(duty.unit == unit for day in days for duty in queries.duties(target, as_of=day)):
        return
    raise Refusal("DUTY-NONE", field="unit", value=unit[:16], rule=target.unit_words[:200],
                  zh=f"任务{target.row}的负责单位是“{target.unit_words[:80]}”，不含该单位。",
                  en=f"Task {target.row} is borne by “{target.unit_words[:80]}”; this unit is not among them.")


def _expiry(dated: date) -> date:
    return months_on(dated, lights.EVIDENCE_MONTHS)


def review_evidence(evidence: str, *, accept: bool, reason: str, by: Actor, at: datetime) -> Evidence:
    """Accept or return. Errors: `DUAL` for the submitter, `REASON` for a return without reason, `STATE-EDGE`."""
    by.must("plan.review")
    found = Evidence.objects.select_related("row__plan").filter(uid=evidence).first()
    if found is None:
        raise absent("PLAN-NONE", field="evidence", value=evidence, zh="份材料", en="evidence")
    if found.submitter == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons",
                      zh="提交材料的人不能审核自己的材料。", en="The one who submitted the evidence cannot review it.")
    if not accept and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="退回必须写明理由。", en="A return needs a reason.")
    state = Evidence.State.ACCEPTED if accept else Evidence.State.RETURNED
    with transaction.atomic():
        changed = Evidence.objects.filter(pk=found.pk, state=Evidence.State.SUBMITTED).update(
            state=state, reviewed_at=at, reviewed_by=by.uid, reason=reason.strip())
        if not changed:
            raise Refusal("STATE-EDGE", status=409, field="state", value=found.state, rule="submitted → accepted | returned",
                          zh="该材料已审核。", en="This evidence was reviewed already.")
        found.refresh_from_db()
        _log(f"plan.evidence.{state}", found, by, at)
    return found


def _log(kind: str, evidence: Evidence, by: Actor, at: datetime) -> None:
    ledger.append([Entry(kind, {
        "plan": evidence.row.plan.uid, "row": evidence.row.row, "unit": evidence.unit, "evidence": evidence.uid,
        "file": evidence.digest, "by": by.uid})], at=at)

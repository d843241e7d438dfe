"""How is a year checked? Self-report, freeze, examination by somebody else, two signatures."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.models import Check, Finding, SelfReport
from ximu.notice.plan.queries.checks import checked_body
from ximu.notice.plan.rules import checks as rules

BATCH = 500


def open_check(plan: str, *, year: int, half: str, by: Actor, at: datetime) -> Check:
    """Open a check; one that is open already is answered.

    Errors: `PERM-DENIED`, `PLAN-NONE`, `CHECK-HALF`, `YEAR` when its set day lies before the plan, `TIME-FUTURE` before its set day.
    """
    by.must("plan.check")
    found = queries.plan(plan)
    if half not in rules.HALVES:
        raise Refusal("CHECK-HALF", field="half", value=half[:10], rule=" ".join(rules.HALVES), zh="检查种类应为年中或年底。",
                      en="A check is of the mid-year or the year-end.")
    today = clock.city_day(at)
    begun = (found.issued_on or today).year
    if not begun <= year <= today.year:
        raise Refusal("YEAR", field="year", value=year, rule=f"{begun}–{today.year}", zh=f"检查年度应在{begun}年至{today.year}年之间。",
                      en=f"The year of a check lies between {begun} and {today.year}.")
    day = queries.set_day(year, half)
    if day > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="year", value=year, rule=f"≥ {day}", zh=f"该检查的基准日为{day}，尚未到。",
                      en=f"This check looks at {day}, which has not come.")
    try:
        with transaction.atomic():
            row, new = Check.objects.get_or_create(plan=found, year=year, half=half, defaults={
                "as_of": day, "opened_at": at, "opened_by": by.uid})
            if new:
                ledger.append([Entry("plan.check.opened", {"check": row.uid, "plan": found.uid, "year": year, "half": half, "by": by.uid})],
                              at=at)
    except IntegrityError:
        return Check.objects.get(plan=found, year=year, half=half)
    return row


def open_due(*, by: Actor, at: datetime) -> int:
    """The checks of the newest plan whose set day has come within the year: opened by themselves. How many were."""
    if not queries.plans():
        return 0
    plan, day = queries.plan(), clock.city_day(at)

    def opened(half: str) -> bool:
        year = day.year if queries.set_day(day.year, half) <= day else day.year - 1
        begun = plan.issued_on is None or queries.set_day(year, half) >= plan.issued_on
        if not begun or Check.objects.filter(plan=plan, year=year, half=half).exists():
            return False
        open_check(plan.uid, year=year, half=half, by=by, at=at)
        return True

    return apart.each("checks", rules.HALVES, opened)


def report_self(check: str, row: str, *, unit: str, claim: str, words: str, by: Actor, at: datetime) -> SelfReport:
    """What a unit says of its own duty; may be changed until the check is frozen.

    Errors: `PERM-DENIED`, `CHECK-NONE`, `CHECK-CLAIM`, `REASON`, `CHECK-DUTY`, `CHECK-FROZEN`.
    """
    by.must("plan.report", unit)
    found = queries.check(check)
    if claim not in rules.CLAIMS:
        raise Refusal("CHECK-CLAIM", field="claim", value=claim[:20], rule=" ".join(rules.CLAIMS), zh="自查结论不正确。",
                      en="That is no self-report.")
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="自查须写明情况。", en="Say how it stands.")
    target = next((one for one in queries.rows(found.plan) if one.row == row), None)
    if target is None or unit not in {duty.unit for duty in queries.duties(target, as_of=found.as_of)}:
        raise Refusal("CHECK-DUTY", status=404, field="row", value=row[:12], rule="duties", zh="该单位在基准日没有这项任务。",
                      en="This unit did not have this task on that day.")
    with transaction.atomic():
        held = Check.objects.select_for_update().get(pk=found.pk)
        if held.state != "open":
            raise Refusal("CHECK-FROZEN", status=409, field="state", value=held.state, rule="open",
                          zh="检查已冻结，自查不再修改；新情况留待下次检查。",
                          en="The check is frozen: self-reports are not changed; what is new is for the next check.")
        made, _ = SelfReport.objects.update_or_create(check_of=held, row=row, unit=unit, defaults={
            "claim": claim, "words": words.strip()[:2000], "at": at, "reporter": by.human})
        ledger.append([Entry("plan.check.self", {"check": held.uid, "row": row, "unit": unit, "claim": claim, "by": by.uid})], at=at)
    return made


def freeze(check: str, *, by: Actor, at: datetime) -> str:
    """Keep the inputs as they are known now; the digest. Errors: `PERM-DENIED`, `CHECK-NONE`, `CHECK-FROZEN`."""
    by.must("plan.check")
    row = queries.check(check)
    with transaction.atomic():
        if not Check.objects.filter(pk=row.pk, state="open").update(state="frozen", frozen_at=at):
            raise Refusal("CHECK-FROZEN", status=409, field="state", value=row.state, rule="open", zh="检查已经冻结。",
                          en="The check is frozen already.")
        row.refresh_from_db()
        inputs = queries.inputs_of(row, known_at=at)
        row.inputs, row.digest = inputs, digest(inputs)
        Finding.objects.bulk_create([
            Finding(check_of=row, row=duty["row"], unit=duty["unit"], system=rules.verdict_of(duty["light"])) for duty in inputs["duties"]
        ], batch_size=BATCH)
        [row.log_index] = ledger.append([Entry(queries.CHECKED, checked_body(row))], at=at)
        row.save(update_fields=["inputs", "digest", "log_index"])
    return row.digest


def find(check: str, row: str, *, unit: str, verdict: str, mark: int | None, words: str, by: Actor, at: datetime) -> Finding:
    """The examiner's finding; other than the system's only with a reason.

    Errors: `PERM-DENIED`, `CHECK-NONE`, `CHECK-STATE`, `CHECK-DUTY`, `CONFLICT`, `CHECK-VERDICT`, `CHECK-MARK`, `REASON`.
    """
    by.must("plan.examine")
    held = _examined(check)
    found = held.findings.filter(row=row, unit=unit).first()
    if found is None:
        raise Refusal("CHECK-DUTY", status=404, field="row", value=row[:12], rule="duties", zh="该单位在基准日没有这项任务。",
                      en="This unit did not have this task on that day.")
    _must_be_free(held, unit, row, by)
    rules.must_hold(verdict, found.system, mark, words)
    with transaction.atomic():
        if not Finding.objects.filter(pk=found.pk, check_of__state="frozen").update(
                verdict=verdict, mark=mark, words=words.strip()[:1000], finder=by.human, at=at):
            raise _state(held)
        ledger.append([Entry("plan.check.finding", {"check": held.uid, "row": row, "unit": unit, "verdict": verdict, "by": by.uid})], at=at)
    found.refresh_from_db()
    return found


def _examined(check: str) -> Check:
    held = queries.check(check)
    if held.state != "frozen":
        raise _state(held)
    return held


def _state(held: Check) -> Refusal:
    return Refusal("CHECK-STATE", status=409, field="state", value=held.state, rule="frozen", zh="检查冻结后、签署前才能核查。",
                   en="Findings are made after the check is frozen and before it is signed.")


def _must_be_free(held: Check, unit: str, row: str, by: Actor) -> None:
    """Who reported, or is of the unit, does not examine. Errors: `CONFLICT`."""
    own = held.reports.filter(row=row, unit=unit, reporter=by.human).exists()
    if own or by.unit == unit:
        raise Refusal("CONFLICT", status=403, field="by", value="", rule="独立核查", zh="不能核查本单位或本人报送的事项。",
                      en="Nobody examines what he or his unit reported.")


def confirm_rest(check: str, *, by: Actor, at: datetime) -> int:
    """Let the system's finding stand for all duties that nobody examined one by one; not for one's own unit. How many."""
    by.must("plan.examine")
    held = _examined(check)
    with transaction.atomic():
        rest = held.findings.filter(verdict="", check_of__state="frozen").exclude(unit=by.unit or "—")
        own = set(held.reports.filter(reporter=by.human).values_list("row", "unit"))
        keys = [f.pk for f in rest if (f.row, f.unit) not in own]
        made = 0
        for verdict in rules.VERDICTS:
            made += Finding.objects.filter(pk__in=keys, system=verdict).update(verdict=verdict, finder=by.human, at=at)
        ledger.append([Entry("plan.check.confirmed", {"check": held.uid, "duties": made, "by": by.uid})], at=at)
    return made


def sign(check: str, *, by: Actor, at: datetime) -> str:
    """First and second signature; the state after. Errors: `PERM-DENIED`, `CHECK-NONE`, `CHECK-STATE`, `CHECK-OPEN`, `DUAL`."""
    by.must("plan.check_sign")
    held = _examined(check)
    if left := queries.missing(held):
        raise Refusal("CHECK-OPEN", status=409, field="findings", value=left, rule="0", zh=f"还有{left}项职责没有核查结论，不能签署。",
                      en=f"{left} duties have no finding yet; it cannot be signed.")
    with transaction.atomic():
        rows = Check.objects.filter(pk=held.pk, state="frozen")
        if rows.filter(signer="").update(signer=by.human, signed_at=at):
            state = "frozen"
        elif rows.filter(signer=by.human).exists():
            raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="两次签署须由不同的人。",
                          en="The two signatures are of two persons.")
        elif rows.update(state="closed", second=by.human, closed_at=at):
            state = "closed"
        else:
            raise _state(queries.check(check))
        ledger.append([Entry("plan.check.signed", {"check": held.uid, "state": state, "digest": held.digest, "by": by.uid})], at=at)
    return state

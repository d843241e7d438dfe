"""Who decides how ambiguous words are read? One person chooses, another signs; the words stay."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.plan.models import PlanRow, Reading


def choose_reading(row: str, *, due: date, reason: str, by: Actor, at: datetime) -> Reading:
    """Propose how the schedule of a row (its uid) is read. Errors: `PLAN-READING`, `REASON`, `PLAN-AMBIGUOUS`."""
    by.must("plan.read_schedule")
    target = _row(row)
    if due.isoformat() not in {c["due"] for c in target.candidates}:
        options = "、".join(c["due"] for c in target.candidates)
        raise Refusal("PLAN-READING", field="due", value=due.isoformat(), rule=options,
                      zh=f"“{target.schedule_words}”没有“{due}”这种读法，可选：{options}。",
                      en=f"“{target.schedule_words}” cannot be read as {due}; choose from {options}.")
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required",
                      zh="必须写明选择该读法的理由。", en="State the reason for this reading.")
    try:
        with transaction.atomic():
            reading = Reading.objects.create(row=target, due=due, reason=reason.strip(), chosen_at=at,
                                             chosen_by=by.uid, chooser=by.human)
            _log("plan.reading.chosen", reading, by, at)
    except IntegrityError as error:
        raise Refusal("PLAN-AMBIGUOUS", status=409, field="row", value=target.row, rule="one reading at a time",
                      zh=f"{target.row}已有一种读法，须先撤回才能另定。",
                      en=f"{target.row} already has a reading; withdraw it before choosing another.") from error
    return reading


def sign_reading(reading: str, *, by: Actor, at: datetime) -> Reading:
    """The second person signs. Errors: `DUAL` for the one who chose, `STATE-EDGE` when signed or withdrawn already."""
    by.must("plan.read_schedule")
    found = _reading(reading)
    if by.human == found.chooser:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons",
                      zh="提出读法的人不能自己签定，须由另一人签定。", en="The one who chose the reading cannot sign it; another must.")
    with transaction.atomic():
        if not Reading.objects.filter(pk=found.pk, signed_at=None, withdrawn_at=None).update(signed_at=at, signed_by=by.uid):
            raise _gone()
        _log("plan.reading.signed", found, by, at)
    return _reading(reading)


def withdraw_reading(reading: str, *, by: Actor, at: datetime) -> Reading:
    """Take a reading back, so that another can be chosen; the old one stays on file."""
    by.must("plan.read_schedule")
    found = _reading(reading)
    with transaction.atomic():
        if not Reading.objects.filter(pk=found.pk, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by.uid):
            raise _gone()
        _log("plan.reading.withdrawn", found, by, at)
    return found


def _log(kind: str, reading: Reading, by: Actor, at: datetime) -> None:
    ledger.append([Entry(kind, {"row": reading.row.row, "plan": reading.row.plan.uid, "reading": reading.uid,
                                "due": reading.due.isoformat(), "by": by.uid})], at=at)


def _row(uid: str) -> PlanRow:
    found = PlanRow.objects.select_related("plan").filter(uid=uid).first()
    if found is None:
        raise absent("PLAN-NONE", field="row", value=uid, zh="项任务", en="task")
    return found


def _reading(uid: str) -> Reading:
    found = Reading.objects.select_related("row__plan").filter(uid=uid).first()
    if found is None:
        raise absent("PLAN-NONE", field="reading", value=uid, zh="个读法", en="reading")
    return found


def _gone() -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="reading", value="", rule="chosen → signed → withdrawn",
                   zh="该读法已签定或已撤回。", en="This reading was signed or withdrawn already.")

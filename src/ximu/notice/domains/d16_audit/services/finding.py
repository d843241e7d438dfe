"""A finding has a criterion and evidence, the unit is heard, and only the audit bureau closes it. The way is `procedures.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.given import yuan_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, rules
from ximu.notice.domains.d16_audit.models import Audit, Finding
from ximu.notice.domains.d16_audit.services.auditing import must_be_bureau

MOST_TEXT, MOST_CRITERION, MOST_YUAN = 2000, 400, 10**15
ORDERS = ("order_now", "order_staged", "order_lasting")


@dataclass(frozen=True, slots=True)
class NewFinding:
    """`amount`: as written, in CNY; blank where none is concerned. `number`: within the audit, where the finding came with a file."""

    target: str
    topic: str
    text: str
    criterion: str
    amount: str = ""
    number: str = ""


def find(audit: str, new: NewFinding, *, evidence: casework.Upload | None, by: Actor, at: datetime) -> str:
    """The unit that answers for the target is asked for its view; the finding's uid.

    Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-NONE`, `STATE-EDGE` after the report, `FIND-CRIT`, `AUD-TARGET`, `FIND-AMOUNT`, `CAL-NONE`.
    """
    must_be_bureau(by, at)
    row, day = queries.audit(audit), clock.city_day(at)
    if row.report_on is not None:
        raise rules.reported(row.uid)
    if (not 0 < len(new.text.strip()) <= MOST_TEXT or not 0 < len(new.criterion.strip()) <= MOST_CRITERION or evidence is None
            or not evidence.size or new.topic not in queries.topics()):
        raise Refusal("FIND-CRIT", field="criterion", value=new.criterion[:40], rule="问题、类别、定性依据、证据",
                      zh=f"审计问题须写明问题（至多{MOST_TEXT}字）、类别、定性依据（法规及条款，至多{MOST_CRITERION}字），并附证据。",
                      en=f"A finding needs its text (at most {MOST_TEXT} characters), topic, criterion (law and article, at most "
                         f"{MOST_CRITERION}) and evidence.")
    target = next((one for one in queries.universe(day) if one.uid == new.target and one.uid in row.covers), None)
    if target is None:
        raise Refusal("AUD-TARGET", field="target", value=new.target[:40], rule="covers", zh="该对象不在本次审计之内，或者已不在列。",
                      en="The audit does not cover this target, or it is no longer listed.")
    amount = money(new.amount, "amount")
    with transaction.atomic():
        if not Audit.objects.select_for_update().filter(pk=row.pk, report_on=None).exists():
            raise rules.reported(row.uid)
        made = Finding.objects.create(
            audit=row, number=new.number.strip(), target=target.uid, unit=target.unit, topic=new.topic, text=new.text.strip(),
            criterion=new.criterion.strip(), evidence=evidence.digest, amount=amount, found_at=at)
        told = {"审计项目": row.title, "审计对象": target.title, "问题类别": queries.topics()[new.topic].zh, "定性依据": made.criterion,
                "金额（元）": "—" if amount is None else str(amount)}
        opening = casework.Opening(about=made.uid, key=made.uid, subject=target.unit, source=target.unit, office=queries.bureau(day),
                                   values={"told": told})
        made.case = casework.open_case("audit_finding", opening=opening, given=Given(made.text), files=[evidence], by=by, at=at)
        made.save(update_fields=["case"])
        ledger.append([Entry("audit.found", {"finding": made.uid, "audit": row.uid, "evidence": made.evidence, "by": by.uid})], at=at)
    return made.uid


def money(text: Any, field: str) -> Decimal | None:
    """CNY, two decimals, not below 0. Errors: `FIND-AMOUNT`."""
    value = yuan_of(str(text or ""), MOST_YUAN)
    if value is None and str(text or "").strip():
        raise _amount(field, str(text))
    return value


def _amount(field: str, value: str) -> Refusal:
    return Refusal("FIND-AMOUNT", field=field, value=value[:30], rule="≥ 0, 2 decimals",
                   zh="金额须写作不小于0的数，至多两位小数；涉及金额的问题须写明已整改金额。",
                   en="An amount is a number from 0, two decimals; a finding with an amount needs the amount put right.")


class FindingConduct:
    """Only the audit bureau determines, sends back and closes; what the case decides is kept with the finding."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if "office" in move.who:
            must_be_bureau(by, at, move.permission)
        fixed = money(given.values.get("fixed"), "fixed")
        if move.verb == "close" and fixed is None and not case.values.get("fixed") and queries.finding(case.about).amount is not None:
            raise _amount("fixed", "")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        row, day = queries.finding(case.about), clock.city_day(at)
        if move.verb == "reply":
            row.reply = given.reason.strip()
        elif move.verb in ORDERS or move.verb == "drop":
            row.decided_on, row.upheld = day, move.verb in ORDERS
            row.sort = move.target if row.upheld else ""
        elif move.verb == "close":
            row.closed_on, row.fixed = day, money(case.values.get("fixed"), "fixed")
        if row.upheld and move.verb in (*ORDERS, "extend"):
            row.due = case.due
        row.save()


CONDUCTS = {"audit_finding": FindingConduct()}

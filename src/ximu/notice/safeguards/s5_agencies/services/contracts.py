"""A contract begins with its text, and ends with a dead key and data that came back, as checked by another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from ximu.foundation import apart, clock, files
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services as accounting
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import near_span
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s5_agencies import queries, rules
from ximu.notice.safeguards.s5_agencies.models import Contract, Return

LARGEST_BYTES = 50 << 20


@dataclass(frozen=True, slots=True)
class NewContract:
    """`key` is the uid of the API key that was issued for it, where the agency delivers by program."""

    number: str
    agency: str
    unit: str
    task: str
    since: date
    until: date
    content: bytes
    key: str = ""


def enter_contract(new: NewContract, *, by: Actor, at: datetime) -> str:
    """The uid. Errors: `PERM-DENIED`, `AGENCY-NONE`, `S5-FIELD`, `DATE-RANGE`, `DATE-ORDER`, `EVID-DIGEST`, `ORG-ENDED`, `KEY-STATE`,
    `S5-DUP`."""
    by.must("s5.contract", new.unit)
    agency = queries.agency(new.agency)
    for field, words in (("number", new.number), ("task", new.task)):
        rules.must_say(field, words)
    near_span(new.since, new.until)
    if not new.content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附合同文件。", en="The contract is needed as a file.")
    registry.must_live(new.unit, new.since)
    if new.key and not _is_for(new.key, new.unit, by):
        raise Refusal("KEY-STATE", status=409, field="key", value=new.key[:16], rule="alive, of this unit, of one contract",
                      zh="没有这个单位的这个密钥，或已吊销，或已属于另一合同。",
                      en="This unit has no such key, or it is revoked, or belongs to another contract.")
    digest, _ = files.keep([new.content], most_bytes=LARGEST_BYTES)
    try:
        with transaction.atomic():
            row = Contract.objects.create(number=new.number.strip(), agency=agency, unit=new.unit, task=new.task.strip(), since=new.since,
                                          until=new.until, key=new.key, text=digest, entered_at=at, entered_by=by.uid)
            row.log_index = ledger.append([Entry(queries.CONTRACT, queries.contract_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S5-DUP", status=409, field="number", value=new.number[:40], rule="unique", zh="该编号的合同已登记。",
                      en="A contract of this number is on record.") from error
    return row.uid


def _is_for(key: str, unit: str, by: Actor) -> bool:
    """With its contract a key dies: nobody names one of another unit or contract; an evaluator's for the whole city, who acts for it."""
    mine = Q(unit=unit) | Q(unit="", role="evaluator") if by.units_with("s5.contract") is None else Q(unit=unit)
    return accounts.keys().filter(mine, uid=key, revoked_at=None).exists() and not Contract.objects.filter(key=key).exists()


def _alive(key: str) -> bool:
    return accounts.keys().filter(uid=key, revoked_at=None).exists()


def end_contract(contract: str, *, on: date, content: bytes, by: Actor, at: datetime) -> None:
    """The two sides end it early: `on` is its last day, today or later, by the paper that says so. What is over ends its key at once.

    Errors: `PERM-DENIED`, `CONTRACT-NONE`, `STATE-EDGE` for one that is over or was ended early, `DATE-ORDER`, `EVID-DIGEST`."""
    row, today = queries.contract(contract), clock.city_day(at)
    by.must("s5.contract", queries.owner(row.unit, today))
    if row.until < today or row.ended_at:
        raise _edge(row)
    if not max(today, row.since) <= on < row.until:
        raise Refusal("DATE-ORDER", field="on", value=on.isoformat(), rule=f"{max(today, row.since)} – {row.until}",
                      zh="提前终止日不能早于今日或起始日，须早于约定的终止日。",
                      en="An early end is not before today or the beginning, and before the agreed end.")
    if not content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附提前终止的文件。",
                      en="The paper that ends it is needed.")
    digest, _ = files.keep([content], most_bytes=LARGEST_BYTES)
    with transaction.atomic():
        index = ledger.append([Entry(queries.ENDED, queries.ended_body(row.uid, on, digest))], at=at)[0]
        if not Contract.objects.filter(pk=row.pk, until=row.until, ended_at=None).update(
                until=on, agreed_until=row.until, ended_at=at, ended_by=by.uid, ended_text=digest, ended_index=index):
            raise _edge(row)
        if on == today and row.key and _alive(row.key):
            accounting.revoke_key(row.key, by=SYSTEM, at=at)


def revoke_due(*, at: datetime) -> int:
    """Every day: the key of a contract that is over is revoked where it still lives, and the contract remembers that it did."""
    today = clock.city_day(at)

    def revoked(row: Contract) -> int:
        if not _alive(row.key):
            return 0
        accounting.revoke_key(row.key, by=SYSTEM, at=at)
        return Contract.objects.filter(pk=row.pk, key_found_on=None).update(key_found_on=today)

    return apart.each("keys", Contract.objects.filter(until__lt=today, key_found_on=None).exclude(key=""), revoked)


def give_back(contract: str, *, on: date, proof: bytes, by: Actor, at: datetime) -> None:
    """Data came back or were destroyed, with the proof.

    Errors: `PERM-DENIED`, `CONTRACT-NONE`, `STATE-EDGE`, `TIME-FUTURE`, `DATE-ORDER`, `EVID-DIGEST`."""
    row = queries.contract(contract)
    by.must("s5.contract", queries.owner(row.unit, clock.city_day(at)))
    if on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="on", value=on.isoformat(), rule=f"≤ {clock.city_day(at)}", zh="返还日期不能在将来。",
                      en="The return cannot lie in the future.")
    if on < row.since:
        raise Refusal("DATE-ORDER", field="on", value=on.isoformat(), rule=f"≥ {row.since}", zh="返还日期不能早于合同起始日期。",
                      en="The return is not before the contract began.")
    if not proof:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附返还或销毁证明。",
                      en="The proof of return or destruction is needed.")
    digest, _ = files.keep([proof], most_bytes=LARGEST_BYTES)
    if row.until >= clock.city_day(at):
        raise _edge(row)
    try:
        with transaction.atomic():
            Return.objects.create(contract=row, returned_on=on, proof=digest, entered_at=at, entered_by=by.human)
            ledger.append([Entry("agency.return", {"contract": row.uid, "on": on.isoformat(), "proof": digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise _edge(row) from error


def check_return(contract: str, *, passed: bool, by: Actor, at: datetime) -> None:
    """Another person has seen that it is so, or sends it back. Errors: `PERM-DENIED`, `CONTRACT-NONE`, `STATE-EDGE`, `DUAL`."""
    row = queries.contract(contract)
    by.must("s5.judge", queries.owner(row.unit, clock.city_day(at)))
    waits = Return.objects.filter(contract=row, passed=None)
    back = waits.first()
    if back is None:
        raise _edge(row)
    if back.entered_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=row.number[:40], rule="entered_by ≠ by", zh="核查返还的不能是登记返还的人。",
                      en="Who entered the return does not check it.")
    with transaction.atomic():
        if not waits.filter(pk=back.pk).update(passed=passed, checked_at=at, checked_by=by.human):
            raise _edge(row)
        back.refresh_from_db()
        if passed:
            index = ledger.append([Entry(queries.EXIT, queries.exit_body(back))], at=at)[0]
            Return.objects.filter(pk=back.pk).update(log_index=index)
        else:
            ledger.append([Entry("agency.return-sent-back", {"contract": row.uid, "by": by.uid})], at=at)


def _edge(row: Contract) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="contract", value=row.number[:40], rule="ended, not checked",
                   zh="合同尚未终止，或者返还已登记、已核查。", en="The contract has not ended, or its return was entered or checked.")

"""A version is drafted from a file, lies out for notice with its difference, is published by another person, and never changes again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.lists import named_rows
from ximu.foundation.parameters import value_on
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.given import reason_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d12_approval.models import Edition
from ximu.notice.domains.d12_approval.queries import catalogue, register
from ximu.notice.domains.d12_approval.rules import catalogue as rules

DRAFT, PUBLISH = "d12.catalogue", "d12.publish"
State = Edition.State
MOST_FAULTS = 1000


def draft(number: str, content: bytes, *, basis: str, by: Actor, at: datetime) -> Edition:
    """The whole next version, as CSV, xlsx or JSON; the whole file or nothing.

    Errors: `PERM-DENIED`, `CAT-NUMBER`, `REASON`, `FILE-*`, `ROWS-BAD` with every fault (line, field, code), `CAT-OPEN`, `CAT-WAITS`.
    """
    by.must(DRAFT)
    before = catalogue.newest()
    rules.must_be_number(number, before.number if before else "", latest=clock.city_day(at).year + 1)
    said = reason_of(basis)
    items = _items(named_rows(content), at)
    _must_not_strand(before, items, at)
    try:
        with transaction.atomic():
            row = Edition.objects.create(number=number, basis=said, items=items, digest=digest(items), drafted_at=at,
                                         previous=before.number if before else "", drafted_by=by.human)
            ledger.append([Entry("approval.drafted", {"edition": row.uid, "number": number, "digest": row.digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("CAT-WAITS", status=409, field="number", value=number, rule="1", zh="已有一个版本在起草或者公示，请先办结或者撤回。",
                      en="A version is drafted or lies out for notice; finish or withdraw it first.") from error
    return row


def _items(rows: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Errors: `FILE-EMPTY`, `ROWS-BAD`."""
    if not rows:
        raise Refusal("FILE-EMPTY", field="file", value="", rule="≥ 1", zh="文件中没有事项。", en="The file holds no item.")
    units = registry.find_many(sorted({rules.unit_of(row) for row in rows} - {""}), as_of=clock.city_day(at))[0]
    services, items, faults = register.services(at=at), dict[str, dict[str, Any]](), []
    for line, row in enumerate(rows, 2):
        item, wrong = rules.read_item(row, units, services)
        wrong += [("code", "CAT-DUP")] if item["code"] in items else []
        faults += [{"line": line, "field": field, "code": code} for field, code in wrong]
        items[item["code"]] = item
    if faults:
        line, field, code = faults[0].values()
        words = rules.FIELDS[field]
        raise Refusal("ROWS-BAD", field=field, value="", rule=code, extra={"line": line, "faults": faults[:MOST_FAULTS]},
                      zh=f"第{line}行“{words.zh}”不合要求（{code}），共{len(faults)}处；整份文件未采用。",
                      en=f"Line {line}, “{words.en}” ({code}), {len(faults)} in all; nothing was taken.")
    return [items[code] for code in sorted(items)]


def _must_not_strand(before: Edition | None, items: list[dict[str, Any]], at: datetime) -> None:
    """An item with open applications or reports is not removed: it stops taking new ones first. Errors: `CAT-OPEN`."""
    gone = {one["code"] for one in before.items} - {one["code"] for one in items} if before else set()
    if stranded := {code: number for code, number in sorted(register.open_items(at).items()) if code in gone}:
        code = next(iter(stranded))
        raise Refusal("CAT-OPEN", status=409, field="code", value=code, rule="0", extra={"open": stranded},
                      zh=f"事项{code}还有{stranded[code]}件在办，不能取消；可先列为“停止受理”，办结后再取消。",
                      en=f"Item {code} has {stranded[code]} open cases and cannot go; let it take no new ones first.")


def _waiting(number: str) -> Edition:
    """Errors: `CAT-NONE`, `CAT-FROZEN`."""
    row = catalogue.edition(number, drafts=True)
    if row.state == State.PUBLISHED:
        raise Refusal("CAT-FROZEN", status=409, field="number", value=row.number, rule="published",
                      zh="已公布的版本不能改动，请另起草新的版本。", en="A published version never changes; draft a new one.")
    return row


def give_notice(number: str, *, by: Actor, at: datetime) -> Edition:
    """From today for the days of the parameter. Errors: `PERM-DENIED`, `CAT-NONE`, `CAT-FROZEN`, `STATE-EDGE`."""
    by.must(DRAFT)
    row, day = _waiting(number), clock.city_day(at)
    until = day + timedelta(days=int(value_on(catalogue.HERE, "catalogue_notice_days", day)))
    with transaction.atomic():
        _move(row, State.DRAFT, state=State.NOTICE, notice_from=day, notice_until=until)
        ledger.append([Entry("approval.noticed", {"edition": row.uid, "digest": row.digest, "until": str(until), "by": by.uid})], at=at)
    return catalogue.edition(number)


def publish(number: str, *, in_force: date, by: Actor, at: datetime) -> Edition:
    """By another person, once the notice is over; a first version changes nothing and needs none.

    Errors: `PERM-DENIED`, `CAT-NONE`, `CAT-FROZEN`, `DUAL`, `CAT-NOTICE`, `CAT-PAST`, `CAT-OPEN`, `STATE-EDGE`.
    """
    by.must(PUBLISH)
    row, day, before = _waiting(number), clock.city_day(at), catalogue.newest()
    if row.drafted_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="起草的人不能自己公布。",
                      en="Who drafted it cannot publish it.")
    if before and (row.notice_until is None or day <= row.notice_until):
        raise Refusal("CAT-NOTICE", status=409, field="notice_until", value=str(row.notice_until or ""), rule="公示",
                      zh=f"调整目录须先公示，期满（{row.notice_until or '尚未公示'}）后才能公布。",
                      en=f"A change is published after the last day of its notice ({row.notice_until or 'not begun'}).")
    if not 0 <= (in_force - day).days <= rules.LONGEST_TERM or (before and before.in_force and in_force <= before.in_force):
        raise Refusal("CAT-PAST", field="in_force", value=str(in_force), rule=f"{day} + {rules.LONGEST_TERM}",
                      zh="生效日应在公布日起一年以内，并晚于上一版本的生效日。",
                      en="It is in force within a year of its publication, and later than the version before.")
    _must_not_strand(before, row.items, at)
    with transaction.atomic():
        _move(row, row.state, state=State.PUBLISHED, in_force=in_force, published_at=at, published_by=by.human)
        [index] = ledger.append([Entry(catalogue.PUBLISHED, catalogue.published_body(catalogue.edition(number)))], at=at)
        Edition.objects.filter(pk=row.pk, log_index=None).update(log_index=index)
    return catalogue.edition(number)


def withdraw(number: str, *, reason: str, by: Actor, at: datetime) -> None:
    """A draft, or a version that lies out for notice. Errors: `PERM-DENIED`, `CAT-NONE`, `CAT-FROZEN`, `REASON`, `STATE-EDGE`."""
    by.must(DRAFT)
    row, said = _waiting(number), reason_of(reason)
    with transaction.atomic():
        _move(row, row.state, state=State.WITHDRAWN)
        ledger.append([Entry("approval.withdrawn", {"edition": row.uid, "reason": digest(said), "by": by.uid})], at=at)


def _move(row: Edition, before: str, **changed: Any) -> None:
    if not Edition.objects.filter(pk=row.pk, state=before).update(**changed):
        raise Refusal("STATE-EDGE", status=409, field="state", value=row.number, rule="draft → notice → published",
                      zh="该版本的状态已经改变，不能这样办理。", en="The version is in another state by now.")


ACTS = {"draft": draft, "notice": give_notice, "publish": publish, "withdraw": withdraw}

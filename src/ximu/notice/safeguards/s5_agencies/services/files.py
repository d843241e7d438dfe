"""Files of items, indices and uses; and whether an item was right, as said by neither the agency nor the unit concerned."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s5_agencies import queries, rules
from ximu.notice.safeguards.s5_agencies.models import Contract, Verdict

RIGHTS = {queries.USES: "s5.contract", queries.FEEDS: "s5.feed", queries.INDEX: "s5.feed"}


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Good rows are kept. A use of a product that is not listed is `PRODUCT-NONE`, of another's unit, number or contract
    `PERM-DENIED`; an item or index outside the time of its contract `CONTRACT-NONE`.

    Errors: `PERM-DENIED` and those of `intake.deliver_rows`."""
    by.must(RIGHTS[dataset])
    listed, deals, today = queries.products(), {one.number: one for one in Contract.objects.all()}, clock.city_day(at)
    theirs = {row["use"]: row["unit"] for row in events.rows_of(queries.USES, known_at=at)} if dataset == queries.USES else {}

    def judge_uses(rows: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, str, str]]:
        strange = [(line, "product", "PRODUCT-NONE") for line, row in rows if row["product"] not in listed]
        taken = [(line, "use", "PERM-DENIED") for line, row in rows if (unit := theirs.get(row["use"])) and not (
            by.can("s5.contract", unit) or by.can("s5.contract", queries.owner(unit, today)))]
        return strange + taken + [(line, "unit_name", "PERM-DENIED") for line, row in rows if not by.can("s5.contract", row["unit"])]

    def judge_feeds(rows: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, str, str]]:
        day = "observed_on" if dataset == queries.FEEDS else "as_of"
        outside = [(line, "contract", "CONTRACT-NONE") for line, row in rows
                   if (deal := deals.get(row["contract"])) is None or not deal.since <= row[day] <= deal.until]
        return outside + [(line, "contract", "PERM-DENIED") for line, row in rows
                          if (deal := deals.get(row["contract"])) and not by.can("s5.feed", queries.owner(deal.unit, today))]

    judge, right = (judge_uses, RIGHTS[dataset]) if dataset == queries.USES else (judge_feeds, "")
    return deliver_rows(dataset, path, batch=batch, by=by, at=at, judge=judge, right=right)


def judge(contract: str, item: str, outcome: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Once, with the reason. Errors: `PERM-DENIED`, `CONTRACT-NONE`, `ITEM-NONE`, `S5-KIND`, `S5-FIELD`, `PROV-NONE` for a lead without
    provenance, `CONFLICT` for somebody of the unit concerned, `S5-DUP`."""
    row, today = queries.contract(contract), clock.city_day(at)
    by.must("s5.judge", queries.owner(row.unit, today))
    told = queries.item(row.number, item, at)
    rules.must_be_one_of(outcome, rules.OUTCOMES, "outcome")
    rules.must_say("reason", reason)
    if not told["provenance"]:
        raise Refusal("PROV-NONE", status=409, field="provenance", value="", rule="required", zh="没有出处的只作线索，不作核实结论。",
                      en="Without provenance it is a lead only; nothing is decided about it.")
    if by.unit and queries.owner(by.unit, today) == queries.owner(told["unit"], today):
        raise Refusal("CONFLICT", status=403, field="by", value=item[:60], rule="unit ≠ by.unit", zh="所涉单位的人员不能核实本单位的线索。",
                      en="Nobody of the unit concerned verifies an item about it.")
    try:
        with transaction.atomic():
            said = Verdict.objects.create(contract=row, item=told["item"], outcome=outcome, reason=reason.strip()[:400], judged_at=at,
                                          judged_by=by.uid)
            said.log_index = ledger.append([Entry(queries.VERDICT, queries.verdict_body(said))], at=at)[0]
            said.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S5-DUP", status=409, field="item", value=item[:60], rule="unique", zh="该线索已核实。",
                      en="This item was verified.") from error

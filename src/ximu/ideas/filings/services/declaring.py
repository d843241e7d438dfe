"""A table is declared by the unit that keeps it; another declaration of the same number begins on a later day and ends the one before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.filings import queries
from ximu.ideas.filings.models import Form
from ximu.ideas.filings.rules.figures import read_table
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

DECLARE = "filings.declare"


def declare(raw: Mapping[str, Any], *, keeper: str, by: Actor, at: datetime) -> str:
    """The table's uid. Errors: `PERM-DENIED`, `FILING-UNIT`, `TABLE-BAD` naming the member, `TABLE-ORDER`, `ORG-UNKNOWN`."""
    by.must(DECLARE)
    if not queries.of_unit(by, DECLARE, keeper, clock.city_day(at)):
        raise not_of_unit("制表单位", "the unit that keeps the table")
    table = read_table(raw)
    if table.adds and not any(one.code == table.adds for one in queries.forms()):
        raise Refusal("TABLE-BAD", field="adds", value=table.adds[:20], rule="表号", zh="报表的“adds”不合要求：没有这张下级报表。",
                      en="“adds” of the table is not right: there is no such table beneath.")
    queries.reporters(table, table.since)
    earlier = Form.objects.filter(code=table.code).order_by("-since").first()
    if earlier is not None and (earlier.since >= table.since or earlier.keeper != keeper):
        raise Refusal("TABLE-ORDER", status=409, field="since", value=table.since.isoformat(), rule=f"> {earlier.since}",
                      zh=f"表号{table.code}已有自{earlier.since}起的制度，新的须由同一单位制定并晚于它。",
                      en=f"{table.code} has a declaration from {earlier.since}; another begins later and is made by the same unit.")
    if earlier is not None and queries.filed_from(earlier, table.since, today=clock.city_day(at)):
        raise Refusal("TABLE-ORDER", status=409, field="since", value=table.since.isoformat(), rule="未报送的报告期",
                      zh="自该日起的报告期已有单位按现行制度报送，新的制度须自更晚之日起。",
                      en="Periods from that day have been filed by the declaration in force; another begins later.")
    declared = {name: value for name, value in raw.items() if name not in ("since", "until")} | {"since": table.since.isoformat()}
    made = Form(uid=new_uid(), keeper=keeper, code=table.code, declared=declared, since=table.since, until=table.until, entered_at=at)
    try:
        with transaction.atomic():
            if earlier is not None and (earlier.until is None or earlier.until >= table.since):
                Form.objects.filter(pk=earlier.pk).update(until=table.since - timedelta(days=1))
            [made.log_index] = ledger.append([Entry(queries.DECLARED, queries.form_body(made))], at=at)
            made.save()
    except IntegrityError as error:
        raise Refusal("TABLE-ORDER", status=409, field="since", value=table.since.isoformat(), rule="once", zh="该表号已有自同日起的制度。",
                      en="There is a declaration from that day already.") from error
    return made.uid


def not_of_unit(zh: str, en: str) -> Refusal:
    return Refusal("FILING-UNIT", status=403, field="by", value="", rule="本单位", zh=f"该事项只能由{zh}的人员办理。",
                   en=f"Only people of {en} may do this.")

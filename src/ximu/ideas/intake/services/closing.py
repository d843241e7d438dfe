"""How is a month closed? What every unit said, what is open and who holds it, frozen, signed by the log, kept as a receipt."""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.intake import queries
from ximu.ideas.intake.models import MonthReceipt
from ximu.ideas.intake.rules import coverage, evidence
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT = 32


@transaction.atomic
def close_month(unit: str, month: str, *, by: Actor, at: datetime) -> MonthReceipt:
    """The month of a unit and of those beneath it, as it stands; closing again after a change gives a second receipt.

    Errors: `PERM-DENIED`, `MONTH-FORM`, `MONTH-OPEN` before the month is over, `MONTH-EMPTY` with nothing to return, `MONTH-CLOSED`
    when nothing changed.
    """
    by.must("intake.watch", unit)
    first, today = coverage.first_day(month), clock.city_day(at)
    if coverage.month_of(today) <= coverage.month_of(first):
        raise Refusal("MONTH-OPEN", status=409, field="month", value=month, rule=f"< {coverage.month_of(today)}", zh=f"{month}还没有结束。",
                      en=f"{month} is not over yet.")
    state = queries.month_state(unit, month, today=today)
    if not state["cells"]:
        raise Refusal("MONTH-EMPTY", status=409, field="month", value=month, rule=unit, zh="该月没有应报送的事项，无需办结。",
                      en="Nothing was to be returned for this month.")
    last = queries.month_receipts(unit, month)
    if last and {k: last[0].payload[k] for k in ("cells", "open")} == {k: state[k] for k in ("cells", "open")}:
        raise Refusal("MONTH-CLOSED", status=409, field="month", value=month, rule=last[0].uid, zh=f"{month}已经办结，之后没有变化。",
                      en=f"{month} was closed already and nothing has changed since.")
    payload = {"receipt": "月度归集办结回执", **state, "closed_on": today.isoformat(), "green": not state["open"]}
    salt = os.urandom(SALT)
    sealed = commitment(salt, payload)
    index = append([Entry(evidence.CLOSED, {"commitment": sealed})], at=at)[0]
    return MonthReceipt.objects.create(unit=unit, month=month, payload=payload, salt=salt, commitment=sealed, log_index=index, closed_at=at,
                                       closed_by=by.human)

"""Which scale is in force, what went to the trading centre, and what should the log say of scales?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation.parameters import value_on
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.credit import queries as credit
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.exchange import queries as exchange
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d03_tendering.models import Standard

HERE = Path(__file__).parents[1]
SEE, CHANNEL, MOST_SHARED = "d03.see", "trading-centre", 1000
"""The channel over which records of breaches go to the trading centre."""
STANDARD = "tender.standard"
KINDS = (*credit.KINDS, STANDARD)
"""The entries of credit reports are proved here, with those of the row that brought them."""
law = partial(value_on, HERE)


def standards(*, every: bool = False) -> list[Standard]:
    """Those in force and to come, earliest first; `every`: also those proposed or refused."""
    rows = Standard.objects.order_by("since", "pk")
    return list(rows if every else rows.filter(state=Standard.State.PUBLISHED))


def standard_on(on: date) -> Standard | None:
    """The version in force on a day."""
    return Standard.objects.filter(state=Standard.State.PUBLISHED, since__lte=on).order_by("-since").first()


def standard(version: str) -> Standard:
    """Errors: `STD-NONE`."""
    found = Standard.objects.filter(state=Standard.State.PUBLISHED, version=version[:40]).first()
    if found is None:
        raise absent("STD-NONE", field="standard", value=version[:40], zh="个已发布的评价标准", en="published scale")
    return found


def proposed(uid: str) -> Standard:
    """Errors: `STD-NONE`."""
    found = Standard.objects.filter(uid=uid).first()
    if found is None:
        raise absent("STD-NONE", field="standard", value=uid[:16], zh="个评价标准", en="scale")
    return found


def text_of(row: Standard) -> str:
    return assessment.method_row(row.method).text


def method_of(row: Standard) -> Method:
    return load(text_of(row))


def shared(by: Actor, *, at: datetime) -> tuple[Any, list[Any]]:
    """The trading centre's channel, or None, and its newest rows: all for the whole city, else of records that this person may read."""
    if tallied() is None:
        return None, []
    found = exchange.channel(CHANNEL)
    rows = list(exchange.carried(CHANNEL, MOST_SHARED))
    if by.units_with(SEE) is None:
        return found, rows
    known = records.known_of({one.number for one in rows}, view=disclosure.view_for(by, at=at), known_at=at)
    return found, [one for one in rows if one.number in known]


def tallied() -> Counter[tuple[str, str]] | None:
    """How many rows of each act and state went over the channel or wait there, all of them; no channel: None."""
    try:
        return Counter(exchange.carried(CHANNEL, 1_000_000).values_list("op", "state"))
    except Refusal:
        return None


def standard_body(row: Standard) -> dict[str, Any]:
    return {"standard": row.uid, "method": row.method, "version": row.version, "since": str(row.since), "resolution": row.resolution}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about credit reports and about scales."""
    yield from credit.provider(first, last)
    for made in Standard.objects.filter(log_index__gte=first, log_index__lt=last):
        yield made.log_index or 0, entry_bytes(STANDARD, standard_body(made), made.published_at), f"评价标准 {made.version}"

"""What should the log say about letters and checks, derived from what the tables hold now?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ximu.ideas.filings import queries as filings
from ximu.ideas.ledger.rules import commitment, entry_bytes
from ximu.notice.domains.d15_statistics.models import Check, Pledge

SIGNED, CHECKED = "stats.pledged", "stats.checked"
KINDS = (*filings.KINDS, SIGNED, CHECKED)


def check_body(row: Check) -> dict[str, Any]:
    """What a check found is not public: a salted commitment."""
    whole = {"filing": row.filing, "figure": row.figure, "reported": f"{row.reported:.2f}", "checked": f"{row.checked:.2f}",
             "traced": row.traced, "on": row.checked_on.isoformat(), "document": row.document, "paper": row.paper, "person": row.person}
    return {"check": row.uid, "filing": row.filing, "commitment": commitment(bytes(row.salt), whole)}


def pledge_body(row: Pledge) -> dict[str, Any]:
    return {"pledge": row.uid, "unit": row.unit, "post": row.post, "signed_on": row.signed_on.isoformat(), "paper": row.paper,
            "until": row.until.isoformat() if row.until else ""}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """Beside tables and hand-overs, which `filings` derives."""
    yield from filings.provider(first, last)
    span = {"log_index__gte": first, "log_index__lt": last}
    for pledge in Pledge.objects.filter(**span):
        yield pledge.log_index, entry_bytes(SIGNED, pledge_body(pledge), pledge.entered_at), f"统计责任书 {pledge.uid}"
    for row in Check.objects.filter(**span):
        yield row.log_index, entry_bytes(CHECKED, check_body(row), row.entered_at), f"数据核查 {row.document} {row.figure}"

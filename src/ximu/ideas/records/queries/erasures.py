"""Which requests to erase are there, and what became of them?"""

from __future__ import annotations

from collections.abc import Collection

from ximu.ideas.records.models import Erasure, Version
from ximu.kernel.refusal import absent


def ended_of(subjects: Collection[str]) -> list[tuple[str, str]]:
    """(number, state) of records about these that nobody may query any more, but whose content is still kept."""
    rows = Version.objects.filter(newest=True, subject__in=subjects, state__in=["expired", "revoked"], payload__isnull=False)
    return list(rows.order_by("number").values_list("number", "state")[:200])


def erasure_open(number: str) -> Erasure | None:
    """The request for this record that waits for its second person."""
    return next((row for row in Erasure.objects.filter(state=Erasure.State.ASKED).order_by("-asked_at") if number in row.versions), None)


def erasure_asked(number: str) -> Erasure:
    """Errors: `ERASE-NONE`."""
    found = erasure_open(number)
    if found is None:
        raise absent("ERASE-NONE", field="number", value=number, zh="项待批准的删除请求", en="request to erase that waits")
    return found


def erasure_done(number: str) -> Erasure | None:
    """The request by which this record was erased; its entry in the log is the receipt."""
    return next((row for row in Erasure.objects.filter(state=Erasure.State.DONE).order_by("-decided_at") if number in row.versions), None)

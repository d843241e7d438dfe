"""How long is it kept? Personal columns go first, whole parts when their years are over (个人信息保护法 art. 19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from ximu.foundation import apart, clock, strongbox
from ximu.foundation.doomed import doom
from ximu.ideas.events import queries
from ximu.ideas.events.models import Batch, Removal
from ximu.ideas.ledger.services import append as log
from ximu.kernel.actor import Actor

DAYS_A_YEAR = 365.25


def drop_due(name: str, *, on: date, by: Actor, at: datetime) -> tuple[int, int]:
    """Destroy what is over its keeping time on a day: (sealed parts, parts). Safe to repeat."""
    by.must("events.keep")
    kept = queries.keeping(name, on)
    held = queries.batches(name).exclude(part="")
    sealed = held.filter(unsealed_at=None, last_day__lt=on - timedelta(days=kept.personal_days)).exclude(sealed="")
    old = held.filter(dropped_at=None, last_day__lt=on - timedelta(days=round(kept.keep_years * DAYS_A_YEAR)))
    return (sum(_remove(b, "personal", by=by, at=at) for b in list(sealed.select_related("stream"))),
            sum(_remove(b, "part", by=by, at=at) for b in list(old.select_related("stream"))))


def drop_all_due(*, by: Actor, at: datetime) -> int:
    """Every dataset, as of the city's day; how many files went. What is over its time on the data's own clock goes, never sooner."""
    day, held = clock.city_day(at), set(Batch.objects.values_list("stream__name", flat=True).distinct())
    names = [one.name for one in queries.datasets() if one.name in held]
    return apart.each("datasets", names, lambda name: sum(drop_due(name, on=day, by=by, at=at)))


def _remove(batch: Batch, what: str, *, by: Actor, at: datetime) -> bool:
    """The row says so first; the key and the file go once that is certain."""
    field = "unsealed_at" if what == "personal" else "dropped_at"
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, **{field: None}).update(**{field: at}):
            return False
        made = Removal(batch=batch, what=what, removed_at=at, removed_by=by.uid)
        made.log_index = log([queries.entry_of(made)], at=at)[0]
        made.save()
        doom(*_papers(batch, what))
    return True


def _papers(batch: Batch, what: str) -> list[Path]:
    """The key goes first: what it sealed cannot be read again, wherever copies lie."""
    folder = queries.folder(batch.stream.name)
    if what == "personal":
        return [strongbox.key_path(f"events/{batch.stream.name}/{batch.sealed}"), folder / batch.sealed]
    return [folder / batch.part]

"""Which publications are open now? The one answer for every exit: page, list, feed, download, search, proof."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from ximu.ideas.casework.queries import paused_now
from ximu.ideas.disclosure.models import Publication


def open_on(on: date) -> QuerySet[Publication]:
    """A publication ends with its day, whether or not a sweep has run; while an objection is overdue it is not shown."""
    rows = Publication.objects.filter(state=Publication.State.OPEN, closes_on__gte=on)
    return rows.exclude(number__in=held) if (held := paused_now()) else rows

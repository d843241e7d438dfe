"""What waits for a person today? Every room that offers `queries.today` is asked."""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module

from ximu.foundation.rooms import with_module
from ximu.kernel.actor import Actor
from ximu.kernel.today import TodayItem


def items_for(actor: Actor, *, at: datetime) -> list[TodayItem]:
    """What every room has for this person, the most urgent first; what has no due date comes last."""
    found: list[TodayItem] = []
    for _, module in with_module("queries"):
        provider = getattr(import_module(module), "today", None)
        if provider:
            found.extend(provider(actor, at))
    return sorted(found, key=lambda item: (item.due or date.max, item.kind.zh, item.title.zh))

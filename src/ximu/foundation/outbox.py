"""How does one room tell another? An outbox row in the transaction, delivered after it.

A handler runs inside the transaction that marks its row done, so a redelivery after a crash finds
either both or neither: the effect is there once.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from ximu.foundation.models import Outbox

MOST_ATTEMPTS = 8
"""After these many failures a row is parked and shown to the operator."""
AT_ONCE = 100
"""Rows per statement, under SQLite's limit of parameters."""
FIRST_PAUSE = timedelta(seconds=5)
log = logging.getLogger(__name__)
_handlers: dict[str, dict[str, Callable[..., None]]] = {}
_classes: dict[str, type] = {}


def connect(event: type, handler: Callable[..., None]) -> None:
    """Called by `config/wiring.py` only. A handler takes `(event, *, at)` and must be safe to repeat."""
    name = f"{event.__module__}.{event.__qualname__}"
    _classes[name] = event
    _handlers.setdefault(name, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler


def announce(event: Any, *, at: datetime) -> None:
    """Write one outbox row per connected handler; try to deliver right after the commit.

    `event` is a frozen dataclass of plain JSON values from a room's `hooks.py`, without personal data.
    """
    announce_many([event], at=at)


def announce_many(events: Sequence[Any], *, at: datetime) -> None:
    """As `announce`, for many at once: a few statements, in the order given."""
    rows = [
        Outbox(handler=h, event=name, body=asdict(event), created_at=at, due_at=at)
        for event in events for name in [f"{type(event).__module__}.{type(event).__qualname__}"] for h in _handlers.get(name, {})
    ]
    Outbox.objects.bulk_create(rows, batch_size=AT_ONCE)
    if rows and settings.XIMU_OUTBOX_INLINE:
        keys = [row.pk for row in rows]
        transaction.on_commit(lambda: [deliver(key, at=at) for key in keys])


def deliver(key: int, *, at: datetime) -> bool:
    """Deliver one row. True when it is done now (by us or by somebody else)."""
    row = Outbox.objects.filter(pk=key, state=Outbox.State.PENDING).first()
    if row is None:
        return True
    handler = _handlers.get(row.event, {}).get(row.handler)
    try:
        if handler is None:
            raise LookupError(row.handler)
        with transaction.atomic():
            if not Outbox.objects.filter(pk=key, state=Outbox.State.PENDING).update(state=Outbox.State.DONE):
                return True
            handler(_classes[row.event](**row.body), at=at)
    except Exception as error:
        _postpone(row, error, at=at)
        return False
    return True


def _postpone(row: Outbox, error: Exception, *, at: datetime) -> None:
    attempts = row.attempts + 1
    state = Outbox.State.PARKED if attempts >= MOST_ATTEMPTS else Outbox.State.PENDING
    Outbox.objects.filter(pk=row.pk, state=Outbox.State.PENDING).update(
        attempts=attempts, state=state, due_at=at + FIRST_PAUSE * 2**attempts, error=type(error).__name__,
    )
    log.warning("outbox row %s for %s failed (%s), attempt %s", row.pk, row.handler, type(error).__name__, attempts)


def sweep(*, at: datetime, most: int = 500) -> int:
    """Deliver what is due; the number delivered. Run by the worker and by tests."""
    keys = Outbox.objects.filter(state=Outbox.State.PENDING, due_at__lte=at).order_by("pk").values_list("pk", flat=True)
    return sum(deliver(key, at=at) for key in list(keys[:most]))


def load(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)

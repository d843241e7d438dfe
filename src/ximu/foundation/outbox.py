"""How does one room tell another? An outbox row in the transaction, delivered after it.

A handler runs inside the transaction that marks its row done, so a redelivery after a crash finds
either both or neither: the effect is there once.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from ximu.foundation.bulk import insert_rows
from ximu.foundation.models import Outbox

MOST_ATTEMPTS = 8
"""After these many failures a row is parked and shown to the operator."""
COLUMNS = ("handler", "event", "body", "state", "attempts", "created_at", "due_at", "error")
TOGETHER = 25
"""Rows of one handler in one transaction: so many are asked again, and answered the same, after a worker was killed."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = FIRST_PAUSE * 2**MOST_ATTEMPTS
"""A row that is due later than this was written while the clock was ahead; it does not wait for that day."""
log = logging.getLogger(__name__)
_handlers: dict[str, dict[str, Callable[..., None]]] = {}
_many: dict[str, Callable[..., Mapping[int, Exception]]] = {}
_classes: dict[str, type] = {}


def connect(event: type, handler: Callable[..., None], *, many: Callable[..., Mapping[int, Exception]] | None = None) -> None:
    """Called by `config/wiring.py` only. A handler takes `(event, *, at)` and must be safe to repeat.

    `many` takes a list of events, does for all what the handler does for each, and answers with those that failed (place → error),
    of which it has left nothing; they are tried again by themselves. Where it fails as a whole, each is delivered by itself.
    """
    name = f"{event.__module__}.{event.__qualname__}"
    _classes[name] = event
    called = f"{handler.__module__}.{handler.__qualname__}"
    _handlers.setdefault(name, {})[called] = handler
    if many is not None:
        _many[called] = many


def announce(event: Any, *, at: datetime) -> None:
    """Write one outbox row per connected handler; try to deliver right after the commit.

    `event` is a frozen dataclass of plain JSON values from a room's `hooks.py`, without personal data.
    """
    announce_many([event], at=at)


def announce_many(events: Sequence[Any], *, at: datetime) -> None:
    """As `announce`, for many at once: a few statements, in the order given."""
    kinds = {kind: f"{kind.__module__}.{kind.__qualname__}" for kind in set(map(type, events))}
    told = {kind: [(handler, name) for handler in _handlers.get(name, ())] for kind, name in kinds.items()}
    pending = Outbox.State.PENDING.value
    rows = [(handler, name, event, pending, 0, at, at, "") for event in events for handler, name in told[type(event)]]
    insert_rows(Outbox, COLUMNS, rows)
    if rows and settings.XIMU_OUTBOX_INLINE:
        names = sorted(kinds.values())
        transaction.on_commit(lambda: _deliver_all(_fresh(names, at), at=at))


def _fresh(names: Sequence[str], at: datetime) -> list[tuple[str, int]]:
    """What was announced in this moment and waits, in its order."""
    waiting = Outbox.objects.filter(state=Outbox.State.PENDING, due_at=at, created_at=at, event__in=names)
    return list(waiting.order_by("pk").values_list("handler", "pk"))


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


def _postpone(row: Outbox, error: Exception, *, at: datetime, state: str = Outbox.State.PENDING) -> None:
    """`state`: that in which the row stands now."""
    attempts = row.attempts + 1
    then = Outbox.State.PARKED if attempts >= MOST_ATTEMPTS else Outbox.State.PENDING
    Outbox.objects.filter(pk=row.pk, state=state).update(
        attempts=attempts, state=then, due_at=at + FIRST_PAUSE * 2**attempts, error=type(error).__name__,
    )
    log.warning("outbox row %s for %s failed (%s), attempt %s", row.pk, row.handler, type(error).__name__, attempts)


def sweep(*, at: datetime, most: int = 500) -> int:
    """Deliver what is due; the number delivered. Run by the worker and by tests."""
    due = Outbox.objects.filter(Q(due_at__lte=at) | Q(due_at__gt=at + LONGEST_PAUSE), state=Outbox.State.PENDING).order_by("pk")
    return _deliver_all(list(due.values_list("handler", "pk")[:most]), at=at)


def _deliver_all(pairs: Sequence[tuple[str, int]], *, at: datetime) -> int:
    """(handler, key) in their order; what stands together and may be delivered together, is."""
    delivered = 0
    for handler, rows in groupby(pairs, key=itemgetter(0)):
        keys = [key for _, key in rows]
        parts = [keys[start:start + TOGETHER] for start in range(0, len(keys), TOGETHER)] if handler in _many else [keys]
        for part in parts:
            if handler in _many and len(part) > 1 and _deliver_many(part, handler, at=at):
                delivered += len(part)
            else:
                delivered += sum(deliver(key, at=at) for key in part)
    return delivered


def _deliver_many(keys: Sequence[int], handler: str, *, at: datetime) -> bool:
    """All of one handler's rows in one transaction, or none of them: then each has its own, and only the bad one waits."""
    try:
        with transaction.atomic():
            waiting = Outbox.objects.filter(pk__in=keys, state=Outbox.State.PENDING)
            rows = list(waiting.order_by("pk"))
            if waiting.update(state=Outbox.State.DONE) != len(keys) or len(rows) != len(keys):
                raise _NotAlone
            failed = _many[handler]([_classes[row.event](**row.body) for row in rows], at=at)
            for place, error in failed.items():
                _postpone(rows[place], error, at=at, state=Outbox.State.DONE)
    except Exception as error:
        if not isinstance(error, _NotAlone):
            log.warning("outbox: %s rows of %s go one by one (%s)", len(keys), handler, type(error).__name__)
        return False
    return True


class _NotAlone(Exception):
    """Somebody else has taken some of these rows."""


def load(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)

"""Counts over everything public, kept in the process until something public changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import TypeVar

from django.db import connection

from ximu.foundation.once import once
from ximu.ideas.casework.queries import paused_now
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.registry import queries as registry

Kept = TypeVar("Kept")
MOST_KEPT = 512
_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


def _now() -> Hashable:
    """Another value as soon as a publication opens, closes or is paused, or the registry changes."""
    ends = tuple(Publication.objects.filter(**{f"{index}__isnull": False}).order_by(f"-{index}").values_list("uid", flat=True).first()
                 for index in ("log_index", "closed_index"))
    return str(connection.settings_dict["NAME"]), ends, frozenset(paused_now()), registry.version()


def remembered(what: Hashable, on: date, count: Callable[[], Kept]) -> Kept:
    """What `count` says; asked again only after a publication opened, closed or was paused, a reform, or on another day."""
    state = (what, on, once("disclosure.public_now", _now))
    with _lock:
        if state in _kept:
            _kept.move_to_end(state)
            return _kept[state]  # type: ignore[return-value]
    counted = count()
    with _lock:
        _kept[state] = counted
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return counted

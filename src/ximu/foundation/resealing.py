"""How does a new key come into force? What older keys sealed is opened and sealed again, batch by batch, until no older key is needed.

Each room says by `queries.sealed_places()` what it keeps sealed; sealed files are found by themselves. A batch is one transaction; a run
that was killed is begun again and passes over what is done, since each sealed value names its key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from ximu.foundation import files, vault
from ximu.foundation.rooms import with_module

BATCH = 500
PATIENCE_SECONDS, LOOK_SECONDS = 600.0, 0.2
ROUNDS = 5
"""A row may be sealed with the older key while the new one is made: after so many passes somebody must look."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where sealed values lie. `stale(versions)` finds the rows with values of these keys (more than those is no harm);
    `renewed(row)` gives the columns that change."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    stale: Callable[[list[int]], Q]
    renewed: Callable[[Any], dict[str, Any]]


def text_place(model: type[Model], field: str, about: Callable[[Any], str]) -> Place:
    """A column that holds one sealed text."""
    def renewed(row: Any) -> dict[str, Any]:
        bound = about(row)
        return {field: vault.seal(vault.unseal(getattr(row, field), about=bound), about=bound)}

    def stale(versions: list[int]) -> Q:
        return _any([Q(**{f"{field}__startswith": vault.mark(version)}) for version in versions])

    return Place(f"{model._meta.db_table}.{field}", lambda: model._default_manager.all(), stale, renewed)


def hex_place(model: type[Model], field: str, about: Callable[[Any], str], rows: Callable[[], QuerySet[Any]]) -> Place:
    """A column that holds sealed bytes in hexadecimal; `rows` are those sealed by the server's key."""
    def renewed(row: Any) -> dict[str, Any]:
        bound = about(row)
        return {field: vault.seal_bytes(vault.unseal_bytes(bytes.fromhex(getattr(row, field)), about=bound), about=bound).hex()}

    def stale(versions: list[int]) -> Q:
        newer = {v: Q(**{f"{field}__startswith": (vault.HEAD + v.to_bytes(vault.VERSION_BYTES, "big")).hex()}) for v in versions}
        newer |= {vault.FIRST: ~Q(**{f"{field}__startswith": vault.HEAD.hex()})} if vault.FIRST in versions else {}
        return _any(list(newer.values()))

    return Place(f"{model._meta.db_table}.{field}", rows, stale, renewed)


def _any(parts: list[Q]) -> Q:
    return reduce(or_, parts, Q(pk__in=[]))


def places() -> list[Place]:
    found: list[Place] = []
    for _, module in with_module("queries"):
        found += getattr(import_module(module), "sealed_places", list)()
    return found


def older() -> list[int]:
    """The versions below the newest, whether their keys are there or not."""
    return list(range(vault.FIRST, vault.newest()))


def left() -> dict[str, int]:
    """How much is still sealed with older keys: by place, `files` last; places without any are left out."""
    versions = older()
    counts = {place.name: place.rows().filter(place.stale(versions)).count() for place in places()} if versions else {}
    counts["files"] = sum(1 for _ in _old_files()) if versions else 0
    return {name: count for name, count in counts.items() if count}


def others_ended() -> bool:
    """Waits until every transaction that is open now has ended, so that what it sealed with an older key is to be seen. Asked outside
    a transaction. False: one is open still.

    On SQLite a transaction begins as the only writer, so that one's own turn comes after those of others.
    """
    if connection.vendor == "sqlite":
        with transaction.atomic():
            return True
    ended, until, pause = False, time.monotonic() + PATIENCE_SECONDS, threading.Event()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        asked = cursor.fetchone()[0]
        while not ended and time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                           " AND xact_start <= %s", [asked])
            ended = cursor.fetchone()[0] == 0 or pause.wait(LOOK_SECONDS)
    return ended


def renew() -> dict[str, int]:
    """Seal everything anew that older keys sealed; how much, by place. Errors: `InvalidTag` for what does not open."""
    done: dict[str, int] = {}
    for _ in range(ROUNDS):
        if not left():
            break
        for place in places():
            done[place.name] = done.get(place.name, 0) + sum(_batches(place))
        for path in list(_old_files()):
            files.seal_anew(path)
            done["files"] = done.get("files", 0) + 1
    return {name: count for name, count in done.items() if count}


def _batches(place: Place) -> Iterator[int]:
    last: Any = None
    while True:
        with transaction.atomic():
            rows = place.rows().filter(place.stale(older())).order_by("pk")
            batch = list((rows if last is None else rows.filter(pk__gt=last)).select_for_update(of=("self",))[:BATCH])
            for row in batch:
                place.rows().filter(pk=row.pk).update(**place.renewed(row))
        if not batch:
            return
        last = batch[-1].pk
        yield len(batch)


def _old_files() -> Iterator[Any]:
    newest = vault.newest()
    return (path for path in files.sealed_paths() if files.sealed_version(path) < newest)

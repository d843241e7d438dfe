"""What should the log say about the registry? Derived anew from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import models

from ximu.ideas.ledger.rules import commitment, entry_bytes, moment
from ximu.ideas.registry import models as m

ENTRY = "registry.edition"
SALT_BYTES = 32
TABLES = (m.Unit, m.UnitName, m.Place, m.Reform, m.Member, m.Post, m.PostEnd, m.Official, m.Holding, m.PhraseReading)
LATER = ("retracted_at", "retracted_by", "retracted_in")
"""What is written into a row after its own edition; it belongs to the edition of the retraction."""


def contents(number: int) -> dict[str, Any]:
    """Every row that the edition entered, and every row that it took back."""
    found: dict[str, Any] = {}
    for table in TABLES:
        rows = [_plain(row) for row in table.objects.filter(edition=number).order_by("pk")]
        if rows:
            found[table.__name__] = rows
        if table is not m.PhraseReading and (gone := _retracted(table, number)):
            found[f"-{table.__name__}"] = gone
    edges = [_plain(edge) for edge in m.ReformEdge.objects.filter(reform__edition=number).order_by("pk")]
    return {**found, "edges": edges} if edges else found


def _retracted(table: type[models.Model], number: int) -> list[list[Any]]:
    rows = table.objects.filter(retracted_in=number).order_by("pk").values_list("pk", "retracted_at", "retracted_by")
    return [[pk, moment(at) if at else None, by] for pk, at, by in rows]


def _plain(row: models.Model) -> dict[str, Any]:
    """A row as committed. A person stands there only by a salted commitment, made anew while the salt is kept."""
    if isinstance(row, m.Official):
        salt = bytes(row.salt)
        return {"uid": row.uid, "edition": row.edition, "recorded_at": moment(row.recorded_at), "recorded_by": row.recorded_by,
                "person": commitment(salt, [row.number, row.name]) if salt else row.commitment}
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in LATER}
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


def entry_body(row: m.Edition) -> dict[str, Any]:
    """What the log says about an edition: nothing of a person, the rows under a salted commitment."""
    return {"edition": row.number, "what": row.what, "rows": row.rows, "by": row.recorded_by,
            "commitment": commitment(bytes(row.salt), contents(row.number))}


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """This room's log entries with first ≤ index < last: (index, entry, label)."""
    for row in m.Edition.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        yield row.log_index, entry_bytes(ENTRY, entry_body(row), row.recorded_at), f"registry {row.number}"

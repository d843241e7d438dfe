"""How do many plain rows get into a table quickly? One prepared statement, values made ready column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append rows of values under the given field names (`case_id` for a foreign key); what has a default must be given.

    Nothing is read back and no signal is sent. Inside the caller's transaction.
    """
    if not rows:
        return
    fields = [model._meta.get_field(name.removesuffix("_id")) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    ready = [_ready(field, column) for field, column in zip(fields, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})",  # noqa: S608  our own names
                           list(zip(*ready, strict=True)))


def _ready(field: Field[Any, Any], values: tuple[Any, ...]) -> list[Any]:
    """As the database wants them; equal values of a column are made ready once."""
    if field.remote_field is not None:
        return list(values)
    made: dict[Any, Any] = {}
    found = []
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            found.append(value if field.get_internal_type() not in ("JSONField", "DateTimeField", "DateField") else _one(field, value))
        elif isinstance(value, dict | list):
            found.append(_one(field, value))
        else:
            if value not in made:
                made[value] = _one(field, value)
            found.append(made[value])
    return found


def _one(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)

"""How do many plain rows get into a table quickly, and how are many keys named? One prepared statement, one parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, JSONField, Model
from django.db.models.expressions import RawSQL

_PLAIN = ("CharField", "TextField", "IntegerField", "SmallIntegerField", "BigIntegerField", "PositiveIntegerField",
          "PositiveSmallIntegerField", "PositiveBigIntegerField", "UidField")
"""What both databases take as it is, where it is text or a whole number."""


def among(keys: Sequence[int]) -> RawSQL:
    """For `pk__in=`: any number of keys as one parameter."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", (list(keys),))
    return RawSQL("SELECT value FROM json_each(%s)", (orjson.dumps(list(keys)).decode(),))


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


def _ready(field: Field[Any, Any], values: tuple[Any, ...]) -> Sequence[Any]:
    """As the database wants them; equal values of a column are made ready once."""
    if field.remote_field is not None:
        return values
    types = set(map(type, values))
    if (field.get_internal_type() in _PLAIN and types <= {str, int}) or types == {bytes}:
        return values
    if isinstance(field, JSONField):
        made_by, names = _json(field), list(map(id, values))
        same = {name: made_by(value) for name, value in dict(zip(names, values, strict=True)).items()}
        return [same[name] for name in names]
    made = {value: _one(field, value) for value in set(values)}
    return [made[value] for value in values]


def _json(field: JSONField) -> Callable[[Any], Any]:
    """As text, which both databases take; a dataclass becomes an object of its members."""
    if field.encoder is None:
        return lambda value: orjson.dumps(value).decode()
    return lambda value: _one(field, value)


def _one(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])

"""What does a dataset look like? Table Schema with the `ximu:` extensions, read once into plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

TYPES: dict[str, tuple[Any, str]] = {
    "string": (pl.String, "VARCHAR"), "integer": (pl.Int64, "BIGINT"), "number": (pl.Float64, "DOUBLE"),
    "boolean": (pl.Boolean, "BOOLEAN"), "date": (pl.Date, "DATE"), "datetime": (pl.Datetime("us"), "TIMESTAMP"),
}
MASKS = frozenset({"name", "phone", "hide"})
KEEPING = ("personal_days", "keep_years")
"""Parameters: for every dataset in this room's `parameters.toml`, for one as `DATASET.NAME` in the room that declares it."""
CIPHERS = frozenset({"A256GCM", "SM4GCM"})
NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: Text
    type: str = "string"
    personal: bool = False
    mask: str = "hide"
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """`time` names the event day, `unit` the column with the unit's uid. How long it is kept is a dated parameter, not part of it."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str
    unit: str
    breakdowns: tuple[str, ...]
    cipher: str
    schema: Mapping[str, Any]

    @property
    def plain(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if not c.personal)

    @property
    def personal(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.personal)

    @property
    def digest(self) -> str:
        return digest(dict(self.schema))

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


def read_dataset(raw: Mapping[str, Any]) -> Dataset:
    """Errors: `EVT-SCHEMA` names what cannot be used."""
    name, events = str(raw.get("name", "")), raw.get("ximu:events") or {}
    if not NAME.match(name):
        raise _bad("name", name, NAME.pattern)
    columns = tuple(_column(one) for one in raw.get("fields") or ())
    names = [c.name for c in columns]
    if len(set(names)) != len(names) or not names:
        raise _bad("fields", name, "unique names")
    key, roles = tuple(raw.get("primaryKey") or ()), raw.get("ximu:roles") or {}
    time, unit = roles.get("event_date", ""), roles.get("subject", "")
    used = [*key, time, unit, *events.get("breakdowns", ())]
    plain = {c.name for c in columns if not c.personal}
    for one in used:
        if one not in plain:
            raise _bad("fields", one, "exists and is not personal")
    for one in KEEPING:
        if one in events:
            raise _bad("ximu:events", one, f"parameters.toml: {name}.{one}")
    if not key:
        raise _bad("primaryKey", name, "required")
    if next(c for c in columns if c.name == time).type not in {"date", "datetime"}:
        raise _bad("ximu:roles", time, "date | datetime")
    cipher = events.get("cipher", "A256GCM")
    if cipher not in CIPHERS:
        raise _bad("ximu:events", cipher, " | ".join(sorted(CIPHERS)))
    return Dataset(
        name, Text(raw.get("title") or name, raw.get("title_en") or name), columns, key, time, unit, tuple(events.get("breakdowns", ())),
        cipher, raw,
    )


def _column(raw: Mapping[str, Any]) -> Column:
    name, kind, mask = str(raw.get("name", "")), raw.get("type", "string"), raw.get("ximu:mask", "hide")
    if not NAME.match(name) or kind not in TYPES or mask not in MASKS:
        raise _bad(name or "fields", f"{kind}/{mask}", " | ".join(TYPES))
    return Column(
        name, Text(raw.get("title") or name, raw.get("title_en") or name), kind, bool(raw.get("ximu:personal")), mask,
        bool(raw.get("ximu:derived")),
    )


def _bad(field: str, value: object, rule: str) -> Refusal:
    return Refusal(
        "EVT-SCHEMA", field=field, value=str(value)[:100], rule=rule,
        zh=f"数据集字段表“{field}”不能使用。", en=f"The dataset's schema cannot be used at “{field}”.",
    )

"""How do rows enter the log? As commitments that tell nothing; the salts lie beside the rows until they are destroyed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime

import orjson
import polars as pl

from ximu.ideas.ledger.rules import moment
from ximu.ideas.ledger.services import append_many
from ximu.ideas.records.rules import sealed_template
from ximu.ideas.records.rules.evidence import COLUMNS, DATES, NUMBERS

SALT = 32


def seal(texts: Iterable[bytes], count: int, *, at: datetime) -> tuple[int, list[bytes]]:
    """Append one sealed entry per canonical text; the first log index and the salts."""
    before, behind = sealed_template(at)
    pool = os.urandom(SALT * count)
    salts = [pool[start:start + SALT] for start in range(0, SALT * count, SALT)]
    sha256 = hashlib.sha256
    entries = [
        before + sha256(b"\x00" + salt + text).hexdigest().encode() + behind for text, salt in zip(texts, salts)
    ]
    return append_many(entries, at=at), salts


def evidence_texts(frame: pl.DataFrame, *, at: datetime) -> pl.Series:
    """`rules.evidence.evidence_value` of every row as canonical JSON, column by column."""
    parts: list[pl.Expr] = []
    for place, name in enumerate(sorted((*COLUMNS, "payload"))):
        parts += [pl.lit(("{" if place == 0 else ",") + f'"{name}":'), _json(frame, name, at=at)]
    return frame.select(pl.concat_str(*parts, pl.lit("}")).cast(pl.Binary).alias("text"))["text"]


def _json(frame: pl.DataFrame, name: str, *, at: datetime) -> pl.Expr:
    if name == "payload":
        return pl.col(name)
    if name == "known_at":
        return pl.lit(f'"{moment(at)}"')
    if name in NUMBERS:
        return pl.col(name).cast(pl.String)
    if name in DATES:
        return pl.concat_str(pl.lit('"'), pl.col(name).dt.to_string("%Y-%m-%d"), pl.lit('"')).fill_null("null")
    return _quoted(frame[name])


def _quoted(column: pl.Series) -> pl.Expr:
    """JSON strings as RFC 8785 writes them; the rare control characters go through orjson."""
    if column.str.contains(r"[\x00-\x1f]").any():
        return pl.lit(pl.Series([orjson.dumps(value).decode() for value in column]))
    text = pl.col(column.name).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    return pl.concat_str(pl.lit('"'), text, pl.lit('"'))


def with_seals(frame: pl.DataFrame, texts: pl.Series, *, at: datetime) -> pl.DataFrame:
    """The frame with `log_index` and `salt`."""
    first, salts = seal(texts.to_list(), frame.height, at=at)
    return frame.with_columns(
        pl.int_range(first, first + frame.height, dtype=pl.Int64).alias("log_index"), pl.Series("salt", salts, dtype=pl.Binary),
    )

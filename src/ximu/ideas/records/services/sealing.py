"""How do rows enter the log? As commitments that tell nothing; the salts lie beside the rows until they are destroyed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ximu.ideas.ledger.rules import Even, moment
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
    plain = ""
    for place, name in enumerate(sorted((*COLUMNS, "payload"))):
        plain += ("{" if place == 0 else ",") + f'"{name}":'
        told = _json(frame, name, at=at)
        if isinstance(told, str):
            plain += told
            continue
        parts, plain = [*parts, pl.lit(plain), told], ""
    return frame.select(pl.concat_str(*parts, pl.lit(plain + "}")).cast(pl.Binary).alias("text"))["text"]


def _json(frame: pl.DataFrame, name: str, *, at: datetime) -> pl.Expr | str:
    """The values of a column, or the one value that all rows have."""
    if name == "payload":
        return pl.col(name)
    if name == "known_at":
        return f'"{moment(at)}"'
    column = frame[name]
    if frame.height and (column.eq_missing(column.head(1))).all():
        value = column[0]
        return orjson.dumps(value.isoformat() if isinstance(value, date) else value).decode()
    if name in NUMBERS:
        return pl.col(name).cast(pl.String)
    if name in DATES:
        return pl.concat_str(pl.lit('"'), pl.col(name).dt.to_string("%Y-%m-%d"), pl.lit('"')).fill_null("null")
    return _quoted(column)


def _quoted(column: pl.Series) -> pl.Expr:
    """JSON strings as RFC 8785 writes them; the rare control characters go through orjson."""
    if column.str.contains(r'[\x00-\x1f"\\]').any():
        return pl.lit(pl.Series([orjson.dumps(value).decode() for value in column]))
    return pl.concat_str(pl.lit('"'), pl.col(column.name), pl.lit('"'))


def sealed_entries(texts: pl.Series, *, at: datetime) -> tuple[Even, pl.Series]:
    """One sealed entry per canonical text, to be hashed into the log, and the salts: as `seal` makes them, set-wise."""
    before, behind = sealed_template(at)
    salts = pa.FixedSizeBinaryArray.from_buffers(pa.binary(SALT), len(texts), [None, pa.py_buffer(os.urandom(SALT * len(texts)))]).cast(
        pa.large_binary())
    zero, between = pa.scalar(b"\x00", pa.large_binary()), pa.scalar(b"", pa.large_binary())
    joined = pc.binary_join_element_wise(zero, salts, texts.to_arrow(compat_level=pl.CompatLevel.oldest()), between)
    offsets = np.frombuffer(joined.buffers()[1], dtype=np.int64)[joined.offset:joined.offset + len(joined) + 1].tolist()
    given, sha256 = memoryview(joined.buffers()[2]), hashlib.sha256
    digests = b"".join([sha256(given[start:stop]).digest() for start, stop in pairwise(offsets)])
    middles = np.frombuffer(digests.hex().encode(), dtype=np.uint8).reshape(-1, 2 * hashlib.sha256().digest_size)
    return Even(before, middles, behind), pl.Series("salt", pl.from_arrow(salts), dtype=pl.Binary)

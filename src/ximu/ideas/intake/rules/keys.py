"""Which rows of one file are the same? Natural keys, canonical payloads, and repeats within the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.schema import ItemSchema

SEPARATOR = "|"
IN_VIEW = 12


def natural_key(schema: ItemSchema) -> pl.Expr:
    """The key fields joined; the separator inside a value is escaped, so that two keys never look alike."""
    parts = [
        pl.col(name).cast(pl.String).fill_null("").str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all(SEPARATOR, "\\" + SEPARATOR, literal=True) for name in schema.key
    ]
    return pl.concat_str(parts, separator=SEPARATOR).alias("natural_key")


def payload(schema: ItemSchema) -> pl.Expr:
    """RFC 8785 bytes as text: names in UTF-16 order, days as ISO text, amounts as exact decimal text, empty as null."""
    names = sorted(schema.names, key=lambda n: n.encode("utf-16-be"))
    return pl.struct([pl.col(n).cast(pl.String) for n in names]).struct.json_encode().alias("payload")


def digests(payloads: pl.Series) -> pl.Series:
    """SHA-256 of each text, in hexadecimal."""
    whole = b"".join([hashlib.sha256(text).digest() for text in _texts(payloads)]).hex().encode()
    places = np.arange(0, len(whole) + 1, 64)
    return pl.Series("digest", pl.from_arrow(pa.LargeStringArray.from_buffers(len(payloads), pa.py_buffer(places), pa.py_buffer(whole))))


def _texts(column: pl.Series) -> Iterable[bytes | memoryview]:
    """The bytes of each text, where they lie (Arrow's views: length, first bytes, buffer, place; a short text lies in the view itself)."""
    if column.is_empty() or (column.str.len_bytes() <= IN_VIEW).any():
        return column.cast(pl.Binary).to_list()
    texts = column.to_arrow(compat_level=pl.CompatLevel.newest())
    _, views, *rest = texts.buffers()
    sizes, _, buffers, begins = np.frombuffer(views, dtype=np.int32).reshape(-1, 4)[texts.offset:texts.offset + len(texts)].T.tolist()
    data = [memoryview(one) for one in rest]
    return (data[buffer][begin:begin + size] for size, buffer, begin in zip(sizes, buffers, begins))


def record_frame(good: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    """`line`, `natural_key`, `digest`, `payload`, and a column for each role of the item."""
    made = good.select(
        "line", payload(schema), *([natural_key(schema)] if schema.key else []),
        *[pl.col(name).alias(role) for role, name in schema.roles.items()],
    )
    made = made.with_columns(digests(made["payload"]))
    return made if schema.key else made.with_columns(natural_key=pl.col("digest"))


def traces(good: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    """Line and hashed key: enough to find repeats, small enough to keep for a whole file."""
    key = pl.col(schema.key[0]) if len(schema.key) == 1 else pl.struct(schema.key or schema.names)
    return good.select("line", key.hash(seed=7).alias("key"))


def contents(rows: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    """Line and hashed content, for the few rows whose key comes twice."""
    return rows.select("line", pl.struct(schema.names).hash(seed=11).alias("content"))


def doubles(traced: pl.DataFrame) -> pl.DataFrame:
    """The rows whose key comes more than once, in the order of their lines."""
    ordered = np.sort(traced["key"].to_numpy())
    if not (ordered[1:] == ordered[:-1]).any():
        return traced.clear()
    return traced.filter(pl.col("key").is_duplicated()).sort("line")


@dataclass(frozen=True, slots=True)
class Repeats:
    """`same` lines say again what an earlier line said; `faults` are keys given to different contents."""

    same: list[int]
    faults: pl.DataFrame


def repeats(double: pl.DataFrame, content: pl.DataFrame, schema: ItemSchema) -> Repeats:
    """Equal key and content: the first counts. Equal key, other content: none counts, for none can be known right.

    `double` are the rows whose key comes twice, `content` their contents.
    """
    double = double.join(content, on="line", how="left", maintain_order="left")
    if not double.height or not schema.key:
        again = double.filter(~pl.col("key").is_first_distinct())["line"].to_list() if double.height else []
        return Repeats(again, problems.empty())
    kinds = double.with_columns(
        contents=pl.col("content").n_unique().over("key"), first=pl.col("line").first().over("key"),
        second=pl.col("line").slice(1, 1).first().over("key"),
    )
    same = kinds.filter((pl.col("contents") == 1) & (pl.col("line") != pl.col("first")))["line"].to_list()
    clash = kinds.filter(pl.col("contents") > 1)
    shown = clash.select(
        "line", pl.lit("").alias("value"),
        pl.when(pl.col("line") == pl.col("first")).then("second").otherwise("first").alias("other"),
    )
    faults = problems.frame_of(shown, schema.key[0], "KEY-DUP", expected=pl.col("other")) if shown.height else problems.empty()
    return Repeats(same, faults)

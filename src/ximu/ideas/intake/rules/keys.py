"""Which rows of one file are the same? Natural keys, canonical payloads, and repeats within the file."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.schema import ItemSchema

SEPARATOR = "|"
SLICE_BYTES, MANY_ROWS = 256 << 10, 2_000


def natural_key(schema: ItemSchema) -> pl.Expr:
    """The key fields joined; the separator inside a value is escaped, so that two keys never look alike."""
    parts = [
        pl.col(name).cast(pl.String).fill_null("").str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all(SEPARATOR, "\\" + SEPARATOR, literal=True) for name in schema.key
    ]
    return pl.concat_str(parts, separator=SEPARATOR).alias("natural_key")


def payload(good: pl.DataFrame, schema: ItemSchema) -> pl.Series:
    """RFC 8785 bytes as text: names in UTF-16 order, days as ISO text, amounts as exact decimal text, empty as null."""
    names = sorted(schema.names, key=lambda n: n.encode("utf-16-be"))
    texts = good.select(pl.col(n).cast(pl.String) for n in names)
    quick = _joined(texts) if good.height >= MANY_ROWS else None
    return quick if quick is not None else texts.select(pl.struct(names).struct.json_encode().alias("payload")).to_series()


def _joined(texts: pl.DataFrame) -> pl.Series | None:
    """The cells set between what is the same in every row. None when a cell or a name needs an escape: then there are more quotation marks
    than those that were set here, a backslash or a control character."""
    import pyarrow.compute as pc  # takes longer to load than a small file to check

    nulls = texts.null_count().row(0, named=True)
    told = texts.with_columns(pl.format('"{}"', n).fill_null("null") for n in texts.columns if 0 < nulls[n] < texts.height)
    pieces: list[str | pa.Array] = [""]
    for at, name in enumerate(texts.columns):
        pieces[-1] += f'{"," if at else "{"}"{name}":'
        if nulls[name] == texts.height:
            pieces[-1] += "null"
            continue
        mark = "" if nulls[name] else '"'
        pieces[-1] += mark
        pieces += [told[name].to_arrow(compat_level=pl.CompatLevel.oldest()), mark]
    pieces[-1] += "}"
    text = pa.large_string()
    whole = pc.binary_join_element_wise(*(pa.scalar(p, text) if isinstance(p, str) else p for p in pieces), pa.scalar("", text))
    quotes = 2 * (len(nulls) * texts.height + sum(texts.height - n for n in nulls.values()))
    plain = _plain(np.frombuffer(whole.buffers()[2], dtype=np.uint8), quotes)
    return pl.Series("payload", pl.from_arrow(whole)) if plain else None


def _plain(data: np.ndarray, quotes: int) -> bool:
    """Has the text so many quotation marks, no backslash and no control character? Slice by slice, for the processor's cache."""
    parts = [data[at:at + SLICE_BYTES] for at in range(0, len(data), SLICE_BYTES)]
    if any((part == ord("\\")).any() for part in parts):
        return False
    if sum(np.count_nonzero(part <= ord('"')) for part in parts) == quotes:
        return True
    return sum(np.count_nonzero(part == ord('"')) for part in parts) == quotes and not any((part < ord(" ")).any() for part in parts)


def digests(payloads: pl.Series) -> pl.Series:
    """SHA-256 of each text, in hexadecimal."""
    texts = payloads.to_arrow(compat_level=pl.CompatLevel.oldest())
    if not len(texts):
        return pl.Series("digest", [], dtype=pl.String)
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset:texts.offset + len(texts) + 1].tolist()
    text, sha256 = memoryview(texts.buffers()[2]), hashlib.sha256
    whole = b"".join([sha256(text[begin:end]).digest() for begin, end in itertools.pairwise(ends)]).hex().encode()
    places = np.arange(0, len(whole) + 1, 64)
    return pl.Series("digest", pl.from_arrow(pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(places), pa.py_buffer(whole))))


def record_frame(good: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    """`line`, `natural_key`, `digest`, `payload`, and a column for each role of the item."""
    made = good.select(
        "line", payload(good, schema), *([natural_key(schema)] if schema.key else []),
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

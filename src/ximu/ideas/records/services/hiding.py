"""How do identity numbers get into the table? Sealed, with a digest and a salt from which nobody can confirm one by trying."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

from ximu.foundation.vault import secret
from ximu.ideas.records import queries

DIGESTS = "digests"
DIGEST_BYTES = 32


def with_marks(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The rows with `secret`: whether one of the named fields has a value. Their digests become keyed ones, equal for equal rows."""
    if not names:
        return frame.with_columns(secret=pl.lit(False))
    has = [_has(frame["payload"], name) for name in names]
    frame = frame.with_columns(secret=pl.any_horizontal(has))
    if not frame["secret"].any():
        return frame
    keyed, made = hashlib.blake2b(key=secret(DIGESTS), digest_size=DIGEST_BYTES).copy, []
    for digest in frame["digest"].filter(frame["secret"]).cast(pl.Binary).to_list():
        one = keyed()
        one.update(digest)
        made.append(one.digest())
    hidden = pl.Series("digest", made, dtype=pl.Binary).bin.encode("hex")
    whole = hidden if len(hidden) == frame.height else frame["digest"].clone().scatter(frame["secret"].arg_true(), hidden)
    return frame.with_columns(whole)


def _has(payloads: pl.Series, name: str) -> pl.Series:
    """Where the field has a value. In a flat object the name behind a bare mark is the name; only other payloads are parsed."""
    mark = f'[{{,]"{re.escape(name)}":'
    flat = payloads.str.count_matches("{", literal=True) == 1
    full = flat & payloads.str.contains(mark + r'"[^"\\]')
    sure = full | (flat & payloads.str.contains(mark + r'(?:null|"")[,}]'))
    if sure.all():
        return full
    parsed = payloads.set(sure, None).str.json_path_match(f"$.{name}")
    return full | (parsed.fill_null("") != "")


def sealed(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Rows as they are written: the named values and the salt of their rows sealed."""
    if not names or not frame["secret"].any():
        return frame
    hidden = frame.filter("secret")
    made = hidden.with_columns(queries.closed_rows(hidden, names))
    return made if made.height == frame.height else pl.concat([frame.filter(~pl.col("secret")), made])

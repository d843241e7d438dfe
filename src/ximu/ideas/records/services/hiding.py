"""How do identity numbers get into the table? Sealed, with a digest and a salt from which nobody can confirm one by trying."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

from ximu.foundation.vault import secret
from ximu.ideas.records import queries

DIGESTS = "digests"


def with_marks(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The rows with `secret`: whether one of the named fields has a value. Their digests become keyed ones, equal for equal rows."""
    if not names:
        return frame.with_columns(secret=pl.lit(False))
    has = [_has(frame["payload"], name) for name in names]
    frame = frame.with_columns(secret=pl.any_horizontal(has))
    if not frame["secret"].any():
        return frame
    key, keyed = secret(DIGESTS), hashlib.blake2b
    digests = [keyed(digest.encode(), key=key, digest_size=32).hexdigest() if hide else digest
               for digest, hide in frame.select("digest", "secret").iter_rows()]
    return frame.with_columns(digest=pl.Series(digests, dtype=pl.String))


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
    payloads, salts = queries.closed_texts(
        hidden["payload"].cast(pl.Binary).to_list(), names, hidden.select("number", "version").iter_rows(), hidden["salt"].to_list(),
    )
    made = hidden.with_columns(payload=pl.Series(payloads, dtype=pl.Binary).cast(pl.String), salt=pl.Series(salts, dtype=pl.Binary))
    return made if made.height == frame.height else pl.concat([frame.filter(~pl.col("secret")), made])

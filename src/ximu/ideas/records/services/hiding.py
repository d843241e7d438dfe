"""How do identity numbers get into the table? Sealed, with a digest and a salt from which nobody can confirm one by trying."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from ximu.foundation.vault import secret
from ximu.ideas.records import queries

DIGESTS = "digests"


def with_marks(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The rows with `secret`: whether one of the named fields has a value. Their digests become keyed ones, equal for equal rows."""
    if not names:
        return frame.with_columns(secret=pl.lit(False))
    has = pl.any_horizontal([pl.col("payload").str.json_path_match(f"$.{name}").fill_null("") != "" for name in names])
    frame = frame.with_columns(secret=has)
    if not frame["secret"].any():
        return frame
    key, keyed = secret(DIGESTS), hashlib.blake2b
    digests = [keyed(digest.encode(), key=key, digest_size=32).hexdigest() if hide else digest
               for digest, hide in frame.select("digest", "secret").iter_rows()]
    return frame.with_columns(digest=pl.Series(digests, dtype=pl.String))


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

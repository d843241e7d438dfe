"""How is a large delivery written without waiting? While one chunk goes into the database, the next one is hashed and sealed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import polars as pl

from ximu.ideas.ledger.rules import Grown
from ximu.ideas.ledger.services import Growing
from ximu.ideas.records.models import Version
from ximu.ideas.records.rules import draw
from ximu.ideas.records.services import bulk, hiding, sealing, steps

P = ParamSpec("P")
R = TypeVar("R")
ADDED = pl.col("outcome").is_in(["new", "corrected"])


@dataclass(frozen=True, slots=True)
class Ready:
    """A chunk of which everything is known: what the log and the table get, and what became of each row."""

    part: Grown | None
    block: bulk.Block | None
    outdated: list[str]
    lines: pl.DataFrame


class Ahead:
    """Two chunks are under way at a time, one in this thread and one in another that asks no database."""

    def __init__(self, *, at: datetime, tell: Callable[[pl.DataFrame], None]) -> None:
        self.at, self._tell = at, tell
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="seal")
        self._log: Growing | None = None
        self._waiting: Future[Ready] | None = None
        self._keys: pl.Series | None = None
        self._kinds = bulk.kinds_of(Version)
        self._stamp = bulk.stamp(at).alias("known_at")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def reckon(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Something that is needed soon and asks no database."""
        return self._thread.submit(work, *args, **kwargs)

    def make_room_for(self, keys: pl.Series) -> None:
        """What is still under way is written first where it holds one of these keys, so that it is found in the table."""
        if self._keys is not None and keys.is_in(self._keys.implode()).any():
            self.drain()

    def put(self, chunk: pl.DataFrame, known: pl.DataFrame, names: Sequence[str]) -> None:
        """Seal the chunk and, meanwhile, write the one before it."""
        if self._log is None:
            self._log = Growing(at=self.at)
        before, self._waiting = self._waiting, self._thread.submit(self._ready, chunk, known, names, self._log)
        self._keys = chunk["key"]
        if before is not None:
            self._write(before.result())

    def drain(self) -> None:
        """Everything is in the database, and the log may be added to by others of this transaction."""
        if self._waiting is not None:
            self._write(self._waiting.result())
        self._waiting = self._keys = self._log = None

    def _write(self, ready: Ready) -> None:
        steps.outdate(ready.outdated)
        if ready.part is not None and ready.block is not None and self._log is not None:
            self._log.write(ready.part)
            bulk.write(Version, ready.block)
        self._tell(ready.lines)

    def _ready(self, chunk: pl.DataFrame, known: pl.DataFrame, names: Sequence[str], log: Growing) -> Ready:
        added = _added(chunk.filter(ADDED), known)
        numbers = added.select("place", number_added="number", state_added="state")
        lines = chunk.join(numbers, on="place", how="left").sort("place").select(
            "line", "outcome", number=pl.coalesce("number_added", "number"), state=pl.coalesce("state_added", "state_known"),
        )
        if added.is_empty():
            return Ready(None, None, [], lines)
        entries, salts = sealing.sealed_entries(sealing.evidence_texts(added, at=self.at), at=self.at)
        part = log.hashed(entries)
        frame = added.with_columns(salts, pl.int_range(part.before, part.size, dtype=pl.Int64).alias("log_index"))
        columns = [f.column for f in Version._meta.local_fields if f.column != "known_at"]
        frame = hiding.sealed(frame, names).with_columns(commitment=pl.lit("")).select(*columns, self._stamp)
        outdated = added.filter(pl.col("last").is_not_null())["number"].unique().to_list()
        return Ready(part, bulk.block(frame, self._kinds), outdated, lines)


def _added(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The rows that become versions, with number and version."""
    if known.is_empty() and rows["key"].n_unique() == rows.height:
        return rows.with_columns(number=pl.Series(_drawn(rows.height), dtype=pl.String), version=pl.lit(1, dtype=pl.Int64), newest=True)
    fresh = rows.filter(pl.col("number").is_null())["key"].unique(maintain_order=True)
    names = pl.DataFrame({"key": fresh, "drawn": _drawn(len(fresh))}, schema={"key": pl.String, "drawn": pl.String})
    rows = rows.join(names, on="key", how="left", maintain_order="left")
    rank = pl.int_range(pl.len()).over("key")
    return rows.with_columns(
        number=pl.coalesce("number", "drawn"), version=pl.col("last").fill_null(0) + rank + 1,
        newest=rank == pl.len().over("key") - 1,
    )


def _drawn(count: int) -> list[str]:
    numbers: list[str] = []
    while len(numbers) < count:
        numbers += draw(secrets.token_bytes(16 * (count - len(numbers)) + 64))
    return numbers[:count]

"""How does a delivery become records? Set-wise, idempotent, one transaction for the whole delivery."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from django.db import IntegrityError, transaction

from ximu.foundation.outbox import announce
from ximu.foundation.vault import secret
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.records import queries
from ximu.ideas.records.hooks import RecordsCorrected
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules.delivery import Delivery, prepared
from ximu.ideas.records.rules.keys import MASKED_BYTES, NATURAL, masked_many
from ximu.ideas.records.services import bulk, hiding, steps
from ximu.ideas.records.services.ahead import Ahead
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

CHUNK = 16_000
"""Rows worked on at a time: bounds the memory, whatever the size of the delivery."""
OUTCOMES = ("new", "corrected", "same", "second_source", "barred")


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a delivery. `lines` has `line`, `outcome`, `number` and `state` for each row given."""

    new: int
    corrected: int
    same: int
    second_source: int
    barred: int
    held: int
    lines: pl.DataFrame


Bar = Callable[[pl.DataFrame], pl.Series]
_bars: list[Bar] = []


def register_bar(bar: Bar) -> None:
    """Facts that nobody may enter (`config/wiring.py`): rows with key, digest, subject, authority, document number → true where barred."""
    _bars.append(bar)


def _barred(chunk: pl.DataFrame) -> pl.Series:
    found = pl.Series([False]).new_from_index(0, chunk.height) if chunk.height else pl.Series([], dtype=pl.Boolean)
    for bar in _bars:
        found = found | bar(chunk)
    return found


@transaction.atomic
@asks_gate("collect")
def admit(
    rows: pl.DataFrame, *, item: str, edition: str, source: str, batch: str, by: Actor, at: datetime,
) -> Admission:
    """Make records of checked rows (I1: list item in force, basis, digest, finality, one subject).

    Same item, key and digest: nothing is added. Another digest: a correction, a new version that begins anew. The same
    fact from another source: that source is added. A key whose record was revoked or erased, and a fact that was exempted, is `barred`.
    `rows` may have `final_date` and `final` besides the columns of `rules.delivery.COLUMNS`; `final` false holds the row.
    Errors: `LIST-NONE`, `SUBJ-KIND`, `EVID-DIGEST`, `FIELD-NEED`, `TIME-FUTURE`, `REC-RACE`; nothing is added then.
    """
    by.must("records.admit")
    done: list[pl.DataFrame] = []
    distinct = "natural_key" in rows.columns and rows["natural_key"].n_unique() == rows.height
    _admit([(edition, rows)], Delivery(item, edition, source, batch, by.human, at), distinct=distinct, tell=done.append)
    return _admission(done)


@transaction.atomic
@asks_gate("collect")
def admit_parts(
    parts: Iterable[tuple[str, pl.DataFrame]], *, item: str, source: str, batch: str, by: Actor, at: datetime, distinct: bool,
) -> Admission:
    """The same for a delivery of any size, part by part with the edition of each; the answer has counts, but no `lines`.

    `distinct` says that no natural key comes twice. Errors: those of `admit`; nothing is added then.
    """
    by.must("records.admit")
    counts = Counter[str]()

    def tell(lines: pl.DataFrame) -> None:
        counts.update(dict(lines["outcome"].value_counts().iter_rows()))
        counts["held"] += _held(lines)

    _admit(parts, Delivery(item, "", source, batch, by.human, at), distinct=distinct, tell=tell)
    return Admission(*(counts[name] for name in OUTCOMES), held=counts["held"], lines=NO_LINES)


def _admit(
    parts: Iterable[tuple[str, pl.DataFrame]], delivery: Delivery, *, distinct: bool, tell: Callable[[pl.DataFrame], None],
) -> None:
    corrected: list[str] = []

    def heard(lines: pl.DataFrame) -> None:
        corrected.extend(lines.filter(outcome="corrected")["number"])
        tell(lines)

    try:
        with transaction.atomic(), Ahead(at=delivery.at, tell=heard) as ahead:
            fresh, coming = distinct and not _has_records(delivery.item), None
            for chunk, names in _chunks(parts, delivery):
                following = ahead.reckon(_keyed, chunk, delivery.item, names), names
                if coming is not None:
                    _take(coming[0].result(), coming[1], delivery, ahead, fresh=fresh)
                coming = following
            if coming is not None:
                _take(coming[0].result(), coming[1], delivery, ahead, fresh=fresh)
            ahead.drain()
            if corrected:
                announce(RecordsCorrected(corrected), at=delivery.at)
    except IntegrityError as error:
        raise Refusal(
            "REC-RACE", status=409, field="natural_key", value=delivery.batch, rule=delivery.item,
            zh="另一批次正在写入同一记录，请重试。", en="Another delivery is writing the same record; try again.",
        ) from error


def _chunks(parts: Iterable[tuple[str, pl.DataFrame]], delivery: Delivery) -> Iterator[tuple[pl.DataFrame, Sequence[str]]]:
    """The rows, as many as are worked on at a time, once lists and registry have admitted them; with the names of their closed fields."""
    today = queries.city_day(delivery.at)
    for edition, rows in parts:
        frame = prepared(rows, replace(delivery, edition=edition), today=today)
        if frame.is_empty():
            gate(delivery.item, use="collect", on=today)
            continue
        listed = queries.gate_delivery(delivery.item, edition, frame)
        frame, names = queries.subject_kinds(frame, listed.subject_kinds), queries.sealed_names(delivery.item, edition)
        for chunk in frame.iter_slices(CHUNK):
            yield chunk, names


def _keyed(chunk: pl.DataFrame, item: str, names: Sequence[str]) -> pl.DataFrame:
    return hiding.with_marks(chunk.with_columns(_keys(chunk["natural_key"], item)), names)


def _take(chunk: pl.DataFrame, names: Sequence[str], delivery: Delivery, ahead: Ahead, *, fresh: bool) -> None:
    """`fresh`: the item had no records and no key comes twice, so that nothing need be looked up."""
    if not fresh:
        ahead.make_room_for(chunk["key"])
    known = _known([] if fresh else chunk["key"].to_list())
    rows = _sorted_out(chunk, known, delivery)
    ahead.put(rows, known, names)
    others = rows.filter(outcome="second_source")
    if others.height:
        ahead.drain()
        _second_sources(others, delivery)


NO_LINES = pl.DataFrame(schema={"line": pl.Int64, "outcome": pl.String, "number": pl.String, "state": pl.String})


def _admission(done: list[pl.DataFrame]) -> Admission:
    lines = pl.concat(done) if done else NO_LINES
    counts = dict(lines["outcome"].value_counts().iter_rows())
    return Admission(*(counts.get(name, 0) for name in OUTCOMES), held=_held(lines), lines=lines)


def _held(lines: pl.DataFrame) -> int:
    return lines.filter(pl.col("outcome").is_in(["new", "corrected"]), state="held").height


def _prefix(item: str) -> bytes:
    return hashlib.sha256(item.encode()).digest()[:4]


def _keys(natural: pl.Series, item: str) -> pl.Series:
    """Hexadecimal keys: 4 bytes of the item, so that an item's keys lie together, and 12 that only our secret makes (`rules.masked`)."""
    made = masked_many(natural.cast(pl.Binary).to_list(), secret(NATURAL))
    tails = pl.Series("key", [made[at:at + MASKED_BYTES] for at in range(0, len(made), MASKED_BYTES)], dtype=pl.Binary)
    return (_prefix(item).hex() + tails.bin.encode("hex")).alias("key")


_KNOWN = {"key": pl.String, "digest": pl.String, "number": pl.String, "version": pl.Int64, "state": pl.String,
          "newest": pl.Boolean, "source": pl.String}
"""What is asked of the versions under a key; the key comes first."""


def _has_records(item: str) -> bool:
    head = _prefix(item).hex()
    return Version.objects.filter(key__range=(head + "0" * 24, head + "f" * 24)).exists()


def _known(keys: list[str]) -> pl.DataFrame:
    """All versions under these keys."""
    return bulk.rows_by_keys(_KNOWN, Version._meta.db_table, keys)


def _sorted_out(chunk: pl.DataFrame, known: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    if known.is_empty() and chunk["key"].n_unique() == chunk.height:
        told = pl.when("exempted").then(pl.lit("barred")).otherwise(pl.lit("new"))
        return chunk.with_columns(exempted=_barred(chunk)).with_columns(
            outcome=told, place=pl.int_range(pl.len()), number=pl.lit(None, dtype=pl.String), last=pl.lit(None, dtype=pl.Int64),
            state_known=pl.lit(None, dtype=pl.String),
        )
    newest = known.filter("newest").select("key", "number", last="version", state_known="state")
    exact = known.select("key", "digest", known_source="source").with_columns(seen=pl.lit(True))
    rows = chunk.join(exact, on=["key", "digest"], how="left", maintain_order="left").join(
        newest, on="key", how="left", maintain_order="left")
    first = pl.int_range(pl.len()).over("key", "digest") == 0
    rows = rows.with_columns(exempted=_barred(rows))
    rows = rows.with_columns(outcome=pl.when("exempted").then(pl.lit("barred"))
                             .when(pl.col("seen") & (pl.col("known_source") == delivery.source)).then(pl.lit("same"))
                             .when(~first).then(pl.lit("same"))
                             .when("seen").then(pl.lit("second_source"))
                             .when(pl.col("state_known").is_in(["revoked", "erased"])).then(pl.lit("barred"))
                             .when(pl.col("number").is_not_null() | (pl.int_range(pl.len()).over("key") > 0))
                             .then(pl.lit("corrected")).otherwise(pl.lit("new")))
    others = rows.filter(outcome="second_source")
    told = steps.sources_of(others["number"].to_list()) if others.height else {}
    again = pl.Series([delivery.source in told.get(number, ()) for number in rows["number"]], dtype=pl.Boolean)
    second = pl.col("outcome") == "second_source"
    once = second.cum_sum().over("number") == 1
    rows = rows.with_columns(outcome=pl.when(second & (again | ~once)).then(pl.lit("same")).otherwise("outcome"))
    return rows.with_columns(place=pl.int_range(pl.len()))


def _second_sources(rows: pl.DataFrame, delivery: Delivery) -> None:
    steps.write([
        steps.Done(number, last, Step.What.SOURCE, state, state, {"source": delivery.source, "batch": delivery.batch, "line": line})
        for number, last, state, line in rows.select("number", "last", "state_known", "line").iter_rows()
    ], by=delivery.by, at=delivery.at)



"""How does a delivery become records? Set-wise, idempotent, one transaction for the whole delivery."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import IntegrityError, transaction

from ximu.foundation.outbox import announce
from ximu.foundation.vault import secret
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.records import queries
from ximu.ideas.records.hooks import RecordsCorrected
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules import draw
from ximu.ideas.records.rules.delivery import Delivery, prepared
from ximu.ideas.records.rules.keys import NATURAL, masked
from ximu.ideas.records.services import bulk, hiding, sealing, steps
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

CHUNK = 20_000
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
    delivery = Delivery(item, edition, source, batch, by.human, at)
    frame = prepared(rows, delivery, today=queries.city_day(at))
    if frame.is_empty():
        gate(item, use="collect", on=queries.city_day(at))
        return _admission([])
    listed = queries.gate_delivery(item, edition, frame)
    frame = queries.subject_kinds(frame, listed.subject_kinds)
    names = queries.sealed_names(item, edition)
    frame = hiding.with_marks(frame, names)
    done: list[pl.DataFrame] = []
    try:
        with transaction.atomic():
            frame = frame.with_columns(_keys(frame["natural_key"], item).alias("key"))
            fresh = not _has_records(item) and frame["key"].n_unique() == frame.height
            done = [_admit(chunk, delivery, names, fresh=fresh) for chunk in frame.iter_slices(CHUNK)]
            corrected = [n for part in done for n in part.filter(outcome="corrected")["number"]]
            if corrected:
                announce(RecordsCorrected(corrected), at=at)
    except IntegrityError as error:
        raise Refusal(
            "REC-RACE", status=409, field="natural_key", value=batch, rule=item,
            zh="另一批次正在写入同一记录，请重试。", en="Another delivery is writing the same record; try again.",
        ) from error
    return _admission(done)


def _admission(done: list[pl.DataFrame]) -> Admission:
    lines = pl.concat(done) if done else pl.DataFrame(schema={"line": pl.Int64, "outcome": pl.String, "number": pl.String,
                                                              "state": pl.String})
    counts = dict(lines["outcome"].value_counts().iter_rows()) if done else {}
    added = lines.filter(pl.col("outcome").is_in(["new", "corrected"]))
    return Admission(*(counts.get(name, 0) for name in OUTCOMES), held=added.filter(state="held").height, lines=lines)


def _admit(chunk: pl.DataFrame, delivery: Delivery, names: Sequence[str], *, fresh: bool) -> pl.DataFrame:
    """`fresh`: the item had no records and no key comes twice, so that nothing need be looked up."""
    known = _known([] if fresh else chunk["key"].to_list())
    sorted_out = _sorted_out(chunk, known, delivery)
    added = _added(sorted_out.filter(pl.col("outcome").is_in(["new", "corrected"])), known)
    _write(added, delivery, names)
    _second_sources(sorted_out.filter(outcome="second_source"), delivery)
    numbers = added.select("place", number_added="number", state_added="state")
    return sorted_out.join(numbers, on="place", how="left").sort("place").select(
        "line", "outcome", number=pl.coalesce("number_added", "number"), state=pl.coalesce("state_added", "state_known"),
    )


def _prefix(item: str) -> bytes:
    return hashlib.sha256(item.encode()).digest()[:4]


def _keys(natural: pl.Series, item: str) -> pl.Series:
    """Hexadecimal keys: 4 bytes of the item, so that an item's keys lie together, and 12 that only our secret makes (`rules.masked`)."""
    head, sha256, key = _prefix(item).hex(), hashlib.sha256, secret(NATURAL)
    return pl.Series("key", [head + masked(sha256(value).digest(), key).hex() for value in natural.cast(pl.Binary)], dtype=pl.String)


_KNOWN = {"key": pl.String, "digest": pl.String, "number": pl.String, "version": pl.Int64, "state": pl.String,
          "newest": pl.Boolean, "source": pl.String}
"""What is asked of the versions under a key; the key comes first."""


def _has_records(item: str) -> bool:
    head = _prefix(item).hex()
    return Version.objects.filter(key__range=(head + "0" * 24, head + "f" * 24)).exists()


def _known(keys: list[str]) -> pl.DataFrame:
    """All versions under these keys."""
    rows = bulk.rows_by_keys([name for name in _KNOWN if name != "key"], Version._meta.db_table, keys) if keys else []
    return pl.DataFrame(rows, schema=_KNOWN, orient="row")


def _sorted_out(chunk: pl.DataFrame, known: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    newest = known.filter("newest").select("key", "number", last="version", state_known="state")
    exact = known.select("key", "digest", known_source="source").with_columns(seen=pl.lit(True))
    rows = chunk.join(exact, on=["key", "digest"], how="left").join(newest, on="key", how="left")
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
    rows = rows.with_columns(outcome=pl.when((pl.col("outcome") == "second_source") & again).then(pl.lit("same"))
                             .otherwise("outcome"))
    return rows.with_columns(place=pl.int_range(pl.len()))


def _added(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The rows that become versions, with number and version."""
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


def _write(added: pl.DataFrame, delivery: Delivery, names: Sequence[str]) -> None:
    if added.is_empty():
        return
    outdated = added.filter(pl.col("last").is_not_null())["number"].unique().to_list()
    steps.outdate(outdated)
    frame = sealing.with_seals(added, sealing.evidence_texts(added, at=delivery.at), at=delivery.at)
    known_at = bulk.stamp(delivery.at).alias("known_at")
    columns = [f.column for f in Version._meta.local_fields if f.column != "known_at"]
    bulk.insert(Version, hiding.sealed(frame, names).with_columns(commitment=pl.lit("")).select(*columns, known_at))


def _second_sources(rows: pl.DataFrame, delivery: Delivery) -> None:
    steps.write([
        steps.Done(number, last, Step.What.SOURCE, state, state, {"source": delivery.source, "batch": delivery.batch, "line": line})
        for number, last, state, line in rows.select("number", "last", "state_known", "line").iter_rows()
    ], by=delivery.by, at=delivery.at)



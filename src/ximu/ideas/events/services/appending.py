"""A batch enters its dataset: one part, written then renamed, proved in the same transaction."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from django.db import transaction

from ximu.foundation import strongbox
from ximu.foundation.outbox import announce
from ximu.foundation.uid import new_uid
from ximu.ideas.events import queries, rules
from ximu.ideas.events.hooks import EventsAppended
from ximu.ideas.events.models import Batch, Stream
from ximu.ideas.events.rules.clocks import KNOWN, ROW
from ximu.ideas.ledger.services import append as log
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

GROUP_ROWS = 245_760
"""Rows of a Parquet row group: two of DuckDB's, so that both cores have work and days are pruned."""


def append(
    name: str, frame: pl.DataFrame, *, batch: str, by: Actor, at: datetime, covers: tuple[date, date] | None = None,
) -> Batch:
    """Add a batch. `covers` attests that all days of a span are delivered, also those without an event (a true zero);
    else the days on which something happened count as delivered.

    Repeating a batch with the same content answers what the first time answered and writes nothing.
    Errors: `EVT-SET`, `EVT-COLUMNS`, `EVT-VALUE`, `EVT-BATCH` (this batch was delivered with other content).
    """
    by.must("events.append")
    dataset = queries.dataset(name)
    frame = rules.conform(frame, dataset)
    content = _content(frame, covers)
    with transaction.atomic():
        stream = _held(name)
        if (before := Batch.objects.filter(stream=stream, batch=batch).first()) is not None:
            return _repeated(before, content)
        sorted_out = rules.sort_out(frame, queries.present(name, frame), dataset)
        made = _write(dataset, stream, sorted_out, uid=new_uid(), at=at)
        made.batch, made.content, made.schema, made.recorded_by = batch, content, dataset.digest, by.uid
        made.covered = _covered(frame, dataset, covers)
        made.late = _late(sorted_out.kept, dataset)
        entry = queries.entry_of(made, before=stream.manifest)
        made.manifest = entry.body["manifest"]
        made.log_index = log([entry], at=at)[0]
        made.save()
        Stream.objects.filter(pk=stream.pk).update(rows=stream.rows + made.rows, batches=made.number, manifest=made.manifest)
        announce(EventsAppended(name, batch, made.rows, made.manifest), at=at)
    return made


def _held(name: str) -> Stream:
    """The dataset's head, locked until the end of the transaction."""
    Stream.objects.get_or_create(name=name)
    return Stream.objects.select_for_update().get(name=name)


def _repeated(before: Batch, content: str) -> Batch:
    if before.content != content:
        raise Refusal("EVT-BATCH", status=409, field="batch", value=before.batch, rule="unique",
                      zh=f"批次“{before.batch}”已报送过，内容不同。请换一个批次名。",
                      en=f"The batch “{before.batch}” was delivered before with other content; give another name.")
    return before


def _content(frame: pl.DataFrame, covers: tuple[date, date] | None) -> str:
    hasher = hashlib.sha256(repr(covers).encode())
    for part in frame.iter_slices(GROUP_ROWS):
        out = io.BytesIO()
        part.write_csv(out)
        hasher.update(out.getvalue())
    return hasher.hexdigest()


def _write(dataset: rules.Dataset, stream: Stream, found: rules.Sorted, *, uid: str, at: datetime) -> Batch:
    folder = queries.folder(dataset.name)
    kept = found.kept.sort(dataset.time, maintain_order=True).with_columns(
        pl.int_range(stream.rows, stream.rows + found.kept.height, dtype=pl.Int64).alias(ROW),
        pl.lit(at.astimezone(UTC).replace(tzinfo=None)).cast(pl.Datetime("us")).alias(KNOWN),
    )
    made = Batch(uid=uid, stream=stream, number=stream.batches + 1, first_row=stream.rows, rows=kept.height, recorded_at=at,
                 new=found.new, corrected=found.corrected, same=found.same)
    if kept.height:
        made.part = f"part-{uid}.parquet"
        made.digest, made.size = _put(folder / made.part, _parquet(kept.select([c.name for c in dataset.plain] + [ROW, KNOWN])))
        days: list[date] = kept[dataset.time].cast(pl.Date).to_list()
        made.first_day, made.last_day = min(days), max(days)
    if len(found.gone):
        made.gone = f"gone-{uid}.parquet"
        made.gone_digest, _ = _put(folder / made.gone, _parquet(found.gone.sort().to_frame()))
    personal = [c.name for c in dataset.personal]
    if kept.height and personal and kept.select(pl.any_horizontal(pl.col(personal).is_not_null().any())).item():
        made.sealed = f"sealed-{uid}"
        sealed = strongbox.seal(f"events/{dataset.name}/{made.sealed}", _parquet(kept.select([ROW, *personal])), cipher=dataset.cipher)
        made.sealed_digest, _ = _put(folder / made.sealed, sealed)
    return made


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", row_group_size=GROUP_ROWS, statistics=True)
    return out.getvalue()


def _put(path: Path, data: bytes) -> tuple[str, int]:
    """Written aside, synced, renamed: the name appears only with the whole content. A part whose transaction was
    rolled back is in no manifest and disturbs nobody."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{secrets.token_hex(8)}")
    with aside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)
    return hashlib.sha256(data).hexdigest(), len(data)


def _covered(frame: pl.DataFrame, dataset: rules.Dataset, covers: tuple[date, date] | None) -> list[list[str]]:
    if covers is not None:
        return [[covers[0].isoformat(), covers[1].isoformat()]]
    return rules.runs(frame[dataset.time].cast(pl.Date).unique().to_list())


def _late(kept: pl.DataFrame, dataset: rules.Dataset) -> int:
    known = queries.span(dataset.name)
    return 0 if known is None else int((kept[dataset.time].cast(pl.Date) < known[1]).sum())

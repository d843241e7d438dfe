"""Does the store hold what the log says? Entries re-derived from the tables and from the bytes of the parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from ximu.ideas.events.models import Batch, Look, Removal
from ximu.ideas.events.queries import store
from ximu.ideas.events.queries.points import point_entries
from ximu.ideas.ledger.rules import Entry, entry_bytes
from ximu.kernel.canonical import digest
from ximu.kernel.health import Check
from ximu.kernel.words import Text

READ_BYTES = 1 << 20


def file_digest(path: Path) -> str:
    """SHA-256 of a file; empty when it is not there."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bodies(batch: Batch, *, before: str) -> dict[str, Any]:
    """What the log says of a batch; `manifest` chains it to all before."""
    told = {
        "dataset": batch.stream.name, "number": batch.number, "schema": batch.schema, "part": batch.digest,
        "gone": batch.gone_digest, "sealed": batch.sealed_digest, "first_row": batch.first_row, "rows": batch.rows, "new": batch.new,
        "corrected": batch.corrected, "same": batch.same, "covered": batch.covered,
    }
    return {**told, "manifest": digest({**told, "before": before})}


def entry_of(row: Batch | Removal | Look, *, before: str = "") -> Entry:
    if isinstance(row, Batch):
        return Entry("events.batch", bodies(row, before=before))
    if isinstance(row, Removal):
        return Entry("events.removed", {"dataset": row.batch.stream.name, "number": row.batch.number, "what": row.what})
    return Entry("events.looked", {"dataset": row.stream.name, "rows": row.rows, "whole": row.whole, "by": row.looked_by})


def _before(batch: Batch) -> str:
    found = Batch.objects.filter(stream=batch.stream, number=batch.number - 1).values_list("manifest", flat=True).first()
    return found or ""


def _from_disk(batch: Batch) -> Batch:
    """The batch with the digests that its files have now."""
    at = store.folder(batch.stream.name)
    if batch.part and batch.dropped_at is None:
        batch.digest = file_digest(at / batch.part)
    if batch.sealed and batch.unsealed_at is None:
        batch.sealed_digest = file_digest(at / batch.sealed)
    if batch.gone:
        batch.gone_digest = file_digest(at / batch.gone)
    return batch


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) with first ≤ index < last; the parts themselves are read."""
    yield from point_entries(first, last)
    within = {"log_index__gte": first, "log_index__lt": last}
    for batch in Batch.objects.filter(**within).select_related("stream").order_by("log_index").iterator():
        entry = entry_of(_from_disk(batch), before=_before(batch))
        yield batch.log_index, entry_bytes(entry.kind, entry.body, batch.recorded_at), f"数据集 {batch.stream.name} 第{batch.number}批"
    for row in Removal.objects.filter(**within).select_related("batch__stream"):
        entry = entry_of(row)
        yield row.log_index, entry_bytes(entry.kind, entry.body, row.removed_at), f"到期移除 {row.batch.stream.name}"
    for look in Look.objects.filter(**within).select_related("stream"):
        entry = entry_of(look)
        yield look.log_index, entry_bytes(entry.kind, entry.body, look.looked_at), f"个人信息查看 {look.stream.name}"


def verify(name: str) -> list[str]:
    """Names of the dataset's files whose bytes are not those of the manifest."""
    wrong = []
    for batch in store.batches(name).select_related("stream"):
        said = (batch.digest, batch.gone_digest, batch.sealed_digest)
        found = _from_disk(batch)
        names = (batch.part, batch.gone, batch.sealed)
        wrong += [n for n, a, b in zip(names, said, (found.digest, found.gone_digest, found.sealed_digest), strict=True) if a != b]
    return wrong


def doctor(at: datetime) -> list[Check]:
    """Is every part of every manifest on disk?"""
    lost = [p for one in store.datasets() for p in store.manifest(one.name).parts if not Path(p).is_file()]
    return [Check(Text("运行数据块", "Parts of event datasets"), "broken" if lost else "ok", f"{len(lost)} missing" if lost else "—",
                  Text("从备份恢复", "restore them from the backup"))]

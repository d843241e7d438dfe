"""Someone reads personal columns: for a purpose, masked unless allowed, and the look stays on record."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction

from ximu.foundation import columns, strongbox
from ximu.ideas.events import queries, rules
from ximu.ideas.events.models import Batch, Look, Stream
from ximu.ideas.events.rules.clocks import ROW
from ximu.ideas.ledger.services import append as log
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MOST_ROWS = 200


def look(name: str, keys: Collection[str], *, purpose: str, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The personal columns of some rows, by the dataset's first key column.

    Errors: `PERM-DENIED`, `EVT-PURPOSE` without a purpose or for more than 200 rows.
    """
    by.must("events.personal")
    if len(purpose.strip()) < 4 or not 0 < len(keys) <= MOST_ROWS:
        raise Refusal("EVT-PURPOSE", field="purpose", value=len(keys), rule=f"purpose; 1…{MOST_ROWS}",
                      zh=f"查看个人信息须写明用途，一次不超过{MOST_ROWS}条。", en=f"State the purpose; at most {MOST_ROWS} rows at a time.")
    dataset, whole = queries.dataset(name), by.can("events.unmask")
    key = dataset.key[0]
    rows = columns.query(
        f"SELECT {key}, {dataset.unit} AS unit_, {ROW} FROM {name} SEMI JOIN wanted USING ({key})",  # noqa: S608  names of a checked schema
        folder=queries.root(), views=queries.views_of(name, queries.manifest(name)),
        frames={"wanted": pl.DataFrame({key: list(keys)})},
    )
    if (allowed := by.units_with("events.personal")) is not None:
        rows = rows.filter(pl.col("unit_").is_in(list(allowed)))
    shown = _opened(dataset, rows.drop("unit_"), whole=whole)
    with transaction.atomic():
        stream = Stream.objects.get(name=name)
        made = Look(stream=stream, purpose=purpose.strip()[:200], rows=len(shown), whole=whole, looked_at=at, looked_by=by.uid)
        made.log_index = log([queries.entry_of(made)], at=at)[0]
        made.save()
    return shown


def _opened(dataset: rules.Dataset, rows: pl.DataFrame, *, whole: bool) -> list[dict[str, Any]]:
    """Only the parts that hold a wanted row are unsealed."""
    found = []
    for batch in Batch.objects.filter(stream__name=dataset.name, unsealed_at=None).exclude(sealed=""):
        wanted = rows.filter(pl.col(ROW).is_between(batch.first_row, batch.first_row + batch.rows - 1))
        if wanted.height:
            sealed = (queries.folder(dataset.name) / batch.sealed).read_bytes()
            opened = pl.read_parquet(io.BytesIO(strongbox.unseal(f"events/{dataset.name}/{batch.sealed}", sealed)))
            found.append(wanted.join(opened, on=ROW, how="inner").drop(ROW))
    masks = {c.name: c.mask for c in dataset.personal}
    told = pl.concat(found).to_dicts() if found else []
    return told if whole else [{n: rules.masked(v, masks[n]) if n in masks else v for n, v in row.items()} for row in told]

"""A checked delivery becomes records: all of it, or with a reason the good part; in one transaction with its receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F

from ximu.foundation import clock
from ximu.foundation.doomed import doom
from ximu.foundation.outbox import announce
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.intake import queries
from ximu.ideas.intake.hooks import DeliveryCommitted
from ximu.ideas.intake.models import Delivery, Doubt, Return
from ximu.ideas.intake.rules import coverage, evidence
from ximu.ideas.intake.rules.evidence import COUNTS
from ximu.ideas.intake.services.deliveries import past
from ximu.ideas.intake.services.examining import examined, looked_at
from ximu.ideas.intake.services.sorting import DOUBTS, OFFICIAL, candidates_of
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.records import services as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

ADMITTED = ["natural_key", "digest", "payload", "subject", "event_date", "end_date", "decision_date", "final_date", "family",
            "behaviour", "grade", "document_number", "authority", "line", "final"]


def commit(uid: str, *, by: Actor, at: datetime, partial_reason: str = "") -> Delivery:
    """Make the checked rows records. Refused rows stop everything, unless a reason is given for a part.

    Errors: `DELIV-STATE`, `DELIV-LOST`, `ROWS-BAD` with the number of refused rows, and those of `records.admit`; nothing is added then.
    """
    found = queries.delivery(uid)
    by.must("intake.deliver", found.source)
    if found.state != Delivery.State.CHECKED:
        raise past(found)
    bad = found.summary["bad"]
    if bad and not partial_reason.strip():
        raise Refusal(
            "ROWS-BAD", field="file", value=bad, rule="全部或全不 all or nothing",
            zh=f"有{bad}行不合格，未入库任何行；请改正后重报，或说明理由后仅入库合格部分。",
            en=f"{bad} rows are refused and nothing was loaded; correct them, or give a reason to load the good part.",
        )
    folder, schema = queries.folder_of(uid), catalogue.item(found.item, on=clock.city_day(at)).body["schema"]
    with transaction.atomic(), ThreadPoolExecutor(1, thread_name_prefix="look") as aside:
        if not Delivery.objects.select_for_update().filter(uid=uid, state=Delivery.State.CHECKED).exists():
            raise past(queries.delivery(uid))
        looked = aside.submit(looked_at, folder, schema)
        outcome, months = _admit_all(folder, found, by=by, at=at)
        _queue_doubts(folder, found)
        entry = Entry(evidence.COMMITTED, evidence.committed(found, outcome))
        index = ledger.append([entry], at=at)[0]
        outcome["waiting"] = found.summary["waiting"]
        told = examined(looked.result(), schema, corrected=outcome["corrected"], months=months, today=clock.city_day(at))
        moved = Delivery.objects.filter(uid=uid, state=Delivery.State.CHECKED).update(
            state=Delivery.State.COMMITTED, committed_at=at, committed_by=by.human, partial_reason=partial_reason.strip()[:400],
            outcome=outcome | ({"quality": told} if told else {}), log_index=index,
        )
        if not moved:
            raise past(queries.delivery(uid))
        Return.objects.bulk_create([
            Return(unit=found.source, family=found.family, month=month, delivery=found, rows=rows, delivered_on=clock.city_day(at))
            for month, rows in sorted(months.items())
        ])
        doom(*folder.glob("ready-*.arrow"), folder / DOUBTS)
        announce(DeliveryCommitted(uid, found.item, found.source, outcome["new"], outcome["corrected"]), at=at)
    return queries.delivery(uid)


def _admit_all(folder: Path, found: Delivery, *, by: Actor, at: datetime) -> tuple[dict[str, int], Counter[str]]:
    """Part by part and edition by edition; counts of what became of the rows, and rows by month."""
    months, paths = Counter[str](), sorted(folder.glob("ready-*.arrow"))
    hashes = pl.concat([pl.Series(dtype=pl.UInt64), *(_read(path, found, ["natural_key"])["natural_key"].hash() for path in paths)])
    if len(hashes) != found.summary["good"] - found.summary["waiting"]:
        raise _lost(found)

    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        for path in paths:
            rows = _read(path, found).rename({"authority_name": "authority"})
            for day, n in rows.group_by("event_date").len().iter_rows():
                months[coverage.month_of(day)] += n
            for (edition,), part in rows.group_by("edition", maintain_order=True):
                yield str(edition), part.select(ADMITTED)

    done = records.admit_parts(
        parts(), item=found.item, source=found.source, batch=found.uid, by=by, at=at, distinct=hashes.n_unique() == len(hashes),
    )
    return {name: getattr(done, name) for name in COUNTS}, months


def _read(path: Path, found: Delivery, columns: list[str] | None = None) -> pl.DataFrame:
    try:
        return pl.read_ipc(path, columns=columns)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _lost(found) from error


def _lost(found: Delivery) -> Refusal:
    """The disk no longer holds what was checked (a fault of the disk, a restore without its papers): nothing is made of a part."""
    return Refusal("DELIV-LOST", status=409, field="delivery", value=found.uid, rule=f"{found.summary['good']} rows",
                   zh="磁盘上的校验底稿不完整，未入库任何行；请重新校验后再入库。",
                   en="The checked rows on the disk are not complete and nothing was loaded; check the delivery again.")


def _queue_doubts(folder: Path, found: Delivery) -> None:
    waiting = found.summary["waiting"]
    if not waiting:
        return
    rows = _read(folder / DOUBTS, found)
    if rows.height != waiting:
        raise _lost(found)
    asked = [(r["subject_name"], r["subject_code"], r["subject_kind"], r["event_date"]) for r in rows.iter_rows(named=True)]
    told = _candidates(asked)
    Doubt.objects.bulk_create([
        Doubt(delivery=found, line=row["line"], named=row["subject_name"][:200], code=row["subject_code"][:32], as_of=row["event_date"],
              candidates=told[key], row=_plain(row))
        for row, key in zip(rows.iter_rows(named=True), asked)
    ], batch_size=1000)


def _candidates(asked: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """Of each question, once; all persons at once: each look for one goes through all who are in office."""
    people = [key for key in dict.fromkeys(asked) if key[2] == OFFICIAL]
    found = dict(zip(people, registry.resolve_persons([(name, code, day) for name, code, _, day in people]), strict=True))
    return {key: candidates_of(found[key] if key in found else registry.resolve(key[0], as_of=key[3], code=key[1]))
            for key in dict.fromkeys(asked)}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()}


def admit_one(doubt: Doubt, subject: str, *, by: Actor, at: datetime) -> None:
    """A row whose subject was picked goes the way of the others; its list is asked again."""
    row = {**doubt.row, "subject": subject, "authority": doubt.row.get("authority_name")}
    item = catalogue.gate(doubt.delivery.item, use="collect", on=doubt.as_of)
    frame = pl.DataFrame([{k: row[k] for k in ADMITTED}], infer_schema_length=None).with_columns(
        pl.col("event_date", "end_date", "decision_date", "final_date").cast(pl.String).str.to_date("%Y-%m-%d"),
    )
    whole = doubt.delivery
    records.admit(frame, item=whole.item, edition=item.edition, source=whole.source, batch=whole.uid, by=by, at=at)
    month = coverage.month_of(doubt.as_of)
    returned, _ = Return.objects.get_or_create(
        unit=whole.source, family=whole.family, month=month, delivery=whole, defaults={"rows": 0, "delivered_on": clock.city_day(at)},
    )
    Return.objects.filter(pk=returned.pk).update(rows=F("rows") + 1)



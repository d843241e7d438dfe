"""A file arrives, is kept by its digest, and is read and checked in a process of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, OperationalError, transaction

from ximu.foundation import clock, files, scratch
from ximu.foundation.doomed import doom
from ximu.foundation.once import reading
from ximu.foundation.whole import sync_folder
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.intake import queries
from ximu.ideas.intake.models import Delivery
from ximu.ideas.intake.reader.limits import MOST_FILE_BYTES
from ximu.ideas.intake.reader.running import Job, run
from ximu.ideas.intake.services import sorting
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

PRIVATE = 0o700
SERVER_FAULT = 500
"""From this status on the fault is ours: the delivery stays as it was and may be checked again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`again` says that this very file was received before: then it is the old receipt (已收，回执 #…)."""

    uid: str
    digest: str
    again: bool


def receive(
    chunks: Iterable[bytes] | BinaryIO, *, item: str, source: str, by: Actor, at: datetime, channel: str = "upload",
) -> Receipt:
    """Keep the file. The same file for the same item again from the same source gives the old receipt and adds nothing; from another source
    it is another delivery, of which neither source learns.

    Errors: `LIST-NONE` when the item is in no list in force today or is no item of data, `FILE-SIZE`.
    """
    by.must("intake.deliver", source)
    found = catalogue.item(item, on=clock.city_day(at))
    if found.list != "data":
        raise Refusal("LIST-NONE", field="item", value=item[:40], rule="数据清单 data list",
                      zh=f"“{item[:40]}”不是数据清单的条目，没有可报送的数据。",
                      en=f"“{item[:40]}” is no item of the data list; there is nothing to deliver under it.")
    with files.staged(chunks, most_bytes=MOST_FILE_BYTES, sealed=True) as file, transaction.atomic():
        same = Delivery.objects.exclude(state=Delivery.State.REFUSED).filter(item=item, source=source, file_digest=file.digest)
        old = same.first()
        if old is not None:
            return Receipt(old.uid, file.digest, again=True)
        try:
            with transaction.atomic():
                made = Delivery.objects.create(
                    item=item, family=found.family, source=source, file_digest=file.digest, size=file.size, channel=channel, received_at=at,
                    received_by=by.human,
                )
        except IntegrityError:  # another request was first with the same file
            return Receipt(same.get().uid, file.digest, again=True)
        file.place()
    return Receipt(made.uid, file.digest, again=False)


def check(uid: str, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Read and check a received file; its summary. A file that cannot be read is refused, and says why.

    Errors: every `FILE-*` code, `DELIV-STATE` when it is past checking.
    """
    found = queries.delivery(uid)
    by.must("intake.deliver", found.source)
    if found.state not in {Delivery.State.RECEIVED, Delivery.State.CHECKED}:
        raise past(found)
    item = catalogue.item(found.item, on=clock.city_day(at))
    with scratch.folder() as folder:
        try:
            with files.unsealed(found.file_digest) as handle:
                job = Job(Path(f"/proc/self/fd/{handle}"), item.body["schema"], clock.city_day(at), folder, records=True, handed=(handle,))
                summary = run(job, progress=lambda rows: _tell(uid, rows))
            summary["dropped_lines"] = json.loads((folder / "result.json").read_text("utf-8"))["dropped_lines"]
            with reading():
                summary = sorting.sort_out(folder, item, summary, today=clock.city_day(at))
        except Refusal as refusal:
            if refusal.status < SERVER_FAULT:
                Delivery.objects.filter(uid=uid, state=found.state).update(state=Delivery.State.REFUSED, refusal=refusal.envelope())
            raise
        _lay_down(uid, folder, summary, before=found.state)
    return summary


def _tell(uid: str, rows: int) -> None:
    """Progress is a courtesy: a database that is busy or full does not stop the check."""
    with contextlib.suppress(OperationalError):
        Delivery.objects.filter(uid=uid).update(progress=rows)


def _lay_down(uid: str, folder: Path, summary: dict[str, Any], *, before: str) -> None:
    """The checked rows come into their place together with the state that says so. Errors: `DELIV-STATE`."""
    place = queries.folder_of(uid)
    with transaction.atomic():
        moved = Delivery.objects.filter(uid=uid, state=before, purged_at=None).update(
            state=Delivery.State.CHECKED, summary=summary, progress=summary["rows"],
        )
        if not moved:
            now = queries.delivery(uid)
            if now.state == Delivery.State.CHECKED and not now.purged_at:
                return  # another request has checked it meanwhile
            raise past(now)
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        folder.rename(place)
        sync_folder(place.parent)


def refuse(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Send a delivery back; its file may then be delivered again. Errors: `DELIV-STATE`."""
    found = queries.delivery(uid)
    by.must("intake.deliver", found.source)
    said = {"code": "DELIV-SENT-BACK", "message_zh": reason, "message_en": reason}
    open_states = [Delivery.State.RECEIVED, Delivery.State.CHECKED]
    with transaction.atomic():
        if not Delivery.objects.filter(uid=uid, state__in=open_states).update(state=Delivery.State.REFUSED, refusal=said):
            raise past(queries.delivery(uid))
        doom(queries.folder_of(uid))


def purge(*, by: Actor, at: datetime) -> int:
    """Remove the files and working papers of deliveries past the period of retention; how many. Records stay.

    What was never committed by then is sent back: it may be delivered again.
    """
    by.must("intake.watch")
    before = at - timedelta(days=queries.parameter("upload_retention_days", clock.city_day(at)))
    aged = list(Delivery.objects.filter(purged_at=None, received_at__lt=before).order_by("pk"))
    said = {"code": "DELIV-OLD", "message_zh": "逾期未入库，已退回并清除。", "message_en": "Not committed in time; sent back and removed."}
    for found in aged:
        open_states = [Delivery.State.RECEIVED, Delivery.State.CHECKED]
        with transaction.atomic():
            Delivery.objects.filter(pk=found.pk, state__in=open_states).update(state=Delivery.State.REFUSED, refusal=said)
            Delivery.objects.filter(pk=found.pk).update(purged_at=at)
            doom(queries.folder_of(found.uid))
            if not Delivery.objects.filter(file_digest=found.file_digest, purged_at=None).exists():
                doom(files.sealed_path_of(found.file_digest))
    return len(aged)


def past(found: Delivery) -> Refusal:
    word = Delivery.State(found.state).label
    return Refusal(
        "DELIV-STATE", status=409, field="delivery", value=found.uid, rule=found.state,
        zh=f"该批次现为“{word}”，不能办理此事项。", en=f"The delivery is {found.state}; this cannot be done now.",
    )

"""What does intake keep of an erased record? The delivery's counts and digest; not the file, not the checked rows, not a doubt."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from html import escape
from typing import BinaryIO

from django.db.models import Q

from ximu.foundation import files
from ximu.foundation.doomed import doom
from ximu.ideas.intake import queries
from ximu.ideas.intake.models import Delivery, Doubt
from ximu.ideas.records.services import Traces

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
CHUNK = 1 << 20
SAID = {"code": "DELIV-ERASED", "message_zh": "批次所含记录已依法删除，原文件一并销毁，请重新报送其余各行。",
        "message_en": "A record in this delivery was erased by law and the file with it; deliver the other rows again."}


def forget(traces: Traces, *, at: datetime) -> None:
    """Destroy the files of the deliveries that brought the record, and of any other of the item that names it.

    The other rows of a committed delivery are records already; one that was not committed is sent back.
    """
    batches = {batch for batch, _ in traces.places}
    gone = {found.file_digest for found in Delivery.objects.filter(Q(uid__in=batches) | Q(item__in=traces.items), purged_at__isnull=True)
            if found.uid in batches or _names(found.file_digest, traces.needles)}
    for found in Delivery.objects.filter(file_digest__in=gone, purged_at__isnull=True):  # the same bytes delivered for another item, too
        _purge(found, at)
    for doubt in Doubt.objects.filter(Q(delivery__uid__in=batches) | Q(delivery__item__in=traces.items)).select_related("delivery"):
        if (doubt.delivery.uid, doubt.line) in traces.places or any(needle in str(doubt.row) for needle in traces.needles):
            Doubt.objects.filter(pk=doubt.pk).update(named="", code="", row={}, candidates=[], reason="")


def _purge(found: Delivery, at: datetime) -> None:
    Delivery.objects.filter(pk=found.pk).update(purged_at=at)
    Delivery.objects.filter(pk=found.pk, state__in=[Delivery.State.RECEIVED, Delivery.State.CHECKED]).update(
        state=Delivery.State.REFUSED, refusal=SAID,
    )
    doom(queries.folder_of(found.uid), files.sealed_path_of(found.file_digest))


def _names(digest: str, needles: frozenset[str]) -> bool:
    """Does the file, or a part of the workbook, hold one of these texts? In any of the encodings that intake reads."""
    if not needles or not files.sealed_path_of(digest).exists():
        return False
    with files.unsealed(digest) as handle, open(handle, "rb", closefd=False) as plain:
        return _holds(plain, needles)


def _holds(plain: BinaryIO, needles: frozenset[str]) -> bool:
    texts = {form for needle in needles for form in (needle, escape(needle, quote=False))}
    forms = {text.encode(encoding, "ignore") for text in texts for encoding in ENCODINGS}
    longest = max(map(len, forms))
    for stream in _streams(plain):
        rest = b""
        for block in stream:
            held = rest + block
            if any(form in held for form in forms):
                return True
            rest = held[-longest:]
    return False


def _streams(plain: BinaryIO) -> Iterator[Iterator[bytes]]:
    whole = zipfile.is_zipfile(plain)
    plain.seek(0)
    if not whole:
        yield iter(lambda: plain.read(CHUNK), b"")
        return
    with zipfile.ZipFile(plain) as book:
        for name in book.namelist():
            with book.open(name) as part:
                yield iter(partial(part.read, CHUNK), b"")

"""How does a paper come into a case, and does it stay what it was?"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from ximu.foundation import files as store
from ximu.foundation import tickets
from ximu.foundation.bare import bare, is_sealed
from ximu.ideas.casework.models import Case, CaseFile, FileOpening
from ximu.ideas.casework.queries import redactions as queries
from ximu.ideas.casework.queries.cases import absent_case, visible
from ximu.ideas.casework.queries.papers import SHELF, place_of
from ximu.ideas.casework.services import steps
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MOST_BYTES = 50 << 20


def keep(chunks: Iterable[bytes] | BinaryIO) -> tuple[str, int]:
    """Lay a paper on the shelf of cases: its SHA-256 and size. Errors: `FILE-SIZE`."""
    return store.keep(chunks, most_bytes=MOST_BYTES, shelf=SHELF)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies in the store already (`foundation.files.keep`), with the name that its giver gave it."""

    digest: str
    size: int
    name: str = ""
    pages: int = 0


def received(given: Any) -> Upload | None:
    """A file that came with a form, laid on the shelf; None where none came. Errors: `FILE-SIZE`."""
    if given is None or not given.size:
        return None
    digest, size = keep(given)
    return Upload(digest, size, given.name or "")


def ticket_for(digest: str, by: Actor) -> str:
    """Proof that this human handed this paper in (`foundation.tickets`)."""
    return tickets.ticket_for(digest, by.human)


def handed_in(digest: str, ticket: str, name: str, *, by: Actor) -> Upload:
    """A paper handed in before, named by digest and ticket; its size is measured anew. Errors: `EVID-DIGEST`."""
    if not tickets.is_ticket(ticket, digest, by.human):
        raise _absent(digest)
    return Upload(digest, _must_lie(digest).stat().st_size, name)


def _absent(digest: str) -> Refusal:
    return Refusal("EVID-DIGEST", field="files", value=digest[:64], rule="SHA-256", zh="材料不在库中，摘要无从核对。",
                   en="The paper is not in the store; its digest cannot be checked.")


def _must_lie(digest: str) -> Path:
    path = place_of(digest)
    if path is None:
        raise _absent(digest)
    return path


def attach(case: Case, given: Sequence[Upload], *, by: Actor, at: datetime) -> list[str]:
    """Papers once each; in the caller's transaction. Errors: `EVID-DIGEST`."""
    known = set(case.files.values_list("digest", flat=True)) if given else set()
    for upload in given:
        _must_lie(upload.digest)
    fresh = [u for u in {u.digest: u for u in given}.values() if u.digest not in known]
    CaseFile.objects.bulk_create([
        CaseFile(case=case, digest=u.digest, size=u.size, name=u.name[:200], pages=u.pages, by=by.human, at=at) for u in fresh
    ])
    return [u.digest for u in fresh]


def add_files(uid: str, given: Sequence[Upload], *, by: Actor, at: datetime) -> int:
    """Further papers from anybody who may see the case; how many were new. Errors: `CASE-NONE`, `STATE-EDGE`, `EVID-DIGEST`."""
    with transaction.atomic():
        case = Case.objects.filter(visible(by), uid=uid).first()
        if case is None:
            raise absent_case(uid)
        if case.closed_at:
            raise Refusal("STATE-EDGE", status=409, field="state", value=case.state, rule="在办", zh="办件已办结，不能再补交材料。",
                          en="The case is closed; no papers can be added.")
        digests = attach(case, given, by=by, at=at)
        if digests:
            steps.write([steps.Done(case, "files", case.state, case.state, {"files": digests})], by=by, at=at)
    return len(digests)


def read_file(uid: str, file: str, *, by: Actor, at: datetime) -> tuple[str, BinaryIO, bool]:
    """Open the form of a paper that this person gets: (digest of what is given, the bytes, whether it is redacted); it is noted.

    Its giver gets it back as it was, all others a copy that does not tell who made it, where and with what. Whoever decides gets the
    original where a copy cannot be made, or would break a signature.
    Errors: `CASE-NONE`, `FILE-NONE`, `REDACT-WAITING`, `REDACT-NEEDED`, `PAPER-BARE`, `EVID-DIGEST` where the bytes are not those of the
    digest.
    """
    found = queries.paper_of(uid, file, actor=by)
    form = queries.form_for(found, actor=by, at=at)
    digest = form.digest if form else found.digest
    path = sound_path(digest)
    made = None if form or found.by == by.human else _copy(found, path.read_bytes(), by=by, at=at)
    FileOpening.objects.create(file=found, unit=by.unit or "", by=by.human, at=at, redacted=form is not None)
    if made is None:
        return digest, path.open("rb"), form is not None
    return hashlib.sha256(made).hexdigest(), io.BytesIO(made), False


def _copy(found: CaseFile, content: bytes, *, by: Actor, at: datetime) -> bytes:
    whole = queries.entitled(found, actor=by, at=at)
    made = content if whole and is_sealed(content) else bare(content)
    if made is None and not whole:
        raise Refusal("PAPER-BARE", status=409, field="file", value=found.uid, rule="PDF, JPEG, PNG, docx, xlsx …",
                      zh="该材料的作者、设备等信息无法去除，不能提供；请由承办单位遮盖后查阅，或者请提交人另交PDF。",
                      en="What tells of its maker cannot be taken out of this paper; it can be read once redacted, or handed in as a PDF.")
    return content if made is None else made


def sound_path(digest: str) -> Path:
    """Where a paper lies, its bytes checked. Errors: `EVID-DIGEST`."""
    path = _must_lie(digest)
    with path.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != digest:
            raise Refusal("EVID-DIGEST", status=409, field="files", value=digest, rule="SHA-256",
                          zh="材料内容与提交时的摘要不符，已被改动。", en="The paper is not what was handed in: its digest differs.")
    return path

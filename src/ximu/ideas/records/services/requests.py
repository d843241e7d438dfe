"""How is erasure asked for and allowed? A stored request, bound to its digest; a second person decides on exactly that."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from ximu.ideas.ledger.queries import must_be_fresh
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.records import queries
from ximu.ideas.records.models import Erasure, Version
from ximu.ideas.records.queries.evidence import ERASED, erasure_body
from ximu.ideas.records.rules import EDGES, STATES
from ximu.ideas.records.services import steps
from ximu.ideas.records.services.moves import Numbers, numbers_of, said
from ximu.ideas.records.services.removal import destroy
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal, absent

CONFIRM = "records.confirm"


def _digest(versions: dict[str, int], basis: str) -> str:
    return hashlib.sha256(canonical({"basis": basis, "versions": versions})).hexdigest()


def _may_go(version: Version) -> None:
    """Retention: only what was revoked or has expired may go; everything else is still to be kept. Errors: `STATE-EDGE`."""
    if "erased" not in EDGES[version.state]:
        word = STATES[version.state]
        raise Refusal(
            "STATE-EDGE", status=409, field="numbers", value=version.number, rule=f"{version.state}→erased",
            zh=f"记录现为“{word.zh}”，仍在保存期内，不得删除；依据被撤销的先办撤销。",
            en=f"The record is “{word.en}” and must be kept; if its basis is void, revoke it first.",
        )


def must_be_erasable(number: str) -> None:
    """Errors: `STATE-EDGE`, `REC-NONE`."""
    for version in steps.newest(numbers_of(number)):
        _may_go(version)


def ask_erasure(given: Numbers, *, basis: str, by: Actor, at: datetime) -> Erasure:
    """The first person asks. Errors: `STATE-EDGE`, `REASON`, `REC-NONE`, `PERM-DENIED`.

    Whose document it is and who confirms it may not erase; he is told first that what is in force is reversed and not deleted.
    """
    if not by.can("records.erase") and by.can(CONFIRM):
        queries.must_reach(given, CONFIRM, by)
        for version in steps.newest(numbers_of(given)):
            _may_go(version)
    queries.must_reach(given, "records.erase", by)
    words = said(basis, "basis")[:400]
    with transaction.atomic():
        found = steps.newest(numbers_of(given))
        for version in found:
            _may_go(version)
        versions = {version.number: version.version for version in found}
        return Erasure.objects.create(versions=versions, basis=words, digest=_digest(versions, words), asked_at=at, asked_by=by.human)


def request_of(uid: str) -> Erasure:
    """Errors: `ERASE-NONE`."""
    row = Erasure.objects.filter(uid=uid).first()
    if row is None:
        raise absent("ERASE-NONE", field="uid", value=uid, zh="项删除请求", en="request to erase")
    return row


def approve_erasure(uid: str, *, digest: str, by: Actor, at: datetime) -> Erasure:
    """The second person, who names the digest of what he read, lets it happen; then nothing of it is left.

    Errors: `DUAL`, `ERASE-DIGEST`, `ERASE-STATE`, `ERASE-STALE`, `STATE-EDGE`, `LOG-STALE`.
    """
    by.must("records.erase")
    must_be_fresh(at=at)
    with transaction.atomic():
        row = _open(uid, by)
        if digest != row.digest or _digest(row.versions, row.basis) != row.digest:
            raise Refusal("ERASE-DIGEST", status=409, field="digest", value=digest[:64], rule=row.digest,
                          zh="批准的内容与所存请求不一致。", en="What is approved is not the request that is stored.")
        found = steps.newest(row.versions)
        if {version.number: version.version for version in found} != row.versions:
            raise Refusal("ERASE-STALE", status=409, field="versions", value=row.uid, rule="newest",
                          zh="记录在提出后已有新版本，请重新提出。", en="The records have newer versions since; ask again.")
        for version in found:
            _may_go(version)
        destroy(list(row.versions), detail={"basis": row.basis, "second": row.asked_by}, by=by, at=at)
        index = append([Entry(ERASED, erasure_body(row))], at=at)[0]
        return _decided(row, Erasure.State.DONE, by, at, log_index=index)


def refuse_erasure(uid: str, *, by: Actor, at: datetime) -> Erasure:
    """The second person does not agree. Errors: `DUAL`, `ERASE-STATE`."""
    by.must("records.erase")
    with transaction.atomic():
        return _decided(_open(uid, by), Erasure.State.REFUSED, by, at)


def _open(uid: str, by: Actor) -> Erasure:
    row = request_of(uid)
    if row.asked_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=uid, rule="两人办理", zh="提出人不能批准自己提出的删除。",
                      en="Who asked for the erasure may not decide it.")
    if row.state != Erasure.State.ASKED:
        raise _decided_already(row)
    return row


def _decided_already(row: Erasure) -> Refusal:
    return Refusal("ERASE-STATE", status=409, field="state", value=row.state, rule="asked", zh="该请求已有决定。",
                   en="The request was decided already.")


def _decided(row: Erasure, state: str, by: Actor, at: datetime, **more: Any) -> Erasure:
    moved = Erasure.objects.filter(pk=row.pk, state=Erasure.State.ASKED).update(state=state, decided_at=at, decided_by=by.human, **more)
    if not moved:
        raise _decided_already(row)
    row.refresh_from_db()
    return row

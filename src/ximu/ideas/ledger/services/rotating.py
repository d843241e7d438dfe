"""How does the log change its key? The old and the new key sign the change, the log keeps it, and the old key can sign nothing after it."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ximu.foundation.whole import write_whole
from ximu.ideas.ledger.queries import keys, tree
from ximu.ideas.ledger.rules import Entry, Signer
from ximu.ideas.ledger.rules.note import rotation_text
from ximu.ideas.ledger.services.growth import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

ROTATED = "log.key"


def rotate_key(*, reason: str, by: Actor, at: datetime) -> tuple[str, str]:
    """Make a new key, write the change into the log with both signatures, put the new key in place; (old, new) verifier keys.

    The new key is on disk before the entry is committed and takes its place after it: a crash in between is finished by
    `finish_rotation`. Of the old key only the public half is kept.
    Errors: `PERM-DENIED`, `REASON`.
    """
    by.must("ledger.rotate")
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="更换日志密钥须说明理由。",
                      en="A change of the log's key needs a reason.")
    if _next().exists() and not finish_rotation():
        _next().unlink()  # it never reached the log: nobody knows it
    old, new = keys.signer(), Signer(settings.XIMU_ORIGIN, secrets.token_bytes(32))
    text = rotation_text(old.name, old.verifier(), new.verifier())
    write_whole(_next(), new.secret_text(), mode=0o600)
    with transaction.atomic():
        [index] = append([Entry(ROTATED, {
            "old": old.verifier(), "new": new.verifier(), "by_old": old.bare_signature(text), "by_new": new.bare_signature(text),
            "reason": reason.strip()[:400], "by": by.uid})], at=at)
        write_whole(_next().with_suffix(".index"), f"{index}\n")
        transaction.on_commit(finish_rotation)
    return old.verifier(), new.verifier()


def finish_rotation() -> bool:
    """Put a new key in place whose entry is in the log. False when there is none; safe to repeat."""
    path, mark = _next(), _next().with_suffix(".index")
    if not path.exists() or not mark.exists():
        return False
    new, index = Signer.parse(path.read_text("utf-8")), int(mark.read_text("utf-8"))
    if index >= tree.size() or tree.entry_value(index).get("new") != new.verifier():
        return False
    old = keys.signer().verifier()
    if old != new.verifier():
        retired = keys.folder() / "log.retired"
        held = retired.read_text("utf-8") if retired.exists() else ""
        line = f"{old} <= {index + 1}\n"
        if line not in held:
            write_whole(retired, held + line)
    path.replace(keys.folder() / "log.key")
    mark.unlink()
    return True


def _next() -> Path:
    return keys.folder() / "log.next"

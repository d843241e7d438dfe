"""How do others stand for the log? Witnesses are registered, and their cosignatures checked and kept."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from ximu.ideas.ledger.models import Cosignature, Witness
from ximu.ideas.ledger.queries import checkpoints, keys, tree
from ximu.ideas.ledger.rules import Entry, checkpoint_text, cosigned_text
from ximu.ideas.ledger.rules.note import COSIGNATURE, key_id, name_is_good, verifier_key, verifies
from ximu.ideas.ledger.services.growth import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

DASH = "\u2014 "


def trust_witness(key: str, *, by: Actor, at: datetime, title: str = "", url: str = "") -> str:
    """Register a witness by its verifier key (C2SP vkey, type 0x04); its uid. The log records it.

    From now on publication, repair and erasure need fresh cosignatures (`queries.must_be_fresh`).

    Errors: `WITNESS-KEY` for anything but a well-formed key of that type, `PERM-DENIED`.
    """
    by.must("ledger.witness")
    name, public = _read_key(key)
    with transaction.atomic():
        found, new = Witness.objects.get_or_create(
            key=verifier_key(name, public, COSIGNATURE), defaults={
                "name": name, "trusted_at": at, "trusted_by": by.uid, "title": title.strip()[:200], "url": url.strip().rstrip("/")[:400],
            },
        )
        if new:
            append([Entry("log.witness", {"key": found.key, "by": by.uid})], at=at)
    return found.uid


def retire_witness(uid: str, *, by: Actor, at: datetime) -> None:
    """It is asked no more and counts no more; what it signed stays. Errors: `WITNESS-NONE`, `PERM-DENIED`."""
    by.must("ledger.witness")
    with transaction.atomic():
        key = Witness.objects.filter(uid=uid, retired_at__isnull=True).values_list("key", flat=True).first()
        if key is None or not Witness.objects.filter(uid=uid, retired_at__isnull=True).update(retired_at=at, retired_by=by.uid):
            raise Refusal("WITNESS-NONE", status=404, field="witness", value=uid[:20], rule="", zh="没有这个在用的见证人。",
                          en="There is no such active witness.")
        append([Entry("log.witness-retired", {"key": key, "by": by.uid})], at=at)


def cosign(note: str, *, at: datetime) -> int:
    """Keep the cosignatures of known witnesses under one of our checkpoints; how many were new.

    `note` is the checkpoint as the witness returns it: our text and one or more signature lines. Lines of unknown keys
    are ignored (signed-note); a line of a known witness that does not verify is refused.
    Errors: `WITNESS-TEXT` when the text is not a checkpoint of this log, `WITNESS-SIGN`.
    """
    text, lines = _split(note)
    size = _our_size(text)
    ours = keys.signer().sign(text)
    added = 0
    with transaction.atomic():
        for line in lines:
            witness, signed_at = _witness_of(line, text)
            if witness is None or signed_at is None:
                continue
            _, new = Cosignature.objects.get_or_create(
                size=size, witness=witness,
                defaults={"text": ours, "line": line, "signed_at": signed_at, "received_at": at},
            )
            added += new
            Witness.objects.filter(Q(seen_at__isnull=True) | Q(seen_at__lte=min(signed_at, at)), pk=witness.pk, seen_size__lte=size).update(
                seen_at=min(signed_at, at), seen_size=size,
            )
    return added


def _read_key(key: str) -> tuple[str, bytes]:
    name, _, rest = key.strip().partition("+")
    try:
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    good = name_is_good(name) and raw[:1] == COSIGNATURE and len(raw) == 33
    if not good or verifier_key(name, raw[1:], COSIGNATURE) != key.strip():
        raise Refusal(
            "WITNESS-KEY", field="key", value=key, rule="C2SP tlog-cosignature 0x04",
            zh="见证人公钥应为 C2SP 格式、算法 0x04。", en="A witness key is a C2SP verifier key of type 0x04.",
        )
    return name, raw[1:]


def _split(note: str) -> tuple[str, list[str]]:
    text, gap, block = note.rpartition("\n\n")
    return (text + "\n", block.split("\n")) if gap else ("", [])


def _our_size(text: str) -> int:
    lines = text.split("\n")
    size = int(lines[1]) if len(lines) == 4 and lines[1].isascii() and lines[1].isdigit() and len(lines[1]) < 20 else -1
    known = checkpoints.remembered(tree.head().uid)
    if known is None or not 0 < size <= known[0] or text != checkpoint_text(keys.signer().name, size, tree.root_at(size)):
        raise Refusal(
            "WITNESS-TEXT", field="note", rule="tlog-checkpoint",
            zh="所加签的不是本日志已签发的检查点。", en="What was cosigned is not a checkpoint of this log.",
        )
    return size


def _witness_of(line: str, text: str) -> tuple[Witness | None, datetime | None]:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True) if line.startswith(DASH) else b""
    except (binascii.Error, ValueError):
        raw = b""
    for witness in Witness.objects.filter(name=name):
        public = _read_key(witness.key)[1]
        if raw[:4] != key_id(name, COSIGNATURE, public):
            continue
        timestamp = int.from_bytes(raw[4:12], "big")
        exact = base64.b64encode(raw).decode() == encoded  # another spelling would make every strict reader refuse the checkpoint
        if len(raw) != 76 or not exact or timestamp >= 2**35 or not verifies(public, raw[12:], cosigned_text(text, timestamp)):
            raise Refusal(
                "WITNESS-SIGN", field="note", value=name, rule="cosignature/v1",
                zh=f"见证人“{name}”的签名无效。", en=f"The cosignature of “{name}” does not verify.",
            )
        return witness, datetime.fromtimestamp(timestamp, UTC)
    return None, None

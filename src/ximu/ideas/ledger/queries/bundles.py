"""What does a citizen take home? One file that proves one entry, and shows no more than the public may see."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson

from ximu.ideas.ledger.queries import checkpoints, keys, tree
from ximu.ideas.ledger.rules import commitment, read_checkpoint
from ximu.ideas.ledger.rules.words import label_words
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

FORMAT = "ximu-bundle/1"


def bundle(
    index: int, *, payload: Any = None, salt: bytes | None = None, labels: dict[str, Text] | None = None,
) -> dict[str, Any]:
    """The proof bundle of entry `index`; with `salt`, the payload whose commitment stands in the entry is disclosed.

    The caller answers for the payload: it must be what its reader may see. `labels` are captions by member name
    (`kind`, `payload.CF_WSH`); they are not part of the proof. Write it with `bundle_bytes`.
    Errors: `LOG-INDEX`, `BUNDLE-COMMIT`, and those of `checkpoint`.
    """
    note, signers = _checkpoint_for(index)
    raw = tree.entry(index)
    entry = orjson.loads(raw)
    made: dict[str, Any] = {
        "format": FORMAT, "checkpoint": note, "keys": signers, "index": index, "entry": entry,
        "proof": [
            base64.b64encode(node).decode() for node in tree.inclusion(index, size=read_checkpoint(note)[1])
        ],
        "labels": {name: {"zh": words.zh, "en": words.en} for name, words in (label_words(entry) | (labels or {})).items()},
    }
    if salt is not None:
        made["disclosed"] = _disclosed(entry, payload, salt)
    made["digest"] = base64.b64encode(hashlib.sha256(canonical(made)).digest()).decode()
    return made


def bundle_bytes(made: dict[str, Any]) -> bytes:
    """The file: canonical JSON. Any other spelling of the same values is refused by the verifier."""
    return canonical(made)


def _checkpoint_for(index: int) -> tuple[str, list[str]]:
    """A cosigned checkpoint if there is one that covers the entry, else the present one."""
    if (found := checkpoints.cosigned(index)) is not None:
        return found[0], [keys.signed_with(found[0]) or keys.key(), *found[1]]
    checkpoints.must_be_committed()
    note = checkpoints.own_checkpoint(tree.head())
    return note, [keys.signed_with(note)]


def _disclosed(entry: dict[str, Any], payload: Any, salt: bytes) -> dict[str, Any]:
    wanted = commitment(salt, payload)
    member = next((name for name, value in entry.items() if value == wanted), None)
    if member is None:
        raise Refusal(
            "BUNDLE-COMMIT", status=409, field="payload", rule="SHA-256(0x00 ‖ salt ‖ payload)",
            zh="所要披露的内容与日志条目中的承诺值不符。", en="The content to be shown is not the one committed to in the entry.",
        )
    return {"member": member, "payload": payload, "salt": salt.hex()}

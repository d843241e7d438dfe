"""Does a downloaded proof bundle hold? Every member is checked; what cannot be proved is said to be unproved.

Format `ximu-bundle/1`, canonical JSON (RFC 8785) with exactly these members:
`format`, `checkpoint` (signed note), `keys` (verifier keys in the order of its signature lines), `index`, `entry`
(its canonical bytes are the leaf), `proof` (base64 hashes), `labels` (words for people, not proved), optionally
`disclosed` (`member` of the entry that holds the commitment, `payload`, `salt`), and `digest` (SHA-256 of the rest).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ximu_verify import canonical
from ximu_verify.checkpoint import Checkpoint, parse_checkpoint
from ximu_verify.merkle import ProofError, leaf_hash, verify_inclusion
from ximu_verify.note import COSIGNATURE, ED25519, Note, NoteError, VerifierKey, each_key, open_note, strict_base64

FORMAT = "ximu-bundle/1"
MOST_BYTES = 16 << 20
NEEDED = {"format", "checkpoint", "keys", "index", "entry", "proof", "labels", "digest"}
OPTIONAL = {"disclosed"}
SALT = re.compile("[0-9a-f]{64}")


class BundleError(ValueError):
    """The bundle is not valid. `zh` and `en` say which check failed."""

    def __init__(self, check: str, zh: str, en: str) -> None:
        super().__init__(f"{check}: {zh} / {en}")
        self.check, self.zh, self.en = check, zh, en


@dataclass(slots=True)
class Report:
    """What was shown. `trusted` is True only if the log's key was given by the person who verifies."""

    trusted: bool
    checkpoint: Checkpoint
    index: int
    entry: dict[str, Any]
    key: str
    payload: Any = None
    disclosed: bool = False
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    witnesses: list[dict[str, Any]] = field(default_factory=list)


def verify_bundle(data: bytes, keys: Iterable[str | VerifierKey] | None = ()) -> Report:
    """Check a bundle with the keys that the caller trusts.

    Without keys only its inner consistency is shown, by the key that it brings along: `Report.trusted` is False.
    Errors: BundleError; NoteError if one of `keys` is malformed.
    """
    trusted = [key if isinstance(key, VerifierKey) else VerifierKey.parse_line(key) for key in each_key(keys)]
    members = _read(data)
    note, own = _signatures(members)
    head = _checkpoint(note, own[0])
    witnesses = _trust(members["checkpoint"], note, trusted, own)
    _not_retired(head, trusted, own[0])
    _inclusion(members, head)
    report = Report(bool(trusted), head, members["index"], members["entry"], str(own[0]), labels=members["labels"])
    report.witnesses = witnesses
    if "disclosed" in members:
        report.payload, report.disclosed = _disclosure(members["disclosed"], members["entry"]), True
    return report


def _read(data: bytes) -> dict[str, Any]:
    if not isinstance(data, bytes | bytearray):
        raise BundleError("form", "证明包应为字节", "a bundle is bytes")
    if len(data) > MOST_BYTES:
        raise BundleError("form", "文件过大", "the file is too large")
    try:
        members = canonical.load(data)
    except canonical.FormError as error:
        raise BundleError(
            "form", "文件不是规范的证明包：内容被改动、截断或重新排版", "not a canonical bundle: changed, cut off or reformatted",
        ) from error
    if not isinstance(members, dict) or not NEEDED <= members.keys() <= NEEDED | OPTIONAL:
        raise BundleError("form", "证明包的成员不符合格式", "the members of the bundle are not those of the format")
    kinds = {"format": str, "checkpoint": str, "keys": list, "index": int, "entry": dict, "proof": list, "digest": str}
    if any(type(members[name]) is not kind for name, kind in kinds.items()) or members["format"] != FORMAT:
        raise BundleError("form", "证明包的版本或成员类型不符合格式", "version or types do not fit the format")
    _labels(members["labels"])
    rest = canonical.dump({name: value for name, value in members.items() if name != "digest"})
    if strict_base64(members["digest"]) != hashlib.sha256(rest).digest():
        raise BundleError("digest", "文件内容与其摘要不符，已被改动", "the content does not match its digest: it was changed")
    return members


def _labels(labels: Any) -> None:
    good = isinstance(labels, dict) and all(
        isinstance(words, dict) and words.keys() == {"en", "zh"} and all(isinstance(word, str) for word in words.values())
        for words in labels.values()
    )
    if not good:
        raise BundleError("form", "说明文字不符合格式", "the labels do not fit the format")


def _signatures(members: dict[str, Any]) -> tuple[Note, list[VerifierKey]]:
    """Every signature line must be good under the key that the bundle names for it, in the same order."""
    try:
        own = [VerifierKey.parse(text) for text in members["keys"]]
        note = open_note(members["checkpoint"], own)
    except NoteError as error:
        raise BundleError("checkpoint", f"检查点签名不成立（{error}）", f"the checkpoint's signature fails ({error})") from error
    lines = [(line.name, line.hash) for line in note.verified]
    exact = [str(key) for key in own] == members["keys"] and [(key.name, key.hash) for key in own] == lines
    if not exact or note.unverified or own[0].algorithm != ED25519:
        raise BundleError("checkpoint", "签名与所列公钥不一一对应", "signatures and listed keys do not correspond")
    return note, own


def _checkpoint(note: Note, log_key: VerifierKey) -> Checkpoint:
    try:
        head = parse_checkpoint(note.text)
    except NoteError as error:
        raise BundleError("checkpoint", "检查点格式错误", str(error)) from error
    if head.origin != log_key.name:
        raise BundleError("checkpoint", "检查点所述日志与公钥名称不符", "the origin is not the name of the log's key")
    return head


def _trust(text: str, note: Note, trusted: list[VerifierKey], own: list[VerifierKey]) -> list[dict[str, Any]]:
    """With given keys, the first signature must be by one of them; the cosignatures say whether their witness is trusted too.

    The first and no other: a retired key, which may have been stolen, must not vouch beside a key that nobody knows.
    """
    vouched = {(line.name, line.hash) for line in note.verified}
    if trusted:
        try:
            vouched = {(line.name, line.hash) for line in open_note(text, dict.fromkeys(trusted)).verified}
        except NoteError as error:
            raise BundleError(
                "key", "检查点不是由您指定的公钥签名的", "the checkpoint is not signed by the key you gave",
            ) from error
        if own[0] not in trusted:
            raise BundleError("key", "指定的公钥中没有日志自己的公钥", "none of the keys you gave is the log's own")
    return [
        {"name": line.name, "key_id": line.key_id, "timestamp": line.timestamp,
         "trusted": bool(trusted) and (line.name, line.hash) in vouched}
        for line, key in zip(note.verified, own, strict=True) if key.algorithm == COSIGNATURE
    ]


def _not_retired(head: Checkpoint, trusted: list[VerifierKey], own: VerifierKey) -> None:
    """A retired key signs nothing that is larger than the log was when it was retired."""
    limits = [key.until for key in trusted if key == own]
    if limits and None not in limits and head.size > max(limit for limit in limits if limit is not None):
        raise BundleError("key", f"该公钥在日志第 {limits[0]} 条之后已停用，不能签署更大的检查点",
                          f"this key was retired at size {limits[0]} and may not sign a larger checkpoint")


def _inclusion(members: dict[str, Any], head: Checkpoint) -> None:
    path = [strict_base64(node) if isinstance(node, str) else None for node in members["proof"]]
    try:
        if None in path:
            raise ProofError("a proof node is not base64")
        leaf = leaf_hash(canonical.dump(members["entry"]))
        verify_inclusion(leaf, members["index"], head.size, [node for node in path if node is not None], head.root)
    except ProofError as error:
        raise BundleError(
            "inclusion", f"该条目不在检查点所述的日志中（{error}）", f"the entry is not in the log of the checkpoint ({error})",
        ) from error


def _disclosure(disclosed: Any, entry: dict[str, Any]) -> Any:
    """The shown payload is the committed one: SHA-256(0x00 ‖ salt ‖ canonical payload) stands in the entry."""
    good = isinstance(disclosed, dict) and disclosed.keys() == {"member", "payload", "salt"} \
        and isinstance(disclosed["member"], str) and isinstance(disclosed["salt"], str) and SALT.fullmatch(disclosed["salt"])
    if not good:
        raise BundleError("form", "披露内容不符合格式", "the disclosed part does not fit the format")
    message = b"\x00" + bytes.fromhex(disclosed["salt"]) + canonical.dump(disclosed["payload"])
    if entry.get(disclosed["member"]) != hashlib.sha256(message).hexdigest():
        raise BundleError(
            "commitment", "所示内容与日志中的承诺值不符", "the content shown is not the one committed to in the log",
        )
    return disclosed["payload"]


def base64_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

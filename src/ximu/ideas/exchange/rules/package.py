"""What is a package, byte for byte, and when is one refused?

A package is UTF-8 text: the manifest as one line of RFC 8785 canonical JSON, an empty line, one signature line of a C2SP
signed note (Ed25519), an empty line, then one canonical JSON line for each row. An empty row line is a row whose content
was erased since (its digest stays, its words are gone). There is one spelling of each package: any other byte is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ximu.ideas.ledger.rules import Signer, verifier_key
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

FORMAT, ALGORITHM = "ximu-package/1", "ed25519"
MOST_ROWS = 10_000
CLOCKS_APART = timedelta(minutes=10)
"""A package from further in the future than this is refused."""
KEY_ID, SIGNATURE = 4, 64


@dataclass(frozen=True, slots=True)
class Head:
    """All of a manifest that its rows do not say themselves. `previous` is the digest of the package before, empty for the first."""

    channel: str
    sender: str
    receiver: str
    sequence: int
    previous: str
    edition: str
    policy: str
    schema: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose signature and rows were verified. `digest` is that of the manifest, which names every row's."""

    head: Head
    digest: str
    row_digests: tuple[str, ...]
    rows: tuple[bytes, ...]

    def parsed(self) -> list[dict[str, Any] | None]:
        """Each row as a mapping; None for one whose content was erased, or that is no object."""
        found = [orjson.loads(row) if row else None for row in self.rows]
        return [row if isinstance(row, dict) else None for row in found]


def row_digest(row: bytes) -> str:
    return hashlib.sha256(row).hexdigest()


def manifest_of(head: Head, digests: Sequence[str]) -> bytes:
    names = {name: getattr(head, name) for name in Head.__slots__}
    return canonical({"format": FORMAT, "algorithm": ALGORITHM, **names, "rows": len(digests), "digests": list(digests)})


def sealed(body: bytes, signer: Signer) -> bytes:
    """The signed note of one line."""
    return signer.sign(body.decode() + "\n").encode()


def build(head: Head, rows: Sequence[bytes], signer: Signer) -> tuple[bytes, str]:
    """The note of the package and its digest; `joined` adds the rows. Errors: `PKG-SIZE`."""
    if len(rows) > MOST_ROWS:
        raise Refusal("PKG-SIZE", status=413, field="rows", value=len(rows), rule=f"≤ {MOST_ROWS}", zh=f"一个数据包不超过{MOST_ROWS}行。",
                      en=f"A package has at most {MOST_ROWS} rows.")
    manifest = manifest_of(head, [row_digest(row) for row in rows])
    return sealed(manifest, signer), hashlib.sha256(manifest).hexdigest()


def joined(note: bytes, rows: Sequence[bytes]) -> bytes:
    return note + b"\n" + b"".join(row + b"\n" for row in rows)


def opened(data: bytes, key: str) -> Package:
    """Verify signature and every digest. Nothing is told of a package that was not verified.

    Errors: `PKG-FORM` for what is no package, `PKG-FORGED` for a signature that is not this key's, `PKG-DIGEST` for rows
    that are not those that were signed.
    """
    parts = data.split(b"\n", 4)
    if len(parts) != 5 or parts[1] or parts[3]:
        raise _form("lines")
    body = verified(b"\n".join(parts[:3]) + b"\n", key)
    head, digests = _read(body)
    if parts[4] and not parts[4].endswith(b"\n"):
        raise _form("end")
    rows = parts[4].split(b"\n")[:-1]
    if len(rows) != len(digests):
        raise _digest("rows", len(rows), str(len(digests)))
    sha256 = hashlib.sha256
    for number, (row, digest) in enumerate(zip(rows, digests, strict=True), start=1):
        if row and sha256(row).hexdigest() != digest:
            raise _digest(f"row {number}", number, digest)
    return Package(head, hashlib.sha256(body).hexdigest(), tuple(digests), tuple(rows))


def verified(note: bytes, key: str) -> bytes:
    """The one line that a note signs. Errors: `PKG-FORM`, `PKG-FORGED`."""
    name, identity, public = read_key(key)
    parts = note.split(b"\n")
    if len(parts) != 4 or parts[1] or parts[3]:
        raise _form("note")
    dash, *words = parts[2].split(b" ")
    if dash != "\u2014".encode() or len(words) != 2 or words[0] != name.encode():
        raise _forged(name)
    try:
        raw = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _forged(name) from error
    if base64.b64encode(raw) != words[1] or len(raw) != KEY_ID + SIGNATURE or raw[:KEY_ID] != identity:
        raise _forged(name)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw[KEY_ID:], parts[0] + b"\n")
    except (InvalidSignature, ValueError) as error:
        raise _forged(name) from error
    return parts[0]


def read_key(key: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key of a C2SP verifier key. Errors: `PKG-KEY`."""
    try:
        name, identity, sealed_key = key.strip().split("+", 2)
        raw = base64.b64decode(sealed_key, validate=True)
        fits = len(raw) == 33 and raw[:1] == b"\x01" and verifier_key(name, raw[1:]) == key.strip()
    except (ValueError, binascii.Error):
        fits = False
    if not fits:
        raise Refusal("PKG-KEY", field="key", value=key[:60], rule="C2SP signed-note, Ed25519", zh="公钥无效，应为“名称+标识+公钥”。",
                      en="This is no public key; write name+id+key.")
    return name, bytes.fromhex(identity), raw[1:]


def _read(body: bytes) -> tuple[Head, list[str]]:
    try:
        told = orjson.loads(body)
        digests = told["digests"]
        head = Head(**{name: told[name] for name in Head.__slots__})
        fits = told["format"] == FORMAT and told["algorithm"] == ALGORITHM and manifest_of(head, digests) == body
        datetime.fromisoformat(head.made_at)
    except (KeyError, TypeError, ValueError) as error:
        raise _form("manifest") from error
    whole = isinstance(head.sequence, int) and not isinstance(head.sequence, bool) and head.sequence > 0
    if not fits or not whole or not all(isinstance(one, str) and len(one) == 64 for one in digests):
        raise _form("manifest")
    return head, digests


def _form(what: str) -> Refusal:
    return Refusal("PKG-FORM", field="package", value=what, rule=FORMAT, zh="不是合乎格式的数据包。",
                   en="This is not a package of this format.")


def _forged(name: str) -> Refusal:
    return Refusal("PKG-FORGED", status=403, field="signature", value=name, rule=ALGORITHM, zh=f"签名不是“{name}”的有效签名。",
                   en=f"The signature is not a good one of “{name}”.")


def _digest(field: str, value: int, rule: str) -> Refusal:
    return Refusal("PKG-DIGEST", field=field, value=value, rule=rule, zh="内容与已签名的摘要不符。",
                   en="The content does not fit the signed digest.")


def tried(data: bytes, key: str) -> dict[str, Any]:
    """The verdict on a package by itself, offline as online. Errors: as `opened`."""
    package = opened(data, key)
    rows = package.parsed()
    return {"channel": package.head.channel, "sequence": package.head.sequence, "digest": package.digest, "rows": len(rows),
            "erased": sum(row is None for row in rows), "sender": package.head.sender, "receiver": package.head.receiver}

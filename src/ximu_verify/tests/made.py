"""An honest log and its bundles, made from the format's description alone: the tests alter these."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "log.example/shi"
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SALT = bytes(range(100, 132))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def form(value: Any) -> bytes:
    """Canonical for values without floats and with ASCII names."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def vkey(name: str, private: Ed25519PrivateKey, kind: bytes = b"\x01") -> str:
    public = private.public_key().public_bytes_raw()
    place = sha256(name.encode() + b"\n" + kind + public)[:4]
    return f"{name}+{place.hex()}+{b64(kind + public)}"


def key_id(key: str) -> bytes:
    return bytes.fromhex(key.split("+")[1])


LOG_KEY = vkey(ORIGIN, LOG)
WITNESS_KEY = vkey("witness.example/w1", WITNESS, b"\x04")


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:]))


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*path(index, leaves[:k]), tree(leaves[k:])]
    return [*path(index - k, leaves[k:]), tree(leaves[:k])]


def note(text: str, *, witnessed: bool = False, name: str = ORIGIN, private: Ed25519PrivateKey = LOG) -> str:
    signed = f"{text}\n— {name} {b64(key_id(vkey(name, private)) + private.sign(text.encode()))}\n"
    if witnessed:
        time = 1_525_406_400
        signature = WITNESS.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        signed += f"— witness.example/w1 {b64(key_id(WITNESS_KEY) + time.to_bytes(8, 'big') + signature)}\n"
    return signed


def bundle(*, place: int = 2, size: int = 5, witnessed: bool = False, **changes: Any) -> bytes:
    """A valid bundle of entry `place`; `changes` replace members before the digest is made."""
    shown = {"文书": "示政罚〔2018〕5号", "金额": 120}
    entries = [
        {"commitment": sha256(b"\x00" + SALT + form(shown)).hex(), "item": "CF", "kind": "record.version",
         "time": f"2018-05-04T12:00:0{n}.000000Z"}
        for n in range(size)
    ]
    leaves = [sha256(b"\x00" + form(entry)) for entry in entries]
    made = {
        "format": "ximu-bundle/1", "checkpoint": note(f"{ORIGIN}\n{size}\n{b64(tree(leaves))}\n", witnessed=witnessed),
        "keys": [LOG_KEY, WITNESS_KEY] if witnessed else [LOG_KEY], "index": place, "entry": entries[place],
        "proof": [b64(node) for node in path(place, leaves)], "labels": {"kind": {"en": "kind", "zh": "种类"}},
        "disclosed": {"member": "commitment", "payload": shown, "salt": SALT.hex()},
    }
    return sealed({**made, **changes})


def sealed(members: dict[str, Any]) -> bytes:
    rest = {name: value for name, value in members.items() if name != "digest" and value is not ...}
    return form({**rest, "digest": b64(sha256(form(rest)))})

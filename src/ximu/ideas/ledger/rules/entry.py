"""What stands in the log? Canonical JSON {kind, time, …body}, without a word about a person."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from ximu.kernel.canonical import canonical

LONGEST_ENTRY = 0xFFFF
"""C2SP tlog-tiles: an entry stands behind its length as a uint16."""
RESERVED = frozenset({"kind", "time", "clock"})
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `kind` like `record.version`; `body` holds plain JSON values and no personal data."""

    kind: str
    body: dict[str, Any] = field(default_factory=dict)


def moment(at: datetime) -> str:
    """UTC with microseconds, always 27 characters, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_bytes(kind: str, body: dict[str, Any], at: datetime) -> bytes:
    """The canonical bytes of an entry: these are hashed, stored, published and proved.

    Errors: ValueError when the body uses a reserved name, is no JSON, or the entry is longer than 65,535 bytes.
    """
    if taken := RESERVED & body.keys():
        raise ValueError(f"reserved in a log entry: {sorted(taken)}")
    if not kind or "." not in kind:
        raise ValueError(f"an entry's kind is like “record.version”, not {kind!r}")
    return _short(canonical({**body, "kind": kind, "time": moment(at)}))


def _short(entry: bytes) -> bytes:
    if len(entry) > LONGEST_ENTRY:
        raise ValueError(f"a log entry has at most {LONGEST_ENTRY} bytes, this one {len(entry)}")
    return entry


def retimed(entry: bytes, at: datetime) -> bytes:
    """The same entry at a later log time; the time that its writer claimed moves to `clock`."""
    value = orjson.loads(entry)
    return _short(canonical({**value, "time": moment(at), "clock": value["time"]}))


def claimed_form(entry: bytes) -> bytes:
    """The entry as its writer made it: undoes `retimed`."""
    if b'"clock":' not in entry:
        return entry
    value = orjson.loads(entry)
    if "clock" not in value:
        return entry
    value["time"] = value.pop("clock")
    return canonical(value)


def commitment(salt: bytes, payload: object) -> str:
    """Hex SHA-256(0x00 ‖ salt ‖ canonical payload): hides the payload until the 32 byte salt is shown.

    Destroying payload and salt erases the person and leaves every proof valid.
    """
    return commitments([salt], [canonical(payload)])[0].decode()


def commitments(salts: Sequence[bytes], payloads: Sequence[bytes]) -> list[bytes]:
    """The same for many payloads, given as their canonical bytes."""
    if set(map(len, salts)) != {SALT_BYTES}:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + salt + payload).hexdigest().encode() for salt, payload in zip(salts, payloads, strict=True)]

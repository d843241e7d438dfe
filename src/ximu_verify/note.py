"""Who signed this text? C2SP signed-note, with Ed25519 (0x01) and timestamped cosignatures (0x04)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_SIGNATURES = 100
MOST_BYTES = 1 << 20
ED25519, COSIGNATURE = 0x01, 0x04
PUBLIC_KEY_BYTES, SIGNATURE_BYTES, TIMESTAMP_BYTES = 32, 64, 8
LATEST_TIMESTAMP = 2**63 - 1
"""tlog-cosignature: a timestamp must not exceed this."""
DASH = "\u2014 "


class NoteError(ValueError):
    """The note is malformed, signed by nobody that we know, or signed wrongly."""

    def __init__(self, message: str, note: Note | None = None) -> None:
        super().__init__(message)
        self.note = note


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `hash` is the key id as a number; `timestamp` (POSIX) is set on verified cosignatures."""

    name: str
    hash: int
    base64: str
    timestamp: int | None = field(default=None, compare=False)

    @property
    def key_id(self) -> str:
        return f"{self.hash:08x}"


class _Pair(NamedTuple):
    verified: list[Signature]
    unverified: list[Signature]


class Note(_Pair):
    """An opened note: unpacks as (verified, unverified); `text` ends in a newline and is what was signed."""

    text: str

    def __new__(cls, text: str, verified: list[Signature], unverified: list[Signature]) -> Note:
        self = super().__new__(cls, verified, unverified)
        self.text = text
        return self


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A verifier key `name+hash+base64(type ‖ public key)`."""

    name: str
    algorithm: int
    public: bytes
    until: int | None = field(default=None, compare=False)
    """The greatest tree size that a retired key of a log may have signed."""

    @classmethod
    def parse_line(cls, text: str) -> VerifierKey:
        """A line of a log's key file: a verifier key, for a retired one followed by ` <= SIZE`. Errors: NoteError."""
        vkey, mark, until = text.strip().partition(" <= ") if isinstance(text, str) else (text, "", "")
        key = cls.parse(vkey)
        if mark and not re.fullmatch("0|[1-9][0-9]{0,18}", until):
            raise NoteError("malformed size of a retired key")
        return cls(key.name, key.algorithm, key.public, int(until)) if mark else key

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Errors: NoteError for a malformed key, a wrong key hash or an unknown algorithm."""
        if not isinstance(text, str):
            raise NoteError("a verifier key is text")
        name, _, rest = text.partition("+")
        key_id, _, material = rest.partition("+")
        raw = strict_base64(material)
        if not valid_name(name) or not re.fullmatch("[0-9a-fA-F]{8}", key_id) or not raw:
            raise NoteError("malformed verifier key")
        key = cls(name, raw[0], raw[1:])
        if int(key_id, 16) != key.hash:
            raise NoteError("the verifier key does not match its own hash")
        if key.algorithm not in {ED25519, COSIGNATURE}:
            raise NoteError(f"unknown signature algorithm 0x{key.algorithm:02x}")
        if len(key.public) != PUBLIC_KEY_BYTES:
            raise NoteError("malformed verifier key")
        return key

    @property
    def hash(self) -> int:
        seed = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return int.from_bytes(hashlib.sha256(seed).digest()[:4], "big")

    def __str__(self) -> str:
        return f"{self.name}+{self.hash:08x}+{base64.b64encode(bytes([self.algorithm]) + self.public).decode()}"

    def check(self, text: bytes, signature: bytes) -> int | None:
        """The timestamp of a cosignature, None for a plain signature. Errors: NoteError."""
        if self.algorithm == ED25519:
            self._verify(signature, text)
            return None
        timestamp = int.from_bytes(signature[:TIMESTAMP_BYTES], "big")
        if len(signature) != TIMESTAMP_BYTES + SIGNATURE_BYTES or timestamp > LATEST_TIMESTAMP:
            raise self._wrong()
        self._verify(signature[TIMESTAMP_BYTES:], b"cosignature/v1\ntime %d\n" % timestamp + text)
        return timestamp

    def _verify(self, signature: bytes, message: bytes) -> None:
        if len(signature) != SIGNATURE_BYTES:
            raise self._wrong()
        ed25519 = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ed25519")
        invalid = importlib.import_module("cryptography.exceptions").InvalidSignature
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (invalid, ValueError) as error:
            raise self._wrong() from error

    def _wrong(self) -> NoteError:
        return NoteError(f"invalid signature for key {self.name}+{self.hash:08x}")


def open_note(text: str | bytes, verifier_keys: Iterable[str | VerifierKey] | None) -> Note:
    """Open a signed note with the keys that are trusted; None is no key.

    Unknown keys leave their signatures unverified; a known key with a bad signature fails the whole note, and so
    does a note without any verified signature (the error then carries it in `.note`, for display only).
    Errors: NoteError.
    """
    body, lines = _split(_clean(text))
    keys = [key if isinstance(key, VerifierKey) else VerifierKey.parse(key) for key in each_key(verifier_keys)]
    known = {(key.name, key.hash): key for key in keys}
    doubled = {place for place, times in Counter((key.name, key.hash) for key in keys).items() if times > 1}
    note = Note(body, [], [])
    for line, raw in dict.fromkeys(lines):
        place = (line.name, line.hash)
        if place in doubled:
            raise NoteError(f"ambiguous key {line.name}+{line.key_id}", note)
        if place not in known:
            note.unverified.append(line)
            continue
        timestamp = known[place].check(body.encode(), raw)
        if all((seen.name, seen.hash) != place for seen in note.verified):
            note.verified.append(Signature(line.name, line.hash, line.base64, timestamp))
    if not note.verified:
        raise NoteError("the note has no verifiable signatures", note)
    return note


def each_key(keys: Iterable[str | VerifierKey] | str | VerifierKey | None) -> list[str | VerifierKey]:
    """One key, several, or None. Errors: NoteError for what is neither."""
    if isinstance(keys, str | VerifierKey):
        return [keys]
    if keys is not None and (isinstance(keys, bytes | bytearray) or not isinstance(keys, Iterable)):
        raise NoteError("a verifier key is text")
    return list(keys or ())


def _clean(text: str | bytes) -> str:
    if not isinstance(text, str | bytes | bytearray):
        raise NoteError("malformed note: neither text nor bytes")
    try:
        raw = text.encode() if isinstance(text, str) else bytes(text)
        decoded = raw.decode()
    except UnicodeError as error:
        raise NoteError("malformed note: not UTF-8") from error
    if len(raw) > MOST_BYTES:
        raise NoteError("malformed note: too long")
    if any(byte < 0x20 and byte != 0x0A for byte in raw):
        raise NoteError("malformed note: control character")
    return decoded


def _split(text: str) -> tuple[str, list[tuple[Signature, bytes]]]:
    """The text and the signature lines; the separator is the last blank line."""
    cut = text.rfind("\n\n")
    block = text[cut + 2:]
    if cut < 0 or not block.endswith("\n"):
        raise NoteError("malformed note: no signature block")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError("malformed note: too many signatures")
    return text[: cut + 1], [_line(line) for line in lines]


def _line(line: str) -> tuple[Signature, bytes]:
    if not line.startswith(DASH):
        raise NoteError("malformed note: not a signature line")
    name, _, encoded = line[len(DASH):].partition(" ")
    raw = strict_base64(encoded)
    if not valid_name(name) or raw is None or len(raw) < 5:
        raise NoteError("malformed note: malformed signature line")
    return Signature(name, int.from_bytes(raw[:4], "big"), encoded), raw[4:]


def valid_name(name: str) -> bool:
    """signed-note: not empty, UTF-8, no Unicode space, no plus."""
    return bool(name) and "+" not in name and not any(char.isspace() or "\ud800" <= char <= "\udfff" for char in name)


def strict_base64(text: str) -> bytes | None:
    """RFC 4648 §4 with padding, without line breaks and without unused bits set (§3.5); None otherwise."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None

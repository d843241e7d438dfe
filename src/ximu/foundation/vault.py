"""How is a small secret kept in the database so that the database alone cannot read it? AES-256-GCM, key outside.

The keys lie in `XIMU_HOME/keys/vault`, `vault.2`, `vault.3`… (mode 600) or in `XIMU_VAULT_KEY` (64 hex digits each, separated by
commas, the newest last). What is sealed names its algorithm and, from the second key on, the version of its key: the newest seals, each
opens its own. `foundation.resealing` brings what older keys sealed under the newest one; then they can be destroyed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from ximu.foundation.whole import write_once

ALGORITHM = "A256GCM"
NONCE_BYTES = 12
FIRST = 1
HEAD = b"XIMU-A256GCM-2\n"
"""Before sealed bytes of the second key and later ones, with two bytes of its version behind it."""
STREAM = b"XIMU-A256GCM-STREAM-1\n"
STREAM_OF = b"XIMU-A256GCM-STREAM-2\n"
PREFIX_BYTES, TAG_BYTES, PIECE_BYTES, VERSION_BYTES = 7, 16, 1 << 20, 2


def _path(version: int) -> Path:
    return Path(settings.XIMU_HOME) / "keys" / ("vault" if version == FIRST else f"vault.{version}")


def _given() -> list[str]:
    return [one.strip() for one in settings.XIMU_VAULT_KEY.split(",") if one.strip()]


def newest() -> int:
    """The version of the key that seals. Looked up each time: another process may have made a newer one."""
    if given := _given():
        return len(given)
    if _path(_seen.get(settings.XIMU_HOME, FIRST) + 1).exists() or settings.XIMU_HOME not in _seen:
        found = [int(path.suffix[1:]) for path in _path(FIRST).parent.glob("vault.*") if path.suffix[1:].isdigit()]
        _seen[settings.XIMU_HOME] = max([FIRST, *found])
    return _seen[settings.XIMU_HOME]


_seen: dict[str, int] = {}
"""Home → the newest version that was seen there; versions only grow."""


def standing() -> list[int]:
    """The versions whose keys are there."""
    if given := _given():
        return [at for at, text in enumerate(given, FIRST) if text != "-"]
    return [version for version in range(FIRST, newest() + 1) if _path(version).exists()]


def make_newer() -> int:
    """A further key, which seals from now on; its version. Errors: ValueError where the settings give the keys."""
    if _given():
        raise ValueError("XIMU_VAULT_KEY")
    version = newest() + 1
    if version == FIRST + 1:
        secret("vault")
    _secret(_path(version))
    return newest()


def destroy(version: int) -> None:
    """What this key sealed, and every copy of it, cannot be opened again."""
    path = _path(version)
    if path.exists():
        path.write_bytes(secrets.token_bytes(path.stat().st_size))
        path.unlink()
    _secret.cache_clear()


def _key(version: int) -> bytes:
    """Errors: `InvalidTag` where the key of that version is not there any more (or never was)."""
    if given := _given():
        if not FIRST <= version <= len(given) or given[version - FIRST] == "-":
            raise InvalidTag
        return bytes.fromhex(given[version - FIRST])
    if version == newest() == FIRST:
        return secret("vault")
    if not _path(version).exists():
        raise InvalidTag
    return _secret(_path(version))


@cache
def _secret(path: Path) -> bytes:
    if not path.exists():
        write_once(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text("ascii"))


def secret(name: str) -> bytes:
    """32 bytes of `XIMU_HOME/keys/<name>`, made once with mode 600: keys lie outside the database and its backups."""
    return _secret(Path(settings.XIMU_HOME) / "keys" / name)


class Sealer:
    """The newest key, looked up once for the many values of one transaction. A nonce is random, and never given twice."""

    def __init__(self) -> None:
        version = newest()
        self._cipher, self.mark = AESGCM(_key(version)), mark(version)
        self.head = b"" if version == FIRST else HEAD + version.to_bytes(VERSION_BYTES, "big")

    def text(self, content: bytes, *, about: str) -> bytes:
        """As `seal` does, in UTF-8."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.mark.encode() + base64.b64encode(nonce + self._cipher.encrypt(nonce, content, about.encode()))

    def raw(self, content: bytes, *, about: str) -> bytes:
        """As `seal_bytes` does."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.head + nonce + self._cipher.encrypt(nonce, content, about.encode())

    def many(self, contents: Sequence[bytes], abouts: Sequence[bytes]) -> list[bytes]:
        """Nonce and sealed bytes of each: in Base64 behind `mark` they are what `text` makes, behind `head` what `raw` makes."""
        pool, encrypt = secrets.token_bytes(NONCE_BYTES * len(contents)), self._cipher.encrypt
        nonces = [pool[at:at + NONCE_BYTES] for at in range(0, len(pool), NONCE_BYTES)]
        return [nonce + encrypt(nonce, content, about) for nonce, content, about in zip(nonces, contents, abouts, strict=True)]


def seal(text: str, *, about: str) -> str:
    """`about` is bound to the secret: sealed for one row, it does not open for another."""
    return Sealer().text(text.encode(), about=about).decode()


def mark(version: int) -> str:
    """How a text begins that the key of this version sealed."""
    return f"{ALGORITHM}:" if version == FIRST else f"{ALGORITHM}.{version}:"


def version_of(sealed: str | bytes) -> int:
    """Errors: ValueError for what was not sealed here."""
    if isinstance(sealed, bytes):
        return int.from_bytes(sealed[len(HEAD):len(HEAD) + VERSION_BYTES], "big") if sealed.startswith(HEAD) else FIRST
    name, _, _ = sealed.partition(":")
    algorithm, _, version = name.partition(".")
    if algorithm != ALGORITHM or not (version.isdigit() or name == ALGORITHM):
        raise ValueError(f"unknown algorithm {name[:20]}")
    return int(version or FIRST)


def unseal(sealed: str, *, about: str) -> str:
    raw = base64.b64decode(sealed.partition(":")[2])
    return AESGCM(_key(version_of(sealed))).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()


def seal_bytes(content: bytes, *, about: str) -> bytes:
    """Bytes instead of text; nonce first, before it the version of a later key."""
    return Sealer().raw(content, about=about)


def unseal_bytes(sealed: bytes, *, about: str) -> bytes:
    version = version_of(sealed)
    raw = sealed[len(HEAD) + VERSION_BYTES:] if sealed.startswith(HEAD) else sealed
    return AESGCM(_key(version)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode())


def seal_stream(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A file of any length, piece by piece (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár 2015): a piece that was changed,
    moved, dropped or cut off at the end does not open."""
    version, prefix = newest(), secrets.token_bytes(PREFIX_BYTES)
    head = STREAM if version == FIRST else STREAM_OF + version.to_bytes(VERSION_BYTES, "big")
    cipher = AESGCM(_key(version))
    yield head + prefix
    held, place = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE_BYTES:
            yield cipher.encrypt(_nonce(prefix, place), bytes(held[:PIECE_BYTES]), head)
            del held[:PIECE_BYTES]
            place += 1
    yield cipher.encrypt(_nonce(prefix, place, last=True), bytes(held), head)


def stream_head(sealed: BinaryIO) -> tuple[int, bytes]:
    """The version of the key and the head of a sealed file. Errors: ValueError for a file that is none."""
    head = sealed.read(len(STREAM))
    if head == STREAM:
        return FIRST, head
    if head != STREAM_OF:
        raise ValueError("not a sealed file")
    version = sealed.read(VERSION_BYTES)
    return int.from_bytes(version, "big"), head + version


def unseal_stream(sealed: BinaryIO) -> Iterator[bytes]:
    """Errors: `cryptography.exceptions.InvalidTag` where the file is not as it was sealed, or its key is gone."""
    version, head = stream_head(sealed)
    prefix, cipher, place = sealed.read(PREFIX_BYTES), AESGCM(_key(version)), 0
    piece = sealed.read(PIECE_BYTES + TAG_BYTES)
    while following := sealed.read(PIECE_BYTES + TAG_BYTES):
        yield cipher.decrypt(_nonce(prefix, place), piece, head)
        piece, place = following, place + 1
    yield cipher.decrypt(_nonce(prefix, place, last=True), piece, head)


def _nonce(prefix: bytes, place: int, *, last: bool = False) -> bytes:
    return prefix + place.to_bytes(4, "big") + bytes([last])

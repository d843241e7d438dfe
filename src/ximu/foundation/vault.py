"""How is a small secret kept in the database so that the database alone cannot read it? AES-256-GCM, key outside.

The key lies in `XIMU_HOME/keys/vault` (mode 600) or in `XIMU_VAULT_KEY` (64 hex digits). Each sealed text names its
algorithm, so that another one can be brought in beside it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from ximu.foundation.whole import write_once

ALGORITHM = "A256GCM"
NONCE_BYTES = 12
STREAM = b"XIMU-A256GCM-STREAM-1\n"
PREFIX_BYTES, TAG_BYTES, PIECE_BYTES = 7, 16, 1 << 20


def _key() -> bytes:
    if settings.XIMU_VAULT_KEY:
        return bytes.fromhex(settings.XIMU_VAULT_KEY)
    return secret("vault")


@cache
def _secret(path: Path) -> bytes:
    if not path.exists():
        write_once(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text("ascii"))


def secret(name: str) -> bytes:
    """32 bytes of `XIMU_HOME/keys/<name>`, made once with mode 600: keys lie outside the database and its backups."""
    return _secret(Path(settings.XIMU_HOME) / "keys" / name)


def seal(text: str, *, about: str) -> str:
    """`about` is bound to the secret: sealed for one row, it does not open for another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(_key()).encrypt(nonce, text.encode(), about.encode())
    return f"{ALGORITHM}:{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, *, about: str) -> str:
    algorithm, _, body = sealed.partition(":")
    if algorithm != ALGORITHM:
        raise ValueError(f"unknown algorithm {algorithm}")
    raw = base64.b64decode(body)
    return AESGCM(_key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()


def seal_bytes(content: bytes, *, about: str) -> bytes:
    """Bytes instead of text; nonce first."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, content, about.encode())


def unseal_bytes(sealed: bytes, *, about: str) -> bytes:
    return AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())


def seal_stream(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A file of any length, piece by piece (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár 2015): a piece that was changed,
    moved, dropped or cut off at the end does not open."""
    prefix, cipher = secrets.token_bytes(PREFIX_BYTES), AESGCM(_key())
    yield STREAM + prefix
    held, place = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE_BYTES:
            yield cipher.encrypt(_nonce(prefix, place), bytes(held[:PIECE_BYTES]), STREAM)
            del held[:PIECE_BYTES]
            place += 1
    yield cipher.encrypt(_nonce(prefix, place, last=True), bytes(held), STREAM)


def unseal_stream(sealed: BinaryIO) -> Iterator[bytes]:
    """Errors: `cryptography.exceptions.InvalidTag` where the file is not as it was sealed."""
    if sealed.read(len(STREAM)) != STREAM:
        raise ValueError("not a sealed file")
    prefix, cipher, place = sealed.read(PREFIX_BYTES), AESGCM(_key()), 0
    piece = sealed.read(PIECE_BYTES + TAG_BYTES)
    while following := sealed.read(PIECE_BYTES + TAG_BYTES):
        yield cipher.decrypt(_nonce(prefix, place), piece, STREAM)
        piece, place = following, place + 1
    yield cipher.decrypt(_nonce(prefix, place, last=True), piece, STREAM)


def _nonce(prefix: bytes, place: int, *, last: bool = False) -> bytes:
    return prefix + place.to_bytes(4, "big") + bytes([last])

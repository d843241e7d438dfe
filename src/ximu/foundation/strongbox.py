"""How is a file of personal columns kept? Sealed under a key of its own: who destroys the key destroys every copy.

AES-256-GCM or SM4-GCM (GB/T 32907, GB/T 36624). The head of a sealed file names its algorithm.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from django.conf import settings

from ximu.foundation.whole import write_whole

CIPHERS = {"A256GCM": (AES, 32), "SM4GCM": (SM4, 16)}
NONCE_BYTES, TAG_BYTES = 12, 16


def key_path(name: str) -> Path:
    """`name` like `events/hotline/<part>`."""
    return Path(settings.XIMU_HOME) / "keys" / name


def seal(name: str, data: bytes, *, cipher: str) -> bytes:
    """Seal under a new key kept beneath `XIMU_HOME/keys` (mode 600); the name is bound to the content."""
    algorithm, size = CIPHERS[cipher]
    key, nonce, path = secrets.token_bytes(size), secrets.token_bytes(NONCE_BYTES), key_path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, key, mode=0o600)
    work = Cipher(algorithm(key), modes.GCM(nonce)).encryptor()
    work.authenticate_additional_data(name.encode())
    body = work.update(data) + work.finalize()
    return cipher.encode() + b":" + nonce + work.tag + body


def unseal(name: str, sealed: bytes) -> bytes:
    """Errors: FileNotFoundError when the key was destroyed; InvalidTag when the content was altered."""
    cipher, _, rest = sealed.partition(b":")
    algorithm, _ = CIPHERS[cipher.decode("ascii")]
    nonce, tag, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:NONCE_BYTES + TAG_BYTES], rest[NONCE_BYTES + TAG_BYTES:]
    work = Cipher(algorithm(key_path(name).read_bytes()), modes.GCM(nonce, tag)).decryptor()
    work.authenticate_additional_data(name.encode())
    return work.update(body) + work.finalize()


def destroy(name: str) -> None:
    """Overwrite and remove the key; what it sealed cannot be read again, wherever copies lie."""
    path = key_path(name)
    if path.exists():
        path.write_bytes(secrets.token_bytes(path.stat().st_size))
        path.unlink()

"""How is a record found again by its document number, and not once it is erased? By a hash that needs a secret.

A plain hash of a document number can be confirmed by trying the few numbers that there are. The keyed one cannot, by whoever has the
database or a backup of it alone: the secret lies in `XIMU_HOME/keys`. It is taken over the plain hash, so that rows from before could
be brought over without their natural keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

NATURAL = "natural"
PLAIN_BYTES = MASKED_BYTES = 12


def masked(plain: bytes, key: bytes) -> bytes:
    """12 bytes of a keyed BLAKE2b (RFC 7693, a MAC) over the first 12 bytes of the natural key's SHA-256."""
    return hashlib.blake2b(plain[:PLAIN_BYTES], key=key, digest_size=MASKED_BYTES).digest()


def masked_many(values: Iterable[bytes], key: bytes) -> bytes:
    """The same of many natural keys as they are, 12 bytes each, one after another."""
    sha256, keyed, made = hashlib.sha256, hashlib.blake2b(key=key, digest_size=MASKED_BYTES).copy, []
    for value in values:
        one = keyed()
        one.update(sha256(value).digest()[:PLAIN_BYTES])
        made.append(one.digest())
    return b"".join(made)

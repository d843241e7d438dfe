"""How often may one program ask? Counted across all workers of a host in one small file, without the database."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

SLOTS = 4096
"""Counters in the file; two names that fall on one slot count together, which only makes both slower."""
SLOT = struct.Struct("<QQ")


def pace(name: str, *, most: int, seconds: int, now: float) -> int:
    """Count one request under `name`; 0 when it may go on, else the seconds until it may.

    `most` requests in each span of `seconds` counted from the epoch; `now` in seconds since then. A clock that went back begins anew.
    """
    if most <= 0:
        return 0
    place = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % SLOTS * SLOT.size
    span = int(now) // seconds
    with _file() as handle:
        fcntl.lockf(handle, fcntl.LOCK_EX, SLOT.size, place)
        try:
            then, count = SLOT.unpack(os.pread(handle, SLOT.size, place).ljust(SLOT.size, b"\0"))
            count = count if then == span else 0
            if count >= most:
                return max(1, (span + 1) * seconds - int(now))
            with suppress(OSError):  # on a full disk nobody is counted, and reading goes on
                os.pwrite(handle, SLOT.pack(span, count + 1), place)
        finally:
            fcntl.lockf(handle, fcntl.LOCK_UN, SLOT.size, place)
    return 0


@contextmanager
def _file() -> Iterator[int]:
    path = Path(settings.XIMU_HOME) / "pace.bin"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)

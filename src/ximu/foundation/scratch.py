"""Where do papers in the making lie, and who clears them away when their maker was killed?

Each folder beneath `XIMU_HOME/scratch` is held by a lock of the operating system, which ends with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from ximu.foundation.whole import taken

PRIVATE = 0o700


def root() -> Path:
    return Path(settings.XIMU_HOME) / "scratch"


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder for its maker's eyes only; gone when the block ends, unless it was moved elsewhere."""
    root().mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    place, lock = _held()
    try:
        place.mkdir(mode=PRIVATE)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _lock_of(place).unlink(missing_ok=True)
        os.close(lock)


def sweep() -> int:
    """Clear away what the dead have left; how many folders."""
    cleared = 0
    for path in root().glob("*.lock") if root().exists() else ():
        lock = taken(path)
        if lock is None:
            continue
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        path.unlink(missing_ok=True)
        os.close(lock)
        cleared += 1
    return cleared


def _lock_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.lock")


def _held() -> tuple[Path, int]:
    """A name whose lock file is ours: one that was swept between its making and its locking is not."""
    while True:
        place = root() / secrets.token_hex(8)
        path = _lock_of(place)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if path.exists() and os.fstat(handle).st_ino == path.stat().st_ino:
            return place, handle
        os.close(handle)

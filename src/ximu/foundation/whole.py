"""How does a small file come to the disk whole or not at all, and stay there when the power fails?

The bytes are synced under a passing name, then the name is changed, then the folder is synced: a database row that is
committed afterwards never names a file that a power cut took away. A passing file is locked while its maker lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

PASSING = ".part-"


def sync_folder(folder: Path) -> None:
    """The names in this folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes | str, *, mode: int = 0o644) -> None:
    """Replace a file. Errors: OSError; the old file then stays, and nothing lies beside it."""
    with _written(path.parent, data, mode) as part:
        part.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, data: bytes | str, *, mode: int = 0o600) -> None:
    """Make a file that is not there yet; who comes second leaves the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _written(path.parent, data, mode) as part, contextlib.suppress(FileExistsError):
        os.link(part, path)
    sync_folder(path.parent)


@contextlib.contextmanager
def _written(folder: Path, data: bytes | str, mode: int) -> Iterator[Path]:
    part = folder / f"{PASSING}{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            out.write(data.encode() if isinstance(data, str) else data)
            out.flush()
            os.fsync(out.fileno())
            yield part
    finally:
        part.unlink(missing_ok=True)


def sweep(folders: Iterable[Path]) -> int:
    """Remove passing files whose maker was killed; how many."""
    cleared = 0
    for part in (part for folder in folders if folder.exists() for part in folder.glob(f"{PASSING}*")):
        lock = taken(part)
        if lock is not None:
            part.unlink(missing_ok=True)
            os.close(lock)
            cleared += 1
    return cleared


def taken(path: Path) -> int | None:
    """The descriptor of a file that nobody holds, held by us now; None when its maker lives."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle

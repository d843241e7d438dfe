"""Where do files lie? By their own digest, written whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from ximu.foundation import doomed, vault
from ximu.foundation.whole import PASSING, sync_folder
from ximu.kernel.refusal import Refusal

CHUNK_BYTES = 1 << 20
PRIVATE = 0o600


def root() -> Path:
    return Path(settings.XIMU_HOME) / "files"


def path_of(digest: str, shelf: str = "") -> Path:
    """`shelf`: files that one room keeps apart, so that it may drop them without asking whether another holds the same bytes."""
    return root() / shelf / digest[:2] / digest[2:4] / digest


def sealed_path_of(digest: str) -> Path:
    return path_of(digest).with_suffix(".sealed")


def sealed_paths() -> Iterator[Path]:
    return root().rglob("*.sealed")


def sealed_version(path: Path) -> int:
    """Which key opens it."""
    with path.open("rb") as kept:
        return vault.stream_head(kept)[0]


def seal_anew(path: Path) -> None:
    """The same bytes under the newest key; the file is whole at every moment."""
    part = root() / f".part-{secrets.token_hex(8)}"
    try:
        with part.open("wb") as out, path.open("rb") as kept:
            part.chmod(PRIVATE)
            for piece in vault.seal_stream(vault.unseal_stream(kept)):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def drop(digest: str, shelf: str) -> None:
    """Within a transaction: once it has committed the bytes are gone from this shelf, also when the server dies right then."""
    doomed.doom(path_of(digest, shelf))


@dataclass(frozen=True, slots=True)
class Staged:
    """A stream that is on the disk under a passing name; `place` gives it its own."""

    part: Path
    final: Path
    digest: str
    size: int

    def place(self) -> None:
        """Within the transaction of the row that names the file: row and file come together, and what was to go stays."""
        doomed.spare(self.final)
        self.final.parent.mkdir(parents=True, exist_ok=True)
        self.part.replace(self.final)
        for folder in (self.final.parent, self.final.parent.parent, self.final.parent.parent.parent):
            sync_folder(folder)


@contextmanager
def staged(chunks: Iterable[bytes] | BinaryIO, *, most_bytes: int | None = None, sealed: bool = False, shelf: str = "") -> Iterator[Staged]:
    """Read a stream to the disk; what is not placed within the block is gone after it.

    The passing file is locked while its maker lives: `leftovers` removes those of the dead.
    Errors: `FILE-SIZE` when it is longer than `most_bytes`.
    """
    root().mkdir(parents=True, exist_ok=True)
    part = root() / f"{PASSING}{secrets.token_hex(8)}"
    hasher, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in _chunks(chunks):
            size += len(chunk)
            if most_bytes is not None and size > most_bytes:
                raise Refusal(
                    "FILE-SIZE", status=413, field="file", value=size, rule=f"≤ {most_bytes}",
                    zh=f"文件超过上限{most_bytes}字节。", en=f"The file is larger than the limit of {most_bytes} bytes.",
                )
            hasher.update(chunk)
            yield chunk

    try:
        with part.open("wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            if sealed:
                part.chmod(PRIVATE)
            for piece in vault.seal_stream(counted()) if sealed else counted():
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
            digest = hasher.hexdigest()
            yield Staged(part, sealed_path_of(digest) if sealed else path_of(digest, shelf), digest, size)
    finally:
        part.unlink(missing_ok=True)


def keep(chunks: Iterable[bytes] | BinaryIO, *, most_bytes: int | None = None, sealed: bool = False, shelf: str = "") -> tuple[str, int]:
    """Store a stream; its SHA-256 and size. The name appears only after the bytes are on disk.

    With `sealed` it lies encrypted (`foundation.vault`), readable for its owner only, and is opened by `unsealed`.
    Errors: `FILE-SIZE` when it is longer than `most_bytes`; nothing is kept then.
    """
    with staged(chunks, most_bytes=most_bytes, sealed=sealed, shelf=shelf) as made:
        made.place()
        return made.digest, made.size


def is_kept(digest: str) -> bool:
    return len(digest) == 64 and digest.isalnum() and (path_of(digest).exists() or sealed_path_of(digest).exists())


def opened(digest: str) -> BinaryIO:
    """The plain bytes of a kept file, sealed or not; the caller closes it."""
    if path_of(digest).exists():
        return path_of(digest).open("rb")
    plain = tempfile.TemporaryFile(dir=root())  # noqa: SIM115
    with sealed_path_of(digest).open("rb") as kept:
        for piece in vault.unseal_stream(kept):
            plain.write(piece)
    plain.seek(0)
    return plain


@contextmanager
def unsealed(digest: str) -> Iterator[int]:
    """The descriptor of a nameless file with the plain bytes, which is gone when the block ends, whatever happens."""
    with tempfile.TemporaryFile(dir=root()) as plain, sealed_path_of(digest).open("rb") as kept:
        for piece in vault.unseal_stream(kept):
            plain.write(piece)
        plain.flush()
        yield plain.fileno()


def _chunks(source: Iterable[bytes] | BinaryIO) -> Iterable[bytes]:
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    while chunk := read(CHUNK_BYTES):
        yield chunk

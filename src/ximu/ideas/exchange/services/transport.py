"""How does a package get there? A folder that both sides see, or a POST; who pulls, asks our API."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ximu.foundation import reach
from ximu.ideas.exchange.models import Channel
from ximu.kernel.lazily import Lazily
from ximu.kernel.refusal import Refusal

if TYPE_CHECKING:
    import httpx
else:
    httpx = Lazily("httpx")

SECONDS = 15.0
MOST_ANSWER = 4 << 20
OUTGOING, RECEIPTS = "outgoing", "receipts"
SIGNED = "— ".encode()
FOLDER_MODE = 0o750


def folder_of(code: str) -> Path:
    """The folder that a channel of the kind `drop` is given: the account of the receiver is locked into it, nothing else lies there."""
    return Path(settings.XIMU_HOME) / "exchange" / code


def lay_out(folder: Path) -> None:
    """Both sides of the folder; the receiver needs to write to `receipts` alone."""
    for side in (OUTGOING, RECEIPTS):
        (folder / side).mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)


def hand_over(channel: Channel, sequence: int, data: bytes) -> bytes:
    """The receipt, or nothing when it comes later. Errors: `PEER-REFUSED`, `ADDR-CLOSED`, `ADDR-UNKNOWN`, httpx.HTTPError, OSError."""
    if channel.kind == Channel.Kind.DROP:
        write_whole(Path(channel.address) / OUTGOING / f"{sequence:08d}.ximu", data)
    elif channel.kind == Channel.Kind.PUSH:
        return _post(f"{channel.address.rstrip('/')}/packages", data)
    return b""


def _post(url: str, data: bytes) -> bytes:
    answer = reach.call("POST", url, content=data, kind="text/plain; charset=utf-8", seconds=SECONDS, most=MOST_ANSWER)
    if 400 <= answer.status < 500:
        shown = answer.body.decode("utf-8", "replace")[:200]
        raise Refusal("PEER-REFUSED", status=409, field="peer", value=shown, rule=str(answer.status), zh="对方拒收。",
                      en="The other side refused.")
    if not 200 <= answer.status < 300:
        raise httpx.HTTPError(str(answer.status))
    return answer.body if answer.status == 200 else b""


def write_whole(path: Path, data: bytes) -> None:
    """The name appears only when the bytes are on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def lying(channel: Channel) -> Iterator[tuple[Path, bytes]]:
    """Receipts in the folder, oldest name first. One that is still being uploaded (SFTP writes under the last name) waits."""
    for path in sorted((Path(channel.address) / RECEIPTS).glob("*.receipt")):
        note = _plain(path)
        if arrived(note):
            yield path, note


def _plain(path: Path) -> bytes:
    """What lies in a plain file. The other side may write here: a link leads elsewhere, a pipe never ends, a huge file fills the memory."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(opened, "rb") as lies:
        return lies.read(MOST_ANSWER) if stat.S_ISREG(os.fstat(opened).st_mode) else b""


def arrived(note: bytes) -> bool:
    """Whether it ends as a signed note ends: with a signature line. No part of one does."""
    _, blank, signature = note.rpartition(b"\n\n")
    return bool(blank) and signature.startswith(SIGNED) and signature.endswith(b"\n")


def put_aside(path: Path, where: str) -> None:
    target = path.parent / where / path.name
    target.parent.mkdir(exist_ok=True)
    path.replace(target)

"""Which tree does a checkpoint speak of? C2SP tlog-checkpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ximu_verify.merkle import HASH_BYTES, MOST_LEAVES
from ximu_verify.note import NoteError, strict_base64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed tree head: whose log, how many leaves, which root, and opaque extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse the text of an opened note. Errors: NoteError."""
    if not isinstance(text, str) or not text.endswith("\n"):
        raise NoteError("malformed checkpoint: the text must end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteError("malformed checkpoint: at least three lines, none of them empty")
    origin, size, root, *extensions = lines
    if not re.fullmatch("0|[1-9][0-9]{0,19}", size) or int(size) > MOST_LEAVES:
        raise NoteError("malformed checkpoint: tree size")
    raw = strict_base64(root)
    if raw is None or len(raw) != HASH_BYTES:
        raise NoteError("malformed checkpoint: root hash")
    return Checkpoint(origin, int(size), raw, tuple(extensions))

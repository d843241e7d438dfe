"""What goes out of a file that somebody handed in? To others than its giver a copy that tells nothing of who made it, where and with what.

The original stays as it came, under its digest. Not a pixel and not a word is changed; what cannot be copied so is told apart (None).
"""

from __future__ import annotations

from ximu.foundation import outside
from ximu.kernel import pictures

PACKED = (b"%PDF-", b"PK\x03\x04")
MADE = (b"\xd0\xcf\x11\xe0", b"{\\rtf", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"\0\0\0", b"ID3", b"\x1f\x8b", b"7z", b"Rar")
"""How files begin that may name their makers and are not taken apart here: older office files, other pictures, films, archives."""


def bare(content: bytes) -> bytes | None:
    """The copy without metadata; the same bytes where there is none in such a file; None for what cannot be cleaned."""
    if pictures.is_picture(content):
        try:
            return pictures.bare(content)[1]
        except ValueError:
            return None
    if content.startswith(PACKED):
        code, made = outside.run({"bare": True}, content)
        return made if code == 0 else None
    return None if content.startswith(MADE) else content

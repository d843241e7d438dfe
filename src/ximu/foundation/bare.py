"""What goes out of a file that somebody handed in? To others than its giver a copy that tells nothing of who made it, where and with what.

The original stays as it came, under its digest. Not a pixel and not a word is changed; what cannot be copied so is told apart (None).
"""

from __future__ import annotations

from ximu.foundation import outside
from ximu.kernel import pictures

PACKAGE, PDF, HEAD_BYTES = b"PK\x03\x04", b"%PDF-", 1024
"""A PDF may have something before its first line, within so many bytes."""
MADE = (b"\xd0\xcf\x11\xe0", b"{\\rtf", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"\0\0\0", b"ID3", b"\x1f\x8b", b"7z", b"Rar")
"""How files begin that may name their makers and are not taken apart here: older office files, other pictures, films, archives."""
FLAT = (b"<?mso-application", b"<office:document", b"MIME-Version:")
"""What stands in the head of office files that are one text."""
SIGNED = b"/ByteRange"
"""Stands in a PDF with an electronic seal or signature (ISO 32000-1, 12.8), which any copy breaks."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def is_sealed(content: bytes) -> bool:
    return PDF in content[:HEAD_BYTES] and SIGNED in content


def bare(content: bytes) -> bytes | None:
    """The copy without metadata; the same bytes of a plain text, which has none; None for what cannot be cleaned or is not known."""
    if pictures.is_picture(content):
        try:
            return pictures.bare(content)[1]
        except ValueError:
            return None
    head = content[:HEAD_BYTES]
    if content.startswith(PACKAGE) or PDF in head:
        code, made = outside.run({"bare": True}, content)
        return made if code == 0 else None
    plain = b"\0" not in content or content.startswith(UTF_16)
    return content if plain and not content.startswith(MADE) and not any(sign in head for sign in FLAT) else None

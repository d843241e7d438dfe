"""What may come with a report, and what is kept of it? Pictures and plain text, rebuilt without place, device or author.

Pictures: `kernel.pictures`. Text: UTF-8 or GB 18030, no control characters. PDF and office files are made anew in a process of their
own (`reader`); everything else is refused.
"""

from __future__ import annotations

from ximu.kernel import pictures
from ximu.kernel.refusal import Refusal

MOST_BYTES = 10 << 20


def must_fit(content: bytes) -> None:
    """Errors: `FILE-SIZE`, `FILE-EMPTY`."""
    if not content:
        raise _empty()
    if len(content) > MOST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(content), rule=f"≤ {MOST_BYTES}", zh="附件超过10 MB。",
                      en="The file is larger than 10 MB.")


def clean(content: bytes) -> tuple[str, bytes]:
    """(kind, bytes without metadata); kind is `jpeg`, `png` or `text`. Errors: `FILE-RISK`, `FILE-SIZE`, `FILE-EMPTY`."""
    must_fit(content)
    try:
        return pictures.bare(content) if pictures.is_picture(content) else ("text", _text(content))
    except ValueError as error:
        raise risk() from error


def _empty() -> Refusal:
    return Refusal("FILE-EMPTY", field="file", value=0, rule="> 0", zh="附件是空文件。", en="The file is empty.")


def risk() -> Refusal:
    return Refusal("FILE-RISK", field="file", value="", rule="JPEG PNG TXT PDF docx xlsx",
                   zh="附件只收JPEG、PNG图片、纯文本、PDF、docx和xlsx，不收加密、损坏、带宏或嵌入对象的文件；请截图或拍照后再传。",
                   en="Taken are JPEG, PNG, plain text, PDF, docx and xlsx, not encrypted, damaged or with macros or embedded objects.")


def _text(content: bytes) -> bytes:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if any((ord(c) < 32 and c not in "\r\n\t") or 0x7F <= ord(c) < 0xA0 for c in text) or text.lstrip()[:5] in ("%PDF-", "{\\rtf"):
            break
        if text.lstrip()[:1] == "<":
            break
        if not text:
            raise _empty()
        return text.encode()
    raise ValueError("no plain text")

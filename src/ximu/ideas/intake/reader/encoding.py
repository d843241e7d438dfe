"""In which encoding is the text? One for the whole file; a line in another is named (`FILE-ENC`)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from ximu.ideas.intake.reader.limits import BLOCK_BYTES
from ximu.kernel.refusal import Refusal

UTF8, UTF8_BOM, GB, UTF16LE, UTF16BE = "utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"
TITLES = {UTF8: "UTF-8", UTF8_BOM: "UTF-8（带BOM）", GB: "GB18030（含GBK、GB2312）", UTF16LE: "UTF-16 LE", UTF16BE: "UTF-16 BE"}
PROBE_BYTES = 1 << 20
FIRST_SHIFT = 3
"""The first block is an eighth of a block and each next one twice as large, so that checking begins while most is still to be read."""
_HANZI_IN_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


def bad_encoding(line: int, zh: str, en: str) -> Refusal:
    return Refusal(
        "FILE-ENC", field="file", value=str(line), rule="UTF-8 · GB18030 · UTF-16", extra={"line": line},
        zh=f"文件编码有误：第{line}行{zh}。请统一编码后重新报送。",
        en=f"The encoding is wrong: line {line} {en}. Use one encoding for the whole file.",
    )


def detect(path: Path) -> str:
    """Errors: `FILE-ENC` for mixed or unknown encodings, naming the line."""
    line = 1
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
            raise bad_encoding(1, "为UTF-32，不支持", "is UTF-32, which is not supported")
        if head.startswith(codecs.BOM_UTF8):
            return UTF8_BOM
        if head.startswith(codecs.BOM_UTF16_LE):
            return UTF16LE
        if head.startswith(codecs.BOM_UTF16_BE):
            return UTF16BE
        if wide := _without_mark(head):
            return wide
        file.seek(0)
        while block := file.read(PROBE_BYTES):
            block += file.readline(PROBE_BYTES)
            if not block.isascii():
                return _of_lines(block, line, whole=block.endswith(b"\n") or not file.read(1))
            line += block.count(b"\n")
    return UTF8


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: ASCII characters put zeros on one side only."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < max(4, len(head) // 50) or min(even, odd) * 10 > max(even, odd):
        return ""
    found = UTF16LE if odd > even else UTF16BE
    try:
        codecs.getincrementaldecoder(found)().decode(head)
    except UnicodeDecodeError:
        return ""
    return found


def _of_lines(block: bytes, line: int, *, whole: bool) -> str:
    """A block that is not `whole` ends within a line, perhaps within a character: JSON often stands on one line."""
    if _decodes(block, UTF8, whole=whole):
        return UTF8
    first, lines = "", block.split(b"\n")
    for offset, text in enumerate(lines):
        if text.isascii():
            continue
        ended = whole or offset < len(lines) - 1
        mine = UTF8 if _decodes(text, UTF8, whole=ended) else GB if _decodes(text, GB, whole=ended) else ""
        if not mine:
            raise bad_encoding(line + offset, "不是UTF-8，也不是GB18030", "is neither UTF-8 nor GB18030")
        if first and mine != first and (mine == GB or _HANZI_IN_UTF8.search(text)):
            raise bad_encoding(line + offset, f"为{TITLES[mine]}，而其前为{TITLES[first]}", f"is {mine} but the lines before are {first}")
        first = first or mine
    return first


def _decodes(text: bytes, encoding: str, *, whole: bool = True) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def blocks(path: Path, encoding: str, *, size: int = BLOCK_BYTES, marks: bool = True) -> Iterator[bytes]:
    """The text as UTF-8 with every line end written `\\n`; blocks end anywhere between characters.

    The mark of a file that was hung on to another is taken away, unless `marks` says that the caller does it: to look for it takes
    as long as to parse. Errors: `FILE-ENC` naming the first line that is in another encoding.
    """
    carriage, ended = b"", True
    for block in _raw(path, encoding, size):
        text = carriage + block
        carriage = b""
        if b"\r" in text:
            if text.endswith(b"\r"):
                text, carriage = text[:-1], b"\r"
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if marks and codecs.BOM_UTF8 in text:
            text = text.removeprefix(codecs.BOM_UTF8 if ended else b"").replace(b"\n" + codecs.BOM_UTF8, b"\n")
        ended = text.endswith(b"\n")
        yield text
    if carriage:
        yield b"\n"


def _raw(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        if encoding in {UTF8, UTF8_BOM}:
            at, now = 3 if encoding == UTF8_BOM else 0, max(size >> FIRST_SHIFT, 1)
            while True:
                file.seek(at + now)
                tail = len(file.readline(PROBE_BYTES))
                file.seek(at)
                if not (block := file.read(now + tail)):
                    return
                at, now = at + len(block), min(now * 2, size)
                yield block
        if encoding in {UTF16LE, UTF16BE}:
            file.seek(2 if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else 0)
        yield from _transcoded(file, encoding, size)


def _transcoded(file: object, encoding: str, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, ended, begun = 1, False, False
    while not ended:
        block = file.read(size)  # type: ignore[attr-defined]
        ended = not block
        block += file.readline(PROBE_BYTES) if encoding == GB else b""  # type: ignore[attr-defined]
        try:
            text = decoder.decode(block, final=ended)
        except UnicodeDecodeError as error:
            good = error.object[:error.start].decode(encoding)
            at = line + good.count("\n") + (good.count("\r") if "\n" not in good else 0)
            raise bad_encoding(at, f"含有不是{TITLES[encoding]}的字节", f"has bytes that are not {encoding}") from error
        if encoding == GB:
            _no_utf8_lines(block, line, begun=begun)
            begun = not block.endswith(b"\n")
        line += text.count("\n")
        yield text.encode("utf-8")


def _no_utf8_lines(block: bytes, line: int, *, begun: bool) -> None:
    """A line of UTF-8 mostly decodes as GB18030 too, into rubbish; it is known by being whole UTF-8.

    Of a line that had `begun` before the block, the rest may look like anything.
    """
    if not _HANZI_IN_UTF8.search(block):
        return
    for offset, text in enumerate(block.split(b"\n")):
        if (offset or not begun) and _HANZI_IN_UTF8.search(text) and _decodes(text, UTF8):
            raise bad_encoding(line + offset, "为UTF-8，而其余为GB18030", "is utf-8 but the others are gb18030")


def first_bad_line(text: bytes) -> int | None:
    """Offset of the first line that is not UTF-8, or None."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        return text.count(b"\n", 0, error.start)
    return None

"""What of a picture is the picture? JPEG and PNG without place, device, author or thumbnail, not a pixel changed.

JPEG (ITU-T T.81): only the segments needed to decode, and the orientation; nothing after the end of the image. PNG (ISO/IEC
15948): critical chunks and transparency.
"""

from __future__ import annotations

import struct
import zlib

PNG_SIGN = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
STANDALONE = {0x01, *range(0xD0, 0xD8)}
START, END, SCAN, APP1 = 0xD8, 0xD9, 0xDA, 0xE1
ADOBE = 0xEE
ORIENTATION = 0x0112


def is_picture(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8", PNG_SIGN))


def bare(content: bytes) -> tuple[str, bytes]:
    """(`jpeg` or `png`, bytes without metadata). Errors: `ValueError` for what is neither, or damaged."""
    try:
        if content.startswith(PNG_SIGN):
            return "png", _png(content)
        if content.startswith(b"\xff\xd8"):
            return "jpeg", _jpeg(content)
    except (struct.error, IndexError) as error:
        raise ValueError("broken picture") from error
    raise ValueError("no picture")


def _png(content: bytes) -> bytes:
    out, place, seen = bytearray(PNG_SIGN), len(PNG_SIGN), []
    while place < len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        body = content[place + 8:place + 8 + size]
        (check,) = struct.unpack_from(">I", content, place + 8 + size)
        if len(body) != size or zlib.crc32(name + body) != check:
            raise ValueError("broken chunk")
        if name in PNG_KEPT:
            out += content[place:place + 12 + size]
            seen.append(name)
        elif not name[:1].islower():
            raise ValueError("unknown critical chunk")
        place += 12 + size
        if name == b"IEND":
            break
    if seen[:1] != [b"IHDR"] or b"IDAT" not in seen or seen[-1:] != [b"IEND"]:
        raise ValueError("no picture")
    return bytes(out)


def _jpeg(content: bytes) -> bytes:
    out, place, scanned = bytearray(b"\xff\xd8"), 2, False
    while True:
        if content[place] != 0xFF:
            raise ValueError("no marker")
        while content[place] == 0xFF:
            place += 1
        marker = content[place]
        place += 1
        if marker == END:
            if not scanned:
                raise ValueError("no picture")
            return bytes(out) + b"\xff\xd9"
        if marker in STANDALONE or marker == START:
            raise ValueError("misplaced marker")
        (size,) = struct.unpack_from(">H", content, place)
        segment = content[place:place + size]
        if size < 2 or len(segment) != size:
            raise ValueError("short segment")
        place += size
        out += _segment(marker, segment)
        if marker == SCAN:
            place, scanned = _scan(content, place, out), True


def _segment(marker: int, segment: bytes) -> bytes:
    """What is kept of a segment: nothing of comments and application data but the orientation and the colour transform."""
    if marker == APP1:
        turned = _orientation(segment[2:])
        return _orientation_segment(turned) if turned else b""
    if marker == ADOBE and segment[2:7] == b"Adobe" and len(segment) == 14:
        return b"\xff\xee" + segment
    if 0xE0 <= marker <= 0xEF or marker == 0xFE:
        return b""
    return bytes((0xFF, marker)) + segment


def _scan(content: bytes, place: int, out: bytearray) -> int:
    """Copies the entropy-coded data up to the next marker; where that stands."""
    start = place
    while True:
        place = content.index(b"\xff", place)
        following = content[place + 1]
        if following == 0 or following in STANDALONE:
            place += 2
        elif following == 0xFF:
            place += 1
        else:
            out += content[start:place]
            return place


def _orientation(exif: bytes) -> int:
    """1–8 as EXIF 2.3 numbers them; 0 where there is none to keep."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (offset,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, offset)
        for entry in range(min(entries, 256)):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, offset + 2 + 12 * entry)
            if tag == ORIENTATION and kind == 3 and count == 1:
                return value if 2 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _orientation_segment(turned: int) -> bytes:
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body

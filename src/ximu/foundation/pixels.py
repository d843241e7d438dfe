"""A PDF is made anew from what its pages look like: pixels, and nothing else (ISO 32000-1, 7.5: the smallest file that shows them).

No text layer, font, layer, annotation, attachment, script, form, link, identifier, date or name of a program is left to hold anything.
Boxes are blacked in the pixels, so nothing lies beneath them. For a process of its own (`foundation.confined`): pages may be hostile.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import typst
from numpy.typing import NDArray

MOST_PAGES, MOST_PIXELS, MOST_OUT = 60, 6_000_000, 30 << 20
POINTS, DPI = 72, 120


MARK_PIXELS, LEAST_MARK = 22, 9
PICTURES, MOST_PICTURE = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"), 12 << 20
PICTURE = "#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(json(bytes(sys.inputs.it))))"
MARK = "#set page(width: auto, height: auto, margin: 2pt, fill: black)\n#text(fill: white, size: 12pt, sys.inputs.it)"


class TooMuchError(ValueError):
    """More pages, or more bytes, than are taken."""


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be blacked: page from 1, edges in percent of the page from its left and top edge, the mark written on it."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    mark: str = ""


def document(content: bytes) -> pdfium.PdfDocument:
    """A PDF, or a PNG or JPEG as a page of its size. Errors: `TooMuchError`; `ValueError` for what is damaged, encrypted or empty."""
    if content.startswith(PICTURES):
        if len(content) > MOST_PICTURE:
            raise TooMuchError
        content = _typeset(PICTURE, f"[{','.join(map(str, content))}]")
    elif not content.startswith(b"%PDF-"):
        raise ValueError("neither PDF nor picture")
    try:
        found = pdfium.PdfDocument(content)
        count = len(found)
    except pdfium.PdfiumError as error:
        raise ValueError("no PDF") from error
    if count == 0:
        raise ValueError("no page")
    if count > MOST_PAGES:
        raise TooMuchError
    return found


def _typeset(template: str, given: str) -> bytes:
    """What is given enters as data and is never read as markup."""
    try:
        made = typst.compile(template.encode(), sys_inputs={"it": given})
    except (typst.TypstError, RuntimeError) as error:
        raise ValueError("broken picture") from error
    if not isinstance(made, bytes):
        raise ValueError("no single page")
    return made


def rebuilt(content: bytes, boxes: Sequence[Box] = ()) -> bytes:
    """A PDF of pixels with the boxes blacked. Errors: those of `document`; `IndexError` for a box on no page."""
    found = document(content)
    if any(not 1 <= box.page <= len(found) for box in boxes):
        raise IndexError("no such page")
    marks = {box.mark: _mark(box.mark) for box in boxes if box.mark}
    pages, held = [], 0
    for number in range(len(found)):
        points, seen = _seen(found, number)
        for box in boxes:
            if box.page == number + 1:
                _black(seen, box, marks.get(box.mark))
        pages.append((points, (seen.shape[1], seen.shape[0]), zlib.compress(_filtered(seen), 6)))
        held += len(pages[-1][2])
        if held > MOST_OUT:
            raise TooMuchError
    return _file(pages)


def picture(content: bytes, page: int) -> bytes:
    """A page as PNG, from 1. Errors: those of `document`; `IndexError` for no such page."""
    found = document(content)
    if not 1 <= page <= len(found):
        raise IndexError("no such page")
    _, seen = _seen(found, page - 1)
    head = struct.pack(">IIBBBBB", seen.shape[1], seen.shape[0], 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(_filtered(seen), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts)


def _seen(found: pdfium.PdfDocument, number: int) -> tuple[tuple[float, float], NDArray[np.uint8]]:
    """(points, pixels as rows of red, green, blue)."""
    try:
        page = found[number]
        wide, high = page.get_size()
        if not (1 <= wide <= 20_000 and 1 <= high <= 20_000):
            raise ValueError("no size")
        scale = min(DPI / POINTS, (MOST_PIXELS / (wide * high)) ** 0.5)
        seen = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_numpy()[:, :, :3].copy()
    except pdfium.PdfiumError as error:
        raise ValueError("broken page") from error
    return (wide, high), seen


def _mark(words: str) -> NDArray[np.uint8]:
    """White words on black, as pixels."""
    return _seen(pdfium.PdfDocument(_typeset(MARK, words)), 0)[1]


def _black(seen: NDArray[np.uint8], box: Box, mark: NDArray[np.uint8] | None) -> None:
    """Every pixel that the box touches becomes black; the mark is written in its middle where it can be read."""
    rows, columns = seen.shape[:2]
    left, right = int(columns * box.left / 100), min(columns, int(np.ceil(columns * box.right / 100)))
    top, bottom = int(rows * box.top / 100), min(rows, int(np.ceil(rows * box.bottom / 100)))
    seen[top:bottom, left:right] = 0
    if mark is None:
        return
    fits = min(MARK_PIXELS / mark.shape[0], (bottom - top) / mark.shape[0], (right - left) / mark.shape[1])
    high, wide = int(mark.shape[0] * fits), int(mark.shape[1] * fits)
    if high < LEAST_MARK:
        return
    small = mark[np.arange(high) * mark.shape[0] // high][:, np.arange(wide) * mark.shape[1] // wide]
    top, left = top + (bottom - top - high) // 2, left + (right - left - wide) // 2
    seen[top:top + high, left:left + wide] = small


def _filtered(seen: NDArray[np.uint8]) -> bytes:
    rows = seen.reshape(seen.shape[0], -1)
    up = rows.copy()
    up[1:] -= rows[:-1]
    return np.concatenate([np.full((rows.shape[0], 1), 2, np.uint8), up], axis=1).tobytes()


def _file(pages: list[tuple[tuple[float, float], tuple[int, int], bytes]]) -> bytes:
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (
        len(pages), b" ".join(b"%d 0 R" % (3 + 3 * n) for n in range(len(pages))))]
    for number, ((wide, high), (columns, rows), data) in enumerate(pages):
        first = 3 + 3 * number
        drawn = f"{wide:.2f} 0 0 {high:.2f} 0 0 cm/I Do".encode("ascii")
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide:.2f} {high:.2f}]/Contents {first + 1} 0 R"
            f"/Resources<</XObject<</I {first + 2} 0 R>>>>>>".encode("ascii"),
            b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
            f"<</Type/XObject/Subtype/Image/Width {columns}/Height {rows}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
            f"/DecodeParms<</Predictor 15/Colors 3/Columns {columns}>>/Length {len(data)}>>stream\n".encode("ascii") + data
            + b"\nendstream"]
    out, places = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))

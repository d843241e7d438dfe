"""A PDF is made anew from what its pages look like: pixels, and nothing else (ISO 32000-1, 7.5: the smallest file that shows them).

No text layer, font, layer, annotation, attachment, script, form, link, identifier, date or name of a program is left to hold anything.
"""

from __future__ import annotations

import zlib

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

MOST_PAGES, MOST_PIXELS, MOST_OUT = 60, 6_000_000, 30 << 20
POINTS, DPI = 72, 120


class TooMuchError(ValueError):
    """More pages, or more bytes, than are taken."""


def rebuilt(content: bytes) -> bytes:
    """Errors: `TooMuchError`; `ValueError` for what is damaged, encrypted or empty."""
    try:
        found = pdfium.PdfDocument(content)
        count = len(found)
    except pdfium.PdfiumError as error:
        raise ValueError("no PDF") from error
    if count == 0:
        raise ValueError("no page")
    if count > MOST_PAGES:
        raise TooMuchError
    pages, held = [], 0
    for number in range(count):
        try:
            pages.append(_page(found[number]))
        except pdfium.PdfiumError as error:
            raise ValueError("broken page") from error
        held += len(pages[-1][2])
        if held > MOST_OUT:
            raise TooMuchError
    return _file(pages)


def _page(page: pdfium.PdfPage) -> tuple[tuple[float, float], tuple[int, int], bytes]:
    """(points, pixels, the pixels deflated after the PNG filter “up”)."""
    wide, high = page.get_size()
    if not (1 <= wide <= 20_000 and 1 <= high <= 20_000):
        raise ValueError("no size")
    scale = min(DPI / POINTS, (MOST_PIXELS / (wide * high)) ** 0.5)
    seen = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_numpy()[:, :, :3].copy()
    return (wide, high), (seen.shape[1], seen.shape[0]), zlib.compress(_filtered(seen), 6)


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

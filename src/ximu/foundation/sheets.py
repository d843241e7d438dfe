"""Pages of a paper as pixels, and a paper with places blacked out: asked of a process of its own, for a paper may be hostile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ximu.foundation import outside
from ximu.foundation.outside import SECONDS
from ximu.kernel.refusal import Refusal, absent

NO_PAGE = 4
OFFICE = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
"""How docx, xlsx, pptx, odt, ofd, and the older doc, xls, wps begin. What a program would draw of one depends on its fonts and version:
whoever hands it in must see what it looks like as a PDF before anything is blacked in it."""


def office(content: bytes) -> bool:
    """Whether it is a file of a word processor or a spreadsheet, which has no pages of its own."""
    return content.startswith(OFFICE)


def count(content: bytes) -> int:
    """How many pages. Errors: `PAPER-OFFICE`; `PAPER-KIND` for what is no PDF, PNG or JPEG, or damaged or locked; `PAPER-SIZE`."""
    return int(_ask({"count": True}, content))


def page(content: bytes, number: int) -> bytes:
    """A page as PNG. Errors: those of `count`; `PAPER-PAGE`."""
    return _ask({"page": number}, content)


def blacked(content: bytes, boxes: Sequence[tuple[int, float, float, float, float, str]]) -> bytes:
    """A PDF of pixels with the boxes (page, left, top, right, bottom in percent, mark) blacked. Errors: those of `page`."""
    return _ask({"boxes": [list(box) for box in boxes]}, content)


def _ask(wanted: dict[str, Any], content: bytes) -> bytes:
    if office(content):
        raise Refusal("PAPER-OFFICE", field="paper", value="", rule="PDF, PNG, JPEG",
                      zh="材料是Word、Excel等办公文件，不能直接遮盖；请先交上由它另存的PDF（版式件），在PDF上遮盖。",
                      en="The paper is an office file (Word, Excel) and cannot be redacted as it is; first hand in the PDF saved from it, "
                         "which is then redacted in its place.")
    code, made = outside.run(wanted, content)
    if code in outside.MUCH:
        raise _much()
    if code == NO_PAGE:
        raise absent("PAPER-PAGE", field="page", value=wanted.get("page", "boxes"), zh="页", en="page")
    if code != 0:
        raise Refusal("PAPER-KIND", field="paper", value="", rule="PDF, PNG, JPEG",
                      zh="材料不是完好的PDF、PNG或者JPEG，不能遮盖；请另附可遮盖的版本。",
                      en="The paper is no sound PDF, PNG or JPEG and cannot be redacted; hand in a form that can.")
    return made


def _much() -> Refusal:
    return Refusal("PAPER-SIZE", status=413, field="paper", value="", rule=f"60 pages, {SECONDS} s",
                   zh="材料页数过多或者过大，请分开提交。",
                   en="The paper has too many pages or is too large; hand it in in parts.")

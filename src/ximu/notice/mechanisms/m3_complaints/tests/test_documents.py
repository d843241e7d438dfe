"""A PDF, a document or a spreadsheet keeps what is seen and loses who wrote it; what is a bomb or a program is refused."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pypdfium2
import pytest
from docx import Document

from ximu.foundation.tests import planted
from ximu.foundation.tests.planted import MARK
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints.reader import running
from ximu.notice.mechanisms.m3_complaints.tests.factories import chunk, png

pytestmark = pytest.mark.row("M3.4")
EXIF = b"Exif\0\0canary9471"


def picture() -> bytes:
    return png(chunk(b"eXIf", EXIF))


def everything(content: bytes) -> bytes:
    """The bytes, and those of every part of a package."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"".join(name.encode() + package.read(name) for name in package.namelist())


def timeless(content: bytes) -> bool:
    """The hour at which somebody reported is nowhere in it."""
    return {one.date_time for one in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_document_keeps_words_tables_and_pictures_and_no_author() -> None:
    given = planted.document(picture())
    assert everything(given).count(MARK.encode()) >= 10, "the canary is planted"
    kind, kept = running.clean(given)
    assert kind == "docx" and MARK.encode() not in everything(kept)
    made = Document(io.BytesIO(kept))
    words = [p.text for p in made.paragraphs]
    assert "合同正文" in words and "合同第五条：三十日内付清" in "".join(words).replace("\n", "")
    assert [[c.text for c in row.cells] for row in made.tables[0].rows] == [["金额", "五十万元"]]
    assert len(made.inline_shapes) == 1
    assert made.core_properties.author == "" and made.core_properties.created.year == 2000  # type: ignore[union-attr]
    assert b"rsidR=" not in zipfile.ZipFile(io.BytesIO(kept)).read("word/document.xml").split(b"<w:sectPr")[0]
    assert timeless(kept)
    assert running.clean(kept)[0] == "docx"


def test_a_picture_that_cannot_be_cleaned_is_left_out_and_said_so() -> None:
    given = planted.document(picture())
    name = next(n for n in zipfile.ZipFile(io.BytesIO(given)).namelist() if n.startswith("word/media/"))
    _, kept = running.clean(planted.repacked(given, {name: b"GIF89a" + MARK.encode()}))
    made = Document(io.BytesIO(kept))
    assert any("picture left out" in p.text for p in made.paragraphs) and MARK.encode() not in everything(kept)


def test_a_spreadsheet_keeps_the_values_of_visible_sheets() -> None:
    given = planted.book()
    assert everything(given).count(MARK.encode()) >= 5
    kind, kept = running.clean(given)
    assert kind == "xlsx" and MARK.encode() not in everything(kept)
    made = openpyxl.load_workbook(io.BytesIO(kept))
    assert timeless(kept)
    assert made.sheetnames == ["付款"]
    assert [made.active["A1"].value, made.active["B1"].value] == ["尾款", 500000.5]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(kept)).read("xl/worksheets/sheet1.xml"), "nothing is a formula any more"


def test_a_pdf_keeps_what_its_pages_look_like() -> None:
    given = planted.pdf(pages=2)
    assert given.count(MARK.encode()) >= 10
    kind, kept = running.clean(given)
    assert kind == "pdf" and MARK.encode() not in kept and MARK.encode().hex().encode() not in kept
    for word in (b"JavaScript", b"Annots", b"EmbeddedFiles", b"Metadata", b"Info", b"/ID", b"Font"):
        assert word not in kept, word
    before, after = pypdfium2.PdfDocument(given), pypdfium2.PdfDocument(kept)
    assert len(after) == 2 and after[0].get_size() == (200, 200) and after[0].get_textpage().get_text_bounded() == ""
    old, new = (one[0].render(scale=1).to_numpy()[:, :, :3] for one in (before, after))
    assert old.min() < 60 and abs(old.astype(int) - new.astype(int)).mean() < 6, "the page looks as it did"
    assert running.clean(kept)[0] == "pdf"


@pytest.mark.parametrize(("name", "content", "code"), [
    ("many pages", planted.pdf(pages=61), "FILE-SIZE"),
    ("no page", planted.pdf(pages=0), "FILE-RISK"),
    ("no PDF", b"%PDF-1.7\nnothing", "FILE-RISK"),
    ("endless page", planted.pdf(size="90000 90000"), "FILE-RISK"),
    ("encrypted", planted.pdf(trailer="/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O(x)/U(y)>>"), "FILE-RISK"),
    ("no package", b"PK\x03\x04nothing", "FILE-RISK"),
    ("another package", planted.repacked(planted.book(), {"[Content_Types].xml": b"<Types/>"}), "FILE-RISK"),
    ("macros", planted.document(png(), **{"word/vbaProject.bin": b"x"}), "FILE-RISK"),
    ("object", planted.document(png(), **{"word/embeddings/oleObject1.bin": b"x"}), "FILE-RISK"),
    ("bomb", planted.document(png(), **{"word/media/big.png": b"\0" * (81 << 20)}), "FILE-SIZE"),
    ("small bomb", planted.document(png(), **{"word/media/big.png": b"\0" * (20 << 20)}), "FILE-SIZE"),
    ("entities", planted.document(png(), **{"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "FILE-RISK"),
    ("broken story", planted.document(png(), **{"word/document.xml": b"<a>"}), "FILE-RISK"),
    ("broken sheet", planted.repacked(planted.book(), {"xl/workbook.xml": b"<a>"}), "FILE-RISK"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_harmful_or_broken_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        running.clean(content)
    assert caught.value.code == code, name

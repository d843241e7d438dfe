"""A copy without metadata holds every word and pixel, and no maker, device, place or time; what cannot be copied so is told apart."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
import openpyxl
import pypdfium2
import pytest

from ximu.foundation import bared
from ximu.foundation.bare import bare
from ximu.foundation.tests import planted

MARK = planted.MARK.encode()


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Author\0" + MARK)
            + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


def places(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_pdf_keeps_its_text_and_loses_facts_xmp_scripts_attachments_and_who_wrote_a_note() -> None:
    old = planted.pdf(pages=2)
    made = bare(old) or b""
    with pypdfium2.PdfDocument(made) as shown:
        assert len(shown) == 2 and "PAID NOTHING" in shown[0].get_textpage().get_text_range()
        assert shown.get_metadata_dict()["Author"] == "" and shown.get_metadata_dict()["CreationDate"] == "D:20000101000000+00'00'"
    assert old.count(MARK) > 8 and made.count(MARK) == made.count(b"/Contents(" + MARK), "the words of a note are seen; their author is not"
    assert bare(old) == made, "the same copy each time"


def test_office_files_keep_what_they_say_and_lose_who_said_it() -> None:
    made = places(bare(planted.document(png())) or b"")
    for name in ("docProps/core.xml", "customXml/item9.xml", "word/settings.xml", "word/media/image1.png"):
        assert MARK not in made[name], name
    body = made["word/document.xml"]
    assert b'w:author=""' in body and b"w:rsidR=" not in body and b"Users" not in body and b"w:date" not in body
    words = made["word/comments.xml"].decode()
    assert f"{planted.MARK}的意见" in words and f'author="{planted.MARK}"' not in words, "the comment stays, its author does not"
    assert "合同正文" in [p.text for p in docx.Document(io.BytesIO(bare(planted.document(png())) or b"")).paragraphs]
    book = bare(planted.book()) or b""
    assert MARK not in places(book)["docProps/core.xml"] and b"<author>" + MARK not in b"".join(places(book).values())
    assert openpyxl.load_workbook(io.BytesIO(book))["付款"]["B1"].value == 500000.5


def test_what_lies_within_is_cleaned_too_and_no_printer_is_named() -> None:
    """The table behind a chart kept its maker, and a sheet the printer of the office."""
    printer = f"\\\\{planted.MARK}\\HP".encode("utf-16le")
    inner = planted.repacked(planted.book(), {"xl/printerSettings/printerSettings1.bin": printer})
    made = places(bare(planted.document(png(), **{"word/embeddings/x.xlsx": inner})) or b"")["word/embeddings/x.xlsx"]
    assert MARK not in places(made)["docProps/core.xml"] and not [name for name in places(made) if "printer" in name]
    assert openpyxl.load_workbook(io.BytesIO(made))["付款"]["B1"].value == 500000.5
    for _ in range(bared.DEEPEST):
        inner = planted.repacked(planted.book(), {"xl/embeddings/x.xlsx": inner})
    assert bare(inner) is None
    late = bare(b"\xef\xbb\xbf\r\n" + planted.pdf()) or b""
    assert late.startswith(b"%PDF-") and b"/Author" not in late


def test_pictures_are_bare_and_what_cannot_be_cleaned_is_told_apart() -> None:
    assert MARK not in (bare(png()) or MARK)
    for text in ("说明".encode(), "说明".encode("gb18030"), "说明，a".encode("utf-16")):
        assert bare(text) == text
    for content in (b"%PDF-1.7 broken", b"PK\x03\x04 broken", bytes.fromhex("d0cf11e0a1b11ae1"), b"\xff\xd8 broken", b"GIF89a", b"fLaC\0author",
                    b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><author/>'):
        assert bare(content) is None


@pytest.mark.parametrize("content", [
    planted.repacked(planted.book(), {"big.bin": bytes(210 << 20)}),
    planted.repacked(planted.book(), {"x.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
], ids=["bomb", "entity"])
def test_a_package_that_unfolds_to_too_much_is_not_copied(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"too much|document type"):
        bared.bare(content)

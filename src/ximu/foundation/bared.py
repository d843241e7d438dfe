"""PDF and office files without what tells of their makers: what one reads in them stays. For a process of its own (`foundation.bare`).

PDF (ISO 32000-1): the pages are taken over into a new document, so that facts, XMP, attachments and scripts stay behind; what pages
carry of that (`PieceInfo`, `Metadata`, who wrote a note) is blanked, pictures in them are `kernel.pictures`. Packages (ECMA-376, ODF,
OFD): properties emptied, authors of comments and changes, revision ids and paths taken out, thumbnails and what names a printer left out;
the same for packages and PDFs that lie in them, such as the table behind a chart.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pypdfium2 as pdfium
from lxml import etree

from ximu.kernel import pictures

MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, DEEPEST = 4000, 200 << 20, 400, 3
PACKAGE = b"PK\x03\x04"
FACTS = re.compile(r"(^|/)docProps/|(^|/)meta\.xml$|^customXml/", re.I)
LEFT_OUT = re.compile(r"(^|/)(thumbnails?[./]|printerSettings)", re.I)
PRINTER = {"PrinterName", "PrinterSetup"}
"""Settings of an ODF file that name where it was printed."""
PEOPLE = {"author", "initials", "userId", "userid", "providerId", "displayName", "lastModifiedBy", "userName"}
"""Attributes (by their local name) that name somebody."""
SPOKEN = {"author", "creator", "initials", "date-string", "sender-initials", "Author", "Creator", "CreatorVersion", "lastModifiedBy"}
"""Elements whose text does: of comments (xlsx, odf) and of the facts of OFD."""
WHEN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}date"
NAMED = {"cmAuthor", "person", "author"}
_LENGTH = re.compile(rb"/Length (\d+)")
_FACT = re.compile(rb"/(?:PieceInfo|Metadata|LastModified)(?=[ <(/])")
_MADE = re.compile(rb"(?<=/CreationDate\()D:\d{14}|(?<=[<\[])[0-9A-F]{32}(?=>)")
_NOTE = re.compile(rb"/T(?=[(<])(?!<<)")


def bare(content: bytes) -> bytes:
    """Errors: `ValueError` for what is no sound PDF or package, encrypted, or unfolds to too much."""
    return _package(content, 1) if content.startswith(PACKAGE) else _pdf(content)


def _pdf(content: bytes) -> bytes:
    try:
        new, kept = pdfium.PdfDocument.new(), io.BytesIO()
        new.import_pages(pdfium.PdfDocument(content))
        new.save(kept)
    except pdfium.PdfiumError as error:
        raise ValueError("no PDF") from error
    made = bytearray(kept.getvalue())
    dropped: set[bytes] = set()
    for start, end, body in _objects(made):
        _blank_facts(made, start, end, dropped)
        if bytes(made[body:body + 2]) == b"\xff\xd8" and b"DCTDecode" in made[start:end]:
            size = int(_LENGTH.findall(made[start:end])[-1])
            made[body:body + size] = pictures.bare(bytes(made[body:body + size]))[1].ljust(size, b"\0")
    for number in dropped:
        _drop(made, number)
    return bytes(made)


def _objects(made: bytearray) -> Iterator[tuple[int, int, int]]:
    """Where each stretch of plain objects begins and ends, and the body of the stream behind it (the end of the file at the last)."""
    place = 0
    while (mark := made.find(b">>stream\r\n", place)) >= 0:
        head = made.rfind(b" obj", place, mark)
        lengths = _LENGTH.findall(made[max(head, place):mark])
        body = mark + len(b">>stream\r\n")
        if not lengths or not made.startswith(b"\r\nendstream", body + int(lengths[-1])):
            raise ValueError("a stream without its length")
        yield place, mark, body
        place = body + int(lengths[-1])
    yield place, len(made), len(made)


def _blank_facts(made: bytearray, start: int, end: int, dropped: set[bytes]) -> None:
    for found in list(_MADE.finditer(bytes(made[start:end]))):
        made[start + found.start():start + found.end()] = b"D:20000101000000" if found[0].startswith(b"D:") else b"0" * 32
    for found in [*_FACT.finditer(bytes(made[start:end])), *_NOTE.finditer(bytes(made[start:end]))]:
        first, after = start + found.start(), start + found.end()
        last = _value_end(made, after)
        if reference := re.fullmatch(rb"\s*(\d+) 0 R", bytes(made[after:last])):
            dropped.add(reference[1])
        made[first:last] = b" " * (last - first)


def _value_end(made: bytearray, place: int) -> int:
    """Where the value that begins here ends: a dictionary, a string, a reference or a name."""
    text = bytes(made[place:place + (1 << 20)])
    if simple := re.match(rb"\s*(?:\d+ 0 R|/[^\s/<>()\[\]]+|<[0-9A-Fa-f\s]*>)", text):
        return place + simple.end()
    depth, at = 0, 0
    while at < len(text):
        if text[at:at + 2] in (b"<<", b">>"):
            depth += 1 if text[at:at + 2] == b"<<" else -1
            at += 2
        elif text[at:at + 1] == b"(":
            at = _string_end(text, at)
        else:
            at += 1
        if depth == 0 and text[:at].strip():
            return place + at
    raise ValueError("a value without its end")


def _string_end(text: bytes, at: int) -> int:
    depth = 0
    while at < len(text):
        if text[at:at + 1] == b"\\":
            at += 1
        elif text[at:at + 1] in (b"(", b")"):
            depth += 1 if text[at:at + 1] == b"(" else -1
            if not depth:
                return at + 1
        at += 1
    raise ValueError("a string without its end")


def _drop(made: bytearray, number: bytes) -> None:
    """An object that nobody names any more: nothing stands in its place."""
    head = made.find(b"\n" + number + b" 0 obj\r\n")
    end = made.find(b"endobj", head)
    if head < 0 or end < 0:
        raise ValueError("an object that is not there")
    body = made.index(b"\r\n", head + 1) + 2
    made[body:end] = b"null".ljust(end - body)


def _package(content: bytes, depth: int) -> bytes:
    if depth > DEEPEST:
        raise ValueError("packages in packages")
    kept = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
            entries = old.infolist()
            size = sum(one.file_size for one in entries)
            if len(entries) > MOST_ENTRIES or size > min(MOST_UNPACKED, MOST_RATIO * len(content)) or any(e.flag_bits & 1 for e in entries):
                raise ValueError("encrypted, or too much")
            if not {"[Content_Types].xml", "mimetype", "OFD.xml"} & {one.filename for one in entries}:
                raise ValueError("no file of an office")
            gone = {one.filename for one in entries if LEFT_OUT.search(one.filename)}
            for one in entries:
                if one.filename not in gone:
                    new.writestr(zipfile.ZipInfo(one.filename), _part(one.filename, old.read(one), depth),
                                 zipfile.ZIP_STORED if one.filename == "mimetype" else zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError) as error:
        raise ValueError("no sound package") from error
    return kept.getvalue()


def _part(name: str, body: bytes, depth: int) -> bytes:
    if pictures.is_picture(body):
        return pictures.bare(body)[1]
    if body.startswith(PACKAGE):
        return _package(body, depth + 1)
    if body.startswith(b"%PDF-"):
        return _pdf(body)
    if not name.lower().endswith((".xml", ".rels")):
        return body
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    if root.getroottree().docinfo.doctype:
        raise ValueError("document type")
    if FACTS.search(name) and not name.endswith(".rels"):
        root.text = None
        for one in list(root):
            root.remove(one)
    for one in list(root.iter(etree.Element)):
        _undress(one)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def _undress(one: etree._Element) -> None:
    local = etree.QName(one).localname
    if local == "Relationship":
        if one.get("Type", "").endswith(("/thumbnail", "/printerSettings")):
            one.getparent().remove(one)  # type: ignore[union-attr]
        elif one.get("Target", "").lower().startswith("file:"):
            one.set("Target", "file:///")
        return
    if local == "printerSettings" or (local == "Override" and LEFT_OUT.search(one.get("PartName", ""))):
        one.getparent().remove(one)  # type: ignore[union-attr]
        return
    if local in SPOKEN or (local == "config-item" and PRINTER & set(one.attrib.values())):
        one.text = ""
    for name in list(one.attrib):
        said = etree.QName(name).localname
        if said.startswith("rsid") or name == WHEN or (local, said) == ("pageSetup", "id"):
            del one.attrib[name]
        elif _tells(local, said, one.get(name, "")):
            one.set(name, "")


def _tells(element: str, attribute: str, value: str) -> bool:
    if attribute in ("descr", "url", "name"):
        return {"descr": "\\" in value, "url": element == "absPath", "name": element in NAMED}[attribute]
    return attribute in PEOPLE

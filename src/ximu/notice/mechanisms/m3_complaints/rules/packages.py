"""What is kept of a word-processor or spreadsheet file? Text, tables and pictures of visible places; a new package is made of them.

ECMA-376 (Office Open XML). A package is unpacked under limits; nothing of it is copied but the words that a reader sees and pictures
rebuilt as those that come alone: no properties, authors, revision ids, comments, deleted or hidden text, macros, fields or links.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, MOST_WORDS = 2000, 80 << 20, 200, 2_000_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
GONE = {W + name for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "comment", "object", "pict", "rPrChange",
                              "pPrChange", "tblPrChange", "sectPrChange")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
RISKY = ("vbaproject", "/embeddings/", "/activex/", "oleobject", "macrosheets", "externallinks/", "/ctrlprops/")


class TooMuchError(ValueError):
    """The package unfolds to more than it should."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes as they lie in the package, not yet cleaned."""

    content: bytes


Piece = str | Picture | list[list[str]]
"""A paragraph, a picture, a table."""


def opened(content: bytes) -> zipfile.ZipFile:
    """Errors: `TooMuchError` for a bomb, `ValueError` for what is damaged, encrypted or carries programs."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError("no package") from error
    entries = package.infolist()
    size = sum(one.file_size for one in entries)
    if len(entries) > MOST_ENTRIES or size > MOST_UNPACKED or size > MOST_RATIO * max(len(content), 1):
        raise TooMuchError
    for one in entries:
        name = "/" + one.filename.lower()
        if one.flag_bits & 0x1 or any(word in name for word in RISKY):
            raise ValueError("encrypted, or with programs")
    return package


def part(package: zipfile.ZipFile, name: str) -> bytes:
    """One part, never more of it than it said it was. Errors: `TooMuchError`, `ValueError`."""
    try:
        said = package.getinfo(name).file_size
        with package.open(name) as source:
            found = source.read(said + 1)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise ValueError("no such part") from error
    if len(found) > said:
        raise TooMuchError
    return found


def tree(content: bytes) -> etree._Element:
    """XML without entities, network or document type. Errors: `ValueError`."""
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        raise ValueError("document type")
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise ValueError("no XML") from error


def kind_of(package: zipfile.ZipFile) -> str:
    """`docx` or `xlsx`. Errors: `ValueError` for another package, one with macros included."""
    types = part(package, "[Content_Types].xml")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise ValueError("macros")
    if b"wordprocessingml.document.main+xml" in types:
        return "docx"
    if b"spreadsheetml.sheet.main+xml" in types:
        return "xlsx"
    raise ValueError("another kind")


def pieces(package: zipfile.ZipFile) -> list[Piece]:
    """Headers, body, foot- and endnotes of a document in the order in which one reads. Errors: `TooMuchError`, `ValueError`."""
    names = package.namelist()
    first = sorted(n for n in names if n.startswith("word/header") and n.endswith(".xml"))
    last = sorted(n for n in names if n.startswith(("word/footnotes", "word/endnotes", "word/footer")) and n.endswith(".xml"))
    found: list[Piece] = []
    for name in (*first, "word/document.xml", *last):
        found += _story(package, name)
    if sum(len(one) for one in found if isinstance(one, str)) > MOST_WORDS:
        raise TooMuchError
    return found


def _story(package: zipfile.ZipFile, name: str) -> list[Piece]:
    folder, _, base = name.rpartition("/")
    links = f"{folder}/_rels/{base}.rels"
    targets = _targets(part(package, links)) if links in package.namelist() else {}

    def picture(link: str) -> bytes:
        return part(package, f"word/{targets[link]}") if link in targets else b""

    root = tree(part(package, name))
    top = root.find(W + "body")
    return [one for child in (root if top is None else top) for one in _block(child, picture)]


def _targets(content: bytes) -> dict[str, str]:
    """Relationship → place inside the package; nothing outside."""
    return {one.get("Id", ""): one.get("Target", "").removeprefix("/word/") for one in tree(content).iter(LINKS)
            if one.get("TargetMode") != "External" and one.get("Type", "").endswith("/image")}


def _block(element: etree._Element, picture: Callable[[str], bytes]) -> Iterator[Piece]:
    if element.tag in GONE:
        return
    if element.tag == W + "p":
        yield _words(element)
        for link in _pictures(element):
            if content := picture(link):
                yield Picture(content)
    elif element.tag == W + "tbl":
        yield [["\n".join(_words(p) for p in cell.iter(W + "p")) for cell in _own(row, "tc", "tr")] for row in _own(element, "tr", "tbl")]
        for link in _pictures(element):
            if content := picture(link):
                yield Picture(content)
    elif isinstance(element.tag, str):
        for child in element:
            yield from _block(child, picture)


def _own(element: etree._Element, what: str, within: str) -> list[etree._Element]:
    """Rows or cells of this very table, not those of one inside it."""
    return [one for one in element.iter(W + what) if next(one.iterancestors(W + within), None) is element]


def _pictures(element: etree._Element) -> list[str]:
    return [blip.get(R + "embed", "") for blip in element.iter(A + "blip") if not any(up.tag in GONE for up in blip.iterancestors())]


def _words(paragraph: etree._Element) -> str:
    """What one sees: inserted text, no deleted or hidden one, no instruction of a field."""
    return "".join(_seen(paragraph))


def _seen(element: etree._Element) -> Iterator[str]:
    if element.tag in GONE or (element.tag == W + "r" and _hidden(element)):
        return
    if element.tag == W + "t":
        yield element.text or ""
    elif element.tag in (W + "br", W + "cr"):
        yield "\n"
    elif element.tag == W + "tab" and element.getparent() is not None and element.getparent().tag == W + "r":
        yield "\t"
    for child in element:
        yield from _seen(child)


def _hidden(run: etree._Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(W + "val", "true") not in ("0", "false", "off")

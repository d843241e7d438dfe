"""Where does the table lie? The notice as text, CSV, XLSX or DOCX, brought to plain rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import python_calamine
from docx.oxml.ns import qn
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from ximu.foundation import outside
from ximu.kernel.refusal import Refusal
from ximu.notice.plan.rules.table import Raw

LARGEST_BYTES = 20 << 20
"""A plan is a few pages; a larger file is something else."""
LARGEST_UNPACKED = 200 << 20
MOST_COLUMNS = 200
_WINDOW = 64
_FAR_CELL = re.compile(rb'\sr\s*=\s*["\'](?:[A-Za-z]{0,3}\d{6}|(?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d)')
"""A cell beyond row 99999 or column 200 (GR): all between would be laid out in memory."""
_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_UNSEEN = frozenset(map(qn, ("w:del", "w:moveFrom", "w:rPr", "w:pPr", "w:instrText", "w:tbl", "w:pict", "w:drawing")))
LINE_END = re.compile("\r\n|\r|\n")
"""Not what `splitlines` takes for one: a soft break of a word processor stands within a cell."""
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")


def rows_of(name: str, content: bytes) -> list[Raw]:
    """Rows of every table in the file, in order. Errors: `FILE-SIZE`, `FILE-ENC`, `FILE-KIND`."""
    if len(content) > LARGEST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(content), rule=f"≤ {LARGEST_BYTES}",
                      zh=f"文件超过上限{LARGEST_BYTES}字节。", en=f"The file is larger than {LARGEST_BYTES} bytes.")
    if content[:4] == b"PK\x03\x04":
        return [Raw(line, tuple(cells), frozenset(merged)) for line, cells, merged in outside.call(f"{__name__}:zipped", content)]
    if content[:4] in (b"\xd0\xcf\x11\xe0", b"%PDF"):
        raise _unknown(name)
    return _text(content)


def _unknown(name: str) -> Refusal:
    return Refusal(
        "FILE-KIND", field="file", value=Path(name).suffix or "?", rule="txt csv xlsx docx",
        zh="只能读取文本、CSV、XLSX 或 DOCX 格式的分工表。", en="Only text, CSV, XLSX or DOCX tables can be read.",
    )


def zipped(content: bytes) -> list[tuple[int, tuple[str, ...], list[int]]]:
    """Of a workbook or a document; called in a process of its own (`foundation.outside`). Errors: `FILE-SIZE`, `FILE-KIND`, `FILE-RISK`."""
    return [(raw.line, raw.cells, sorted(raw.merged)) for raw in _zipped(content)]


def _zipped(content: bytes) -> list[Raw]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            _look_over(archive)
        if "word/document.xml" in names:
            return list(_docx(content))
        if "xl/workbook.xml" in names:
            return list(_xlsx(content))
    except Refusal:
        raise
    except Exception as error:
        raise Refusal("FILE-KIND", field="file", value=type(error).__name__, rule="xlsx docx",
                      zh="文件已损坏，无法读取。", en="The file is damaged and cannot be read.") from error
    raise _unknown("x.zip")


def _look_over(archive: zipfile.ZipFile) -> None:
    """Before anything is opened: how large it really is (its directory may lie), and no cell so far out that it would fill the memory.

    Errors: `FILE-SIZE`, `FILE-RISK`.
    """
    left = LARGEST_UNPACKED
    for entry in archive.infolist():
        if entry.filename.endswith("/"):
            continue
        with archive.open(entry) as part:
            tail = b""
            while block := part.read(1 << 20):
                left -= len(block)
                text = tail + block
                if left < 0 or (entry.filename.startswith("xl/") and _FAR_CELL.search(text)):
                    raise _too_large()
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise Refusal("FILE-RISK", field="file", value=entry.filename[:60], rule="DTD",
                                  zh="文件含有文档类型或实体定义，拒绝读取。",
                                  en="The file holds a document type or entity definition; it was not read.")
                tail = text[-_WINDOW:]


def _too_large() -> Refusal:
    return Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"≤ {LARGEST_UNPACKED}; ≤ {MOST_COLUMNS}",
                   zh="压缩内容展开后过大，或单元格过远，拒绝读取。",
                   en="The packed content would be too large, or a cell lies too far out; it was not read.")


def _text(content: bytes) -> list[Raw]:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            break
    else:
        raise Refusal("FILE-ENC", field="file", value="", rule="UTF-8 / GB18030 / UTF-16",
                      zh="文件编码无法识别，请存为 UTF-8。", en="The encoding cannot be recognised; save the file as UTF-8.")
    if "\t" in text:
        return [Raw(n, tuple(line.split("\t"))) for n, line in enumerate(LINE_END.split(text), 1)]
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [Raw(reader.line_num, tuple(cells)) for cells in reader]
    except csv.Error as error:
        at = reader.line_num
        raise Refusal("FILE-KIND", field="file", value=at, rule="CSV", zh=f"第{at}行的引号没有配对或单元格过长，无法读取。",
                      en=f"Line {at} has an open quotation mark or an overlong cell; the file cannot be read.") from error


def _xlsx(content: bytes) -> Iterator[Raw]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    offset = 0
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue  # nobody sees what stands there
        sheet = book.get_sheet_by_name(about.name)
        rows = sheet.to_python(skip_empty_area=False)
        merged = _continued(sheet.merged_cell_ranges or [])
        for index, cells in enumerate(rows):
            texts = tuple(_as_text(c) for c in cells)
            yield Raw(offset + index + 1, texts, frozenset(merged.get(index, ())))
        offset += len(rows)


def _continued(ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> dict[int, set[int]]:
    """Row → columns whose cell belongs to a merged cell that began in a row above."""
    found: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in ranges:
        if bottom > top and right == left:
            for row in range(top + 1, bottom + 1):
                found.setdefault(row, set()).add(left)
    return found


def _as_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _docx(content: bytes) -> Iterator[Raw]:
    """The lines above the first table (title, number, day of issue), then every row; rows alone are counted."""
    line = 0
    for part in _own(docx.Document(io.BytesIO(content)).element.body, ("w:p", "w:tbl")):
        if part.tag == qn("w:p"):
            if not line:
                yield Raw(0, (_line(part).strip(),))
            continue
        for texts, merged in _table_rows(part):
            line += 1
            yield Raw(line, texts, merged)


def _table_rows(table: Any) -> Iterator[tuple[tuple[str, ...], frozenset[int]]]:
    for row in _own(table, ("w:tr",)):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue
        cells: list[str] = [""] * min(row.grid_before, MOST_COLUMNS)
        merged = set(range(len(cells)))
        for tc in _own(row, ("w:tc",)):
            text = ""
            if tc.vMerge == "continue":
                merged.add(len(cells))
            else:
                text = "\n".join(_line(part) for part in _own(tc, ("w:p",))).strip()
            if tc.grid_span > MOST_COLUMNS - len(cells):
                raise _too_large()
            cells.extend([text] * tc.grid_span)
        yield tuple(cells), frozenset(merged)


def _own(element: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """The nearest elements of a kind, also within content controls and insertions; not those of a table inside, nor what was struck out."""
    kinds, closed = {qn(tag) for tag in tags}, {qn("w:tbl"), qn("w:del"), qn("w:moveFrom")}
    for child in element:
        if child.tag in kinds:
            yield child
        elif child.tag not in closed:
            yield from _own(child, tags)


def _line(element: Any) -> str:
    """What a reader sees of a paragraph."""
    return "".join(_BREAKS.get(one.tag) or _piece(one) for one in element)


def _piece(element: Any) -> str:
    if element.tag == qn("w:t"):
        return element.text or ""
    return "" if element.tag in _UNSEEN else _line(element)

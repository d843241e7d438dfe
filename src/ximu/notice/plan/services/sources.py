"""Where does the table lie? The notice as text, CSV, XLSX or DOCX, brought to plain rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import python_calamine
from docx.table import Table, _Cell

from ximu.kernel.refusal import Refusal
from ximu.notice.plan.rules.table import Raw

LARGEST_BYTES = 20 << 20
"""A plan is a few pages; a larger file is something else."""
LARGEST_UNPACKED = 200 << 20
LINE_END = re.compile("\r\n|\r|\n")
"""Not what `splitlines` takes for one: a soft break of a word processor stands within a cell."""
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")


def rows_of(name: str, content: bytes) -> list[Raw]:
    """Rows of every table in the file, in order. Errors: `FILE-SIZE`, `FILE-ENC`, `FILE-KIND`."""
    if len(content) > LARGEST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(content), rule=f"≤ {LARGEST_BYTES}",
                      zh=f"文件超过上限{LARGEST_BYTES}字节。", en=f"The file is larger than {LARGEST_BYTES} bytes.")
    if content[:4] == b"PK\x03\x04":
        return _zipped(content)
    if content[:4] in (b"\xd0\xcf\x11\xe0", b"%PDF"):
        raise _unknown(name)
    return _text(content)


def _unknown(name: str) -> Refusal:
    return Refusal(
        "FILE-KIND", field="file", value=Path(name).suffix or "?", rule="txt csv xlsx docx",
        zh="只能读取文本、CSV、XLSX 或 DOCX 格式的分工表。", en="Only text, CSV, XLSX or DOCX tables can be read.",
    )


def _zipped(content: bytes) -> list[Raw]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if sum(i.file_size for i in archive.infolist()) > LARGEST_UNPACKED:
                raise Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"≤ {LARGEST_UNPACKED}",
                              zh="压缩内容展开后过大，拒绝读取。", en="The packed content would be too large; it was not read.")
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
    return [Raw(reader.line_num, tuple(cells)) for cells in reader]


def _xlsx(content: bytes) -> Iterator[Raw]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    offset = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
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
    for part in docx.Document(io.BytesIO(content)).iter_inner_content():
        if not isinstance(part, Table):
            if not line:
                yield Raw(0, (part.text.strip(),))
            continue
        for texts, merged in _table_rows(part):
            line += 1
            yield Raw(line, texts, merged)


def _table_rows(table: Table) -> Iterator[tuple[tuple[str, ...], frozenset[int]]]:
    for row in table.rows:
        cells: list[str] = []
        merged = set()
        for tc in row._tr.tc_lst:
            if tc.vMerge == "continue":
                merged.add(len(cells))
                cells.extend([""] * tc.grid_span)
            else:
                cells.extend([_Cell(tc, table).text.strip()] * tc.grid_span)
        yield tuple(cells), frozenset(merged)

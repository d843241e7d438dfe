"""Reads a workbook: looked over before it is opened, then read by calamine, numbers and days as the clerk sees them."""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ximu.ideas.intake.reader.chunks import Chunk, Delivery, cell_fault, chunk_of, mark_control_characters
from ximu.ideas.intake.reader.kinds import empty_file
from ximu.ideas.intake.reader.limits import (
    MOST_CELL,
    MOST_COLUMNS,
    MOST_ENTRIES,
    MOST_SHEET_CELLS,
    MOST_XML_BYTES,
    MOST_XML_RATIO,
    broken,
    risky,
    too_large,
    wrong_kind,
)
from ximu.ideas.intake.rules.header import LOOK_ROWS, Header, find_header, matches, names_of, some
from ximu.ideas.intake.rules.schema import ItemSchema
from ximu.ideas.intake.rules.values import ERROR_VALUES, EXCEL_1900, EXCEL_1904
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell, each by row and column from 0."""
Merged = dict[int, list[tuple[int, int]]]
ROWS_A_CHUNK = 20_000
SURE_DIGITS = 10**15
"""A spreadsheet keeps 15 significant digits; the rest of a longer number is gone."""
SHOWN_DIGITS, NOISE = 15, 4
"""Digits that it shows, and by how many units in the last place of what it keeps a sum may be off."""
_WINDOW = 64
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_SHEET = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_MARKUP = re.compile(rb"\s*<")
_SINCE_1904 = re.compile(rb"date1904\s*=\s*[\"'](1|true)[\"']")
_FAR_COLUMN = re.compile(rb'r\s*=\s*["\'](?:[A-Za-z]{3}|[T-Zt-z][A-Za-z]|[Ss][H-Zh-z])\d')
_CELL_BEFORE = re.compile(rb'r=["\']([A-Z]{1,3}\d{1,7})["\']')
_PLACE = re.compile(rb'\sr=["\']([A-Z]{0,3})(\d{1,7})["\']')
_PLACE_WINDOW, _SMALL_SHEET = 4096, 16 << 20
_ENCRYPTED_FLAG = 0x1
_PARTS = re.compile(r"^(\[Content_Types\]\.xml|_rels/|docProps/|xl/|customXml/|customUI/)")
_FORBIDDEN = (
    ("vbaproject", "宏", "macros"), ("externallinks/", "外部链接", "links to other files"), ("activex/", "ActiveX控件", "ActiveX controls"),
    ("embeddings/", "嵌入的对象", "embedded objects"), ("macrosheets/", "宏表", "macro sheets"),
    ("dialogsheets/", "对话框表", "dialog sheets"),
    ("connections.xml", "外部数据连接", "external data connections"), ("querytables/", "外部查询", "external queries"),
)


def open_xlsx(path: Path, schema: ItemSchema) -> Delivery:
    """Errors: `FILE-RISK`, `FILE-SIZE`, `FILE-BROKEN`, `FILE-KIND`, `FILE-HEADER`, `FILE-SHEET`."""
    since = _look_over(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        notes, hidden = [], [m.name for m in sheets if m.visible != SheetVisibleEnum.Visible]
        if hidden:
            listed = some(hidden)
            notes.append(Text(f"隐藏的工作表未读取：{listed}。", f"Hidden sheets were not read: {listed}."))
        seen = [m.name for m in sheets if m.visible == SheetVisibleEnum.Visible]
        name, rows, ranges = _choose(book, seen, schema, notes)
    except Refusal:
        raise
    except (CalamineError, OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise broken("工作簿不能读取", "the workbook cannot be read") from error
    header = find_header([[_shown(c) for c in row] for row in rows[:LOOK_ROWS]], schema)
    if len(header.columns) > MOST_COLUMNS:
        raise too_large(f"有{len(header.columns)}列", f"has {len(header.columns)} columns", rule=MOST_COLUMNS)
    notes = [Text(f"工作表：{name}。", f"Sheet: {name}."), *notes, *header.notes]
    merged = _merged(ranges, header, len(rows))
    return Delivery("xlsx", "xlsx", header, _chunks(rows, header, merged), notes, EXCEL_1904 if since == 1904 else EXCEL_1900)


def _choose(
    book: CalamineWorkbook, names: list[str], schema: ItemSchema, notes: list[Text],
) -> tuple[str, list[list[Any]], list[Range]]:
    """The one visible sheet whose header fits; two that fit are refused, so that no row is dropped in silence."""
    known = names_of(schema)
    fitting: list[tuple[int, str, list[list[Any]], list[Range]]] = []
    for name in names:
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        score = max((matches([_shown(c) for c in row], known) for row in rows[:LOOK_ROWS]), default=0)
        if rows:
            fitting.append((score, name, rows, sheet.merged_cell_ranges or []))
    if not fitting:
        raise empty_file()
    best = max(score for score, *_ in fitting)
    chosen = [f for f in fitting if f[0] == best] if best else fitting[:1]
    if len(chosen) > 1:
        listed = some([name for _, name, *_ in chosen])
        raise Refusal(
            "FILE-SHEET", field="file", value=listed[:100], rule="1",
            zh=f"有{len(chosen)}个工作表都含有此数据项（{listed}），请合并为一个后报送。",
            en=f"{len(chosen)} sheets hold this item ({listed}); put them into one and deliver again.",
        )
    others = some([name for _, name, *_ in fitting if name != chosen[0][1]])
    if others:
        notes.append(Text(f"其余工作表未读取：{others}。", f"Other sheets were not read: {others}."))
    return chosen[0][1:]


def _merged(ranges: list[Range], header: Header, height: int) -> Merged:
    """The row of each merged cell below the header, and from which column to which it reaches."""
    found: Merged = {}
    cells, most = 0, height * max(1, len(header.columns))
    for (top, left), (bottom, right) in ranges:
        for at in range(max(top, header.row + 1), min(bottom, height - 1) + 1):
            found.setdefault(at, []).append((left, right))
            cells += 1
            if cells > most:
                raise broken("合并单元格互相重叠", "its merged cells overlap")
    return found


def _look_over(path: Path) -> int:
    """Everything dangerous is found before the workbook is opened; the year of its date system."""
    since = 1900
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise too_large(f"内有{len(entries)}个部件", f"has {len(entries)} parts", rule=MOST_ENTRIES)
        names = [e.filename.lower() for e in entries]
        if len(set(names)) != len(names):
            raise risky("压缩包内有重名部件", "two parts of the archive have the same name", rule="zip")
        total = 0
        for entry in entries:
            _check_entry(entry)
            if entry.filename.endswith("/"):
                continue
            size, is_1904 = _scan(archive, entry, MOST_XML_BYTES - total, path.stat().st_size)
            total += size
            since = 1904 if is_1904 else since
    return since


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise wrong_kind("文件设有打开密码", "The file is protected by a password")
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in entry.orig_filename:
        raise risky("压缩包内有越界路径", "a path in the archive leads outside", rule="zip")
    if not _PARTS.match(name):
        raise risky(f"工作簿以外的部件（{name[:40]}）", f"a part that is no part of a workbook ({name[:40]})", rule="zip")
    for mark, zh, en in _FORBIDDEN:
        if mark in name.lower():
            raise risky(zh, en, rule=name[:60])


def _scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, packed: int) -> tuple[int, bool]:
    """Real size (the directory may lie), document types, formulas and far cells, in one pass without keeping it."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    is_sheet = is_xml and "worksheets/" in entry.filename.lower() and "_rels" not in entry.filename.lower()
    size, tail, is_1904, rows, columns = 0, b"", False, 0, 0
    try:
        with archive.open(entry) as part:
            while block := part.read(1 << 20):
                size += len(block)
                if size > left or (size > 32 << 20 and size > MOST_XML_RATIO * packed):
                    raise too_large("解压后过大", "is too large when unpacked", rule=f"{MOST_XML_BYTES} / ×{MOST_XML_RATIO}")
                text = tail + block
                is_xml = is_xml or (size == len(block) and bool(_MARKUP.match(block.removeprefix(BOM_UTF8))))
                is_sheet = is_sheet or (is_xml and bool(_SHEET.search(text)))
                if is_xml:
                    _check_markup(text, entry.filename, first=size == len(block))
                if is_sheet:
                    _check_sheet(text)
                    last, widest = _extent(text, entry)
                    rows, columns = max(rows, last), max(columns, widest)
                    _check_extent(rows, columns)
                if is_xml and entry.filename.lower().endswith("workbook.xml"):
                    is_1904 = is_1904 or bool(_SINCE_1904.search(text))
                tail = text[-_WINDOW:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise broken(f"部件{entry.filename[:60]}不能解压", f"its part {entry.filename[:60]} cannot be unpacked") from error
    return size, is_1904


def _check_markup(text: bytes, name: str, *, first: bool) -> None:
    if (first and text[:2] in (BOM_UTF16_LE, BOM_UTF16_BE)) or b"\x00" in text:
        raise risky("非UTF-8的部件", "a part that is not UTF-8", rule=name[:60])
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise risky("文档类型或实体定义（DTD）", "a document type or entity definition (DTD)", rule=name[:60])
    if name.endswith(".rels") and re.search(rb'TargetMode\s*=\s*["\']External', text) and b"/hyperlink" not in text:
        raise risky("外部链接", "links to other files", rule=name[:60])


def _check_sheet(text: bytes) -> None:
    if (b"<f" in text or b":f" in text) and (found := _FORMULA.search(text)):
        cells = _CELL_BEFORE.findall(text, 0, found.start())
        where = cells[-1].decode() if cells else ""
        raise risky(f"公式（单元格{where}），请粘贴为数值", f"a formula (cell {where}); paste it as a value", rule="formula")
    if found := _FAR_COLUMN.search(text):
        where = found[0][3:].decode()
        raise too_large(f"用到第{MOST_COLUMNS}列以外（{where}…）", f"uses columns beyond {MOST_COLUMNS} ({where}…)", rule=MOST_COLUMNS)


def _extent(text: bytes, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Last row and last column that are named: anywhere in a small sheet, which can be a bomb, at both ends of a block of a large one."""
    small = entry.file_size <= _SMALL_SHEET
    places = _PLACE.findall(text) if small else _PLACE.findall(text[:_PLACE_WINDOW]) + _PLACE.findall(text[-_PLACE_WINDOW:])
    letters = {one for one, _ in places}
    return max((int(row) for _, row in places), default=0), max(map(_column_number, letters), default=0)


def _check_extent(rows: int, columns: int) -> None:
    if rows * columns > MOST_SHEET_CELLS:
        raise too_large(f"的工作表铺开到{rows}行{columns}列", f"has a sheet spread over {rows} rows and {columns} columns",
                        rule=f"{MOST_SHEET_CELLS} 个单元格 cells")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("@")
    return number


def _shown(value: Any) -> str:
    """A cell as text: whole numbers without `.0`, days as ISO dates."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value.total_seconds() / 86400) if isinstance(value, timedelta) else str(value)


def _number(value: float) -> str:
    """In full, with the digits that a spreadsheet shows where the rest is the noise of a sum (0.30000000000000004 is 0.3)."""
    seen = float(f"{value:.{SHOWN_DIGITS}g}")
    exact = repr(seen if abs(seen - value) <= NOISE * math.ulp(value) else value)
    return f"{Decimal(exact):f}" if math.isfinite(value) and abs(value) < SURE_DIGITS else exact


def _chunks(rows: list[list[Any]], header: Header, merged: Merged) -> Iterator[Chunk]:
    for begin in range(header.row + 1, len(rows), ROWS_A_CHUNK):
        part = rows[begin:begin + ROWS_A_CHUNK]
        plain = merged.keys().isdisjoint(range(begin, begin + len(part))) and all(set(map(type, row)) <= {str} for row in part)
        chunk = _as_written(part, begin + 1, header) if plain else None
        chunk = chunk or _cell_by_cell(part, begin + 1, header, merged)
        if chunk.frame.height:
            yield mark_control_characters(chunk)


def _as_written(part: list[list[str]], line: int, header: Header) -> Chunk | None:
    """Rows of text only, column by column; None when a cell is an error value or too long, or a row has another width."""
    beyond = any(cell and not cell.isspace() for row in part for cell in row[header.titled:])
    if beyond or {len(row) for row in part} != {len(header.columns)}:
        return None
    held = [any(cell and not cell.isspace() for cell in row) for row in part]
    full = part if all(held) else [row for row, some in zip(part, held) if some]
    lines = pl.int_range(line, line + len(part), dtype=pl.Int64, eager=True)
    columns = zip(*full) if full else [()] * len(header.columns)
    frame = pl.DataFrame([
        lines.alias("line") if len(full) == len(part) else lines.filter(pl.Series(held)).alias("line"),
        *[pl.Series(name, cells, dtype=pl.String) for cells, name in zip(columns, header.columns) if name],
    ])
    texts = pl.exclude("line")
    odd = texts.is_in(pl.Series(sorted(ERROR_VALUES)).implode()) | (texts.str.len_chars() > MOST_CELL)
    if any(frame.select(odd.any()).row(0)):
        return None
    return Chunk(frame.with_columns(pl.when(texts != "").then(texts)))


def _cell_by_cell(part: list[list[Any]], line: int, header: Header, merged: Merged) -> Chunk:
    taken: list[tuple[int, list[str | None]]] = []
    faults: list[tuple[object, ...]] = []
    for at, row in enumerate(part, line):
        written = set(map(type, row)) <= {str}
        cells = row if written else [_shown(c) for c in row]
        if any(c and not c.isspace() for c in cells):
            taken.append((at, [c or None for c in cells]))
            if used := max((i for i, c in enumerate(cells[header.titled:], header.titled + 1) if c and not c.isspace()), default=0):
                faults.append(cell_fault(at, next(filter(None, header.columns)), str(used), "ROW-WIDTH", str(header.titled)))
            for left, right in merged.get(at - 1, ()):
                within = [(name, cells[i]) for i, name in enumerate(header.columns) if name and left <= i <= right]
                faults += [cell_fault(at, name, cell, "CELL-MERGED") for name, cell in within]
            if not (written and ERROR_VALUES.isdisjoint(cells) and max(map(len, cells)) <= MOST_CELL):
                _odd_cells(row, cells, at, header, faults)
    return chunk_of(taken, header, faults)


def _odd_cells(row: list[Any], cells: list[str], line: int, header: Header, faults: list[tuple[object, ...]]) -> None:
    for value, shown, name in zip(row, cells, header.columns):
        if name is None:
            continue
        if isinstance(value, float) and abs(value) >= SURE_DIGITS:
            faults.append(cell_fault(line, name, shown, "CELL-DIGITS"))
        elif shown in ERROR_VALUES:
            faults.append(cell_fault(line, name, shown, "CELL-ERROR"))
        elif len(shown) > MOST_CELL:
            faults.append(cell_fault(line, name, shown, "FIELD-LONG", str(MOST_CELL)))

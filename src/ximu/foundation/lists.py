"""Brings a delivered list (xlsx, CSV in UTF-8 or GB 18030) to rows of plain text."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import python_calamine

from ximu.foundation import outside
from ximu.kernel.refusal import Refusal

LARGEST_BYTES, LARGEST_UNPACKED, MOST_ROWS = 20 << 20, 200 << 20, 20_000
ENCODINGS = ("utf-8-sig", "gb18030")


def rows_of(content: bytes) -> list[list[str]]:
    """Errors: `FILE-SIZE`, `FILE-KIND`, `FILE-ENC`."""
    if len(content) > LARGEST_BYTES:
        raise _size()
    rows = outside.call("ximu.foundation.lists:sheet", content) if content[:4] == b"PK\x03\x04" else _csv(content)
    if len(rows) > MOST_ROWS:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(rows), rule=f"≤ {MOST_ROWS}", zh=f"清单超过{MOST_ROWS}行。",
                      en=f"The list has more than {MOST_ROWS} rows.")
    return [row for row in rows if any(row)]


def named_rows(content: bytes) -> list[dict[str, Any]]:
    """The rows by the names of their columns; JSON (a list of objects, or one with `rows`) as it is.

    Errors: `FILE-SIZE`, `FILE-KIND`, `FILE-ENC`."""
    if content[:1] not in (b"[", b"{"):
        head, *rows = rows_of(content) or [[]]
        return [dict(zip(head, row, strict=False)) for row in rows]
    if len(content) > LARGEST_BYTES:
        raise _size()
    try:
        found = json.loads(content)
        return [dict(row) for row in (found.get("rows") if isinstance(found, dict) else found)]
    except (ValueError, TypeError, RecursionError) as error:
        raise Refusal("FILE-KIND", field="file", value="json", rule="[{…}]", zh="JSON应为对象的列表。",
                      en="The JSON is a list of objects.") from error


def _size() -> Refusal:
    return Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"≤ {LARGEST_BYTES}", zh="文件过大。", en="The file is too large.")


def sheet(content: bytes) -> list[list[str]]:
    """Of a workbook; called in a process of its own (`outside`). Errors: `FILE-SIZE`, `FILE-KIND`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST_UNPACKED:
                raise _size()
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [[_text(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
    except Refusal:
        raise
    except Exception as error:
        raise Refusal("FILE-KIND", field="file", value=type(error).__name__, rule="xlsx csv", zh="文件已损坏，或者不是xlsx、csv。",
                      en="The file is damaged, or neither xlsx nor csv.") from error


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _csv(content: bytes) -> list[list[str]]:
    for coding in ENCODINGS:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
        except csv.Error:
            break
    raise Refusal("FILE-ENC", field="file", value="", rule="UTF-8 GB18030", zh="文件编码无法识别，请用UTF-8或GB18030。",
                  en="The encoding is not known; use UTF-8 or GB18030.")

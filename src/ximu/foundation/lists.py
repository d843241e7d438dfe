"""Brings a delivered list (xlsx, CSV in UTF-8 or GB 18030) to rows of plain text."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime

import python_calamine

from ximu.kernel.refusal import Refusal

LARGEST_BYTES, LARGEST_UNPACKED, MOST_ROWS = 20 << 20, 200 << 20, 20_000
ENCODINGS = ("utf-8-sig", "gb18030")


def rows_of(content: bytes) -> list[list[str]]:
    """Errors: `FILE-SIZE`, `FILE-KIND`, `FILE-ENC`."""
    if len(content) > LARGEST_BYTES:
        raise _size()
    rows = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    if len(rows) > MOST_ROWS:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(rows), rule=f"≤ {MOST_ROWS}", zh=f"清单超过{MOST_ROWS}行。",
                      en=f"The list has more than {MOST_ROWS} rows.")
    return [row for row in rows if any(row)]


def _size() -> Refusal:
    return Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"≤ {LARGEST_BYTES}", zh="文件过大。", en="The file is too large.")


def _xlsx(content: bytes) -> list[list[str]]:
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

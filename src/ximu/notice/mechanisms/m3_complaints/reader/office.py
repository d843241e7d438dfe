"""Word-processor and spreadsheet files are written anew from what is seen in them (`rules.packages`); nothing is copied from the old."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import docx
import python_calamine
import xlsxwriter
from docx.image.exceptions import UnrecognizedImageError
from docx.shared import Mm

from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints.rules import files, packages

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands where the format wants a time."""
WIDEST_MM, MOST_CELLS, MOST_COLUMNS, MOST_ROWS = 150, 2_000_000, 2000, 200_000
PICTURES = {"jpeg", "png"}
CONTROLS = {code: None for code in range(32) if chr(code) not in "\n\t"}


def rebuilt(content: bytes) -> tuple[str, bytes]:
    """(`docx` or `xlsx`, bytes). Errors: `packages.TooMuchError`, `ValueError`."""
    package = packages.opened(content)
    kind = packages.kind_of(package)
    return kind, _document(packages.pieces(package)) if kind == "docx" else _book(content)


def _document(pieces: list[packages.Piece]) -> bytes:
    made = docx.Document()
    facts = made.core_properties
    facts.author = facts.title = facts.comments = facts.last_modified_by = facts.subject = ""
    facts.created = facts.modified = EPOCH
    facts.revision = 1
    for one in pieces:
        if isinstance(one, str):
            made.add_paragraph(_plain(one))
        elif isinstance(one, packages.Picture):
            _picture(made, one.content)
        elif one and max(map(len, one)):
            table = made.add_table(len(one), max(map(len, one)), "Table Grid")
            for row, cells in zip(table.rows, one, strict=True):
                for cell, text in zip(row.cells, cells, strict=False):
                    cell.text = _plain(text)
    kept = io.BytesIO()
    made.save(kept)
    return _timeless(kept.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same package without the time at which it was written: that is the time of the report."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _plain(text: str) -> str:
    return text.translate(CONTROLS)


def _picture(made: Any, content: bytes) -> None:
    """A picture that cannot be cleaned is left out, and the place says so."""
    try:
        kind, kept = files.clean(content)
        if kind not in PICTURES:
            raise UnrecognizedImageError
        made.add_picture(io.BytesIO(kept), width=Mm(WIDEST_MM))
    except (Refusal, UnrecognizedImageError, ZeroDivisionError):
        made.add_paragraph("【此处图片不能去除元数据，未保留 picture left out】")


def _book(content: bytes) -> bytes:
    """Cell values of visible sheets; formulas are left as what they showed."""
    try:
        old = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [one.name for one in old.sheets_metadata if one.visible == python_calamine.SheetVisibleEnum.Visible
                 and one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        sheets = [(name, old.get_sheet_by_name(name).to_python(nrows=MOST_ROWS)) for name in shown]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ValueError("no spreadsheet") from error
    if sum(len(row) for _, rows in sheets for row in rows) > MOST_CELLS or any(len(rows) >= MOST_ROWS for _, rows in sheets):
        raise packages.TooMuchError
    if not sheets:
        raise ValueError("no visible sheet")
    kept = io.BytesIO()
    made = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                      "default_date_format": "yyyy-mm-dd hh:mm", "nan_inf_to_errors": True})
    made.set_properties({"author": "", "created": EPOCH})
    for number, (name, rows) in enumerate(sheets, start=1):
        sheet = made.add_worksheet(name if name and len(name) <= 31 and not set("[]:*?/\\") & set(name) else f"Sheet{number}")
        for place, row in enumerate(rows):
            for column, value in enumerate(row[:MOST_COLUMNS]):
                _cell(sheet, place, column, value)
    made.close()
    return kept.getvalue()


def _cell(sheet: Any, row: int, column: int, value: object) -> None:
    if value in ("", None):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime | date | time | timedelta):
        sheet.write_string(row, column, str(value))
    else:
        sheet.write_string(row, column, _plain(str(value))[:32_767])

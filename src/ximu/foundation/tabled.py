"""A table as a file: CSV, xlsx or JSON, with what it states about itself; no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from ximu.kernel.cells import safe_cell
from ximu.kernel.refusal import Refusal

FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WIDEST = 60


@dataclass(frozen=True, slots=True)
class File:
    name: str
    kind: str
    content: bytes


def file_of(
    name: str, form: str, *, head: Mapping[str, str], columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Any = None,
) -> File:
    """`head` stands before each CSV row and on a sheet of its own; `whole` is the JSON, if it is more than the table.

    Errors: `FILE-FORM`."""
    if form not in FORMS:
        raise Refusal("FILE-FORM", status=404, field="format", value=form[:10], rule=" ".join(FORMS),
                      zh=f"没有这种格式，可用：{'、'.join(FORMS)}。",
                      en=f"There is no such format; there are {', '.join(FORMS)}.")
    if form == "json":
        told = [dict(zip(columns, row, strict=True)) for row in rows] if whole is None else whole
        content = json.dumps({**head, "rows": told}, ensure_ascii=False, indent=1).encode()
    else:
        content = _csv(head, columns, rows) if form == "csv" else _xlsx(head, columns, rows)
    return File(f"{name}.{form}", FORMS[form], content)


def _csv(head: Mapping[str, str], columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    write: Callable[[list[str]], Any] = csv.writer(out).writerow
    write([*head, *columns])
    for row in rows:
        write([safe_cell(cell) for cell in (*head.values(), *row)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(head: Mapping[str, str], columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True, "valign": "vcenter"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet = book.add_worksheet("表")
    sheet.freeze_panes(1, 2)
    for c, column in enumerate(columns):
        sheet.write_string(0, c, column, bold)
        sheet.set_column(c, c, min(WIDEST, max([2 * len(column), *(2 * len(row[c]) for row in rows)], default=8) + 2))
    for r, row in enumerate(rows, 1):
        for c, cell in enumerate(row):
            sheet.write_string(r, c, cell, wrap)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    about = book.add_worksheet("说明")
    about.set_column(0, 1, WIDEST // 2)
    for r, (title, value) in enumerate(head.items()):
        about.write_string(r, 0, title, bold)
        about.write_string(r, 1, value, wrap)
    book.close()
    return out.getvalue()

"""An edition, or what changed between two, as a file that states edition, day in force and digest."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from ximu.ideas.catalogue.queries import lists
from ximu.ideas.catalogue.queries.document import docx_of
from ximu.ideas.catalogue.rules import LISTS, digest_of, sheets
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.cells import safe_cell
from ximu.kernel.refusal import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = ("xlsx", "docx", "csv", "json", "proof")
"""`proof`: the bundle with which `ximu-verify` shows offline that this digest was logged and signed."""
DIFF_FORMATS = ("xlsx", "csv", "json")
WIDEST = 60
HEAD_WORDS = ("版本", "生效日", "截止", "摘要（SHA-256）", "日志序号", "比较版本", "比较版本摘要")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    kind: str
    content: bytes


def edition_file(number: str, form: str, *, list_: str = "data") -> File:
    """A published edition as a file; a CSV holds one list. Errors: `LIST-EDITION`, `LIST-FORMAT`, `LIST-KIND`."""
    _must_be_form(form, FORMATS)
    canonical = lists.canonical_edition(number)
    view = lists.edition(number)
    head = _head(view)
    if form == "json":
        return _json(f"lists-{number}.json", {**head, "edition": canonical})
    if form == "proof":
        return File(f"lists-{number}.proof.json", "application/json", ledger.bundle_bytes(ledger.bundle(view.log_index)))
    names = unit_names(canonical)
    if form == "csv":
        if list_ not in LISTS:
            raise Refusal("LIST-KIND", field="list", value=list_, rule=" ".join(LISTS), zh=f"没有“{list_}”这种清单。",
                          en=f"There is no list “{list_}”.")
        return _csv(f"lists-{number}-{list_}.csv", head, sheets.table_of(canonical, list_, names))
    tables = [(LISTS[kind].zh, sheets.table_of(canonical, kind, names)) for kind in LISTS]
    if form == "docx":
        return File(f"lists-{number}.docx", DOCX, docx_of(head, [*tables, ("法律依据", sheets.bases_table(canonical))]))
    tables[1:1] = [("字段", sheets.fields_table(canonical))]
    return File(f"lists-{number}.xlsx", XLSX, _xlsx(head, [*tables, ("法律依据", sheets.bases_table(canonical))]))


def diff_file(old: str, new: str, form: str) -> File:
    """What changed from one edition to another. Errors: `LIST-EDITION`, `LIST-FORMAT`."""
    _must_be_form(form, DIFF_FORMATS)
    table = sheets.changes_table(lists.compare(old, new))
    head = {**_head(lists.edition(new)), "compared_with": old, "compared_digest": lists.edition(old).digest}
    name = f"lists-{old}-{new}"
    if form == "json":
        return _json(f"{name}.json", {**head, "changes": [dict(zip(table[0], row)) for row in table[1]]})
    if form == "csv":
        return _csv(f"{name}.csv", head, table)
    return File(f"{name}.xlsx", XLSX, _xlsx(head, [("变化", table)]))


def _head(view: lists.EditionView) -> dict[str, Any]:
    return {"number": view.number, "in_force": view.in_force.isoformat(), "until": view.until.isoformat() if view.until else None,
            "digest": digest_of(lists.canonical_edition(view.number)), "log_index": view.log_index}


def unit_names(canonical: dict[str, Any]) -> dict[str, str]:
    """Names of the implementing units on the day in force, where the registry knows them."""
    day = lists.edition(canonical["number"]).in_force
    uids = {u for i in canonical["items"] if i["list"] == "application" for u in i["body"]["implementers"] if u != "*"}
    found = {uid: registry.unit(uid, as_of=day) for uid in uids}
    return {uid: unit.short_name or unit.name for uid, unit in found.items() if unit}


def _must_be_form(form: str, allowed: tuple[str, ...]) -> None:
    if form not in allowed:
        raise Refusal("LIST-FORMAT", field="format", value=form, rule=" ".join(allowed),
                      zh=f"不支持“{form}”格式，可用：{'、'.join(allowed)}。", en=f"No format “{form}”; there are {', '.join(allowed)}.")


def _json(name: str, value: dict[str, Any]) -> File:
    return File(name, "application/json", json.dumps(value, ensure_ascii=False, indent=1).encode())


def _csv(name: str, head: dict[str, Any], table: sheets.Table) -> File:
    out = io.StringIO()
    write: Callable[[list[str]], Any] = csv.writer(out).writerow
    write(["版本", "生效日", "摘要", *table[0]])
    for row in table[1]:
        write([head["number"], head["in_force"], head["digest"], *(safe_cell(cell) for cell in row)])
    return File(name, "text/csv; charset=utf-8", b"\xef\xbb\xbf" + out.getvalue().encode())


def _xlsx(head: dict[str, Any], tables: list[tuple[str, sheets.Table]]) -> bytes:
    """Words are written as strings, so that no cell can be a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True, "valign": "vcenter"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    first = book.add_worksheet("说明")
    first.set_column(0, 0, 18)
    first.set_column(1, 1, 80)
    for row, (title, value) in enumerate(zip(HEAD_WORDS, head.values())):
        first.write_string(row, 0, title, bold)
        first.write_string(row, 1, "" if value is None else str(value), wrap)
    for title, (columns, rows) in tables:
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 2)
        for c, column in enumerate(columns):
            sheet.write_string(0, c, column, bold)
            sheet.set_column(c, c, min(WIDEST, max([2 * len(column), *(2 * len(r[c]) for r in rows)], default=8) + 2))
        for r, row in enumerate(rows, 1):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell, wrap)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    book.close()
    return out.getvalue()

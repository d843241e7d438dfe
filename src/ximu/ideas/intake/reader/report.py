"""The report of faults as xlsx with marked cells, CSV or JSON. No cell of it can open as a formula."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from ximu.ideas.intake.reader.reading import FAULTS, REJECTS
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.schema import ItemSchema
from ximu.kernel.cells import safe_cell

COLUMNS = ("line", "column", "field", "value", "code", "rule", "expected", "severity", "message_zh", "message_en")
TITLES = ("行号", "列", "字段", "值", "代码", "规则", "应为", "级别", "说明", "Explanation")
MOST_CELL_TEXT = 32_000
FORMATS = ("xlsx", "csv", "json")


def safe_text(value: object) -> str:
    return "" if value is None else safe_cell(str(value))


def faults_of(out: Path, schema: ItemSchema) -> list[dict[str, Any]]:
    return list(problems.told(pl.read_ipc(out / FAULTS), schema))


def write_report(path: Path, out: Path, schema: ItemSchema, summary: Mapping[str, Any]) -> None:
    """By the suffix of `path`: `.xlsx`, `.csv` or `.json`."""
    faults = faults_of(out, schema)
    if path.suffix == ".json":
        path.write_text(json.dumps({**summary, "faults": faults}, ensure_ascii=False, indent=1), "utf-8")
    elif path.suffix == ".csv":
        _write_csv(path, faults)
    else:
        _write_xlsx(path, faults, pl.read_ipc(out / REJECTS), schema)


def _write_csv(path: Path, faults: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TITLES)
        writer.writerows([safe_text(fault[c]) if c != "line" else fault[c] for c in COLUMNS] for fault in faults)


def _write_xlsx(path: Path, faults: list[dict[str, Any]], rejects: pl.DataFrame, schema: ItemSchema) -> None:
    """Sheet 1: the rows at fault as delivered, bad cells marked and commented; sheet 2: the list of faults."""
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": False},
    )
    head = book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1})
    marks = {problems.ERROR: book.add_format({"bg_color": "#F8CBAD", "num_format": "@"}),
             problems.WARNING: book.add_format({"bg_color": "#FFE699", "num_format": "@"})}
    text = book.add_format({"num_format": "@"})
    names = [name for name in rejects.columns if name != "line"]
    by_cell: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for fault in faults:
        by_cell[fault["line"], fault["field"]].append(fault)
    sheet = book.add_worksheet("退回行 rejects")
    sheet.write_string(0, 0, "行号", head)
    for c, name in enumerate(names, 1):
        sheet.write_string(0, c, schema.field(name).title, head)
    for r, row in enumerate(rejects.iter_rows(named=True), 1):
        sheet.write_number(r, 0, row["line"])
        for c, name in enumerate(names, 1):
            told = by_cell.get((row["line"], name), [])
            worst = min((f["severity"] for f in told), default="")
            sheet.write_string(r, c, (row[name] or "")[:MOST_CELL_TEXT], marks.get(worst, text))
            if told:
                sheet.write_comment(r, c, "\n".join(f["message_zh"] + "\n" + f["message_en"] for f in told)[:MOST_CELL_TEXT])
    sheet.freeze_panes(1, 1)
    listed = book.add_worksheet("问题清单 faults")
    for c, title in enumerate(TITLES):
        listed.write_string(0, c, title, head)
    for r, fault in enumerate(faults, 1):
        for c, name in enumerate(COLUMNS):
            listed.write_string(r, c, str(fault[name])[:MOST_CELL_TEXT], text)
    listed.freeze_panes(1, 0)
    book.close()

"""A small item and honest files of every kind, made up."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from ximu.ideas.intake.reader.reading import read_file
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema

TODAY = date(2018, 6, 1)
RAW: dict[str, Any] = {
    "fields": [
        {
            "name": "CF_XDR_MC",
            "title": "行政相对人名称",
            "title_en": "Party",
            "ximu:kind": "name",
            "constraints": {"required": True, "maxLength": 20},
            "ximu:aliases": ["当事人"],
        },
        {"name": "CF_XDR_SHXYM", "title": "统一社会信用代码", "title_en": "Code", "ximu:kind": "uscc"},
        {
            "name": "CF_WSH",
            "title": "行政处罚决定书文号",
            "title_en": "Document",
            "ximu:kind": "document-number",
            "constraints": {"required": True, "maxLength": 64},
        },
        {
            "name": "CF_CFLB",
            "title": "处罚类别",
            "title_en": "Kind",
            "ximu:kind": "code",
            "ximu:separator": ";",
            "constraints": {"required": True, "enum": ["警告", "罚款", "其他"]},
        },
        {"name": "CF_NR_FK", "title": "罚款金额", "title_en": "Fine", "type": "number", "ximu:kind": "money-wan"},
        {"name": "CF_JDRQ", "title": "处罚决定日期", "title_en": "Decided", "type": "date", "constraints": {"required": True}},
        {"name": "CF_GSJZQ", "title": "公示截止期", "title_en": "Shown until", "type": "date"},
        {"name": "CF_CFJGDM", "title": "处罚机关统一社会信用代码", "title_en": "Organ", "ximu:kind": "organ-uscc"},
        {"name": "ZJHM", "title": "证件号码", "title_en": "Identity number", "ximu:kind": "resident-id", "ximu:personal": True},
        {"name": "BZ", "title": "备注", "title_en": "Note", "constraints": {"maxLength": 512}},
    ],
    "primaryKey": ["CF_WSH"],
    "ximu:roles": {
        "subject_name": "CF_XDR_MC",
        "subject_code": "CF_XDR_SHXYM",
        "event_date": "CF_JDRQ",
        "document_number": "CF_WSH",
        "end_date": "CF_GSJZQ",
    },
    "ximu:rules": [
        {"check": "not-future", "field": "CF_JDRQ", "code": "TIME-FUTURE"},
        {"check": "not-after", "fields": ["CF_JDRQ", "CF_GSJZQ"], "code": "DATE-ORDER"},
        {"check": "required-if", "field": "CF_NR_FK", "when": {"field": "CF_CFLB", "in": ["罚款"]}, "code": "FIELD-NEED"},
        {"check": "empty-if", "field": "CF_NR_FK", "when": {"field": "CF_CFLB", "in": ["警告"]}, "code": "FIELD-EMPTY"},
    ],
}
SCHEMA: ItemSchema = read_schema(RAW)
TITLES = [f["title"] for f in RAW["fields"]]
GOOD_CODE, GOOD_ORGAN, GOOD_ID = "91350100M000100Y43", "11310000002420097C", "11010519491231002X"


def row(number: int = 1, **changes: str) -> list[str]:
    values = {
        "CF_XDR_MC": f"示例市甲区{number}局",
        "CF_XDR_SHXYM": GOOD_CODE,
        "CF_WSH": f"示市监罚〔2018〕{number}号",
        "CF_CFLB": "罚款",
        "CF_NR_FK": "1.5",
        "CF_JDRQ": "2018-05-03",
        "CF_GSJZQ": "2019-05-03",
        "CF_CFJGDM": "",
        "ZJHM": GOOD_ID,
        "BZ": "",
    } | changes
    return [values[f["name"]] for f in RAW["fields"]]


def csv_text(rows: list[list[str]], *, titles: list[str] = TITLES, delimiter: str = ",", end: str = "\n") -> str:
    def cell(value: str) -> str:
        marked = any(mark in value for mark in (delimiter, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if marked else value

    return end.join(delimiter.join(cell(v) for v in one) for one in [titles, *rows]) + end


def xlsx_bytes(
    rows: list[list[Any]], *, titles: list[str] = TITLES, above: list[list[str]] | None = None, date_1904: bool = False, hidden: str = ""
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"date_1904": date_1904, "in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("数据")
    for r, one in enumerate([*(above or []), titles, *rows]):
        for c, value in enumerate(one):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, book.add_format({"num_format": "yyyy-mm-dd"}))
            elif isinstance(value, int | float):
                sheet.write_number(r, c, value)
            elif value != "":
                sheet.write_string(r, c, value)
    if hidden:
        other = book.add_worksheet(hidden)
        other.write_string(0, 0, TITLES[0])
        other.hide()
    book.close()
    return out.getvalue()


def workbook(cells: dict[str, str]) -> bytes:
    """A sheet of these cells only."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("S")
    for place, value in cells.items():
        sheet.write_string(place, value)
    book.close()
    return out.getvalue()


def json_text(rows: list[list[str]]) -> str:
    return json.dumps([dict(zip(TITLES, one)) for one in rows], ensure_ascii=False)


def read(folder: Path, data: bytes | str, *, schema: ItemSchema = SCHEMA) -> dict[str, Any]:
    path = folder / "delivery"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_file(path, schema, today=TODAY)


def codes(result: dict[str, Any]) -> list[tuple[int, str]]:
    return [(f["line"], f["code"]) for f in result["faults"]]

"""Open data: everything that is public, as CSV, JSON and Parquet, with its Table Schema and the terms of use."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.cells import safe_cell
from ximu.kernel.words import Text

CHUNK = 2_000
MOST_UNITS = 100_000
STRING, DATE, WHOLE, YES_NO = "string", "date", "integer", "boolean"
RECORDS = (
    ("record", STRING, Text("记录编号", "record number")), ("version", WHOLE, Text("版本", "version")),
    ("item", STRING, Text("数据项", "data item")), ("family", STRING, Text("类别", "kind")),
    ("subject", STRING, Text("主体标识", "subject")), ("subject_name", STRING, Text("主体名称", "subject's name on the day")),
    ("event_date", DATE, Text("发生日期", "date of the event")), ("stage", STRING, Text("公开阶段", "stage of publication")),
    ("basis", STRING, Text("公开依据", "basis of publication")), ("policy", STRING, Text("公开策略版本", "policy version")),
    ("closes_on", DATE, Text("公开截止日", "last day of publication")), ("log_index", WHOLE, Text("日志序号", "index in the log")),
    ("fields", STRING, Text("公开字段（JSON）", "public fields (JSON)")),
)
UNITS = (
    ("uid", STRING, Text("单位标识", "identifier")), ("name", STRING, Text("名称", "name")),
    ("short_name", STRING, Text("简称", "short name")), ("kind", STRING, Text("类型", "kind")),
    ("code", STRING, Text("统一社会信用代码", "credit code")),
    ("district", STRING, Text("所在区", "district")), ("started", DATE, Text("设立日期", "founded")),
    ("sure", YES_NO, Text("设立日期已核实", "founding day is confirmed")), ("public", WHOLE, Text("公开记录数", "public records")),
)
FORMS = ("csv", "json", "parquet")
LICENCE = {
    "zh": "可以自由复制、使用、再加工和传播，须注明来源、取得日期和数据版本；不得用于识别个人，不得删改后冒充原始数据；"
          "记录停止公开后请同步停止传播。",
    "en": "May be copied, used, adapted and passed on freely if source, day of retrieval and version are named; not for identifying "
          "persons; altered data may not be passed off as the original; when a record is no longer public, stop passing it on.",
}
ARROW = {STRING: pa.string(), DATE: pa.date32(), WHOLE: pa.int64(), YES_NO: pa.bool_()}
Row = dict[str, Any]


def _records() -> Iterator[Row]:
    for row in disclosure.public_rows(on=clock.today()):
        yield row | {"fields": json.dumps(row["fields"], ensure_ascii=False, sort_keys=True)}


def _units() -> Iterator[Row]:
    for unit in disclosure.public_units(on=clock.today(), size=MOST_UNITS)["units"]:
        yield unit | {"kind": unit["kind"].zh}


SETS: dict[str, tuple[Text, tuple[tuple[str, str, Text], ...], Callable[[], Iterator[Row]]]] = {
    "records": (Text("公开记录", "Public records"), RECORDS, _records),
    "units": (Text("单位名录", "Register of bodies"), UNITS, _units),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    sets = [{"code": code, "name": name, "columns": columns, "schema": reverse("portal-data-schema", args=[code]),
             "files": [(form.upper(), reverse("portal-data-file", args=[code, form])) for form in FORMS]}
            for code, (name, columns, _) in SETS.items()]
    return render(request, "portal/data.html", {"sets": sets, "licence": LICENCE})


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Table Schema (Frictionless) of a data set, with the terms of use."""
    title, columns, _ = _set(name)
    made = {
        "name": name, "title": title.zh, "title_en": title.en, "licence_note": LICENCE,
        "fields": [{"name": n, "type": kind, "title": words.zh, "title_en": words.en} for n, kind, words in columns],
        "primaryKey": [columns[0][0]], "missingValues": [""],
    }
    return HttpResponse(json.dumps(made, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")


def _etag(request: HttpRequest, name: str, form: str) -> str | None:
    return f'"{disclosure.public_stamp(on=clock.today())}-{form}"' if name == "records" and form in FORMS else None


@require_safe
@condition(etag_func=_etag)
def file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    _, columns, rows = _set(name)
    if form not in FORMS:
        raise Http404
    if form == "parquet":
        response: HttpResponseBase = FileResponse(_parquet(columns, rows()), content_type="application/vnd.apache.parquet")
    else:
        made = _csv(columns, rows()) if form == "csv" else _json(columns, rows())
        kind = "text/csv; charset=utf-8" if form == "csv" else "application/json; charset=utf-8"
        response = StreamingHttpResponse(made, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="ximu-{name}.{form}"'
    response.headers["Link"] = f'<{reverse("portal-data-schema", args=[name])}>; rel="describedby"'
    return response


def _set(name: str) -> tuple[Text, tuple[tuple[str, str, Text], ...], Callable[[], Iterator[Row]]]:
    if name not in SETS:
        raise Http404
    return SETS[name]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _csv(columns: Iterable[tuple[str, str, Text]], rows: Iterable[Row]) -> Iterator[bytes]:
    """UTF-8 with its mark, so that spreadsheet programs read Chinese; no cell can be a formula."""
    names = [n for n, _, _ in columns]
    yield b"\xef\xbb\xbf" + (",".join(names) + "\r\n").encode()
    for row in rows:
        out = io.StringIO()
        cells = [_plain(row.get(n)) for n in names]
        csv.writer(out).writerow([safe_cell(c) if isinstance(c, str) else c for c in cells])
        yield out.getvalue().encode()


def _json(columns: Iterable[tuple[str, str, Text]], rows: Iterable[Row]) -> Iterator[bytes]:
    names = [n for n, _, _ in columns]
    yield json.dumps({"licence_note": LICENCE}, ensure_ascii=False)[:-1].encode() + b', "data": ['
    for n, row in enumerate(rows):
        yield (",\n" if n else "\n").encode() + json.dumps({k: _plain(row.get(k)) for k in names}, ensure_ascii=False).encode()
    yield b"\n]}\n"


def _parquet(columns: Iterable[tuple[str, str, Text]], rows: Iterator[Row]) -> Any:
    wanted = pa.schema([(n, ARROW[kind]) for n, kind, _ in columns], metadata={"licence": LICENCE["zh"]})
    out = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response
    with pq.ParquetWriter(out, wanted, compression="zstd") as writer:
        while chunk := list(islice(rows, CHUNK)):
            writer.write_table(pa.Table.from_pylist([_typed(row, wanted) for row in chunk], schema=wanted))
    out.seek(0)
    return out


def _typed(row: Row, wanted: pa.Schema) -> Row:
    return {f.name: _day(row.get(f.name)) if f.type == pa.date32() else row.get(f.name) for f in wanted}


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value

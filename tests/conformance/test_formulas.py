"""No exported cell is a formula: every text column of every export × 24 beginnings, read back as a spreadsheet program reads it."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.http import StreamingHttpResponse

from ximu.faces.portal.views import data
from ximu.foundation.rooms import SRC
from ximu.ideas.catalogue.queries import exports
from ximu.ideas.events import views as events
from ximu.ideas.events.queries import Explored
from ximu.ideas.intake.reader import report
from ximu.ideas.intake.reader.reading import REJECTS
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.tests.factories import SCHEMA
from ximu.kernel.cells import safe_cell

pytestmark = [pytest.mark.row("M1.1", "M1.3")]
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%", " =", "  +", "\u3000=", "\u00a0@", "\ufeff=", "\t=", "\r\n=",
              "=cmd|'/C calc'!A0 ", "=HYPERLINK(\"http://x\")&", "@SUM(1+1)*", "-2+3+")
assert len(BEGINNINGS) == 24
TEXTS = [f"{start}1" for start in BEGINNINGS]
NOT_FOR_SPREADSHEETS = {
    "ideas/warnings/commands/detect.py": "numbers for the next program of a pipe",
    "ideas/assessment/rules/causes.py": "an input of a computation, never a download",
    "ideas/assessment/rules/frozen.py": "an input of a computation, its digest is signed",
    "ideas/assessment/rules/grading.py": "an input of a computation, never a download",
    "ideas/intake/services/pull.py": "rows on their way into intake, word for word",
    "notice/mechanisms/m3_evaluators/reader/computing.py": "an input of a computation in the sandbox",
}


def harmless(cell: str) -> bool:
    """What spreadsheet programs look at: the first character that they do not pass over."""
    return not cell.lstrip(" \u00a0\u3000\ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%"))


def cells_of_csv(content: bytes) -> Iterator[str]:
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        yield from row


def formulas(content: bytes) -> list[str]:
    """The cells of a workbook that are not just text or numbers, in all of its sheets."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [f"{sheet.title}!{cell.coordinate}" for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type in {"f", "e"}]


@pytest.mark.parametrize("name", sorted(data.SETS))
def test_open_data(name: str) -> None:
    _, columns, _ = data.SETS[name]
    texts = [column for column, kind, _ in columns if kind == data.STRING]
    rows = [dict.fromkeys(texts, text) for text in TEXTS]
    cells = list(cells_of_csv(b"".join(data._csv(columns, rows))))
    assert all(map(harmless, cells))
    assert sum(cell.startswith("'") for cell in cells) == len(texts) * len(TEXTS)


def test_an_edition_of_the_lists() -> None:
    table = (["代码", "名称", "备注"], [[text, text, text] for text in TEXTS])
    head = {"number": "2018-1", "in_force": date(2018, 5, 1), "digest": "0"}
    made = exports._csv("x", head, table)
    assert all(map(harmless, cells_of_csv(made.content)))
    assert not formulas(exports._xlsx(head, [("数据", table)]))


def test_the_explorer() -> None:
    rows = [{"period": date(2018, 4, 1), "part": text, "n": 1, "missing": 0, "withheld": False} for text in TEXTS]
    answer = events._csv("x", Explored("", rows, [], [], None, None))  # type: ignore[arg-type]
    assert isinstance(answer, StreamingHttpResponse)
    assert all(map(harmless, cells_of_csv(b"".join(answer.streaming_content))))  # type: ignore[arg-type]


def test_the_report_of_faults(tmp_path: Path) -> None:
    schema = SCHEMA
    names = [field.name for field in schema.fields]
    pl.DataFrame([{"line": n, **dict.fromkeys(names, text)} for n, text in enumerate(TEXTS, 1)]).write_ipc(tmp_path / REJECTS)
    faults = [{**dict.fromkeys(report.COLUMNS, text), "line": n, "severity": problems.ERROR} for n, text in enumerate(TEXTS, 1)]
    report._write_csv(tmp_path / "r.csv", faults)
    assert all(map(harmless, cells_of_csv((tmp_path / "r.csv").read_bytes())))
    report._write_xlsx(tmp_path / "r.xlsx", faults, pl.read_ipc(tmp_path / REJECTS), schema)
    assert not formulas((tmp_path / "r.xlsx").read_bytes())


def test_whoever_writes_a_table_uses_the_one_function_or_says_why_not() -> None:
    writers = {}
    for path in SRC.rglob("*.py"):
        text = path.read_text("utf-8")
        if "tests" not in path.parts and "csv.writer" in text:
            used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            writers[path.relative_to(SRC).as_posix()] = "safe_cell" in used
    assert {path for path, safe in writers.items() if not safe} == set(NOT_FOR_SPREADSHEETS)
    books = [path for path in SRC.rglob("*.py") if "tests" not in path.parts and "xlsxwriter.Workbook(" in path.read_text("utf-8")]
    for path in books:
        text = path.read_text("utf-8")
        assert '"strings_to_formulas": False' in text and ".write(" not in text.replace("part.write(", ""), path
        assert "write_formula" not in text


@pytest.mark.parametrize("text", TEXTS)
def test_the_function_itself(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(f"甲{text}") == f"甲{text}"

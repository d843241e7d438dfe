"""What is filled in by hand: a form on one sheet, as PDF (Typst) and as docx."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst
from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}
TEMPLATE = Path(__file__).parent / "typst" / "form.typ"
LABEL, SPACE = Mm(38), Mm(122)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what stands beside it: `value` filled in already, or room of `height` mm with the small words `blank` at its foot."""

    label: str
    value: str = ""
    height: float = 10
    blank: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    title: str
    number: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def pdf(form: Form) -> bytes:
    made = typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(asdict(form), ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


def docx(form: Form) -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(20), Mm(18), Mm(25), Mm(25)
    _words(document.add_paragraph(), form.title, Pt(22), face="宋体", bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if form.number:
        _words(document.add_paragraph(), f"编号：{form.number}", Pt(11)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = document.add_table(rows=0, cols=2)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for one in form.rows:
        row = table.add_row()
        row.height, row.height_rule = Mm(one.height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width, words in zip(row.cells, (LABEL, SPACE), (one.label, one.value or one.blank), strict=True):
            cell.width = width
            _words(cell.paragraphs[0], words, Pt(12))
        row.cells[0].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        if not one.value:
            row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for note in form.notes:
        _words(document.add_paragraph(), note, Pt(10.5))
    document.core_properties.title = form.title
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _words(paragraph: Any, words: str, size: Pt, *, face: str = "仿宋", bold: bool = False) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.bold, run.font.name = size, bold, face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return paragraph

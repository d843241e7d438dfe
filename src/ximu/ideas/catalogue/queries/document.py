"""An edition as an official-looking document (GB/T 9704-2012: A4, 小标宋 title, 仿宋 text, 黑体 headings)."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ximu.ideas.catalogue.rules import sheets

TITLE, HEADING, TEXT = "方正小标宋简体", "黑体", "仿宋_GB2312"
HIDDEN = {"英文名称", "共享对象", "字段数", "登记版本"}
"""Columns that a printed list does without."""


def docx_of(head: dict[str, Any], tables: list[tuple[str, sheets.Table]]) -> bytes:
    """The lists on landscape pages, with edition, day in force and digest under the title and in every foot."""
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(28), Mm(26), Mm(30), Mm(26)
    _line(document.add_paragraph(), f"政务诚信数据、行为、应用清单（{head['number']}版）", TITLE, 22, centre=True)
    state = f"自{head['in_force']}起生效　摘要（SHA-256）{head['digest']}　日志序号{head['log_index']}"
    _line(document.add_paragraph(), state, TEXT, 9, centre=True)
    _line(section.footer.paragraphs[0], f"清单{head['number']}版　{head['in_force']}生效　{head['digest'][:16]}…", TEXT, 9, centre=True)
    for place, (title, table) in enumerate(tables):
        _line(document.add_paragraph(), f"{'一二三四'[place]}、{title}", HEADING, 16)
        _table(document, table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Any, table: sheets.Table) -> None:
    columns, rows = table
    shown = [c for c, title in enumerate(columns) if title not in HIDDEN]
    grid = document.add_table(rows=1 + len(rows), cols=len(shown))
    grid.style = "Table Grid"
    for r, cells in enumerate([columns, *rows]):
        for cell, c in zip(grid.rows[r].cells, shown):
            _line(cell.paragraphs[0], cells[c], HEADING if r == 0 else TEXT, 9)
    properties = grid.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def _line(paragraph: Any, words: str, font: str, points: float, *, centre: bool = False) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = Pt(points), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.paragraph_format.space_after = Pt(0)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

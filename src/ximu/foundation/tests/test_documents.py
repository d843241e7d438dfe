"""Letters keep the measures of GB/T 9704-2012, and their words are never markup."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

from docx import Document
from docx.shared import Mm

from ximu.foundation import documents
from ximu.foundation.documents import Bar, Chart, Letter, Paragraph

LETTER = Letter("示例市发展和改革委员会", "示诚告〔2018〕第ABC号", "告知书", "示例市某局", (
    Paragraph("一、事实"), Paragraph("#panic() *不是标记* $x$ <b>"), Paragraph("（一）二级", 2)), "示例市发展和改革委员会", date(2018, 5, 7), ("决定书",), "某单位")


def test_the_pdf_is_made_and_hostile_words_stay_words() -> None:
    made = documents.pdf(LETTER)
    assert made.startswith(b"%PDF-")
    assert len(made) > 5000


def test_the_docx_has_the_margins_of_the_standard() -> None:
    found = Document(io.BytesIO(documents.docx(LETTER)))
    section = found.sections[0]
    assert [round(m / Mm(1)) for m in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)] == [37, 35, 28, 26]
    assert "#panic() *不是标记* $x$ <b>" in [p.text for p in found.paragraphs]
    assert "2018年5月7日" in [p.text for p in found.paragraphs]


def test_a_chart_is_drawn_in_the_pdf_and_is_a_picture_that_says_its_figures_in_the_docx() -> None:
    chart = Chart("变动原因", (Bar("甲 #panic()", 4.5, "4.5分", mark=True), Bar("乙", -2.0, "-2.0分"), Bar("丙", 0.0, "0分")))
    letter = replace(LETTER, paragraphs=(*LETTER.paragraphs, chart))
    assert len(documents.pdf(letter)) > len(documents.pdf(LETTER)) + 500
    found = Document(io.BytesIO(documents.docx(letter)))
    [shape] = found.inline_shapes
    assert shape._inline.docPr.get("descr") == "变动原因：甲 #panic() 4.5分；乙 -2.0分；丙 0分"
    assert documents.pdf(replace(letter, paragraphs=(Chart("空", (Bar("甲", 0.0, "0"),)),))).startswith(b"%PDF-")

"""How does a letter of an office look on paper? The layout of GB/T 9704-2012, as PDF (Typst) and as docx.

Typefaces of the standard where the machine has them, Noto otherwise. Words enter as data and are never read as markup.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
FIGURE = TEMPLATE.with_name("figure.typ")
RED = RGBColor(0xD7, 0x00, 0x0F)
PITCH = Pt(28.95)
BODY, TITLE, HEAD, SMALL = Pt(16), Pt(22), Pt(30), Pt(14)
NOTE = Pt(12)
SOURCED = re.compile(r"(［\d+］)")
"""The number of a source behind a figure."""
NOTES = 3
DAY = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
FACES = {0: "仿宋", 1: "黑体", 2: "楷体", 3: "宋体"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level` 1 is a head line (一、), 2 a second one (（一）), 0 the text, 3 a small note set ragged (sources, digests)."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: its name, its length, its figure in words, whether it is the one that matters here."""

    label: str
    value: float
    words: str
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from a base line, names and figures beside them. A docx gets the picture, its figures as description."""

    title: str
    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """A table on a page of its own behind the letter: its title, the heads of its columns, its rows. The first column is the widest."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`upward`: to a superior (上行文), with the number on the left and room for who signs it (签发人) on the right (7.2.5, 7.2.6).
    `imprint`: who issued it and when, at the foot of the last page (7.4), also where nobody gets a copy."""

    issuer: str
    number: str
    title: str
    to: str
    paragraphs: tuple[Paragraph | Chart, ...]
    signer: str
    day: date
    attachments: tuple[str, ...] = ()
    copies: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    upward: bool = False
    imprint: bool = False
    annexes: tuple[Annex, ...] = ()

    @property
    def day_words(self) -> str:
        return f"{self.day.year}年{self.day.month}月{self.day.day}日"


def dated(text: str) -> str:
    """Days that a machine wrote, as a paper writes them: 2018年3月31日 (7.3.5.5)."""
    return DAY.sub(lambda day: f"{day[1]}年{int(day[2])}月{int(day[3])}日", text)


def pdf(letter: Letter) -> bytes:
    data = json.dumps({**asdict(letter), "day": letter.day_words, "facts": None}, ensure_ascii=False)
    made = typst.compile(TEMPLATE, sys_inputs={"data": data})
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


def docx(letter: Letter) -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    head = _line(document, letter.issuer, HEAD, face="宋体", colour=RED, bold=True, centred=True, exact=False)
    head.paragraph_format.space_before = Mm(27)
    _number(document, letter)
    _rule(_line(document, "", Pt(4), exact=False))
    _line(document, "", BODY)
    _line(document, letter.title, TITLE, face="宋体", bold=True, centred=True, exact=False)
    if letter.to:
        _line(document, f"{letter.to}：", BODY)
    line = None
    for one in letter.paragraphs:
        if isinstance(one, Chart):
            _picture(document, one)
            continue
        note = one.level == NOTES
        line = _line(document, one.text, NOTE if note else BODY, face=FACES[one.level], indent=not note, exact=not note)
        line.paragraph_format.keep_with_next = one.level in (1, 2)
    if line is not None:
        line.paragraph_format.keep_with_next = line.paragraph_format.keep_together = True
    listed = (*letter.attachments, *(annex.title for annex in letter.annexes))
    for place, name in enumerate(listed, start=1):
        line = _line(document, f"{'附件：' if place == 1 else '　　　'}{place}. {name}", BODY, indent=True)
        line.paragraph_format.keep_with_next = True
    _line(document, "", BODY).paragraph_format.keep_with_next = True
    for words in (letter.signer, letter.day_words):
        paragraph = _line(document, words, BODY)
        paragraph.paragraph_format.keep_with_next = words == letter.signer
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = BODY * 4
    for place, annex in enumerate(letter.annexes, start=len(letter.attachments) + 1):
        _annexed(document, place, annex)
    if letter.copies:
        _rule(_line(document, f"　抄送：{letter.copies}。", SMALL), side="top")
    if letter.copies or letter.imprint:
        last = _line(document, f"　{letter.signer}\t{letter.day_words}印发　", SMALL)
        last.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        _rule(last, side="top")
        _rule(last, colour="000000")
    kept = io.BytesIO()
    document.core_properties.title, document.core_properties.author = letter.title, letter.issuer
    document.save(kept)
    return kept.getvalue()


def _number(document: Any, letter: Letter) -> None:
    """Centred; to a superior on the left, with room for the name of who signs it on the right."""
    words = f"　{letter.number}\t签发人：　　　　" if letter.upward else letter.number
    paragraph = _line(document, words, BODY, centred=not letter.upward)
    paragraph.paragraph_format.space_before = PITCH
    if letter.upward:
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)


def _annexed(document: Any, place: int, annex: Annex) -> None:
    head = _line(document, f"附件{place}", BODY, face="黑体")
    head.paragraph_format.page_break_before = True
    _line(document, annex.title, TITLE, face="宋体", bold=True, centred=True, exact=False).paragraph_format.space_before = PITCH
    table = document.add_table(rows=0, cols=len(annex.heads))
    table.style, table.autofit = "Table Grid", False
    wide, narrow = Mm(156 - 20 * (len(annex.heads) - 1)), Mm(20)
    for number, row in enumerate((annex.heads, *annex.rows)):
        cells = table.add_row().cells
        for column, (cell, words) in enumerate(zip(cells, row, strict=True)):
            cell.width = narrow if column else wide
            [paragraph] = cell.paragraphs
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if column or not number else WD_ALIGN_PARAGRAPH.LEFT
            run = paragraph.add_run(words)
            _face(run, "黑体" if not number else "仿宋")
            run.font.size = NOTE
        if not number:
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _picture(document: Any, chart: Chart) -> None:
    made = typst.compile(FIGURE, format="png", ppi=200.0, sys_inputs={"data": json.dumps(asdict(chart), ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("one picture was expected")
    shape = document.add_picture(io.BytesIO(made), width=Mm(156))
    about = shape._inline.docPr
    about.set("title", chart.title)
    about.set("descr", f"{chart.title}：" + "；".join(f"{bar.label} {bar.words}" for bar in chart.rows))


def _line(
    document: Any, words: str, size: Pt, *, face: str = "仿宋", colour: RGBColor | None = None, bold: bool = False, centred: bool = False,
    indent: bool = False, exact: bool = True,
) -> Any:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    if exact:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    if indent:
        shape.first_line_indent = size * 2
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for place, part in enumerate(SOURCED.split(words) if indent else [words]):
        run = paragraph.add_run(part)
        _face(run, face)
        run.font.size, run.font.bold, run.font.superscript = size, bold, (place % 2 == 1) or None
        if colour is not None:
            run.font.color.rgb = colour
    return paragraph


def _face(run: Any, face: str) -> None:
    run.font.name = face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _rule(paragraph: Any, side: str = "bottom", *, colour: str = "") -> None:
    """A line beneath (red, the head's) or above (black, the imprint's)."""
    shape = paragraph._p.get_or_add_pPr()
    borders, line = shape.find(qn("w:pBdr")), OxmlElement(f"w:{side}")
    colour = colour or ("D7000F" if side == "bottom" else "000000")
    if borders is None:
        borders = OxmlElement("w:pBdr")
        shape.append(borders)
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def _page_number(paragraph: Any, side: Any) -> None:
    """— 1 —, as a field, on the outer side (7.5)."""
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = SMALL
    for kind, words in (("text", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("text", " —")):
        run = paragraph.add_run(words if kind == "text" else "")
        run.font.size = SMALL
        _face(run, "宋体")
        if kind in ("begin", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)
        elif kind == "instr":
            field_code = OxmlElement("w:instrText")
            field_code.text = words
            run._element.append(field_code)

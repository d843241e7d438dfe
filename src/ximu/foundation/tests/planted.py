"""Files into which an author was planted in every place where one can stand; all made up."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from openpyxl.comments import Comment

MARK = "canary9471"
NS = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
      'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"')
OFFICE = "application/vnd.openxmlformats-officedocument."
STORY = f"""<w:p {NS} w:rsidR="00{MARK}"><w:r><w:t>合同第五条：</w:t></w:r>
<w:ins w:id="1" w:author="{MARK}" w:date="2018-05-02T00:00:00Z"><w:r><w:t>三十日内付清</w:t></w:r></w:ins>
<w:del w:id="2" w:author="{MARK}" w:date="2018-05-02T00:00:00Z"><w:r><w:delText>{MARK}删去</w:delText></w:r></w:del>
<w:r><w:rPr><w:vanish/></w:rPr><w:t>{MARK}隐藏</w:t></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE "http://{MARK}.example/x.png"</w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r>
<mc:AlternateContent><mc:Fallback><w:r><w:t>{MARK}旧式</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"""


def document(picture: bytes, **parts: bytes) -> bytes:
    """A docx with an author in properties, comment, tracked change, revision id, hidden text, field, alternative text, custom part."""
    made = Document()
    facts = made.core_properties
    facts.author = facts.last_modified_by = facts.title = facts.comments = MARK
    made.add_paragraph("合同正文")
    made.element.body.insert(1, parse_xml(STORY))
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "金额", "五十万元"
    made.add_picture(io.BytesIO(picture))
    for named in made.element.body.iter(qn("wp:docPr")):
        named.set("descr", f"C:\\Users\\{MARK}\\photo.jpg")
    made.add_comment(made.paragraphs[0].runs, text=f"{MARK}的意见", author=MARK, initials="c")
    made.settings.element.append(OxmlElement("w:rsids"))
    kept = io.BytesIO()
    made.save(kept)
    return repacked(kept.getvalue(), {"customXml/item9.xml": f"<a>{MARK}</a>".encode(), **parts})


def repacked(content: bytes, more: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in more:
                new.writestr(name, old.read(name))
        for name, body in more.items():
            new.writestr(name, body)
    return kept.getvalue()


def book() -> bytes:
    """An xlsx with an author in properties, comment, hidden sheet, defined name, formula with a path."""
    made = openpyxl.Workbook()
    made.properties.creator = made.properties.lastModifiedBy = MARK
    sheet = made.active
    sheet.title = "付款"
    sheet["A1"], sheet["B1"], sheet["A2"] = "尾款", 500000.5, "=HYPERLINK(\"http://x\")"
    sheet["A3"] = "'=1+1"
    sheet["A1"].comment = Comment(f"{MARK}的意见", MARK)
    hidden = made.create_sheet("藏")
    hidden.sheet_state, hidden["A1"] = "hidden", MARK
    sheet["C1"] = f"='C:\\Users\\{MARK}\\[x.xlsx]a'!A1"
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def pdf(pages: int = 1, size: str = "200 200", trailer: str = "") -> bytes:
    """A PDF with an author in its facts, XMP, a note, a script, an attachment, a comment of the stream, hidden text and behind the end."""
    xmp = f"<x:xmpmeta><dc:creator>{MARK}</dc:creator></x:xmpmeta>"
    drawn = f"%{MARK}\nBT /F 18 Tf 20 100 Td (PAID NOTHING) Tj 3 Tr 0 -40 Td ({MARK}) Tj ET"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('{MARK}'\\))>>"
        f"/Names<</EmbeddedFiles<</Names[({MARK}.txt) 5 0 R]>>>>/Lang({MARK})>>",
        f"<</Type/Pages/Count {pages}/Kids[{' '.join('3 0 R' for _ in range(pages))}]>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]/Contents 6 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica"
        f">>>>>>/PieceInfo<</X<</Private({MARK})>>>>/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 1 1]/T({MARK})/Contents({MARK})/F 2>>]>>",
        f"<</Type/Metadata/Subtype/XML/Length {len(xmp)}>>stream\n{xmp}\nendstream",
        f"<</Type/Filespec/F({MARK}.txt)/EF<</F 4 0 R>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        f"<</Author({MARK})/Creator({MARK})/Title({MARK})>>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 7 0 R/ID[<{MARK.encode().hex()}><00>]{trailer}>>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n%{MARK}\n".encode()

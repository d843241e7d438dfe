"""A made-up notice of the same form as the real one, for tests: merged cells, page breaks and all."""

from __future__ import annotations

import io

import docx
import xlsxwriter

HEADER = ("序号", "工作内容", "重点任务", "负责单位", "时间进度", "检查考核 (对照工作目标)")
ROWS: list[tuple[str, ...]] = [
    ("<b>一、完善2项工作机制</b>", "", "", "", "", ""),
    ("1", "记录机制", "每年编制清单。", "市发展改革委、市监察局", "2018年4月前完成并持续实施", "每年年中检查，年底考核"),
    ("", "", "建立记录。", "市发展改革委，其他市有关部门，各区人民政府", "持续实施", ""),
    ("", "", "建立档案。", "", "持续实施", ""),
    ("2", "监督机制", "建立指标。", "市监察局", "2018年12月底前完成并持续实施", "每年年中检查，年底考核"),
    ("<b>二、推进1个重点领域建设</b>", "", "", "", "", ""),
    ("1", "政府采购", "建立责任制。提高透明度。", "市财政局", "持续实施", "每年年中检查，年底考核"),
    ("<b>三、健全2项保障措施</b>", "", "", "", "", ""),
    ("1", "组织领导", "设立工作组。", "市发展改革委", "2018年4月底前完成并持续实施", "年底考核后"),
    ("2", "制度建设", "制定实施方案。", "各区人民政府，市政府委、办、局等", "2018年12月底前(涉及法律的,按照立法程序推进)", "年底考核"),
]
HEADING = "# 关于印发《示例市重点任务分工表》的通知\n\n示发改信〔2018〕1号\n\n2018年2月13日\n"


def text(rows: list[tuple[str, ...]] | None = None) -> bytes:
    return (HEADING + "\n".join("\t".join(r) for r in [HEADER, *(rows or ROWS)])).encode()


def xlsx() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, plain = book.add_worksheet(), book.add_format()
    sheet.write_row(0, 0, HEADER)
    for number, row in enumerate(ROWS, 1):
        sheet.write_row(number, 0, [c.replace("<b>", "").replace("</b>", "") for c in row])
    sheet.merge_range(3, 3, 4, 3, ROWS[2][3], plain)
    book.close()
    return target.getvalue()


def word() -> bytes:
    document = docx.Document()
    table = document.add_table(rows=1, cols=len(HEADER))
    for cell, words in zip(table.rows[0].cells, HEADER):
        cell.text = words
    above = None
    for row in ROWS:
        made = table.add_row()
        if row[0].startswith("<b>"):
            made.cells[0].merge(made.cells[-1]).text = row[0][3:-4]
            above = None
            continue
        for place, words in enumerate(row):
            if not words and above is not None:
                above.cells[place].merge(made.cells[place])
            else:
                made.cells[place].text = words
        above = made
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()

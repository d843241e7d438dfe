"""People, lists and rounds for tests; all made up."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import Actor, Grant
from ximu.notice.mechanisms.m3_supervision import rules

AT = datetime(2018, 3, 5, 2, tzinfo=UTC)
CZJ, HBJ, JIANCHA = (uid_of("example", key) for key in ("czj", "hbj", "jiancha"))
RIGHTS = frozenset({"proposals.import", "proposals.answer", "proposals.see", "proposals.own", "inspection.run", "inspection.visit",
                    "inspection.reply"})


def person(name: str, unit: str = "", human: str = "") -> Actor:
    return Actor(name, unit or None, (Grant("staff", RIGHTS),), human or name)


def row(number: str = "0618", **changes: Any) -> dict[str, str]:
    made = {"session": "十五届一次", "number": number, "kind": "代表建议", "title": "关于公开财政补贴发放时限的建议", "text": "建议公开时限。",
            "delegate": "N060", "joint": "", "lead": "示例市财政局", "assisting": "示例市环境保护局", "received_on": "2018-02-26", "assigned_on": "2018-03-02"}
    return {**made, **changes}


def xlsx(rows: list[dict[str, str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["示例清单"])
    sheet.write_row(1, 0, list(rules.COLUMNS))
    for place, one in enumerate(rows, 2):
        for column, name in enumerate(rules.COLUMNS.values()):
            if name.endswith("_on") and one[name]:
                sheet.write_datetime(place, column, datetime.combine(date.fromisoformat(one[name]), datetime.min.time()),
                                     book.add_format({"num_format": "yyyy-mm-dd"}))
            else:
                sheet.write_string(place, column, one[name])
    book.close()
    return target.getvalue()

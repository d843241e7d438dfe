"""A file of figures, one line each: every report of it that is right is taken, every wrong line is named with its field and code."""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.filings.services.handing import Notice, report
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.services import blocks
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

COLUMNS = (("table", "表号", True), ("period", "报告期", True), ("unit", "填报单位", True), ("figure", "指标代码", True),
           ("value", "数值", False), ("record", "原始记录", False), ("ledger", "统计台账", False), ("missing", "缺数原因", False))
MOST_FAULTS, MOST_BYTES = 500, 16 << 20
Row = dict[str, Any]


@cache
def schema() -> ItemSchema:
    return read_schema({"fields": [{"name": name, "title": title, "title_en": name, "type": "string", "ximu:aliases": [name],
                                    "constraints": {"required": needed, "maxLength": 120}} for name, title, needed in COLUMNS]})


def take_file(content: bytes, name: str, *, notice: Notice | None = None, by: Actor, at: datetime) -> dict[str, Any]:
    """As it was sent to a page or the API; its name only says of which kind it is. Errors: `FILE-SIZE`, those of `report_file`."""
    if len(content) > MOST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=len(content), rule=f"≤ {MOST_BYTES}", zh="文件不得超过16 MB。",
                      en="A file has at most 16 MB.")
    with tempfile.TemporaryDirectory(prefix="ximu-filings-") as folder:
        path = Path(folder) / f"figures{Path(name).suffix.lower()[:6]}"
        path.write_bytes(content)
        return report_file(path, notice=notice, by=by, at=at)


def report_file(path: Path, *, notice: Notice | None = None, by: Actor, at: datetime) -> dict[str, Any]:
    """Counts and faults. A report is taken whole or not at all; one whose figures are those that stand there is counted as the same.

    Errors: `PERM-DENIED` and every `FILE-*` code; a report's own refusal is told at its first line.
    """
    by.must("filings.report")
    rows, faults, bad = _rows(path, at)
    told: dict[str, Any] = {"rows": len(rows), "taken": 0, "same": 0, "refused": 0, "faults": faults}
    reports: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        reports.setdefault((row["table"] or "", row["period"] or "", row["unit"] or ""), []).append(row)
    for key, lines in reports.items():
        code = "" if key in bad else _one(key, lines, notice, faults, by=by, at=at)
        told["taken"] += not code and key not in bad
        told["same"] += code == "CORR-SAME"
        told["refused"] += key in bad or code not in ("", "CORR-SAME")
    return {**told, "faults": faults[:MOST_FAULTS]}


def _rows(path: Path, at: datetime) -> tuple[list[Row], list[Row], set[tuple[str, str, str]]]:
    """All lines in their order, the faults of the wrong ones, and the reports that these spoil."""
    rows, faults, spoilt = list[Row](), list[Row](), set[tuple[str, str, str]]()
    for block in blocks(path, schema(), at=at):
        bad = block.bad.to_dicts()
        rows += sorted(block.good.to_dicts() + bad, key=lambda row: row["line"])
        faults += [{name: one[name] for name in ("line", "field", "code")} for one in block.faults]
        spoilt |= set(map(_key, bad))
    return rows, faults, spoilt


def _key(row: Row) -> tuple[str, str, str]:
    return row["table"] or "", row["period"] or "", row["unit"] or ""


def _one(key: tuple[str, str, str], lines: list[Row], notice: Notice | None, faults: list[Row], *, by: Actor, at: datetime) -> str:
    """The code of its refusal, or nothing."""
    given: dict[str, dict[str, str]] = {}
    try:
        for row in lines:
            if row["figure"] in given:
                raise Refusal("FIGURE-BAD", field="figure", value=row["figure"], rule="once", zh="同一指标出现两次。",
                              en="A figure stands twice.")
            given[row["figure"]] = {name: row[name] or "" for name in ("value", "record", "ledger", "missing")}
        report(key[0], key[1], registry.named(key[2], as_of=clock.city_day(at)), given, notice=notice, by=by, at=at)
    except Refusal as refused:
        at_line = next((row["line"] for row in lines if row["figure"] == refused.field), lines[0]["line"])
        if refused.code != "CORR-SAME":
            faults.append({"line": at_line, "field": refused.field, "code": refused.code, "zh": refused.zh, "en": refused.en})
        return refused.code
    return ""

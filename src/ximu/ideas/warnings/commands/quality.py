"""`ximu quality`: can these figures be true? The platform's checks for anybody's table; needs no database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ximu.ideas.warnings.rules.tables import Checks, judged
from ximu.kernel.refusal import Refusal

DJANGO = False
COMMANDS = {"quality": "quality_command"}


def _lines(source: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return raw.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("QUAL-TABLE", field="TABLE.csv", value=Path(source).name, rule="a readable CSV file in UTF-8",
                      zh="无法读取表格（须为 UTF-8 编码的 CSV 文件）。", en="The table cannot be read as a CSV file in UTF-8.") from error


@click.command("quality")
@click.argument("source", metavar="TABLE.csv")
@click.option("--amounts", multiple=True, help="金额列：首位数字（本福特） first digits")
@click.option("--counts", multiple=True, help="计数列：末位数字 last digits")
@click.option("--estimates", multiple=True, help="计数列：逢十取整 heaping on multiples of ten")
@click.option("--key", "keys", multiple=True, help="共同不得重复的列 columns that together must not repeat")
@click.option("--total", default="", help="合计列 the total")
@click.option("--part", "parts", multiple=True, help="分项列 its parts")
@click.option("--changed", default="", help="修改时间列 when a line was changed")
@click.option("--deadline", default="", help="截止时间列 its deadline")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def quality_command(source: str, as_json: bool, **asked: Any) -> None:
    """报送数据核查 figures that need a question (`-` reads standard input); a finding is a question, never a verdict."""
    found = judged(_lines(source), Checks(**asked))
    rows = [{"columns": columns, **asdict(one), "reason_zh": one.reason.zh, "reason_en": one.reason.en} for columns, one in found]
    for row in rows:
        del row["reason"]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        mark = {True: "存疑 doubtful", False: "通过 passes", None: "未判 not judged"}[row["suspicious"]]
        click.echo(f"{row['check']}\t{row['columns']}\t{mark}\t{row['reason_zh']} {row['reason_en']}")
    if not rows:
        click.echo("没有存疑之处 nothing to ask")

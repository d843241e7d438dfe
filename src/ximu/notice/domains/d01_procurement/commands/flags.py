"""`ximu d01 flags`: red flags over open contracting data, for evaluators without the platform."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.rules import compiling, flags, government, indicated
from ximu.notice.domains.d01_procurement.rules import settings as setting
from ximu.notice.domains.d01_procurement.rules.challenges import Challenge

DJANGO = False
COMMANDS = {"d01": "d01_group"}


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    return path.read_bytes()


def _no_json(name: str) -> None:
    raise ValueError(name)


def _documents(content: bytes, skipped: list[int]) -> Iterator[Any]:
    """JSON Lines, or one JSON document over many lines; a broken line (NaN and Infinity are no JSON) is skipped and named."""
    try:
        whole = json.loads(content, parse_constant=_no_json)
    except (ValueError, RecursionError):
        whole = None
    if whole is not None:
        yield from whole if isinstance(whole, list) else [whole]
        return
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line, parse_constant=_no_json)
        except (ValueError, RecursionError):
            skipped.append(number)


@click.group("d01")
def d01_group() -> None:
    """政府采购 government procurement."""


@d01_group.command("flags")
@click.argument("releases")
@click.option("--settings", "settings_file", help="INI：启用哪些标记及阈值 which flags and thresholds (default: all published ones)")
@click.option("--as-of", help="截至日：G001 未付款、D01-1 公告、D01-4 办结 the day as of which it is judged (YYYY-MM-DD)")
@click.option("--challenges", "challenged", help="D01-4 质疑和投诉表（CSV） table ocid,kind,raised,decided,outcome")
@click.option("--no-meta", is_flag=True, help="不输出四分位与界限 without quartiles and fences")
@click.option("--explain", is_flag=True, help="G 标记的事实与理由 facts and reasons of the G flags")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def d01_flags(
    releases: str, settings_file: str | None, as_of: str | None, challenged: str | None, no_meta: bool, explain: bool, as_json: bool,
) -> None:
    """OCDS 发布（JSONL、发布包、记录包，- 读标准输入）的红旗：按过程、采购人、投标人给出代码与值。

    Red flags per process, buyer, procuring entity and tenderer: code and value.
    """
    asked = setting.EVERYTHING if settings_file is None else setting.read(_bytes(settings_file).decode("utf-8", "replace"))
    skipped: list[int] = []
    documents = list(_documents(_bytes(releases), skipped))
    if not any(isinstance(one, dict) for one in documents):
        raise Refusal("D01-INPUT", field="RELEASES", value=Path(releases).name, rule="OCDS as JSON or JSON Lines",
                      zh=f"“{Path(releases).name}”中没有任何OCDS发布（应为JSON或JSONL）；没有数据不等于没有红旗。",
                      en=f"“{Path(releases).name}” holds no OCDS release (JSON or JSON Lines); no data is not the same as no flag.")
    processes = compiling.compiled(documents)
    tally = flags.evaluate(processes, asked)
    day = _day(as_of)
    findings, unsaid = government.evaluate(processes, asked, as_of=day)
    for one in findings:
        tally.flag("OCID", one.ocid, one.code, one.value)
        if one.buyer:
            tally.flag("Buyer", one.buyer, one.code, max(one.value, tally.results["Buyer"].get(one.buyer, {}).get(one.code, one.value)))
    told = indicated.evaluate(documents, processes, asked, as_of=day, raised=None if challenged is None else _challenges(challenged, day))
    for (group, who), values in told.values.items():
        for code, value in values.items():
            tally.flag(group, who, code, value)
    answer: dict[str, Any] = {group: found for group, found in tally.results.items() if found}
    if not no_meta:
        answer["Meta"] = tally.meta
    if explain:
        answer["Findings"] = [asdict(one) for one in findings]
        answer |= {"Notices": told.notices, "Challenges": told.challenges, "Uncomputed": [asdict(t) for t in [*unsaid, *told.unsaid]]}
    for line in skipped:
        click.echo(f"第{line}行不是JSON，已跳过 line {line} is not JSON and was skipped", err=True)
    for said in [*unsaid, *told.unsaid]:
        click.echo(f"{said.zh} {said.en}", err=True)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)


def _challenges(name: str, on: date | None) -> list[Challenge]:
    try:
        return list(indicated.read_challenges(_bytes(name).decode("utf-8-sig").splitlines(), on=on or date.max))
    except UnicodeDecodeError as error:
        raise Refusal("D01-CHALLENGES", field="FILE", value=Path(name).name, rule="CSV in UTF-8", zh="质疑和投诉表须为UTF-8编码的CSV。",
                      en="The table of challenges is to be CSV in UTF-8.") from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refusal("DATE-FORM", field="--as-of", value=text, rule="YYYY-MM-DD", zh=f"日期“{text}”无效，应为YYYY-MM-DD。",
                      en=f"The date “{text}” is not valid; write YYYY-MM-DD.") from error


def _show(answer: dict[str, Any]) -> None:
    for group in flags.GROUPS:
        for identifier, found in answer.get(group, {}).items():
            for code, value in sorted(found.items()):
                click.echo(f"{group}\t{identifier}\t{code}\t{value:g}")

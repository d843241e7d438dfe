"""`ximu leads`: leads of 12345 and other feeds by file."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import queries, services

COMMANDS = {"leads": "leads_group"}


@click.group("leads")
def leads_group() -> None:
    """违约失信线索 leads of breaches."""


@leads_group.command("import")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def bring(file: str, as_json: bool) -> None:
    """导入线索（CSV，“-”为标准输入） import leads; exit code 2 when a line was refused."""
    path = Path(file)
    if file != "-" and not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    content = sys.stdin.buffer.read() if file == "-" else path.read_bytes()
    done = services.import_leads(content, by=SYSTEM, at=clock.now())
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        click.echo(f"新增 new {done.new}, 已有 known {done.same}, 退回 refused {len(done.problems)}")
        for problem in done.problems:
            click.echo(f"第{problem['line']}行 line {problem['line']} [{problem['code']}] {problem['message_zh']}", err=True)
    if done.problems:
        sys.exit(2)


@leads_group.command("chains")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def chains(as_json: bool) -> None:
    """各来源线索的全链条情况 what became of the leads of each source."""
    found = [asdict(one) for one in queries.chains()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo("  ".join(f"{name} {value}" for name, value in one.items()))

"""`ximu complaints`: leads that come as a list."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import services

COMMANDS = {"complaints": "complaints_group"}


@click.group("complaints")
def complaints_group() -> None:
    """社会监督 complaints: leads of the hotline, the press and the public. Reports themselves have no command."""


@complaints_group.command("leads")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def leads(file: str, as_json: bool) -> None:
    """导入线索清单（xlsx、CSV） import a list of leads; exit code 2 when a line was refused."""
    path = Path(file)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    found = services.bring_leads(path.read_bytes(), by=SYSTEM, at=clock.now())
    if as_json:
        click.echo(json.dumps(found.envelope(), ensure_ascii=False))
    else:
        click.echo(f"新增 new {found.new}, 已有 known {found.same}, 退回 refused {len(found.problems)}")
        for problem in found.problems:
            click.echo(f"第{problem['line']}行 line {problem['line']} [{problem['code']}] {problem['message_zh']}", err=True)
    if found.problems:
        sys.exit(2)

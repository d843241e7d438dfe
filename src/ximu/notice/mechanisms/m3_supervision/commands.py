"""`ximu supervision`: lists of proposals in; samples drawn again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, services

COMMANDS = {"supervision": "supervision_group"}


@click.group("supervision")
def supervision_group() -> None:
    """监督 supervision: proposals, inspection rounds."""


@supervision_group.command("import")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def bring(file: str, as_json: bool) -> None:
    """导入建议提案清单（xlsx、CSV） import a list of proposals; exit code 2 when a line was refused."""
    path = Path(file)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    found = services.import_proposals(path.read_bytes(), by=SYSTEM, at=clock.now())
    if as_json:
        click.echo(json.dumps(found.envelope(), ensure_ascii=False))
    else:
        click.echo(f"新增 new {found.new}, 已有 known {found.same}, 退回 refused {len(found.problems)}")
        for problem in found.problems:
            click.echo(f"第{problem['line']}行 line {problem['line']} [{problem['code']}] {problem['message_zh']}", err=True)
    if found.problems:
        sys.exit(2)


@supervision_group.command("redraw")
@click.argument("round_uid")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def redraw(round_uid: str, as_json: bool) -> None:
    """按公开的种子重抽样本 draw the sample again from what was published; exit code 2 when it differs."""
    found = queries.redraw(queries.round_of(round_uid))
    holds = found["commitment_holds"] and found["root_holds"] and found["sample_holds"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        click.echo(f"{'✔' if holds else '✘'} 承诺 commitment {found['commitment_holds']}, 日志根 root {found['root_holds']}, "
                   f"样本 sample {found['sample_holds']}: {' '.join(found['redrawn'])}")
    if not holds:
        sys.exit(2)

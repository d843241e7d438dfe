"""`ximu supervision`: lists of proposals in; samples drawn again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, rules, services

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


@supervision_group.command("yearly")
@click.argument("year", type=int)
@click.option("--known-at", help="截至何日所知 what was known by the end of this day")
@click.option("--check", "earlier", help="早先文字的JSON：哪些数字已变 JSON of an earlier text: which of its figures are stale")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def yearly(year: int, known_at: str | None, earlier: str | None, as_json: bool) -> None:
    """供政府工作报告的文字 the text for the report of the government; with --check exit code 2 when a figure is stale."""
    known = clock.end_of(day_of(known_at, "--known-at")) if known_at else clock.now()
    text = queries.year_text(year, as_of=clock.today(), known_at=known, on=clock.today())
    if earlier:
        _check(earlier, text["figures"], as_json=as_json)
        return
    made = queries.year_envelope(text)
    click.echo(json.dumps(made, ensure_ascii=False) if as_json else "\n".join(made["text"]))


def _check(earlier: str, figures: list[rules.Figure], *, as_json: bool) -> None:
    path = Path(earlier)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="--check", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    try:
        then = json.loads(path.read_text("utf-8"))["figures"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("YEAR-TEXT", field="--check", value=path.name, rule="JSON", zh="这不是年度报告文字的数据文件。",
                      en="This is no file of a yearly text.") from error
    found = rules.stale(then, figures)
    for one in found if not as_json else ():
        click.echo(f"{one['key']}: {one['then']} → {one['now']}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    if found:
        sys.exit(2)

"""`ximu d10`: the calendar of duties, inspections, and the daily look for missed ones; figures: `ximu areas figures d10`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d10_safety import queries, services

COMMANDS = {"d10": "safety_group"}


@click.group("d10")
def safety_group() -> None:
    """公共安全监管 supervision of public safety."""


def _say(found: Any, text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, default=str) if as_json else text)


@safety_group.command("duties")
@click.argument("year", type=click.IntRange(1, 9998))
@click.option("--month", type=click.IntRange(0, 12), default=0, help="月份 month")
@click.option("--unit", default="", help="单位标识 uid of a unit")
@click.option("--state", default="", help="状态 state: open, done, late, backdated, missed …")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_duties(year: int, month: int, unit: str, state: str, as_json: bool) -> None:
    """谁在何时以前检查什么 who must inspect what by when."""
    now = clock.now()
    found = queries.chosen(queries.calendar(year, by=SYSTEM, now=now), unit=unit, month=month, state=state)
    day = clock.city_day(now)
    rows = [{"number": one.row.number, "unit": registry.name(one.unit, as_of=day, short=True), "due": one.row.due, "state": one.line.state,
             "category": one.row.category, "object": one.row.object} for one in found]
    _say(rows, "\n".join("\t".join(str(cell) for cell in row.values()) for row in rows), as_json=as_json)


@safety_group.command("inspections")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def enter_file(file: Path, as_json: bool) -> None:
    """批量登记检查 enter a file of inspections; exit code 2 when a row was refused."""
    done = services.enter_many(file, by=SYSTEM, at=clock.now())
    _say(asdict(done), as_json=as_json, text=f"新增 new {done.new}（补录 late {done.backdated}）, 已有 known {done.same}, "
         f"退回 refused {len(done.faults)}")
    for fault in done.faults[:20]:
        click.echo(f"  第{fault['line']}行 line {fault['line']} {fault['field']} [{fault['code']}]", err=True)
    if done.faults:
        sys.exit(2)


@safety_group.command("missed")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def missed(as_json: bool) -> None:
    """判定逾期未履行的任务 find missed duties; the daily round does the same."""
    found = services.find_missed(at=clock.now())
    _say({"missed": found}, f"判定逾期{found}项 missed", as_json=as_json)

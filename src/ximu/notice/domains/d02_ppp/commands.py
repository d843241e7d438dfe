"""`ximu d02`: projects and who answered; files come in by `ximu events load ppp_projects FILE`, figures by `ximu areas figures d02`."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.given import day_or_none
from ximu.notice.domains.d02_ppp import queries

COMMANDS = {"d02": "ppp_group"}
json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


def _echo(rows: list[dict[str, Any]], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False, default=str) if as_json else "\n".join(lines))


@click.group("d02")
def ppp_group() -> None:
    """政府和社会资本合作 public-private partnership."""


@ppp_group.command("projects")
@json_option
def projects_command(as_json: bool) -> None:
    """项目登记 the register of projects."""
    now = clock.now()
    rows = queries.listed(queries.book(clock.city_day(now), known_at=now), SYSTEM)
    lines = [f"{one['project']}\t{one['stage'].zh}\t{one['kept']}/{one['due']}\t缺项 {one['gaps']}\t{one['title']}" for one in rows]
    _echo([{**one, "stage": one["stage"].zh} for one in rows], lines, as_json=as_json)


@ppp_group.command("trace")
@click.argument("project")
@click.option("--on", default="", help="违约之日 day of the breach; default today")
@click.option("--duty", default="", help="义务编号 number of the obligation")
@json_option
def trace_command(project: str, on: str, duty: str, as_json: bool) -> None:
    """责任回溯 every decision, signature and post-holder; gaps are listed."""
    now = clock.now()
    today: date = clock.city_day(now)
    told = queries.trace(queries.book(today, known_at=now), project, on=day_or_none(on, "on") or today, duty=duty, today=today)
    _echo([queries.plain(one) for one in told], [_line(one) for one in told], as_json=as_json)


def _line(one: registry.Traced) -> str:
    """The person by the internal number; a gap by its code and what is missing."""
    held = "、".join(who.number for uid in one.holders if (who := registry.official(uid)))
    said = held or f"{one.code} {registry.GAPS[one.gap].zh}"
    if one.act is None:
        return f"{one.step}\t—\t—\t—\t{said}"
    return f"{one.step}\t{one.act.on}\t{registry.name(one.act.unit, as_of=one.act.on)}\t{one.act.post or '—'}\t{said}"

"""`ximu cases` and `ximu calendar`: limits, calendars, the daily sweep, diagrams."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.foundation.apart import PartlyError
from ximu.ideas.casework import jobs, queries, services
from ximu.ideas.casework.rules import Term
from ximu.ideas.casework.rules.diagram import document
from ximu.ideas.casework.services.terms import envelope
from ximu.kernel.actor import SYSTEM

COMMANDS = {"cases": "cases_group", "calendar": "calendar_group"}
BY = replace(SYSTEM, channel="cli")
as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")
DAY = click.DateTime(["%Y-%m-%d"])


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@click.group("calendar")
def calendar_group() -> None:
    """放假调休年历 Calendars of holidays and make-up days."""


@calendar_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="放假通知文号 the notice that sets these days")
@as_json_option
def load_command(file: Path, source: str, as_json: bool) -> None:
    """载入一年的年历（CSV：day,kind,name；或JSON） Load one year (CSV day,kind(off|work),name or JSON days)."""
    year = services.load_calendar(file.read_bytes(), source=source, by=BY, at=clock.now())
    _show([{"year": year, "source": source}], as_json=as_json)


@calendar_group.command("list")
@as_json_option
def list_command(as_json: bool) -> None:
    """已有的年份 The years that are known."""
    _show([{"year": y, "loaded": here, "source": source} for y, source, here in queries.calendar_years()], as_json=as_json)


@click.group("cases")
def cases_group() -> None:
    """办件、期限与图 Cases, limits and diagrams."""


@cases_group.command("sweep")
@as_json_option
def sweep_command(as_json: bool) -> None:
    """逾期、移交、催回执及各室每日工作 Limits, units that ended, receipts, and the daily work of rooms; exit 1 when one failed."""
    try:
        _show([jobs.sweep(at=clock.now())], as_json=as_json)
    except PartlyError as partly:
        click.echo(partly.said, err=True)
        sys.exit(1)


@cases_group.command("terms")
@as_json_option
def terms_command(as_json: bool) -> None:
    """全部期限参数 All dated limits with their source."""
    known = queries.terms()
    _show([
        {"code": t.code, "since": t.since, "value": t.value, "unit": t.unit, "confirmed": t.sure, "source": t.source}
        for code in known.codes() for t in known.rows(code)
    ], as_json=as_json)


@cases_group.command("term")
@click.argument("code")
@click.option("--since", type=DAY, required=True)
@click.option("--value", type=int, required=True)
@click.option("--unit", default="working-day", show_default=True)
@click.option("--source", required=True, help="依据 the text that sets it")
@click.option("--unsure", is_flag=True, help="待确认 to be confirmed")
@as_json_option
def term_command(code: str, since: datetime, value: int, unit: str, source: str, unsure: bool, as_json: bool) -> None:
    """设定期限，列出受影响的在办件 Set a limit; lists the open cases that it touches."""
    term = Term(code, since.date(), value, unit, source, not unsure)
    _show([envelope(found) for found in services.set_term(term, by=BY, at=clock.now())], as_json=as_json)


@cases_group.command("diagrams")
@as_json_option
def diagrams_command(as_json: bool) -> None:
    """由声明画出各程序（docs/procedures.md） Draw every procedure from its declaration."""
    text = document(queries.procedures().values())
    click.echo(json.dumps({"text": text}, ensure_ascii=False) if as_json else text, nl=as_json)

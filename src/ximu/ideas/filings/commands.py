"""`ximu filings`: who must report what by when, the hand-overs of a report, whether all lineages hold, the proof of one hand-over."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.filings import queries
from ximu.ideas.registry import queries as registry

COMMANDS = {"filings": "filings_group"}
EXIT_BROKEN, FIRST_YEAR, LAST_YEAR = 2, 2000, 2100


@click.group("filings")
def filings_group() -> None:
    """报表与数据交接 tables filed by units, and the lineage of their figures."""


def _tell(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
    for row in [] if as_json else rows:
        click.echo("\t".join("—" if value is None else str(value) for value in row.values()))


@filings_group.command("due")
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def due(year: int, as_json: bool) -> None:
    """应报清单 every table due in YEAR, by unit; — where nothing came, which is not zero."""
    today, now = clock.today(), clock.now()
    listed = queries.held(date(year, 1, 1), date(year, 12, 31), as_of=today, known_at=now)
    _tell([{"table": one.table.code, "period": one.span.name, "unit": registry.name(one.unit, as_of=one.span.last), "due": one.due,
            "state": one.filing.state if one.filing else "", "reported": one.reported_on, "filing": one.filing.uid if one.filing else None}
           for one in listed], as_json=as_json)


@filings_group.command("lineage")
@click.argument("filing")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def show(filing: str, as_json: bool) -> None:
    """一份报表的交接与改动 the hand-overs of FILING with what each changed."""
    row = queries.filing(filing)
    hands = list(row.hands.order_by("number"))
    made = {one.hand.number: "；".join(f"{c.code}:{c.before}→{c.after} ({c.difference})" for c in one.changes)
            for one in queries.altered(hands)}
    _tell([{"step": one.number, "verb": one.verb, "at": one.at.isoformat(), "by": one.by, "version": one.version, "uid": one.uid,
            "log_index": one.log_index, "commitment": one.commitment, "notice": one.notice, "changed": made.get(one.number, "")}
           for one in hands], as_json=as_json)


@filings_group.command("verify")
@click.option("--table", default="", help="表号 only this table")
@click.option("--period", default="", help="报告期 only this period")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def verify(table: str, period: str, as_json: bool) -> None:
    """核验全部交接链 every hand-over against the log; exit 2 if anything does not fit."""
    looked, broken = queries.verified(table, period)
    rows = [{"filing": one.filing.uid, "table": one.filing.form.code, "unit": one.filing.unit_name, "period": one.filing.period,
             "step": fault.number, "what": fault.what, "zh": fault.words.zh, "en": fault.words.en}
            for one in broken for fault in one.faults]
    _tell(rows, as_json=as_json)
    if not as_json:
        mark = "✘" if broken else "✔"
        click.echo(f"{mark} 核验{looked}份报表，{len(broken)}份不符。{looked} looked at, {len(broken)} do not hold.")
    if broken:
        sys.exit(EXIT_BROKEN)


@filings_group.command("proof")
@click.argument("step")
@click.option("--json", "as_json", is_flag=True, help="JSON output (the proof always is)")
def proof(step: str, as_json: bool) -> None:
    """证明包 the proof of the public hand-over STEP, for `ximu-verify`."""
    click.echo(queries.proof(step, on=clock.today()), nl=False)

"""`ximu d05`: debt of a year by district; files come in by `ximu events load debt_figures|debt_lines|debt_acts FILE`."""

from __future__ import annotations

import json

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d05_debt import queries

COMMANDS = {"d05": "debt_group"}


@click.group("d05")
def debt_group() -> None:
    """地方政府债务 local government debt."""


@debt_group.command("figures")
@click.argument("year", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_figures(year: int, as_json: bool) -> None:
    """各区指标、风险等级与信用等级 figures, bands and grades by district."""
    found = queries.sheet(year, known_at=clock.now())
    grades = {line["unit"]: line["grade"] for line in found.lines}
    rows = [{"unit": row["unit"], "name": registry.name(row["unit"], as_of=found.as_of, short=True), "grade": grades[row["unit"]], **{
        code: [str(found.figures[code, row["unit"]].value), band.level if (band := found.banded.get((code, row["unit"]))) else ""]
        for code in queries.pack().indicators}} for row in found.rows]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\t".join([row["name"], row["grade"], *(" ".join(row[code]) for code in queries.pack().indicators)]))

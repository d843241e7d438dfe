"""`ximu areas`: figures of a key area, the lines behind them, and what is warned of."""

from __future__ import annotations

import json
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.areas import queries
from ximu.ideas.areas.rules import CITY

COMMANDS = {"areas": "areas_group"}


@click.group("areas")
def areas_group() -> None:
    """重点领域 key areas."""


def _say(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo("\t".join("—" if value is None else str(value) for value in row.values()))


def _sheet(code: str, year: int) -> queries.Sheet:
    now = clock.now()
    return queries.sheet(queries.area(code), year, today=clock.city_day(now), known_at=now)


@areas_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_areas(as_json: bool) -> None:
    """各重点领域 the areas that are there."""
    _say([{"code": code, "row": queries.pack(one).manifest.row, "name": queries.pack(one).manifest.name.zh}
          for code, one in queries.areas().items()], as_json)


@areas_group.command("figures")
@click.argument("code")
@click.argument("year", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_figures(code: str, year: int, as_json: bool) -> None:
    """各单位指标 figures by unit, the city first."""
    found = _sheet(code, year)
    indicators, names = queries.pack(found.area).indicators, queries.names(found.units, found.as_of)
    _say([{"unit": unit, "name": names.get(unit, "全市"), **{one: found.figures[one, unit].value for one in indicators}}
          for unit in (CITY, *found.units)], as_json)


@areas_group.command("lines")
@click.argument("indicator")
@click.argument("year", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_lines(indicator: str, year: int, as_json: bool) -> None:
    """一项指标背后的每一项 each line behind an indicator such as D16-1."""
    found = _sheet(indicator.split("-")[0], year)
    queries.indicator(found.area, indicator)
    _say([{"uid": one.uid, "title": one.title, "unit": one.unit, "state": one.state, "part": one.part, "whole": one.whole,
           "excluded": one.why} for one in found.lines[indicator]], as_json)


@areas_group.command("warnings")
@click.argument("code")
@click.argument("year", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_warnings(code: str, year: int, as_json: bool) -> None:
    """预警 what is warned of."""
    _say([{"rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "reason": one.reason.zh}
          for one in _sheet(code, year).warned], as_json)

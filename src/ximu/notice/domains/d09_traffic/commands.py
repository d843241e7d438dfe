"""`ximu d09`: teams of a year, one decision; files come in by `ximu events load traffic_cases|traffic_reviews|traffic_complaints FILE`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.areas.rules import period_of
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d09_traffic import queries, rules

COMMANDS = {"d09": "traffic_group"}


@click.group("d09")
def traffic_group() -> None:
    """综合交通执法 traffic enforcement."""


def _say(found: Any, text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, default=str) if as_json else text)


@traffic_group.command("teams")
@click.argument("year", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_teams(year: int, as_json: bool) -> None:
    """执法队伍评价 figures, score and grade of each team."""
    now = clock.now()
    rows = [asdict(one) for one in queries.teams(period_of(year, today=clock.city_day(now), known_at=now), SYSTEM)]
    text = "\n".join("\t".join(str(row[name] or "—") for name in ("code", "name", "decisions", "grade", "score")) for row in rows)
    _say(rows, text, as_json=as_json)


@traffic_group.command("decision")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def show_decision(number: str, as_json: bool) -> None:
    """一件执法决定 a decision and what became of it."""
    now = clock.now()
    row, reviews, _ = queries.decision(number, known_at=now)
    state = rules.fate(reviews, clock.city_day(now))[0]
    text = f"{row['number']}\t{rules.STATES[state].zh} {rules.STATES[state].en}"
    _say({**row, "state": state, "reviews": reviews}, text, as_json=as_json)

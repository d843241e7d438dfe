"""`ximu places`: whose is an address on a day, and the duty list."""

from __future__ import annotations

import json

import click

from ximu.foundation import clock
from ximu.ideas.places import queries, rules
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_or_none

COMMANDS = {"places": "places_group"}


@click.group("places")
def places_group() -> None:
    """地点责任清单 whose a place is."""


@places_group.command("whose")
@click.argument("kind", type=click.Choice(list(rules.KINDS)))
@click.argument("place")
@click.option("--on", default="", help="YYYY-MM-DD")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def whose(kind: str, place: str, on: str, as_json: bool) -> None:
    """按地址查责任单位 the unit that answers for an address on a day."""
    day = day_or_none(on, "on") or clock.today()
    found = queries.whose(kind, place, day)
    names = [registry.name(unit, as_of=day) for unit in found.units]
    click.echo(json.dumps({"on": day.isoformat(), "how": found.how, "units": names}, ensure_ascii=False) if as_json
               else f"{found.how}\t{'、'.join(names) or '—'}")


@places_group.command("list")
@click.option("--on", default="", help="YYYY-MM-DD")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_duties(on: str, as_json: bool) -> None:
    """责任清单 the lines that hold on a day."""
    day = day_or_none(on, "on") or clock.today()
    rows = queries.shown(queries.listed(day), day)
    if as_json:
        click.echo(json.dumps([{**one, "place": one["place"].zh, "kinds": one["kinds"].zh, "since": str(one["since"]),
                                "until": str(one["until"] or "")} for one in rows], ensure_ascii=False))
        return
    for one in rows:
        click.echo(f"{one['place'].zh}\t{one['kinds'].zh}\t{one['name']}\t{one['since']}")

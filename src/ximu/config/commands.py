"""`ximu manage`: the few Django commands that an operator needs. `ximu city`: which city is run here."""

from __future__ import annotations

import json

import click
from django.core.management import call_command

from ximu.config import profiles
from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"manage": "manage_command", "city": "city_group"}
ALLOWED = {"migrate", "makemigrations", "check", "collectstatic", "showmigrations", "clearsessions"}


@click.command("manage", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def manage_command(name: str, args: tuple[str, ...]) -> None:
    """运行允许的管理命令 run an allowed Django command."""
    if name not in ALLOWED:
        raise Refusal(
            "CMD-FORBIDDEN", field="name", value=name, rule=" ".join(sorted(ALLOWED)), status=403,
            zh=f"命令“{name}”在本系统中停用。", en=f"The command “{name}” is disabled in this system.",
        )
    call_command(name, *args)


@click.group("city")
def city_group() -> None:
    """城市配置 City profiles: data, not code."""


@city_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def city_list(as_json: bool) -> None:
    """列出可用的城市配置 List the profiles."""
    cities = profiles.available()
    if as_json:
        click.echo(json.dumps(cities, ensure_ascii=False, default=str))
        return
    for city in cities:
        click.echo(f"{city['code']}\t{city['zh']} {city['en']}\t{city['about_zh']}")


@city_group.command("load")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def city_load(name: str, as_json: bool) -> None:
    """载入一个城市配置；重复载入不增加任何内容 Load a profile; a second load adds nothing."""
    added = profiles.load(name, by=SYSTEM, at=clock.now())
    if as_json:
        click.echo(json.dumps(added, ensure_ascii=False, default=str))
        return
    for room, counts in added.items():
        click.echo(f"{room}\t" + "，".join(f"{what} {number}" for what, number in counts.items()))

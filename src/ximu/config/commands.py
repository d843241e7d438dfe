"""`ximu manage`: the few Django commands that an operator needs. `ximu city`: which city is run here."""

from __future__ import annotations

import io
import json

import click
from django.conf import settings
from django.core.management import CommandError, call_command

from ximu.config import beginning, profiles, starting
from ximu.faces.operator import listening
from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"manage": "manage_command", "city": "city_group", "up": "up_command"}
ALLOWED = {"migrate", "makemigrations", "check", "collectstatic", "showmigrations", "clearsessions"}


@click.command("manage", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def manage_command(name: str, args: tuple[str, ...], as_json: bool) -> None:
    """运行允许的管理命令 run an allowed Django command."""
    if name not in ALLOWED:
        raise Refusal(
            "CMD-FORBIDDEN", field="name", value=name, rule=" ".join(sorted(ALLOWED)), status=403,
            zh=f"命令“{name}”在本系统中停用。", en=f"The command “{name}” is disabled in this system.",
        )
    told = io.StringIO() if as_json else None
    try:
        call_command(name, *args, stdout=told)
    except (CommandError, LookupError) as error:
        raise Refusal("CMD-FAILED", field="args", value=" ".join(args), rule=str(error).strip(), zh=f"管理命令“{name}”没有完成。",
                      en=f"The command “{name}” did not complete.") from error
    if told is not None:
        click.echo(json.dumps({"command": name, "said": told.getvalue()}, ensure_ascii=False))


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


@click.command("up")
@click.option("--city", default="example", show_default=True, help="城市配置 city profile")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 address")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 port")
@click.option("--no-serve", is_flag=True, help="只准备，不启动 prepare only")
@click.option("--json", "as_json", is_flag=True, help="JSON output of addresses and passwords")
def up_command(city: str, host: str, port: int, no_serve: bool, as_json: bool) -> None:
    """准备数据库与城市，打印地址和一次性口令，启动服务 Prepare, print addresses and one-time passwords, serve.

    Everything may be repeated: a second start keeps the data and takes seconds.
    """
    if not no_serve:
        listening.place(host, port)
    if settings.XIMU_DEMO and city == starting.EXAMPLE:
        beginning.begin(lambda words: click.echo(f"· {words}", err=True))
    starting.prepare(city, by=SYSTEM, at=clock.now(), say=lambda words: click.echo(f"· {words}", err=True))
    passwords = starting.first_passwords(by=SYSTEM, at=clock.now())
    address = f"http://{host}:{port}"
    if as_json:
        click.echo(json.dumps({"portal": f"{address}/", "console": f"{address}/console/", "api": f"{address}/api/v1/docs",
                               "passwords": passwords}, ensure_ascii=False))
    else:
        click.echo(f"\n公众门户 portal   {address}/\n工作台 console    {address}/console/\n接口 API          {address}/api/v1/docs\n")
        for one in passwords:
            click.echo(f"  {one['login']:14} {one['password']}   {one['name']}  {one['roles']}")
        click.echo("口令只显示这一次，首次登录须更换。 The passwords are shown once and must be replaced at the first log-in.\n"
                   if passwords else "口令已在首次启动时给出。 Passwords were given at the first start.\n")
    beginning.finish()
    if not no_serve:
        starting.serve(host, port)

"""`ximu accounts`: the operator of the machine opens the first accounts here; later it is done in the console."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click

from ximu.foundation import city, clock
from ximu.foundation.city import CITIES
from ximu.ideas.accounts import jobs, queries, services
from ximu.kernel.actor import SYSTEM

COMMANDS = {"accounts": "accounts_group"}
BY = replace(SYSTEM, channel="cli")
as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@click.group("accounts")
def accounts_group() -> None:
    """账号、角色、接口密钥 Accounts, roles and API keys."""


@accounts_group.command("open")
@click.argument("login")
@click.option("--name", required=True, help="显示名 display name")
@click.option("--number", required=True, help="工号 staff number (kept only as a mark)")
@click.option("--unit", default="", help="单位标识 uid of the unit")
@as_json_option
def open_command(login: str, name: str, number: str, unit: str, as_json: bool) -> None:
    """开设账号，打印一次性口令 Open an account and print its one-time password."""
    unit = queries.scope_of(unit, at=clock.now())
    user = services.open_account(login, name=name, staff_number=number, unit=unit, by=BY, at=clock.now())
    word = services.issue_password(user.uid, by=BY, at=clock.now())
    _show([{"login": login, "uid": user.uid, "password": word}], as_json=as_json)


@accounts_group.command("grant")
@click.argument("login")
@click.argument("role")
@click.option("--unit", default="", help="单位或公务员（标识、名称、编号），空为全市 unit or civil servant; empty: the city")
@as_json_option
def grant_command(login: str, role: str, unit: str, as_json: bool) -> None:
    """授予角色 Grant a role."""
    at = clock.now()
    given = services.grant(queries.account_by_login(login).uid, role, unit=queries.scope_of(unit, at=at), by=BY, at=at)
    _show([{"login": login, "role": role, "unit": given.unit, "grant": given.uid}], as_json=as_json)


@accounts_group.command("list")
@as_json_option
def list_command(as_json: bool) -> None:
    """列出账号 List the accounts."""
    at = clock.now()
    _show([
        {"login": u.login, "uid": u.uid, "unit": u.unit, "active": u.is_active, "roles": " ".join(sorted(queries.roles_held(u, at=at)))}
        for u in queries.accounts()
    ], as_json=as_json)


@accounts_group.command("key")
@click.argument("login")
@click.argument("role")
@click.option("--unit", default="", help="单位标识 uid of the unit")
@click.option("--label", required=True, help="用途 what it is for")
@click.option("--days", default=180, show_default=True, help="有效天数 days until it ends")
@as_json_option
def key_command(login: str, role: str, unit: str, label: str, days: int, as_json: bool) -> None:
    """签发接口密钥，只打印一次 Issue an API key; printed only once."""
    at = clock.now()
    key, text = services.issue_key(queries.account_by_login(login).uid, role, unit=queries.scope_of(unit, at=at), label=label, days=days,
                                   by=BY, at=at)
    _show([{"key": text, "uid": key.uid, "until": key.until.isoformat()}], as_json=as_json)


@accounts_group.command("bootstrap")
@click.option("--city", "name", default="", help="城市配置 city profile (default: XIMU_CITY)")
@as_json_option
def bootstrap_command(name: str, as_json: bool) -> None:
    """按城市配置开设账号，打印一次性口令 Open the profile's accounts and print one-time passwords once."""
    folder = CITIES / (name or city.code())
    if (folder / "city.toml").exists():
        jobs.load_profile(folder, by=BY, at=clock.now())
    _show(jobs.first_passwords(by=BY, at=clock.now()), as_json=as_json)

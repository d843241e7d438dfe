"""`ximu d11`: files of ratings, what is held, and codes; cases and steps come in by `ximu events load`, figures by `ximu areas`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel import codes
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d11_service import queries, services

COMMANDS = {"d11": "service_group"}
JSON = click.option("--json", is_flag=True, expose_value=False, help="JSON output (always)")


@click.group("d11")
def service_group() -> None:
    """互联网+政务服务 government service."""


@service_group.command("ratings")
@JSON
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_ratings(file: Path) -> None:
    """载入好差评文件，逐行说明 Take a file of ratings."""
    click.echo(json.dumps(services.deliver_ratings(file, by=SYSTEM, at=clock.now()), ensure_ascii=False, default=str))


@service_group.command("held")
@JSON
def held() -> None:
    """暂扣的集中评价 bursts that are held."""
    click.echo(json.dumps(queries.held(SYSTEM), ensure_ascii=False, default=str))


@service_group.command()
@JSON
@click.argument("case")
@click.argument("window")
def code(case: str, window: str) -> None:
    """发评价码，只显示一次 Hand out a code, shown once."""
    click.echo(json.dumps({"code": codes.shown_code(services.issue_code(case, window, by=SYSTEM, at=clock.now()))}))

"""`ximu d11`: files of ratings, what is held, and codes; cases and steps come in by `ximu events load`, figures by `ximu areas`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel import codes
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d11_service import queries, services

COMMANDS = {"d11": "service_group"}
dumps = partial(json.dumps, ensure_ascii=False, default=str)


@click.group("d11")
def service_group() -> None:
    """互联网+政务服务 government service."""


@service_group.command("ratings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_ratings(file: Path) -> None:
    """载入好差评文件，逐行说明 Take a file of ratings."""
    click.echo(dumps(services.deliver_ratings(file, by=SYSTEM, at=clock.now())))


@service_group.command("held")
def held() -> None:
    """暂扣的集中评价 bursts that are held."""
    click.echo(dumps(queries.held(SYSTEM)))


@service_group.command("code")
@click.argument("case")
@click.argument("window")
def code(case: str, window: str) -> None:
    """发评价码，只显示一次 Hand out a code, shown once."""
    click.echo(dumps({"code": codes.shown_code(services.issue_code(case, window, by=SYSTEM, at=clock.now()))}))

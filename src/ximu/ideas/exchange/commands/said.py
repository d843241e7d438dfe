"""How an answer is written on the command line."""

from __future__ import annotations

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


def say(value: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, default=str))
        return
    for one in value if isinstance(value, list) else [value]:
        click.echo("\t".join(f"{name} {found}" for name, found in one.items()))

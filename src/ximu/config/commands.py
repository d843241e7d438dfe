"""`ximu manage`: the few Django commands that an operator needs, and no other."""

from __future__ import annotations

import click
from django.core.management import call_command

from ximu.kernel.refusal import Refusal

COMMANDS = {"manage": "manage_command"}
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

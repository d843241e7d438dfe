"""`ximu serve` and `ximu doctor`."""

from __future__ import annotations

import json
import os
import sys

import click
from django.conf import settings
from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces

from ximu.faces.operator import doctor
from ximu.foundation import clock

COMMANDS = {"serve": "serve_command", "doctor": "doctor_command"}
MARKS = {"ok": "✓", "warn": "!", "broken": "✗"}


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 address")
@click.option("--port", default=8000, show_default=True, help="端口 port")
@click.option("--workers", default=0, help="进程数，默认按CPU核数 processes; default: one per core, at most 8")
@click.option("--json", "as_json", is_flag=True, help="JSON output of the address")
def serve_command(host: str, port: int, workers: int, as_json: bool) -> None:
    """启动服务 Serve the site with granian; static files are collected first when they have changed."""
    if not doctor.static_current():
        call_command("collectstatic", interactive=False, verbosity=0)
    count = workers or min(os.cpu_count() or 1, 8)
    address = f"http://{host}:{port}/"
    click.echo(json.dumps({"address": address, "workers": count}) if as_json else f"{address}\tworkers {count}")
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    Granian(
        "ximu.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=count,
        blocking_threads=1 if sqlite else 4, log_access=False, websockets=False, respawn_failed_workers=True, backlog=1024,
    ).serve()


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def doctor_command(as_json: bool) -> None:
    """检查运行条件并给出补救办法 Check what the system needs, with the mend; exit 1 when something is broken."""
    checks = doctor.examine(at=clock.now())
    if as_json:
        click.echo(json.dumps([
            {"name_zh": c.name.zh, "name_en": c.name.en, "state": c.state, "found": c.found,
             "mend_zh": c.mend.zh if c.mend else "", "mend_en": c.mend.en if c.mend else ""} for c in checks
        ], ensure_ascii=False))
    for check in [] if as_json else checks:
        mend = f" → {check.mend.zh} {check.mend.en}" if check.mend and check.state != "ok" else ""
        click.echo(f"{MARKS[check.state]} {check.name.zh} {check.name.en}: {check.found}{mend}")
    if any(c.state == "broken" for c in checks):
        sys.exit(1)

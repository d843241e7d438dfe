"""`ximu serve`, `ximu jobs`, `ximu backup`, `ximu restore`, `ximu keys` and `ximu doctor`."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from django.core.management import call_command
from django.db import DatabaseError, connection
from granian.constants import Interfaces

from ximu.faces.operator import backup, doctor, listening, rotating, stopping, supervisor
from ximu.foundation import clock, duties, leftovers, resealing, vault
from ximu.kernel.actor import SYSTEM

COMMANDS = {
    "serve": "serve_command", "doctor": "doctor_command", "jobs": "jobs_group", "backup": "backup_command", "restore": "restore_command",
    "keys": "keys_group",
}
PAUSE = 5.0
"""Seconds between two looks at what is due."""
log = logging.getLogger(__name__)
MARKS = {"ok": "✓", "warn": "!", "broken": "✗"}


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 address")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 port")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="进程数，默认按CPU核数 processes; default: one per core, at most 8")
@click.option("--jobs/--no-jobs", "with_jobs", default=True, show_default=True, help="同时运行自动作业 run the jobs beside it")
@click.option("--json", "as_json", is_flag=True, help="JSON output of the address")
def serve_command(host: str, port: int, workers: int, with_jobs: bool, as_json: bool) -> None:
    """启动服务 Serve the site with granian; static files are collected first when they have changed."""
    with backup.serving():
        _serve(listening.place(host, port), port, workers, with_jobs=with_jobs, as_json=as_json)


def _serve(host: str, port: int, workers: int, *, with_jobs: bool, as_json: bool) -> None:
    if not doctor.static_current():
        call_command("collectstatic", interactive=False, verbosity=0)
    count = workers or min(os.cpu_count() or 1, 8)
    address = f"http://{host}:{port}/"
    click.echo(json.dumps({"address": address, "workers": count}) if as_json else f"{address}\tworkers {count}")
    server = stopping.Server(
        "ximu.config.asgi:application", address=host, port=port, interface=Interfaces.ASGINL, workers=count, log_access=False,
        websockets=False, respawn_failed_workers=True, backlog=1024,
    )
    with supervisor.worker(wanted=with_jobs):
        server.serve()


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


@click.group("jobs")
def jobs_group() -> None:
    """自动作业 What runs by itself."""


@jobs_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def jobs_list(as_json: bool) -> None:
    """各作业的间隔、上次与下次 Every job with its interval, last run and next."""
    found = [
        {"name": s.job.name, "zh": s.job.words.zh, "en": s.job.words.en, "every_seconds": s.job.every.total_seconds(), "ran_at": s.ran_at,
         "seconds": s.seconds, "outcome": s.outcome, "said": s.said, "failures": s.failures, "running": s.running, "due_at": s.due_at}
        for s in duties.standings(at=clock.now())
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
    for one in [] if as_json else found:
        click.echo("\t".join(str(one[key] or "—") for key in ("name", "zh", "ran_at", "outcome", "said", "due_at")))


@jobs_group.command("run")
@click.argument("name", required=False)
@click.option("--due", is_flag=True, help="只运行到期的作业 everything that is due")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def jobs_run(name: str | None, due: bool, as_json: bool) -> None:
    """立即运行一项，或运行全部到期作业 Run one job now, or all that are due; exit 1 when one failed."""
    if bool(name) == due:
        raise click.UsageError("NAME | --due")
    runs = duties.run_due(by=SYSTEM, at=clock.now()) if due else [duties.run(name or "", by=SYSTEM, at=clock.now())]
    if as_json:
        click.echo(json.dumps([asdict(run) for run in runs], ensure_ascii=False))
    for run in [] if as_json else runs:
        click.echo(f"{run.name}\t{run.outcome}\t{run.seconds}s\t{run.said}")
    if any(run.outcome == "failed" for run in runs):
        sys.exit(1)


@jobs_group.command("work")
@click.option("--parent", default=0, help="此进程结束即停止 stop when this process is gone")
@click.option("--json", "as_json", is_flag=True, help="JSON output, one line for each run")
def jobs_work(parent: int, as_json: bool) -> None:
    """循环运行到期作业，直到被停止 Run what is due again and again until stopped."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with suppress(DatabaseError):
        leftovers.clear()
    while not stop.is_set() and (not parent or os.getppid() == parent):
        try:
            for run in duties.run_due(by=SYSTEM, at=clock.now()):
                if as_json:
                    click.echo(json.dumps(asdict(run), ensure_ascii=False))
        except DatabaseError as error:  # busy, full or away: everything is still due
            log.warning("jobs: %s", type(error).__name__)
            connection.close()
        stop.wait(PAUSE)


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def backup_command(folder: Path, as_json: bool) -> None:
    """备份数据库与文件（不含密钥） Save database and files, without the keys, into an empty folder; the service may run."""
    made = backup.save(folder, at=clock.now())
    told = {"folder": str(folder), "made_at": made["made_at"], "log_size": made["log_size"], "files": len(made["digests"])}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\t".join(str(value) for value in told.values()))


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--accept-loss", is_flag=True, help="日志短于已知检查点时仍恢复 restore although the log was seen longer")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def restore_command(folder: Path, accept_loss: bool, as_json: bool) -> None:
    """恢复备份并重做其后的删除 Restore, erase again what was erased since, verify the log; stop the service first."""
    told = backup.restore(folder, accept_loss=accept_loss, by=SYSTEM, at=clock.now())
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\t".join(f"{name} {value}" for name, value in told.items()))


@click.group("keys")
def keys_group() -> None:
    """加密保存的密钥 Keys of what lies sealed: identity numbers, contacts, second factors, uploads."""


@keys_group.command("show")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def keys_show(as_json: bool) -> None:
    """现有密钥版本和尚用旧密钥加密的数量 Versions that are there, and how much older ones still seal."""
    _say_keys({"newest": vault.newest(), "there": vault.standing(), "left": resealing.left()}, as_json=as_json)


@keys_group.command("rotate")
@click.option("--keep-old", is_flag=True, help="不销毁旧密钥 keep the older keys, for backups made before")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def keys_rotate(keep_old: bool, as_json: bool) -> None:
    """换用新密钥，旧密文逐批重新加密，完成后销毁旧密钥 A new key; what older ones sealed is sealed anew; then the older ones are destroyed.

    A run that was interrupted goes on where it stopped, without a further key.
    """
    _say_keys(rotating.rotate(keep_old=keep_old, by=SYSTEM, at=clock.now()), as_json=as_json)


def _say_keys(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"最新 newest {found['newest']}\t现有 there {' '.join(map(str, found['there']))}")
    for words, name in (("重新加密 sealed anew", "renewed"), ("仍用旧密钥 still with older keys", "left")):
        for place, count in found.get(name, {}).items():
            click.echo(f"{words}\t{place}\t{count}")

"""What does the system need, is it there, and how is it mended? Rooms add their own lines by `queries.doctor(at)`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from ximu.faces.operator import backup
from ximu.foundation import clock, duties, vault
from ximu.foundation.models import Outbox
from ximu.foundation.rooms import with_module
from ximu.kernel import workdays
from ximu.kernel.health import Check
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEAST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 2 << 30
BACKUP_AGE = timedelta(days=2)
LATE = timedelta(minutes=15)
"""A job that is overdue by more than this and its interval is not being run."""
EARLIEST_DAY = date(2010, 1, 1)
"""A machine whose clock shows an earlier day has lost its time."""


def examine(*, at: datetime) -> list[Check]:
    """All lines. A provider that fails is itself a broken line, so that the others are still told."""
    found = [*_machine(), *_clock(at), *_database(at), *_calendars(at), *_keys(), _static(), _backup(at)]
    for room, module in with_module("queries"):
        provider = getattr(import_module(module), "doctor", None)
        if provider:
            try:
                found.extend(provider(at))
            except (DatabaseError, OSError, Refusal) as error:
                found.append(Check(Text(room, room), "broken", type(error).__name__,
                                   Text("先修复上面的各项", "mend the lines above first")))
    return found


def _machine() -> Iterator[Check]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(Text("Python", "Python"), "ok" if sys.version_info >= LEAST_PYTHON else "broken", version,
                Text("安装Python 3.11或更新版本", "install Python 3.11 or newer"))
    free = shutil.disk_usage(_existing(Path(settings.XIMU_HOME))).free
    yield Check(Text("磁盘空间", "Disk space"), "ok" if free > LEAST_FREE_BYTES else "warn", f"{free / 2**30:.1f} GiB",
                Text("至少留2 GiB", "keep 2 GiB free"))
    browser = shutil.which("chromium")
    yield Check(Text("浏览器（仅测试用）", "Chromium (tests only)"), "ok" if browser else "warn", browser or "—",
                Text("apt install chromium", "apt install chromium"))
    yield Check(Text("公文排版", "Typst"), "ok" if find_spec("typst") else "broken", "typst" if find_spec("typst") else "—",
                Text("pip install typst", "pip install typst"))
    fonts = _chinese_fonts()
    yield Check(Text("中文字体", "Chinese fonts"), "ok" if fonts else "warn", str(fonts),
                Text("apt install fonts-noto-cjk", "apt install fonts-noto-cjk"))


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _chinese_fonts() -> int:
    if not shutil.which("fc-list"):
        return 0
    ran = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=20)
    return len(set(ran.stdout.splitlines()))


def _clock(at: datetime) -> Iterator[Check]:
    if settings.XIMU_CLOCK:
        yield Check(Text("演示时钟", "Demo clock"), "warn", at.isoformat(timespec="minutes"),
                    Text("正式运行时去掉XIMU_CLOCK", "unset XIMU_CLOCK in service"))
    else:
        yield Check(Text("时钟", "Clock"), "ok" if clock.city_day(at) > EARLIEST_DAY else "broken", at.isoformat(timespec="minutes"),
                    Text("校准系统时间（NTP）", "set the machine's time (NTP)"))
    if settings.DEBUG:
        yield Check(Text("调试", "Debug"), "warn", "XIMU_DEBUG=1", Text("正式运行时去掉", "unset it in service"))


def _database(at: datetime) -> Iterator[Check]:
    name = Text("数据库", "Database")
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield Check(name, "broken", type(error).__name__,
                    Text("检查DATABASE_URL和数据库服务", "check DATABASE_URL and the database server"))
        return
    yield Check(name, "broken" if waiting else "ok", f"{connection.vendor}, {len(waiting)} migrations waiting",
                Text("ximu manage migrate", "ximu manage migrate"))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
        yield Check(Text("日志方式", "Journal"), "ok" if mode in ("wal", "memory") else "broken", mode,
                    Text("数据库须放在本机磁盘上", "put the database on a local disk"))
    if not waiting:
        parked = Outbox.objects.filter(state=Outbox.State.PARKED).count()
        yield Check(Text("搁置的公告", "Parked announcements"), "warn" if parked else "ok", str(parked),
                    Text("查明原因后重新投递", "find the cause and deliver them again"))
        yield from _duties(at)


def _duties(at: datetime) -> Iterator[Check]:
    """Jobs that failed, and jobs that nobody runs: a worker that stands still is seen here."""
    every = duties.standings(at=at)
    failed = [f"{one.job.name} {one.said}" for one in every if one.outcome == "failed"]
    yield Check(Text("失败的作业", "Failed jobs"), "warn" if failed else "ok", ", ".join(failed) or "0",
                Text("ximu jobs run NAME，查明原因", "ximu jobs run NAME, find the cause"))
    idle = [one.job.name for one in every if not one.running and (one.due_at is None or one.due_at < at - max(one.job.every, LATE))]
    yield Check(Text("未运行的作业", "Jobs not run"), "warn" if idle else "ok", " ".join(idle) or "0",
                Text("ximu serve，或由定时器运行ximu jobs run --due", "ximu serve, or let a timer run ximu jobs run --due"))


def _calendars(at: datetime) -> Iterator[Check]:
    for year in (clock.city_day(at).year, clock.city_day(at).year + 1):
        try:
            workdays.BUNDLED.due(date(year, 12, 1) - timedelta(days=1), 1)
            state, found = "ok", str(year)
        except Refusal as refusal:
            state, found = "warn", refusal.code
        yield Check(Text(f"{year}年日历", f"Calendar {year}"), state, found,
                    Text("放假安排公布后更新", "update once the holidays are announced"))


def _keys() -> Iterator[Check]:
    folder = Path(settings.XIMU_HOME) / "keys"
    loose = [p.name for p in sorted(folder.glob("*")) if p.is_file() and p.stat().st_mode & 0o077 and p.suffix != ".pub"]
    yield Check(Text("密钥文件", "Key files"), "broken" if loose else "ok", " ".join(loose) or str(folder),
                Text("chmod 600", "chmod 600"))
    there = vault.standing()
    yield Check(Text("加密密钥版本", "Versions of the sealing key"), "warn" if len(there) > 1 else "ok", " ".join(map(str, there)) or "—",
                Text("ximu keys rotate：完成重新加密并销毁旧密钥", "ximu keys rotate: finish and destroy the older key"))


def static_current() -> bool:
    """Has every static file been collected, and none changed since?"""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    return all(Path(storage.path(name)).stat().st_mtime <= made for finder in get_finders() for name, storage in finder.list([]))


def _static() -> Check:
    good = static_current()
    return Check(Text("静态文件", "Static files"), "ok" if good else "warn", "collected" if good else "—",
                 Text("ximu serve会自动收集", "ximu serve collects them"))


def _backup(at: datetime) -> Check:
    """When was the last backup, by the note that `ximu backup` leaves?"""
    last = backup.last()
    fresh = bool(last) and at - datetime.fromisoformat(last) < BACKUP_AGE
    return Check(Text("最近备份", "Last backup"), "ok" if fresh else "warn", last or "—", Text("ximu backup 目录", "ximu backup FOLDER"))

"""Databases of earlier versions go forward to this one with every row, and the log verifies before and after; a killed migration goes on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scripts.keep_database import bring_back
from tests.journeys.conftest import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
KEPT = sorted((ROOT / "tests" / "kept").glob("*.tar.xz"))
KILLS = int(os.environ.get("XIMU_MIGRATION_KILLS", "0"))
"""With any number the rooms are also taken back and brought forward again, killed so often on the way."""
BACK = {"foundation": "0003_duty", "ledger": "0002_witnesses", "intake": "0002_evidence_and_purge"}
"""To where a room is taken back before it goes forward again: no version older than these migrations has been released yet."""


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
        "XIMU_HOME": str(home), "XIMU_CITY": "example", "XIMU_DEMO": "1", "XIMU_CLOCK": "2019-03-20T09:00:00", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run([sys.executable, "-m", "ximu", *words], cwd=ROOT, env=env, capture_output=True, text=True)


def counts(home: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(home / "ximu.sqlite3")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").fetchall()
        names = [name for (name,) in tables if not name.startswith(("sqlite_", "django_", "auth_", "foundation_doomed"))]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def sound(home: Path) -> dict[str, object]:
    told = json.loads(command(home, "log", "verify", "--json").stdout)
    assert told["ok"], told["findings"][:5]
    return {name: told[name] for name in ("size", "root")}


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_a_kept_database_goes_forward_whole(kept: Path, tmp_path: Path) -> None:
    bring_back(kept, tmp_path)
    before = counts(tmp_path)
    assert sum(before.values()) > 1000
    assert command(tmp_path, "manage", "migrate").returncode == 0
    head = sound(tmp_path)
    for room, name in BACK.items() if KILLS else ():
        assert command(tmp_path, "manage", "migrate", room, name).returncode == 0
    chance = random.Random(30)
    for _ in range(KILLS):
        killed_while_migrating(tmp_path, chance.uniform(0.5, 4))
    assert not KILLS or command(tmp_path, "manage", "migrate").returncode == 0
    after = counts(tmp_path)
    assert {name: after.get(name) for name in before if name not in LOSABLE} == {n: c for n, c in before.items() if n not in LOSABLE}
    assert not KILLS or sound(tmp_path) == head


LOSABLE = {"ledger_watcher", "ledger_watchersighting", "intake_monthreceipt", "foundation_duty"}
"""Tables that going back removes; coming forward makes them anew, empty."""


def killed_while_migrating(home: Path, after: float) -> None:
    env = dict(os.environ) | {"XIMU_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "XIMU_CITY": "example", "XIMU_DEMO": "1"}
    env.pop("DATABASE_URL", None)
    env.pop("DJANGO_SETTINGS_MODULE", None)
    running = subprocess.Popen([sys.executable, "-m", "ximu", "manage", "migrate"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    death = threading.Timer(after, os.killpg, [running.pid, signal.SIGKILL])
    death.start()
    running.wait(120)
    death.cancel()

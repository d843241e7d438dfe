"""The log is verified while it grows: what is written meanwhile is neither foreign nor missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
GROWS = """
import json, threading
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.core.management import call_command
from django.db import connection, transaction
call_command("migrate", verbosity=0)
from ximu.ideas.ledger.queries import verify_log
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append

start, stop, written = datetime(2018, 5, 7, tzinfo=UTC), threading.Event(), []

def write():
    while not stop.is_set():
        with transaction.atomic():
            append([Entry("test.grown", {"n": len(written)})] * 40, at=start + timedelta(seconds=len(written)))
        written.append(1)
    connection.close()

writer = threading.Thread(target=write)
writer.start()
found, last = [], 0
while len(found) < 12:
    verdict = verify_log()
    if verdict.size > last:
        last = verdict.size
        found.append([verdict.size, [f.what for f in verdict.findings]])
stop.set()
writer.join()
print(json.dumps(found))
"""


def test_what_is_written_meanwhile_is_neither_foreign_nor_missing(tmp_path: Path) -> None:
    env = {**os.environ, "XIMU_HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'grows.sqlite3'}",
           "DJANGO_SETTINGS_MODULE": "ximu.config.settings", "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    ran = subprocess.run([sys.executable, "-c", GROWS], env=env, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads(ran.stdout.splitlines()[-1])
    assert [what for _, what in found] == [[]] * 12, found
    assert len({size for size, _ in found}) == 12

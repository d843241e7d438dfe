"""The drill: a backup while records come in, an empty machine, a restore that is killed once; what was acknowledged before the backup is there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import ROOT
from tests.journeys.courthouse import client, commit, judgments, upload
from tests.journeys.test_faults import Home, home

pytestmark = [pytest.mark.journey, pytest.mark.load, pytest.mark.row("M1.2")]
__all__ = ["home"]
MOST_SECONDS = 3600


def test_a_backup_under_writes_comes_back_on_an_empty_machine(home: Home, tmp_path: Path) -> None:
    kept: list[str] = []
    stop = threading.Event()
    with home.served() as (url, _), client(url, home.key) as http:

        def write() -> None:
            for n in range(10_000):
                if stop.is_set():
                    return
                with contextlib.suppress(httpx.HTTPError):
                    uid = upload(http, judgments(2, seed=26_000 + n)).json()["delivery"]["uid"]
                    commit(http, uid)
                    kept.append(uid)

        writing = threading.Thread(target=write)
        writing.start()
        while len(kept) < 2:
            assert writing.is_alive()
            threading.Event().wait(0.2)
        before = list(kept)
        saved = home.city.ximu("backup", str(tmp_path / "saved"), "--json")
        during = len(kept) - len(before)
        stop.set()
        writing.join()
    assert saved.returncode == 0, saved.stdout + saved.stderr
    made = json.loads(saved.stdout)
    empty = tmp_path / "empty"
    shutil.copytree(home.city.home / "keys", empty / "keys")
    bare = replace(home, city=replace(home.city, home=empty, env=home.city.env | {"XIMU_HOME": str(empty)}))
    began = time.monotonic()
    killed(bare, tmp_path / "saved")
    assert bare.city.ximu("serve", "--port", "1").returncode == 2, "a half restored city is served"
    back = bare.city.ximu("restore", str(tmp_path / "saved"), "--json")
    seconds = time.monotonic() - began
    assert back.returncode == 0, back.stdout + back.stderr
    assert json.loads(back.stdout)["log_size"] == made["log_size"] or json.loads(back.stdout)["log_size"] > made["log_size"]
    assert seconds < MOST_SECONDS
    found = {uid for (uid,) in bare.rows("SELECT uid FROM intake_delivery WHERE state = 'committed'")}
    assert set(before) <= found
    for (digest,) in bare.rows("SELECT file_digest FROM intake_delivery WHERE purged_at IS NULL"):
        assert list((empty / "files").rglob(f"{digest}*")), "a row without its file"
    assert bare.sound()
    sys.stdout.write(f"restored {made['log_size']} entries in {seconds:.1f} s, {during} deliveries during the backup\n")


def killed(home: Home, folder: Path) -> None:
    """The first attempt dies as soon as it has begun to put things in place."""
    running = subprocess.Popen([sys.executable, "-m", "ximu", "restore", str(folder)], env=home.city.env, cwd=ROOT, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (home.city.home / "restoring").exists():
        assert running.poll() is None
        threading.Event().wait(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(30)

"""A hundred approvals at once take effect once; fifty clients before a locked database get an answer; a worker that slept too long harms nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import ROOT
from tests.journeys.courthouse import client, judgments, upload
from tests.journeys.test_faults import Home, home

pytestmark = [pytest.mark.journey, pytest.mark.load, pytest.mark.row("M1.2")]
__all__ = ["home"]
HANDS = 100
CLIENTS, LOCKS = (50, (1, 5, 30)) if os.environ.get("XIMU_CLIENTS") == "all" else (12, (1,))


def worker(home: Home, module: str, *words: str) -> subprocess.CompletedProcess[str]:
    env = home.city.env | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
    ran = subprocess.run([sys.executable, "-m", f"tests.journeys.{module}", *words], cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran


def test_a_hundred_approvals_at_once_take_effect_once(home: Home) -> None:
    worker(home, "disk_worker", "prepare")
    for act, kind in (("erase", "erasure.done"), ("publish", "disclosure.opened")):
        ran = json.loads(worker(home, "race_worker", act, str(HANDS)).stdout)
        assert ran["told"].pop("one DUAL") == HANDS // 2
        assert ran["told"].pop("two done") == 1, ran
        assert sum(ran["told"].values()) == HANDS // 2 - 1
        assert all(said.startswith("two ") and said != "two done" for said in ran["told"])
        assert ran["entries"][kind] == 1
        assert ran["findings"] == []


@pytest.mark.parametrize("seconds", LOCKS)
def test_many_clients_before_a_locked_database_get_an_answer(home: Home, seconds: int) -> None:
    with home.served() as (url, _), client(url, home.key) as http:
        assert upload(http, judgments(1, seed=700)).status_code == httpx.codes.OK
        with contextlib.closing(sqlite3.connect(home.city.home / "ximu.sqlite3", isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            opened = threading.Timer(seconds, other.execute, ["ROLLBACK"])
            opened.start()
            with ThreadPoolExecutor(CLIENTS) as many:
                answers = list(many.map(lambda n: asked(url, home.key, n), range(CLIENTS)))
            opened.join()
        assert {a.status_code for a in answers} <= {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}, Counter(a.status_code for a in answers)
        assert all(a.headers.get("Retry-After") for a in answers if a.status_code != httpx.codes.OK)
        taken = [a.json()["delivery"]["uid"] for a in answers if a.status_code == httpx.codes.OK]
        [(kept,)] = home.rows(f"SELECT count(*) FROM intake_delivery WHERE uid IN ({','.join('?' * len(taken))})", *taken)
        assert kept == len(taken) == len(set(taken))
        again = [asked(url, home.key, n).status_code for n in range(CLIENTS)]
        assert set(again) == {httpx.codes.OK}
    assert home.rows("SELECT count(*) FROM intake_delivery WHERE state = 'received'") == [(0,)]


def asked(url: str, key: str, number: int) -> httpx.Response:
    with client(url, key) as http:
        return upload(http, judgments(1, seed=701 + number))


def test_a_worker_that_slept_beyond_its_lease_does_not_overwrite_its_successor(home: Home, tmp_path: Path) -> None:
    """Stopped while it holds its job; the lease runs out and another does the job; then it wakes up."""
    flag = tmp_path / "held"
    slow = ("import os, pathlib, django; django.setup()\n"
            "from ximu.foundation import clock, duties; from ximu.kernel.actor import SYSTEM\n"
            f"flag = pathlib.Path({str(flag)!r})\n"
            "job = duties.job('figures'); real = job.work\n"
            "def work(*, by, at):\n    flag.touch()\n    while flag.exists(): os.sched_yield()\n    return real(by=by, at=at)\n"
            "object.__setattr__(job, 'work', work)\n"
            "print(duties.run('figures', by=SYSTEM, at=clock.now()).outcome)\n")
    env = home.city.env | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
    sleeper = subprocess.Popen([sys.executable, "-c", slow], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    while not flag.exists():
        assert sleeper.poll() is None
        threading.Event().wait(0.1)
    sleeper.send_signal(signal.SIGSTOP)
    assert json.loads(home.city.ximu("jobs", "run", "figures", "--json").stdout)[0]["outcome"] == "taken"
    with contextlib.closing(sqlite3.connect(home.city.home / "ximu.sqlite3")) as database, database:
        database.execute("UPDATE foundation_duty SET held_until = ran_at WHERE name = 'figures'")
    assert json.loads(home.city.ximu("jobs", "run", "figures", "--json").stdout)[0]["outcome"] == "done"
    after = home.rows("SELECT holder, outcome, ran_at, due_at, failures FROM foundation_duty WHERE name = 'figures'")
    flag.unlink()
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait(60) == 0
    assert home.rows("SELECT holder, outcome, ran_at, due_at, failures FROM foundation_duty WHERE name = 'figures'") == after

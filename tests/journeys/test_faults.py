"""The server is killed while it commits, its disk is full, its database is held by another: nothing is lost, doubled or claimed falsely."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import ROOT, City, free_port, wait_for
from tests.journeys.courthouse import client, commit, judgments, key_of, upload

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
ROWS, FEW_KILLS, MANY_KILLS = 1500, 3, int(os.environ.get("XIMU_KILLS", "200"))
REFUSED = {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.INSUFFICIENT_STORAGE}


@dataclass(frozen=True)
class Home:
    """A copy of the city with a server of its own that may die."""

    city: City
    key: str

    @contextlib.contextmanager
    def served(self, *, most_bytes: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        def limits() -> None:
            if most_bytes:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "ximu", "serve", "--port", str(port), "--workers", "1"], env=self.city.env, cwd=ROOT,
            start_new_session=True, preexec_fn=limits, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            kill(server)

    def rows(self, sql: str, *given: object) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.city.home / "ximu.sqlite3", timeout=30)) as database:
            return database.execute(sql, given).fetchall()

    def sound(self) -> bool:
        return bool(json.loads(self.city.ximu("log", "verify", "--json").stdout)["ok"])


def kill(server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=30)


@pytest.fixture
def home(city: City, tmp_path: Path) -> Home:
    """SQLite's own copy of the running database, with the files and keys that belong to it."""
    key, copied = key_of(city), tmp_path / "home"
    shutil.copytree(city.home, copied, ignore=shutil.ignore_patterns("ximu.sqlite3*"))
    with contextlib.closing(sqlite3.connect(city.home / "ximu.sqlite3")) as database:
        database.execute("VACUUM INTO ?", [str(copied / "ximu.sqlite3")])
    return Home(replace(city, home=copied, env=city.env | {"XIMU_HOME": str(copied)}), key)


def killed_while_committing(home: Home, *, kills: int, seed: int) -> None:
    chance, whole = random.Random(seed), 1.0
    for turn in range(kills):
        data = judgments(ROWS, seed=seed * 1000 + turn)
        with home.served() as (url, server), client(url, home.key) as http:
            uid = upload(http, data).json()["delivery"]["uid"]
            death = threading.Timer(chance.uniform(0, whole), kill, [server])
            began = time.monotonic()
            death.start()
            with contextlib.suppress(httpx.HTTPError):
                commit(http, uid)
                whole = max(0.1, time.monotonic() - began)
            death.join()
        [(state,)] = home.rows("SELECT state FROM intake_delivery WHERE uid = ?", uid)
        [(kept,)] = home.rows("SELECT count(*) FROM records_version WHERE batch = ?", uid)
        assert (state, kept) in {("checked", 0), ("committed", ROWS)}, (turn, state, kept)
        with home.served() as (url, _), client(url, home.key) as http:
            again = upload(http, data).json()
            assert (again["again"], again["delivery"]["uid"]) == (True, uid)
            if state == "checked":
                assert commit(http, uid)["outcome"]["new"] == ROWS
        assert home.rows("SELECT count(*), count(DISTINCT number) FROM records_version WHERE batch = ?", uid) == [(ROWS, ROWS)]
    assert home.sound()


def test_a_server_killed_while_it_commits_loses_and_doubles_nothing(home: Home) -> None:
    killed_while_committing(home, kills=FEW_KILLS, seed=1)


def killed_while_checking(home: Home, *, kills: int, seed: int) -> None:
    """What the dead server had not answered is sent again: it is checked then, kept once, and nothing of the first attempt is left."""
    chance, whole = random.Random(seed), 2.0
    for turn in range(kills):
        data = judgments(ROWS, seed=seed * 1000 + turn)
        with home.served() as (url, server), client(url, home.key) as http:
            death = threading.Timer(chance.uniform(0, whole), kill, [server])
            began = time.monotonic()
            death.start()
            with contextlib.suppress(httpx.HTTPError):
                assert upload(http, data).json()["delivery"]["state"] == "checked"
                whole = max(0.1, time.monotonic() - began)
            death.join()
        with home.served() as (url, _), client(url, home.key) as http:
            told = upload(http, data).json()["delivery"]
            assert (told["state"], told["summary"]["good"]) == ("checked", ROWS), (turn, told)
            assert home.rows("SELECT count(*) FROM intake_delivery WHERE file_digest = ?", told["file_digest"]) == [(1,)]
        assert home.city.ximu("jobs", "run", "leftovers").returncode == 0
        assert list(home.city.home.rglob(".part-*")) == []
        assert list((home.city.home / "scratch").iterdir()) == []


def test_a_server_killed_while_it_checks_a_file_takes_it_again(home: Home) -> None:
    killed_while_checking(home, kills=1, seed=3)


@pytest.mark.load
def test_killed_at_many_points_of_a_check(home: Home) -> None:
    killed_while_checking(home, kills=MANY_KILLS, seed=4)


@pytest.mark.load
def test_killed_at_many_random_points(home: Home) -> None:
    killed_while_committing(home, kills=MANY_KILLS, seed=2)


def test_a_full_disk_is_said_and_never_called_a_success(home: Home) -> None:
    data = judgments(ROWS, seed=77)
    with home.served() as (url, _), client(url, home.key) as http:
        uid = upload(http, data).json()["delivery"]["uid"]
    with home.served(most_bytes=700 << 10) as (url, server), client(url, home.key) as http:
        assert http.post(f"/api/v1/intake/deliveries/{uid}/commit", json={"reason": ""}).status_code in REFUSED
        assert upload(http, judgments(8000, seed=78)).status_code in REFUSED
        assert server.poll() is None
    assert home.rows("SELECT state FROM intake_delivery WHERE uid = ?", uid) == [("checked",)]
    assert home.rows("SELECT count(*) FROM records_version WHERE batch = ?", uid) == [(0,)]
    with home.served() as (url, _), client(url, home.key) as http:
        assert commit(http, uid)["outcome"]["new"] == ROWS
    assert home.sound()


def test_a_database_held_by_another_program_is_no_fault_of_ours(home: Home) -> None:
    with home.served() as (url, _), client(url, home.key) as http:
        uid = upload(http, judgments(3, seed=79)).json()["delivery"]["uid"]
        with contextlib.closing(sqlite3.connect(home.city.home / "ximu.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert http.post(f"/api/v1/intake/deliveries/{uid}/commit", json={"reason": ""}).status_code in REFUSED
            other.execute("ROLLBACK")
        assert commit(http, uid)["outcome"]["new"] == 3

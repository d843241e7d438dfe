"""There is no room left, whoever writes: each says so, reading goes on, and the work goes on by itself when there is room again."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.journeys.courthouse import client, commit, judgments, upload
from tests.journeys.test_faults import Home, home

pytestmark = [pytest.mark.journey, pytest.mark.load, pytest.mark.row("M1.2")]
__all__ = ["home"]
FULL = httpx.codes.INSUFFICIENT_STORAGE


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    return tmp_path / "full"


@pytest.fixture
def small(home: Home, tmp_path: Path, flag: Path) -> Home:
    library = tmp_path / "faulty.so"
    source = Path(__file__).with_name("faulty_disk.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    env = home.city.env | {"LD_PRELOAD": str(library), "FAULT_ROOT": str(home.city.home), "FAULT_FULL": str(flag)}
    return replace(home, city=replace(home.city, env=env))


def test_every_writer_says_that_there_is_no_room_and_goes_on_when_there_is(small: Home, flag: Path, tmp_path: Path) -> None:
    with small.served() as (url, server), client(url, small.key) as http:
        waiting = upload(http, judgments(20, seed=41)).json()["delivery"]["uid"]
        flag.touch()
        refused = {
            "upload": upload(http, judgments(5, seed=42)), "large upload": upload(http, judgments(8_000, seed=43)),
            "push": http.post("/api/v1/intake/deliveries", json={"item": "SF-PJ", "source": "x", "rows": [{"a": "b"}]}),
            "commit": http.post(f"/api/v1/intake/deliveries/{waiting}/commit", json={"reason": ""}),
            "check": http.post(f"/api/v1/intake/deliveries/{waiting}/check"),
        }
        told = {name: (answer.status_code, answer.json().get("code")) for name, answer in refused.items() if name != "push"}
        assert set(told.values()) == {(FULL, "DISK-FULL")}, told
        assert refused["push"].status_code < 500 or refused["push"].status_code == FULL
        assert all(refused[name].headers["Retry-After"] for name in told)
        read = {path: http.get(path).status_code for path in ("/", "/healthz", "/log/checkpoint", "/api/v1/intake/deliveries", "/data/")}
        assert {status for status in read.values() if status >= 500} <= {FULL}, read
        assert read["/"] == read["/api/v1/intake/deliveries"] == httpx.codes.OK, read
        for words in (["backup", str(small.city.home / "saved")], ["jobs", "run", "figures"], ["accounts", "key", "court", "court_officer"]):
            ran = small.city.ximu(*words, "--json")
            assert ran.returncode in (1, 2), (words, ran.stdout)
            assert "Traceback" not in ran.stderr, words
        flag.unlink()
        assert server.poll() is None
        assert commit(http, waiting)["outcome"]["new"] == 20
        assert upload(http, judgments(5, seed=42)).json()["delivery"]["state"] == "checked"
        assert upload(http, judgments(8_000, seed=43)).json()["delivery"]["state"] == "checked"
    made = small.city.ximu("backup", str(small.city.home / "saved"), "--json")
    assert (made.returncode, json.loads(made.stdout)["files"] > 0) == (0, True), made.stdout
    assert small.city.ximu("jobs", "run", "leftovers").returncode == 0
    assert not [path for path in small.city.home.rglob(".part-*") if "saved" not in path.parts]
    assert small.sound()

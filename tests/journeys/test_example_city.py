"""The made-up city starts as the README says: every planted fault of its deliveries is found, and its log is sound."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.conftest import City

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2", "M1.3")]
ANSWERS = tomllib.loads((Path(__file__).parents[2] / "examples" / "deliveries" / "answers.toml").read_text("utf-8"))


def test_every_planted_fault_is_found_and_nothing_else(city: City) -> None:
    with sqlite3.connect(city.home / "ximu.sqlite3") as database:
        found = {item: (json.loads(summary), json.loads(outcome)) for item, summary, outcome in database.execute(
            "select item, summary, outcome from intake_delivery order by received_at desc")}
    for name, told in ANSWERS.items():
        summary, outcome = found[told["item"]]
        errors = Counter({c["code"]: c["n"] for c in summary["counts"] if c["severity"] == "error"})
        assert errors == Counter(told["refused"]), name
        assert (summary["rows"], summary["waiting"], outcome["held"]) == (told["rows"], told["waiting"], told["held"]), name


def still(city: City, home: Path) -> City:
    """The city as it stands now, in another folder where nobody works on."""
    shutil.copytree(city.home, home, ignore=shutil.ignore_patterns("*.sqlite3*", "server.log"))
    with sqlite3.connect(city.home / "ximu.sqlite3") as source, sqlite3.connect(home / "ximu.sqlite3") as copy:
        source.backup(copy)
    return replace(city, home=home, env={**city.env, "XIMU_HOME": str(home)})


def test_the_log_is_sound_and_a_second_start_adds_nothing(city: City, tmp_path: Path) -> None:
    assert json.loads(city.ximu("log", "verify", "--json").stdout)["ok"], "while the server works on"
    copy = still(city, tmp_path / "home")
    before = json.loads(copy.ximu("log", "verify", "--json").stdout)
    assert before["ok"], before
    again = copy.ximu("up", "--no-serve", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["passwords"] == []
    assert json.loads(copy.ximu("log", "verify", "--json").stdout)["size"] == before["size"]


def test_the_plan_on_the_second_of_may_2018(city: City) -> None:
    lines = json.loads(city.ximu("plan", "status", "--as-of", "2018-05-02", "--json").stdout)
    assert {line["row"] for line in lines if line["light"] == "overdue"} == {"M1.1", "S1"}


def test_doctor_finds_nothing_broken(city: City) -> None:
    ran = city.ximu("doctor", "--json")
    assert not [c for c in json.loads(ran.stdout) if c["state"] == "broken"], ran.stdout

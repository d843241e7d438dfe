"""A published result is computed again on another machine: a clean home from a backup, another process, hash seed, language and time zone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.conftest import City

pytestmark = [pytest.mark.journey, pytest.mark.row("M3.1")]
ELSEWHERE = {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "TZ": "America/Los_Angeles"}


def results(home: Path) -> dict[str, tuple[bytes, str]]:
    with sqlite3.connect(home / "ximu.sqlite3") as database:
        return {uid: (bytes(result, "utf-8") if isinstance(result, str) else bytes(result), digest)
                for uid, result, digest in database.execute("select uid, result, digest from assessment_run where state = 'published'")}


@pytest.fixture(scope="module")
def elsewhere(city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """Nothing of the first home but its backup and its keys, which are kept apart."""
    tmp_path = tmp_path_factory.mktemp("elsewhere")
    assert city.ximu("backup", str(tmp_path / "saved")).returncode == 0
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(city.home / "keys", home / "keys")
    there = replace(city, home=home, env={**{k: v for k, v in city.env.items() if k not in ("TZ", "LANG", "PYTHONHASHSEED")}, **ELSEWHERE,
                                          "XIMU_HOME": str(home), "HOME": str(home.parent)})
    assert there.ximu("manage", "migrate").returncode == 0
    back = there.ximu("restore", str(tmp_path / "saved"))
    assert back.returncode == 0, back.stderr
    return there


def test_every_published_result_is_the_same_bytes_elsewhere(city: City, elsewhere: City) -> None:
    published = results(city.home)
    assert len(published) == 3, "two years of the assessment, one of the environment"
    assert results(elsewhere.home) == published
    for uid, (_, digest) in published.items():
        told = json.loads(elsewhere.ximu("score", "replay", uid, "--json").stdout)
        assert (told["same"], told["digest"]) == (True, digest), told
    assert json.loads(elsewhere.ximu("log", "verify", "--json").stdout)["ok"]


def test_a_units_figure_is_the_same_elsewhere_by_both_clocks(city: City, elsewhere: City) -> None:
    asked = ("score", "replay", "--unit", "示例市甲区", "--as-of", "2018-12-31", "--json")
    here, there = city.ximu(*asked), elsewhere.ximu(*asked)
    assert there.returncode == 0, there.stderr
    assert json.loads(here.stdout) | {"known_at": ""} == json.loads(there.stdout) | {"known_at": ""}
    assert json.loads(there.stdout)["same"]


def test_a_result_that_was_altered_on_the_way_is_told(elsewhere: City) -> None:
    uid, (result, _) = next(iter(results(elsewhere.home).items()))
    score = next(iter(json.loads(result)["published"].values()))["score"]
    altered = result.replace(score.encode(), b"99.99")
    with sqlite3.connect(elsewhere.home / "ximu.sqlite3") as database:
        database.execute("update assessment_run set result = ? where uid = ?", (altered.decode(), uid))
    told = elsewhere.ximu("score", "replay", uid, "--json")
    assert told.returncode == 1 and json.loads(told.stdout)["same"] is False
    assert os.environ.get("PYTHONHASHSEED") != ELSEWHERE["PYTHONHASHSEED"]

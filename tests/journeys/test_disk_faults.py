"""The disk fails, or the process is killed, at one system call after the other: rows and files agree afterwards, nothing is claimed falsely.

`XIMU_DISK_FAULTS=all` goes through every call of every act; each commit tries a few of the dangerous ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import ROOT, City

pytestmark = [pytest.mark.journey, pytest.mark.load, pytest.mark.row("M1.2")]
HERE = Path(__file__).parent
EIO, ENOSPC = 5, 28
ONCE, FROM_THEN_ON, SHORT, KILLED = range(4)
CALLS = {"receive": 30, "check": 38, "commit": 94, "erase": 106, "publish": 97, "sign": 17, "scrub": 60}
"""How often each act asks the disk, and somewhat more (a rewriting of the database: the first calls)."""
EVERYTHING = os.environ.get("XIMU_DISK_FAULTS") == "all"
FEW: list[tuple[str, list[list[int]]]] = [
    ("receive", [[9, EIO, ONCE], [25, 0, KILLED]]), ("commit", [[60, ENOSPC, FROM_THEN_ON], [88, 0, KILLED]]),
    ("erase", [[50, EIO, SHORT], [95, 0, KILLED]]), ("publish", [[45, EIO, ONCE], [94, 0, KILLED]]),
]
ALL = [(act, [[at, [EIO, ENOSPC, ENOSPC, 0][mode], mode] for at in range(1, most + 1) for mode in range(4)]) for act, most in CALLS.items()]


@dataclass(frozen=True)
class FailingDisk:
    """A copy of the city in memory and the library that fails."""

    template: Path
    home: Path
    env: dict[str, str]

    def run(self, act: str, plan: list[list[int]]) -> list[dict[str, Any]]:
        shutil.copytree(self.template, self.home, dirs_exist_ok=True)
        order = self.template.parent / "plan.json"
        order.write_text(json.dumps(plan), "utf-8")
        ran = subprocess.run([sys.executable, "-m", "tests.journeys.disk_worker", act, str(order)], cwd=ROOT, env=self.env,
                             capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def disk(city: City, tmp_path: Path) -> Iterator[FailingDisk]:
    library = tmp_path / "faulty.so"
    built = subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "faulty_disk.c"), "-ldl"], capture_output=True)
    assert built.returncode == 0, built.stderr.decode()
    memory = Path("/dev/shm") / f"ximu-faults-{os.getpid()}"
    template, home = memory / "template", memory / "home"
    shutil.copytree(city.home, template, ignore=shutil.ignore_patterns("ximu.sqlite3*", "static", "server.log"))
    with contextlib.closing(sqlite3.connect(city.home / "ximu.sqlite3")) as database:
        database.execute("VACUUM INTO ?", [str(template / "ximu.sqlite3")])
    env = city.env | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
    made = subprocess.run([sys.executable, "-m", "tests.journeys.disk_worker", "prepare"], cwd=ROOT, capture_output=True, text=True,
                          env=env | {"XIMU_HOME": str(template)})
    assert made.returncode == 0, made.stderr
    yield FailingDisk(template, home, env | {
        "XIMU_HOME": str(home), "TEMPLATE": str(template), "FAULT_ROOT": str(home), "LD_PRELOAD": str(library)})
    shutil.rmtree(memory)


def test_a_fault_at_a_single_call_leaves_no_half_state(disk: FailingDisk) -> None:
    runs = [run | {"act": act} for act, plan in (ALL if EVERYTHING else FEW) for run in disk.run(act, plan)]
    assert not [run for run in runs if run["wrong"]]
    assert {run["code"] for run in runs} >= {-9}, "nothing was killed"
    assert [run for run in runs if run["code"] == 7], "no fault was met"


def test_a_file_that_is_only_removed_after_the_commit_is_found_out(disk: FailingDisk) -> None:
    """The seeded defect: without a row that says what is to go, the killed server leaves the erased file behind."""
    runs = disk.run("erase-forgetful", [[at, 0, KILLED] for at in range(86, 97)])
    assert any("file left" in run["wrong"] for run in runs), runs

"""A worker killed at random in the middle of a cascade of 1,000 stops: each line is stopped once in effect, and none is forgotten."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ximu.foundation import outbox
from ximu.foundation.rooms import SRC

pytestmark = [pytest.mark.journey, pytest.mark.row("M2.1", "M4.1")]
LINES, KILLS = 1000, int(os.environ.get("XIMU_KILLS", "4"))
WORKER = Path(__file__).with_name("cascade_worker.py")


class Cascade:
    """A database of a city, another side with a memory of its own, and workers that die."""

    def __init__(self, folder: Path) -> None:
        self.base, self.there = folder / "city.sqlite3", folder / "other.sqlite3"
        self.env = {**os.environ, "PYTHONPATH": str(SRC.parent), "XIMU_HOME": str(folder), "OTHER_SIDE": str(self.there),
                    "DATABASE_URL": f"sqlite://{self.base}", "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
        subprocess.run([sys.executable, WORKER, "fill", str(LINES)], env=self.env, check=True, capture_output=True)

    def ask(self, text: str, base: Path | None = None) -> list[tuple[object, ...]]:
        with sqlite3.connect(base or self.base, timeout=30) as made:
            return made.execute(text).fetchall()

    def waiting(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM foundation_outbox WHERE state = 'pending'")[0][0]))

    def stopped_there(self) -> int:
        try:
            return int(str(self.ask("SELECT count(*) FROM stopped", self.there)[0][0]))
        except sqlite3.OperationalError:  # the worker has not made its table yet
            return 0

    def killed_after(self, more: int, *flags: str) -> bool:
        """Start a worker, kill it when the other side has seen `more` lines more; False when it ended by itself before."""
        worker = subprocess.Popen([sys.executable, WORKER, "work", *flags], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert worker.stdout is not None and worker.stdout.readline() == b"working\n"
        goal = self.stopped_there() + more
        while worker.poll() is None and self.stopped_there() < goal:
            pass
        alive = worker.poll() is None
        if alive:
            worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        return alive


@pytest.fixture
def cascade(tmp_path: Path) -> Cascade:
    return Cascade(tmp_path)


def test_every_line_is_stopped_once_in_effect(cascade: Cascade) -> None:
    chance = random.Random(20180507)
    killed = sum(cascade.killed_after(chance.randint(1, 60)) for _ in range(KILLS))
    while cascade.waiting():
        cascade.killed_after(10 * LINES)
    assert killed >= KILLS // 2, "the workers were killed while they worked"
    states = cascade.ask("SELECT state, count(*) FROM casework_effect GROUP BY state")
    assert states == [("stopped", LINES)]
    ours = dict(cascade.ask("SELECT uid, receipt FROM casework_effect"))
    there = dict(cascade.ask("SELECT line, asked FROM stopped", cascade.there))
    assert set(there) == set(ours) and all(ours[uid] == f"R-{uid}" for uid in ours), "none lost, none doubled, each with its receipt"
    again = sum(int(str(asked)) - 1 for asked in there.values())
    assert again <= killed * outbox.TOGETHER, "at most the lines in hand are asked again after a kill"


def test_a_worker_that_marks_first_and_acts_later_is_found_out(cascade: Cascade) -> None:
    chance = random.Random(7)
    for _ in range(2):
        cascade.killed_after(chance.randint(1, 20), "--defect")
    cascade.killed_after(10 * LINES, "--defect")
    assert cascade.waiting() == 0
    stopped = cascade.ask("SELECT count(*) FROM casework_effect WHERE state = 'stopped'")[0][0]
    assert int(str(stopped)) < LINES, "the seeded defect loses lines, and this test sees it"

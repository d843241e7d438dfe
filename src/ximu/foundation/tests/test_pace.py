"""One pace for a name, whoever counts: threads, processes, a new span, a clock that goes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.pace import pace

COUNT = """
import sys, django
from django.conf import settings
settings.configure(XIMU_HOME=sys.argv[1])
from ximu.foundation.pace import pace
print(sum(pace("key", most=100, seconds=60, now=1000.0) == 0 for _ in range(40)))
"""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    return tmp_path


def test_so_many_and_then_the_seconds_to_wait() -> None:
    asked = [pace("a", most=3, seconds=60, now=1000.0 + n) for n in range(5)]
    assert asked == [0, 0, 0, 17, 16]
    assert pace("b", most=3, seconds=60, now=1004.0) == 0, "another name counts by itself"
    assert pace("a", most=3, seconds=60, now=1020.0) == 0, "the next minute"
    assert pace("a", most=3, seconds=60, now=900.0) == 0, "a clock that went back does not lock anybody out"
    assert [pace("a", most=0, seconds=60, now=1.0) for _ in range(9)] == [0] * 9


def test_four_processes_count_together(home: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", COUNT, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sum(int(one.communicate(timeout=60)[0]) for one in running) == 100

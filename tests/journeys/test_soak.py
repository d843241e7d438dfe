"""A city under load while something breaks again and again: `make long` for minutes, before a release for a day."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.journeys.conftest import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.load]
MINUTES = os.environ.get("XIMU_SOAK_MINUTES", "4")


def test_a_city_stands_under_load_and_faults() -> None:
    ran = subprocess.run(
        [sys.executable, "benchmarks/soak.py", "--minutes", MINUTES, "--pace", "10", "--fault-seconds", "20", "--verify-minutes", "2"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}, capture_output=True, text=True)
    told = json.loads(ran.stdout)
    assert ran.returncode == 0, told
    assert told["acknowledged"] > 5 and sum(told["faults"].values()) > 3

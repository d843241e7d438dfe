"""A shell closes, cuts off and fills what the command writes to, in any locale: never a trace, JSON stays JSON, the code is a documented one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.row("M1.2")
SRC = Path(__file__).parents[4]
ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
SERIES = "printf 't,observed\\n' > s.csv; for n in $(seq 1 3000); do echo $n,1 >> s.csv; done; $X detect s.csv --method ears-c1 --param baseline=7"


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    given = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "X": f"{sys.executable} -m ximu", "G": "91350100M000100Y43"} | environment
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", line], env=given, cwd=folder, capture_output=True, check=False)
    assert b"Traceback" not in ran.stderr, ran.stderr
    assert b"Exception ignored" not in ran.stderr, ran.stderr
    assert b"CLI-FAULT" not in ran.stdout + ran.stderr, ran.stderr
    return ran


@pytest.mark.parametrize(("line", "code"), [
    ("$X check uscc $G", 0), ("$X check uscc $G >&-", 0), ("$X check uscc $G 2>&-", 0), ("$X check uscc - <&-", 0), ("$X due 2018-02-13 5 | head -1", 0),
    ("$X --version", 0), ("$X --help", 0), ("$X check uscc $G > /dev/full", 2), ("$X check uscc $G --json > /dev/full", 2), ("$X due x 5 --json > /dev/full", 2),
    ("$X due x 5 2>/dev/full", 2), ("$X due x 5 >&- 2>&-", 2), ("$X due x 5 --json >&-", 2), (f"({SERIES}) > /dev/full", 2),
    (f"({SERIES}) | head -1", 0), (f"({SERIES} --json) | head -c 9", 0),
    ("$X check uscc $(printf '1%.0s ' {1..9000}) | head -1", 2), ("$X check uscc $G | true", 0), ("$X due --json <&- >&- 2>&-", 2),
])
def test_every_stream_may_be_closed_or_full(tmp_path: Path, line: str, code: int) -> None:
    for environment in ({}, ASCII):
        assert shell(line, tmp_path, **environment).returncode == code


@pytest.mark.parametrize(("line", "code"), [
    ("$X check uscc $'é·\\xff💥\\u00a0' $G --json", 2), ("printf '\\xff\\n·\\n' | $X check uscc - --json", 2), ("$X due '·é💥' 5 --json", 2),
    ("$X due 2018-02-13 5 --json", 0), ("$X plan import $'é·\\xff' --dry-run --json", 2), ("$X '·é' --json", 2), ("$X check --json", 2),
])
def test_json_is_utf_8_json_in_every_locale(tmp_path: Path, line: str, code: int) -> None:
    for environment in ({}, ASCII, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}):
        ran = shell(line, tmp_path, **environment, XIMU_HOME=str(tmp_path))
        assert (ran.returncode, bool(json.loads(ran.stdout.decode()))) == (code, True)


def test_lines_stay_lines_and_say_nothing_to_the_terminal(tmp_path: Path) -> None:
    ran = shell("printf '\\033[2J\\tvalid\\n\\xef\\xbb\\xbf'$G'\\n' | $X check uscc - ; printf '\\xef\\xbb\\xbf'$G'\\n' | $X check uscc - $G", tmp_path)
    first, *_ = ran.stdout.decode().splitlines()
    assert first.startswith("\\u001b[2J\\u0009valid\t无效 invalid")
    assert ran.stdout.decode().count(" valid\t") == 3

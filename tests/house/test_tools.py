"""The small tools answer as other offices script against them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ximu.faces.tools import commands

ROOT = Path(__file__).parents[2]


def run(*args: str, stdin: str = "") -> tuple[int, str, str]:
    ran = subprocess.run([sys.executable, "-m", "ximu", *args], input=stdin, capture_output=True, text=True,
                         env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}, cwd=ROOT)
    return ran.returncode, ran.stdout, ran.stderr


def test_check_reads_standard_input() -> None:
    code, out, _ = run("check", "uscc", "-", "--json", stdin="91350100M000100Y43\n91350100M000100Y4X\n")
    assert code == 2
    assert [(v["valid"], v["reason"], v["expected"]) for v in json.loads(out)] == [(True, "", "3"), (False, "check", "3")]


@pytest.mark.parametrize("asked", [True, False])
def test_a_million_codes_are_answered_as_they_come(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, asked: bool) -> None:
    """They were all kept: 1.6 GB for 10⁶ codes."""
    answered: list[int] = []

    def lines() -> Iterator[str]:
        for n in range(3 * commands.AT_ONCE + 1):
            answered.append(len(capsys.readouterr().out))
            yield "91350100M000100Y43\n" if n else "\ufeff91350100M000100Y44\n"

    monkeypatch.setattr(sys, "stdin", lines())
    told: list[str] = []

    def echo(text: str, *, nl: bool = True) -> None:
        told.append(text + "\n" * nl)
        sys.stdout.write(text)

    monkeypatch.setattr(click, "echo", echo)
    with pytest.raises(SystemExit) as ended:
        commands.check_uscc.callback(("-",), as_json=asked)  # type: ignore[misc]
    assert ended.value.code == 2
    assert sum(map(bool, answered)) == 3, "each thousand is told before the next is read"
    whole = "".join(told)
    found = [v["valid"] for v in json.loads(whole)] if asked else ["无效" not in line for line in whole.splitlines()]
    assert (len(found), found.index(False), all(found[1:])) == (3 * commands.AT_ONCE + 1, 0, True)


def test_check_resident_id() -> None:
    code, out, _ = run("check", "resident-id", "11010519491231002X", "--json")
    assert (code, json.loads(out)[0]["valid"]) == (0, True)


def test_due_counts_and_explains() -> None:
    code, out, _ = run("due", "2018-02-13", "5", "--json")
    assert (code, json.loads(out)["due"]) == (0, "2018-02-26")


@pytest.mark.parametrize(("args", "refusal"), [
    (("due", "2031-01-05", "5"), "CAL-NONE"), (("due", "13/2/2018", "5"), "DATE-FORM"),
    (("due", "2018-02-13", "99999"), "DUE-TERM"), (("due", "2018-02-13", "-1"), "DUE-TERM"),
    (("due", "2018-02-13", "--none"), "CLI-USAGE"),
    (("manage", "shell"), "CMD-FORBIDDEN"), (("manage", "check", "--no-such-option"), "CMD-FAILED"),
])
def test_a_refusal_exits_2_with_its_envelope(args: tuple[str, ...], refusal: str) -> None:
    if args[0] == "due":
        code, out, _ = run(*args, "--json")
        assert (code, json.loads(out)["code"]) == (2, refusal)
    code, _, err = run(*args)
    assert code == 2
    assert refusal in err


@pytest.mark.parametrize(("args", "stdin"), [
    (("detect", "examples/detect/weekly.csv", "--method", "ears-c2", "--param", "baseline=7", "--json"), ""),
    (("index", "examples/methods/hdi_2022.toml", "examples/methods/hdi_2022.csv", "--json"), ""),
    (("d01", "flags", "-", "--json"), '{"ocid": "F", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}'),
])
def test_a_small_tool_runs_by_itself_without_the_platform(args: tuple[str, ...], stdin: str) -> None:
    """In a process of its own: no settings, no database, as an outsider starts it."""
    code, out, err = run(*args, stdin=stdin)
    assert (code, "Traceback" in err) == (0, False), err
    assert json.loads(out)


@pytest.mark.parametrize(("args", "refusal"), [
    (("detect", "examples/detect/weekly.csv"), "DET-PARAM"), (("detect", "nothing.csv", "--method", "cusum"), "DET-INPUT"),
    (("index", "examples/methods/hdi_2022.toml", "nothing.csv"), "FILE-READ"), (("d01", "flags", "-"), "D01-INPUT"),
    (("d01", "flags", "nothing.jsonl"), "FILE-NONE"),
])
def test_a_small_tool_refuses_what_it_cannot_read(args: tuple[str, ...], refusal: str) -> None:
    code, _, err = run(*args)
    assert (code, refusal in err) == (2, True), err

"""The page of promises cannot name a test that is not there, nor forget a promise; what nothing shows is called missing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in (ROOT / "docs" / "promises.md").read_text("utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)]
NAMED = sorted({name for row in ROWS for name in re.findall(r"`([\w/.]+::\w+)`", " ".join(row))})


def test_all_thirty_four_are_there_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 35))
    assert {row[2] for row in ROWS} <= {"kept", "in part", "missing"}


def test_what_is_not_missing_names_a_test_and_what_is_missing_names_none() -> None:
    for row in ROWS:
        assert bool(re.search(r"`[\w/.]+::\w+`", row[3])) == (row[2] != "missing"), row[0]
        assert row[4], f"promise {row[0]} has no figure and does not say what lacks"


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_exists(name: str) -> None:
    path, _, function = name.partition("::")
    made = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {one.name for one in ast.walk(made) if isinstance(one, ast.FunctionDef)}, name


def test_each_named_benchmark_exists() -> None:
    for path in re.findall(r"`(benchmarks/\w+\.py)`", "\n".join(" ".join(row) for row in ROWS)):
        assert (ROOT / path).exists()


def test_every_dependency_is_locked_by_its_hash() -> None:
    """Each requirement is pinned to one version and followed by its hashes."""
    text = (ROOT / "requirements.txt").read_text("utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "-"))]
    assert len(wanted) > 20
    assert [line.split(" ")[0] for line in wanted if "==" not in line or "--hash=sha256:" not in line] == []

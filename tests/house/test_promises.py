"""The page of promises cannot name a test that is not there, nor forget a promise; what nothing shows is called missing."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from scripts.sbom import sbom

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


def test_the_list_of_parts_is_that_of_the_lock() -> None:
    assert (ROOT / "docs" / "sbom.json").read_text("utf-8") == sbom(ROOT), "run python scripts/sbom.py > docs/sbom.json"
    assert {one["name"]: one["version"] for one in json.loads(sbom(ROOT))["components"]}["django"].startswith("5.2.")


ASKS = {"filter", "exclude", "annotate", "alias", "order_by", "values", "values_list", "get", "update", "create", "aggregate", "extra"}


def _expanded(path: Path) -> list[str]:
    """Calls of the database whose names or fields are taken from a request: `**request.GET`, `order_by(request…)`, `**body.dict()`."""
    found = []
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ASKS or ".objects" not in ast.unparse(call.func):
            continue
        given = [ast.unparse(one.value) for one in call.keywords if one.arg is None]
        named = call.func.attr in {"order_by", "values", "values_list", "alias", "annotate"}
        given += [ast.unparse(one) for one in call.args if named and not isinstance(one, ast.Constant)]
        found += [f"{path.name}:{call.lineno} {text}" for text in given if re.search(r"request\.|\.dict\(\)|model_dump|\bbody\b", text)]
    return found


def test_no_name_of_a_column_comes_from_a_request() -> None:
    """What Django's own holes of 2025 and 2026 needed: a mapping or an alias that a stranger chose."""
    sources = [path for path in (ROOT / "src" / "ximu").rglob("*.py") if "tests" not in path.parts]
    assert [line for path in sources for line in _expanded(path)] == []


def test_a_mapping_from_a_request_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("A.objects.filter(**request.GET.dict())\nA.objects.all().order_by(request.GET['by'])\nA.objects.filter(x=request.GET['x'])\n")
    assert [line.split()[0] for line in _expanded(bad)] == ["bad.py:1", "bad.py:2"]

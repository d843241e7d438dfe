"""The house keeps its shape: known names, small files, plain rules, a card in every room."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ximu.foundation.rooms import room_paths

SRC = Path(__file__).parents[2] / "src" / "ximu"
ROOMS = [p for p in room_paths() if p.parent.name != "faces"]
KNOWN = {"__init__", "apps", "rules", "hooks", "models", "queries", "services", "jobs",
         "api", "views", "urls", "commands", "middleware", "reader"}
LIMITS = {"models": 300, "queries": 300, "views": 300, "api": 300, "settings": 300}
LONGEST_FILE = 400
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 60
CARD_LINES = 30
FORBIDDEN_NAMES = {"utils", "helpers", "util", "helper", "misc", "common"}

SOURCES = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_room_uses_only_known_names(room: Path) -> None:
    strangers = {p.stem for p in room.glob("*.py")} - KNOWN
    assert not strangers, f"give {strangers} a known name, or argue the new one in docs/decisions"


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_room_has_a_card(room: Path) -> None:
    card = room / "README.md"
    assert card.exists(), "every room has a README.md: what it keeps, its words, invariants, verbs, never"
    assert len(card.read_text("utf-8").splitlines()) <= CARD_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_file_and_functions_fit_on_the_desk(path: Path) -> None:
    text = path.read_text("utf-8")
    limit = LONGEST_TEST_FILE if "tests" in path.parts else LIMITS.get(path.stem, LONGEST_FILE)
    assert text.count("\n") <= limit
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path.name}:{node.lineno} {node.name}"
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", [p for p in SOURCES if "tests" not in p.parts and "Lazily(" in p.read_text("utf-8")], ids=name_of)
def test_what_is_loaded_lazily_is_imported_for_all_to_see(path: Path) -> None:
    """The contracts of imports read import statements: one stands beside each `Lazily`, under `TYPE_CHECKING`."""
    tree = ast.parse(path.read_text("utf-8"))
    lazily = {ast.unparse(node.args[0]) for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Lazily"}
    seen = {repr(one.name) for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in node.body if isinstance(inner, ast.Import) for one in inner.names}
    assert lazily == seen or path.stem == "lazily"


@pytest.mark.parametrize("path", [p for p in SOURCES if "tests" not in p.parts], ids=name_of)
def test_no_import_hides_in_a_function(path: Path) -> None:
    hidden = [
        f"{path.name}:{inner.lineno}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden


def test_rules_import_without_django() -> None:
    modules = [p for p in SOURCES if "tests" not in p.parts and (p.stem == "rules" or p.parent.name == "rules"
                                                                 or p.parts[len(SRC.parts)] == "kernel")]
    names = [".".join(p.relative_to(SRC.parent).with_suffix("").parts).removesuffix(".__init__") for p in modules]
    code = "import sys; sys.modules['django'] = None\n" + "\n".join(f"import {n}" for n in names)
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(SRC.parent)})


def test_no_page_hides_what_every_page_has() -> None:
    """A view that hands a template `city` of its own would print it in the headline of the page."""
    tree = ast.parse((SRC / "foundation" / "web.py").read_text("utf-8"))
    made = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "context")
    every = {key.value for one in ast.walk(made) if isinstance(one, ast.Dict) for key in one.keys if isinstance(key, ast.Constant)}
    assert {"city", "today", "actor"} <= every
    hidden = [f"{name_of(path)}:{key.lineno} {key.value}" for path in SOURCES if "views" in path.parts[-2:] or path.stem == "views"
              for call in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(call, ast.Call)
              and isinstance(call.func, ast.Name) and call.func.id == "render"
              for frame in call.args[2:3] for part in ast.walk(frame) if part is frame and isinstance(part, ast.Dict)
              for key in part.keys if isinstance(key, ast.Constant) and key.value in every | {"heading", "messages", "page_skin"}]
    assert not hidden


def test_main_is_the_name_of_the_main_part_and_of_nothing_else() -> None:
    """A field called so has no label: the label would name the page."""
    taken = [name_of(path) for path in SRC.rglob("templates/**/*.html")
             for line in path.read_text("utf-8").splitlines() if 'id="main"' in line and '<main id="main"' not in line]
    assert not taken


def test_tables_say_what_their_heads_are_and_can_be_scrolled_by_keyboard() -> None:
    """Every head of a table has its scope; a box that scrolls is reached by Tab and has a name (WCAG 1.3.1, 2.1.1)."""
    faults = [f"{name_of(path)}:{n} {found}" for path in SRC.rglob("templates/**/*.html")
              for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
              for found in re.findall(r'<th(?=[ >])(?![^>]*scope=)[^>]*>|<div class="scroll">', line)]
    assert not faults


def test_a_refusal_beside_its_form_is_told_in_one_way_and_days_are_written_as_people_write_them() -> None:
    """The refusal is `foundation/refused.html`, to which `faulty` ties the field; no page shows 2018-03-31."""
    own = {"casework/batch_done.html", "intake/detail.html", "portal/not_public.html"}
    faults = [f"{name_of(path)}:{n} {found}" for path in SRC.rglob("templates/**/*.html") if "foundation" not in path.parts
              for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
              for found in re.findall(r'\{\{ refusal\.code|>[^<>"]*\{\{[^}|]*\|date:.Y-m[^|}]*\}\}', line)
              if "/".join(path.parts[-2:]) not in own]
    assert not faults

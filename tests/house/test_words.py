"""Nothing is half said: refusals are tested, time comes from the clock, privacy is declared."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from ximu.foundation.rooms import room_paths
from ximu.ideas.ledger.rules.kinds import KINDS

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
SOURCES = [p for p in sorted(SRC.rglob("*.py")) if "tests" not in p.parts and "migrations" not in p.parts]
TESTS = "\n".join(p.read_text("utf-8") for p in [*SRC.rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")])
CLOCK_CALLS = {"now", "today", "utcnow"}
CLOCK_HOMES = {"foundation/clock.py", "foundation/demoday.py", "config/settings.py", "faces/tools/commands.py"}


def refusal_codes() -> set[str]:
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in {"Refusal", "absent", "there"} \
                    and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


@pytest.mark.parametrize("code", sorted(refusal_codes()))
def test_every_refusal_code_has_a_test(code: str) -> None:
    assert re.search(rf"[\"']{re.escape(code)}[\"']", TESTS), f"no test names {code}"


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    trespass = []
    for path in SOURCES:
        home = path.relative_to(SRC / "ximu").as_posix() if (SRC / "ximu") in path.parents else path.name
        if home in CLOCK_HOMES:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
                owner = node.func.value
                name = getattr(owner, "id", getattr(owner, "attr", ""))
                if name in {"datetime", "date", "timezone"}:
                    trespass.append(f"{home}:{node.lineno}")
    assert not trespass


OWN_MODELS = [m for m in apps.get_models() if m.__module__.startswith("ximu.")]


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda m: m._meta.label)
def test_every_field_declares_its_privacy(model: type[Model]) -> None:
    privacy = model.__dict__.get("Privacy")
    assert privacy, f"{model.__name__} needs an inner class Privacy with public, internal, personal"
    declared = [*privacy.public, *privacy.internal, *privacy.personal]
    fields = {f.name for f in model._meta.local_fields if not f.auto_created and f.name != "id"}
    assert sorted(declared) == sorted(fields)


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda m: m._meta.label)
def test_every_table_and_column_explains_itself_in_chinese(model: type[Model]) -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    assert chinese.search(model._meta.db_table_comment or ""), "db_table_comment"
    for field in model._meta.local_fields:
        if field.auto_created or field.name in {"id", "password", "last_login"} or field.column is None:
            continue
        assert chinese.search(field.db_comment or ""), f"{field.name}: db_comment"


KIND = re.compile(r"[a-z]+(?:\.[a-z-]+)+")
NO_KINDS = {"credit.example", "credit.key", "exchange.key", "following.refused", "grade.lowest", "log.next", "log.retired", "casework.never",
            "registry.version"}
"""Names of files, of rights and of lines of the server's own log that look like kinds."""


def entry_kinds() -> set[str]:
    """The kinds of entries that the code writes: those at `Entry(…)`, and every word of a room that has the form and a known family."""
    rights = "\n".join(path.read_text("utf-8") for room in room_paths() for path in room.glob("*.toml"))
    families, found = {kind.split(".")[0] for kind in KINDS}, set[str]()
    for path in SOURCES:
        if {"faces", "kernel", "foundation"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Entry" and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
                family = node.value.split(".")[0] in families
                if family and f'"{node.value}"' not in rights and node.value not in NO_KINDS and Path(node.value).suffix not in {".toml", ".csv"}:
                    found.add(node.value)
    return found


def test_every_kind_of_entry_has_words_in_both_languages() -> None:
    found = entry_kinds()
    assert len(found) > 150
    whole = {kind for kind in found if not kind.endswith("-")}   # `streets.paper-{state}` is put together
    assert not sorted(whole - set(KINDS)), "say in ideas/ledger/rules/kinds.py what these are called"
    assert not [kind for kind, words in KINDS.items() if not re.search("[\u4e00-\u9fff]", words.zh) or not words.en.isascii()]
    assert len({words.zh for words in KINDS.values()}) == len(KINDS) == len({words.en for words in KINDS.values()})

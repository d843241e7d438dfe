"""A pack is whole: its manifest is strict, what it names lies beside it, its golden cases show each exclusion."""

from __future__ import annotations

import importlib.util
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from ximu.foundation import packs
from ximu.foundation.rooms import dotted, toml_of
from ximu.ideas.areas.rules import FORMS
from ximu.ideas.catalogue.rules.schema import must_be_schema
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import read_spec
from ximu.kernel.pack import PackError, Thing, alarms, read_manifest, read_rules

ROOT = Path(__file__).parents[2]
FOLDERS = packs.folders()
GOOD = {"row": "D5", "code": "d05", "zh": "债务", "en": "Debt", "items": [], "indicators": ["D05-1"], "promises": [], "procedures": [],
        "pages": ["/console/d05/"], "public": []}


def maker() -> object:
    spec = importlib.util.spec_from_file_location("make_pack", ROOT / "scripts" / "pack.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_pack_keeps_the_rules_of_the_house(folder: Path) -> None:
    assert list(packs.problems(folder)) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_what_a_pack_names_is_known_elsewhere(folder: Path) -> None:
    pack = packs.load(folder)
    assert set(pack.manifest.promises) <= set(promises.kinds())
    for item in pack.items.values():
        must_be_schema(item["schema"])
    for indicator in pack.indicators.values():
        if indicator.over == "promises":
            assert read_spec(indicator.params).kinds <= set(pack.manifest.promises)
    menus = [page["url"] for path, menu in toml_of("menu.toml") if path == folder for page in menu["page"]]
    assert not pack.manifest.pages or f"{pack.manifest.code}:index" in menus
    queries = importlib.import_module(f"{dotted(folder)}.queries")
    known = set(getattr(queries, "PUBLIC", ())) | ({pack.manifest.code} if hasattr(queries, "AREA") else set())
    assert set(getattr(queries, "PUBLIC", ())) <= set(pack.manifest.public) <= known
    if area := getattr(queries, "AREA", None):
        assert area.figures or all(one.params["form"] in FORMS for one in pack.indicators.values())
        assert set(area.open_to_all) <= set(pack.indicators)


@pytest.mark.parametrize("spoil", [
    {"colour": "red"}, {"row": "D6"}, {"code": "d5"}, {"pages": ["/console/other/"]}, {"indicators": ["D04-1"]},
])
def test_a_manifest_is_read_strictly(spoil: dict[str, object]) -> None:
    assert read_manifest(GOOD, folder="d05_debt").row == "D5"
    with pytest.raises(PackError):
        read_manifest({**GOOD, **spoil}, folder="d05_debt")
    with pytest.raises(PackError):
        read_manifest(GOOD, folder="debt")


RULE = {"code": "D05-W1", "zh": "偏低", "en": "Low", "level": "red", "source": "示例"}


@pytest.mark.parametrize("spoil", [
    {}, {"figure": "D05-1"}, {"figure": "D05-1", "below": "x"}, {"figure": "D05-1", "below": "1", "states": ["overdue"]},
    {"states": ["overdue"], "level": "pink"}, {"states": ["overdue"], "colour": "red"}, {"below": "1"},
])
def test_warning_rules_are_read_strictly(spoil: dict[str, object]) -> None:
    with pytest.raises(PackError):
        read_rules({"rule": [{**RULE, **spoil}]}, name="warnings.toml")


def test_rules_warn_beyond_the_bound_and_only_then() -> None:
    rules = read_rules({"rule": [{**RULE, "figure": "D05-1", "below": "60"}, {**RULE, "code": "D05-W2", "figure": "D05-2", "above": "0"},
                                 {**RULE, "code": "D05-W3", "states": ["overdue"], "kinds": ["a"], "late_days": 30}]}, name="w")
    figures = {("D05-1", "u"): Decimal("59.99"), ("D05-1", "v"): Decimal(60), ("D05-1", "w"): None, ("D05-2", "u"): Decimal(0),
               ("D05-2", "v"): Decimal(1)}
    things = [Thing(uid, "t", "u", kind, state, days) for uid, kind, state, days in (
        ("yes", "a", "overdue", 31), ("day", "a", "overdue", 30), ("kind", "b", "overdue", 99), ("state", "a", "kept", 99))]
    assert [(a.rule, a.about, a.unit) for a in alarms(rules, figures, things)] == [
        ("D05-W1", "D05-1", "u"), ("D05-W2", "D05-2", "v"), ("D05-W3", "yes", "u")]


def test_a_new_pack_is_made_from_the_recipe_and_keeps_the_rules(tmp_path: Path) -> None:
    made = maker().make("d05_debt", home=tmp_path)
    assert list(packs.problems(made)) == []
    pack = packs.load(made)
    assert (pack.manifest.row, sorted(pack.indicators)) == ("D5", ["D05-1"])
    for path in made.rglob("*"):
        if path.is_file():
            assert "d04" not in path.read_text("utf-8").lower(), f"{path.name} still speaks of the pattern"
    with pytest.raises(SystemExit, match="there already"):
        maker().make("d05_debt", home=tmp_path)
    for wrong in ("debt", "d99", "x01_debt"):
        with pytest.raises(SystemExit):
            maker().make(wrong, home=tmp_path)


@pytest.mark.parametrize("remove", ["golden/D05-1.json", "README.md", "indicators/D05-1.toml"])
def test_a_pack_that_lacks_something_is_told_what(tmp_path: Path, remove: str) -> None:
    made = maker().make("d05_debt", home=tmp_path / remove.replace("/", "-"))
    (made / remove).unlink()
    assert any(Path(remove).name in problem for problem in packs.problems(made))
    shutil.rmtree(made)


def test_a_stranger_in_the_folder_is_named(tmp_path: Path) -> None:
    made = maker().make("d06_rivers", home=tmp_path)
    (made / "indicators" / "D06-9.toml").write_text("", "utf-8")
    assert any("D06-9" in problem for problem in packs.problems(made))

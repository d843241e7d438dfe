"""Which packs are there, and are they whole? Found by looking for `pack.toml`; what a manifest names must lie beside it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ximu.foundation.rooms import room_paths
from ximu.kernel.pack import Indicator, Manifest, PackError, Rule, read_indicator, read_manifest, read_rules

MOST_LINES = 600
"""More Python than this in a pack means that an idea is missing one storey down."""
MOST_WITH_TABLES = 1200
"""A pack that keeps tables of its own has services for them."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as declared."""

    folder: Path
    manifest: Manifest
    indicators: dict[str, Indicator]
    rules: tuple[Rule, ...]
    items: dict[str, dict[str, Any]]


def folders() -> list[Path]:
    """Every pack of the house, in the order of the notice."""
    return [folder for folder in room_paths() if (folder / "pack.toml").exists()]


@cache
def load(folder: Path) -> Pack:
    """Errors: PackError; FileNotFoundError for a file that the manifest names and that is not there."""
    manifest = read_manifest(_toml(folder / "pack.toml"), folder=folder.name)
    indicators = {
        name: read_indicator(_toml(folder / "indicators" / f"{name}.toml"), name=name) for name in manifest.indicators}
    warnings = folder / "warnings.toml"
    rules = read_rules(_toml(warnings), name=f"{folder.name}/warnings.toml") if warnings.exists() else []
    items = {name: json.loads((folder / "items" / f"{name}.json").read_text("utf-8")) for name in manifest.items}
    return Pack(folder, manifest, indicators, tuple(rules), items)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def problems(folder: Path) -> Iterator[str]:
    """What a pack lacks or has too much of; nothing when it keeps the rules of the house."""
    try:
        pack = load(folder)
    except (PackError, FileNotFoundError, tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        yield str(error)
        return
    for kind, suffix, named in (("indicators", ".toml", pack.indicators), ("items", ".json", pack.items)):
        there = {p.name.removesuffix(suffix) for p in (folder / kind).glob(f"*{suffix}")}
        if strangers := there - set(named):
            yield f"{kind}: {sorted(strangers)} not in pack.toml"
    for name, indicator in pack.indicators.items():
        yield from _golden(folder, name, indicator)
    for rule in pack.rules:
        if rule.figure and rule.figure not in pack.indicators:
            yield f"warnings.toml {rule.code}: {rule.figure} is no indicator of this pack"
    lines = sum(p.read_text("utf-8").count("\n") for p in folder.rglob("*.py") if "tests" not in p.parts and "migrations" not in p.parts)
    most = MOST_WITH_TABLES if (folder / "models.py").exists() else MOST_LINES
    if lines > most:
        yield f"{lines} lines of Python; at most {most}"
    for name in ("README.md", "__init__.py", "tests/__init__.py"):
        if not (folder / name).exists():
            yield f"{name} is missing"


def _golden(folder: Path, name: str, indicator: Indicator) -> Iterator[str]:
    """Golden cases have true positives and each exclusion."""
    path = folder / "golden" / f"{name}.json"
    if not path.exists():
        yield f"golden/{name}.json is missing"
        return
    cases = json.loads(path.read_text("utf-8"))["cases"]
    seen = {excluded for case in cases for excluded in case["expected"].get("excluded", {}).values()}
    if missing := set(indicator.exclusions) - seen:
        yield f"golden/{name}.json has no case for the exclusions {sorted(missing)}"
    if not any(case["expected"].get("counted") for case in cases):
        yield f"golden/{name}.json has no true positive"

"""Which rooms has the house? Found by looking, so that no central list can forget one."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

SRC = Path(__file__).resolve().parents[1]
STOREYS = ("ideas", "notice", "notice/mechanisms", "notice/domains", "notice/safeguards", "faces")
CONTAINERS = {"mechanisms", "domains", "safeguards"}
SHARED = {"m3"}
HEAD_ENDS = re.compile(r"^(?=@|def |async def |class )", re.MULTILINE)
"""A line that begins a function or class; what stands above it is a program by itself."""


@cache
def room_paths() -> tuple[Path, ...]:
    """Every room's folder, lower storeys first; a room is a package beneath a storey."""
    return tuple(
        folder
        for storey in STOREYS
        for folder in sorted((SRC / storey).iterdir())
        if (folder / "__init__.py").exists() and folder.name not in CONTAINERS
    )


def dotted(path: Path) -> str:
    return ".".join(("ximu", *path.relative_to(SRC).parts))


def short_name(path: Path) -> str:
    """`d05_debt` is spoken to as `d05`; rooms that share a row's number, and others, by their full name."""
    head = path.name.split("_")[0]
    if head in SHARED:
        return path.name
    return head if len(head) >= 2 and head[0] in "dms" and head[1:].isdigit() else path.name


def with_module(name: str) -> list[tuple[str, str]]:
    """(short name, dotted module) of each room that has `name` as a module or a package."""
    return [
        (short_name(p), f"{dotted(p)}.{name}")
        for p in room_paths()
        if (p / f"{name}.py").exists() or (p / name / "__init__.py").exists()
    ]


def toml_of(name: str) -> list[tuple[Path, dict[str, Any]]]:
    """Each room's `name` (for example `permissions.toml`), read."""
    return [(p, tomllib.loads((p / name).read_text("utf-8"))) for p in room_paths() if (p / name).exists()]


def literal_of(module_path: Path, name: str) -> Any:
    """The literal bound to `name` at the head of a module, before its first function or class, without importing it."""
    for node in ast.parse(HEAD_ENDS.split(module_path.read_text("utf-8"), 1)[0]).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return ast.literal_eval(node.value)
    return None

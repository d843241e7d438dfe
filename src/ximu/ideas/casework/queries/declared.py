"""Which procedures are there? Found in every room's `procedures.toml`, checked when they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from ximu.foundation.rooms import room_paths, toml_of
from ximu.ideas.casework.rules import Procedure, read
from ximu.ideas.casework.rules.declaration import DeclarationError
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

_lawful: dict[str, Mapping[str, Text]] = {}


@cache
def procedures() -> dict[str, Procedure]:
    """Errors: DeclarationError for unknown keys, dead ends, and a code or a limit that is declared twice or nowhere."""
    found: dict[str, Procedure] = {}
    for path, table in toml_of("procedures.toml"):
        for code, made in read(table).items():
            if code in found:
                raise DeclarationError(f"{path.name}: {code} is declared twice")
            found[code] = made
    for made in found.values():
        if missing := [code for code in made.limits if code not in written_terms()]:
            raise DeclarationError(f"{made.code}: no parameter {missing}")
    return found


@cache
def written_terms() -> dict[str, list[dict[str, Any]]]:
    """The `parameters.toml` of every room that declares procedures; what is no whole number (a table of a standard) is no limit."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in room_paths():
        if (path / "procedures.toml").exists() and (path / "parameters.toml").exists():
            for code, rows in tomllib.loads((path / "parameters.toml").read_text("utf-8")).items():
                if not all(isinstance(row["value"], int) for row in rows):
                    continue
                if code in found:
                    raise DeclarationError(f"{path.name}: parameter {code} is declared twice")
                found[code] = rows
    return found


def procedure(code: str) -> Procedure:
    """Errors: `PROC-NONE`."""
    found = procedures().get(code)
    if found is None:
        raise absent("PROC-NONE", field="procedure", value=code[:40], zh="种程序", en="procedure")
    return found


def register_grounds(code: str, words: Mapping[str, Text]) -> None:
    """Grounds of a procedure that its room keeps dated, beside the declaration. Called by the wiring only."""
    _lawful[code] = words


def ground_words(of: Procedure, code: str) -> Text | None:
    """What a ground is called; its code where nobody named it."""
    return _lawful.get(of.code, {}).get(code) or of.ground(code)

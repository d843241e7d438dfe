"""Has a release the fields and types that the standard demands? The published release schema of OCDS 1.1.4 (Apache-2.0) decides."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMA = Path(__file__).parent / "release-schema-1.1.4.json"
LENIENT = frozenset({"uri", "uri-reference"})
"""An address that is not well formed is kept as it was published: nothing here opens it."""
MOST = 80


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")), validate_formats=True)


def departs(release: Any) -> str:
    """The path of the first field that is lacking or of a wrong type or form, such as `awards[0].id`; empty when all is well."""
    for error in _validator().iter_errors(release):
        kind = error.kind.as_dict()
        if error.kind.name == "format" and kind.get("format") in LENIENT:
            continue
        path = [*error.instance_path, *([kind["property"]] if error.kind.name == "required" else [])]
        return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).lstrip(".")[:MOST] or "release"
    return ""

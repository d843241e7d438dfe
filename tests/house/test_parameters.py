"""Every number that comes from law has a day and a source; what is not confirmed says so (row S2)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from ximu.foundation.rooms import toml_of

LAW = re.compile(r"第[一二三四五六七八九十百零〇\d]+条|〔\d{4}〕|条例|办法 第|GB")
ROWS = [(path.name, name, row) for path, tables in toml_of("parameters.toml") for name, rows in tables.items() for row in rows]

pytestmark = pytest.mark.row("S2")


@pytest.mark.parametrize(("room", "name", "row"), ROWS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_parameter_has_a_day_a_source_and_a_rule_behind_it(room: str, name: str, row: dict[str, Any]) -> None:
    assert isinstance(row.get("since"), date), f"{room} {name}: since"
    assert row.get("source", "").strip(), f"{room} {name}: source"
    assert row.get("to_be_confirmed") or LAW.search(row["source"]), f"{room} {name}: name the law, or mark it to_be_confirmed"


def test_there_are_parameters_to_look_at() -> None:
    assert len(ROWS) > 20

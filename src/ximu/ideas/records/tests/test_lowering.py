"""The record keeps its grade; its effects follow a milder one, never below the mildest."""

from __future__ import annotations

import pytest

from ximu.ideas.records.rules.lowering import GRADES, lowered


@pytest.mark.parametrize(("grade", "steps", "found"), [
    ("严重", 0, "严重"), ("严重", 1, "一般"), ("严重", 2, "轻微"), ("严重", 9, "轻微"), ("轻微", 1, "轻微"), ("严重", -1, "严重"), ("", 1, ""),
    ("特别", 1, "特别"),
])
def test_lowered(grade: str, steps: int, found: str) -> None:
    assert lowered(grade, steps) == found


def test_the_scale_goes_from_mild_to_grave() -> None:
    assert GRADES == ("轻微", "一般", "严重")

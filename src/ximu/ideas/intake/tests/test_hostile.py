"""Hostile files: every one gets a stable code and a sentence in both languages, never a crash, a hang or a lost row."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.intake.rules.problems import SENTENCES
from ximu.ideas.intake.tests import hostile, hostile_more
from ximu.ideas.intake.tests.factories import read
from ximu.kernel.refusal import Refusal

FILE_CODES = {
    "FILE-EMPTY",
    "FILE-KIND",
    "FILE-BROKEN",
    "FILE-RISK",
    "FILE-SIZE",
    "FILE-ENC",
    "FILE-HEADER",
    "FILE-QUOTE",
    "FILE-SHAPE",
    "FILE-SHEET",
}
CHINESE = re.compile("[\u4e00-\u9fff]")


def outcome(folder: Path, data: bytes) -> tuple[str | int, dict[str, Any] | None]:
    try:
        result = read(folder, data)
    except Refusal as refusal:
        assert refusal.code in FILE_CODES
        assert CHINESE.search(refusal.zh)
        assert refusal.en
        return refusal.code, None
    assert result["rows"] == result["good"] + result["bad"] + result["same_in_file"]
    for fault in result["faults"]:
        assert fault["code"] in SENTENCES
        assert fault["line"] > 0
        assert CHINESE.search(fault["message_zh"])
    return result["good"], result


NAMED = hostile.named() + hostile_more.more()
MUTATIONS = int(os.environ.get("XIMU_MUTATIONS", "200"))
"""By each of three seeds."""


def test_the_collection_is_large() -> None:
    assert len({name for name, _, _ in NAMED}) == len(NAMED) >= 500


@pytest.mark.parametrize(("name", "data", "expected"), NAMED, ids=[n for n, _, _ in NAMED])
def test_a_named_hostile_file_gets_its_class(tmp_path: Path, name: str, data: bytes, expected: hostile.Expected) -> None:
    found, _ = outcome(tmp_path, data)
    assert expected is None or found == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_files_always_get_a_class(tmp_path: Path, seed: int) -> None:
    for name, data in hostile.mutated(seed, MUTATIONS):
        try:
            outcome(tmp_path, data)
        except Exception as error:
            raise AssertionError(name) from error
    assert sorted(p.name for p in tmp_path.iterdir()) == ["delivery"]

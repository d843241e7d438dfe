"""Records that differ in meaning differ in bytes, and those that do not, do not: for the writer and for the verifier."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from ximu.kernel.canonical import canonical
from ximu_verify.canonical import dump

PAIRS = 1000
Value = dict[str, Any]
NAMES = ("名称", "文号", "金额", "日期", "décision", "note", "code", "𠮷", "\ue000")


def record(chance: random.Random) -> Value:
    def one(depth: int) -> Any:
        kind = chance.randrange(8 if depth else 6)
        simple = (None, "", chance.choice(["1", "é", "〔2018〕3号", "a b", "null", "\u0000"]), chance.randrange(-3, 10**6), chance.random() * 1e3,
                  chance.choice([True, False]))
        return simple[kind] if kind < 6 else {"x": one(depth - 1)} if kind == 6 else [one(depth - 1), "z"]

    return {name: one(2) for name in NAMES} | {"n": chance.randrange(1, 99), "s": f"a{chance.randrange(99)}b", "é": "é", "list": ["p", "q", "r"]}


def reorder(value: Value) -> Value:
    return dict(reversed(value.items()))


SAME: list[Callable[[Value], Value]] = [
    reorder, lambda v: v | {"n": float(v["n"])}, lambda v: v | {"zero": 0}, lambda v: reorder(v | {"n": float(v["n"])}),
]
OTHER: list[Callable[[Value], Value]] = [
    lambda v: v | {"n": str(v["n"])}, lambda v: v | {"n": v["n"] + 2**-40}, lambda v: {k: w for k, w in v.items() if k != "n"},
    lambda v: v | {"n": None}, lambda v: v | {"s": v["s"][:-1]}, lambda v: v | {"s": v["s"] + " "}, lambda v: v | {"extra": None},
    lambda v: v | {"é": unicodedata.normalize("NFD", "é")}, lambda v: {k: w for k, w in v.items() if k != "é"} | {"e\u0301": "é"},
    lambda v: v | {"list": ["pq", "r"]}, lambda v: v | {"list": ["p", ["q", "r"]]}, lambda v: v | {"list": ["q", "p", "r"]},
    lambda v: v | {"s": "", "t": v["s"]}, lambda v: v | {"n": v["n"] == 1 or True}, lambda v: v | {"s": v["s"].upper()},
    lambda v: v | {"s": v["s"].replace("a", "\uff41")}, lambda v: v | {"list": {"0": "p", "1": "q", "2": "r"}}, lambda v: {"record": v},
]


def test_a_thousand_near_equal_pairs() -> None:
    chance = random.Random(14)
    for n in range(PAIRS):
        left = record(chance)
        same = n % 3 == 0
        right = (SAME if same else OTHER)[chance.randrange(len(SAME if same else OTHER))](left)
        if same and "zero" in right:
            left = left | {"zero": -0.0}
        for form in (canonical, dump):
            assert (form(left) == form(right)) is same, (left, right)
        assert canonical(left) == dump(left)


@pytest.mark.parametrize("form", [canonical, dump])
def test_what_has_no_meaning_has_no_bytes(form: Callable[[Any], bytes]) -> None:
    for value in (float("nan"), float("inf"), 2**53, "\ud800", {"\udc00": 1}, {1: 2}, b"x"):
        with pytest.raises((ValueError, AttributeError)):
            form(value)

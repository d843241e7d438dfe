"""Rights are asked by name and unit; the platform itself holds all of them."""

from __future__ import annotations

import pytest

from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

CLERK = Actor("a", grants=(Grant("entry", frozenset({"lists.draft"}), "unit-1"),))


def test_the_platform_may_do_everything_everywhere() -> None:
    assert SYSTEM.can("lists.draft", "unit-1")
    assert SYSTEM.units_with("lists.draft") is None


def test_a_right_for_one_unit_is_not_a_right_for_another() -> None:
    CLERK.must("lists.draft", "unit-1")
    assert CLERK.units_with("lists.draft") == {"unit-1"}
    with pytest.raises(Refusal) as refused:
        CLERK.must("lists.draft", "unit-2")
    assert refused.value.code == "PERM-DENIED"

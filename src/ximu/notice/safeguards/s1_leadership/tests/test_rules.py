"""The count of a day: every duty has an owner, or is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.notice.safeguards.s1_leadership import rules

pytestmark = pytest.mark.row("S1")
UNITS = st.sampled_from(["", "alive", "ended", "vacant", "gone"])
OWNERS = {"alive": ("alive", "alive", ""), "ended": ("alive", "alive", "ORG-ENDED"), "vacant": ("vacant", "above", "APPT-VACANT"),
          "gone": ("", "", "ORG-ENDED")}


@given(st.dictionaries(st.sampled_from(["plan", "promise", "case"]), st.dictionaries(UNITS, st.integers(0, 50))))
def test_no_duty_is_lost_and_nobody_is_counted_as_an_owner(kinds: dict[str, dict[str, int]]) -> None:
    held = rules.carried(kinds, OWNERS.__getitem__)
    proof = rules.prove(held)
    assert proof.duties == sum(sum(counts.values()) for counts in kinds.values())
    assert proof.ownerless == sum(counts.get("", 0) + counts.get("gone", 0) for counts in kinds.values())
    assert proof.carried_up == sum(counts.get("vacant", 0) for counts in kinds.values())
    assert rules.prove(rules.carried(dict(reversed(kinds.items())), OWNERS.__getitem__)).digest == proof.digest


def test_the_digest_tells_another_owner() -> None:
    one = rules.prove([rules.Held("plan", "u", 3, "u", "u", "")])
    other = rules.prove([rules.Held("plan", "u", 3, "w", "w", "")])
    assert one.digest != other.digest

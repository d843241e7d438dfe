"""Each message has its effect once, though sender and receiver are killed at random and the way between them fails in five manners.

600 messages here; `benchmarks/exchange_killed.py` runs the same over 10,000, and `docs/exchange.md` has its figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.exchange_killed import Both

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.3")]
MESSAGES, KILLS = 600, 8


def test_each_message_has_its_effect_once_though_both_sides_are_killed(tmp_path: Path) -> None:
    both = Both(tmp_path, MESSAGES, seed=4)
    both.run(kills=KILLS)
    assert min(both.killed.values()) > 0, "sender and receiver were killed while they worked"
    assert both.accepted() == MESSAGES
    assert both.effects() == both.expected(), "each once, none lost, in order"
    balance = both.reconciled()
    assert (balance["even"], balance["ours"], balance["theirs"]) == (True, MESSAGES * 3 // 5, MESSAGES * 3 // 5)
    assert both.log_is_sound()


def test_a_receiver_that_forgets_what_it_took_is_found_out(tmp_path: Path) -> None:
    both = Both(tmp_path, 200, seed=5, defect=True)
    both.run(kills=1)
    assert len(both.effects()) > 200, "the seeded defect doubles effects, and this test sees it"

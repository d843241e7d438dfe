"""No source moves the figure beyond the stated bound; bursts are found wherever they lie."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.areas.rules import figure
from ximu.ideas.events.rules import bursts, capped
from ximu.notice.domains.d11_service import rules

pytestmark = pytest.mark.row("D11")
CAP = 5
VOICES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=60)
ROUNDING = Decimal("0.02")


def rows(voices: list[tuple[str, bool]], unit: str = "u") -> list[Any]:
    return [SimpleNamespace(uid=f"{unit}{n}", title="B", unit=unit, source=source, level=5 if good else 1, state="counted",
                            closed_as="", on=date(2018, 1, 2), link="") for n, (source, good) in enumerate(voices)]


@given(VOICES, st.sampled_from("abcdefghz"), st.integers(0, 500), st.booleans())
def test_ratings_stuffed_by_one_source_move_the_figure_by_no_more_than_the_published_bound(
        voices: list[tuple[str, bool]], stuffer: str, k: int, good: bool) -> None:
    before, after = capped(voices, CAP), capped([*voices, *[(stuffer, good)] * k], CAP)
    if before.share is not None and after.share is not None and before.bound is not None:
        assert abs(after.share - before.share) <= before.bound + ROUNDING
    others = sum(min(CAP, n) for n in (sum(one[0] == s for one in voices) for s in set("abcdefgh") - {stuffer}))
    if before.share is not None and after.share is not None:
        assert abs(after.share - before.share) <= Decimal(100 * CAP) / (others + CAP) + ROUNDING, "as the method says it"


@given(VOICES, VOICES, st.integers(1, 300), st.booleans())
def test_the_bound_holds_for_each_unit_and_the_city_when_a_source_rates_several(
        one: list[tuple[str, bool]], other: list[tuple[str, bool]], k: int, good: bool) -> None:
    calm, loud = [*rows(one), *rows(other, "v")], [*rows(one + [("a", good)] * k), *rows(other, "v")]
    quiet, stuffed = rules.rating_lines(calm, CAP), rules.rating_lines(loud, CAP)
    for unit in ("", "u", "v"):
        share, most = rules.counts(calm, quiet, CAP, unit)[5], rules.counts(calm, quiet, CAP, unit)[7]
        now = rules.counts(loud, stuffed, CAP, unit)[5]
        if share is not None and now is not None:
            assert abs(now - share) <= most + ROUNDING
        assert figure("share", quiet, unit).value == share, "the table and the indicator agree"


def test_without_the_cap_one_source_would_have_carried_the_figure() -> None:
    voices = [(f"s{n}", False) for n in range(30)]
    stuffed = capped([*voices, *[("loud", True)] * 970], 20)
    assert (stuffed.share, stuffed.bound) == (Decimal("40.00"), Decimal("40.00"))
    assert capped([], 20).share is None and capped([("a", True)], 20).bound == 100


@given(st.lists(st.integers(0, 200), max_size=40), st.integers(2, 6))
def test_a_burst_is_every_rating_that_lies_with_enough_others_in_a_span(minutes: list[int], most: int) -> None:
    times = [datetime(2018, 1, 2, tzinfo=UTC) + timedelta(minutes=n) for n in minutes]
    wanted = {place for place, n in enumerate(minutes)
              if any(sum(start <= m <= start + 10 for m in minutes) >= most and start <= n <= start + 10 for start in minutes)}
    assert bursts(times, most=most, span=timedelta(minutes=10)) == wanted


def test_levels_are_read_by_number_and_by_words() -> None:
    assert [rules.level_of(text) for text in (5, "4", "基本满意", "2星", " 非常不满意 ")] == [5, 4, 3, 2, 1]

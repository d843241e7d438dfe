"""Visits that saw nothing where citizens did: the planted one rings, alike ones hardly ever do, and too little says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ximu.ideas.warnings.rules import witnesses
from ximu.ideas.warnings.rules.witnesses import Report, Settings, Visit

SETTINGS = Settings(near=3, least=4, reports=2, others=10, q=0.05, days=365, shuffles=20)
LAST = date(2018, 12, 31)


def world(found: Callable[[int, int], bool], people: int = 8) -> tuple[list[Visit], list[Report]]:
    """Each goes twice a month; on every third visit somebody reports a day later."""
    days = [date(2018, month, day) for month in range(1, 13) for day in (5, 20)]
    visits = [Visit(f"{who}-{n}", f"w{who}", f"p{who}", "l", on, found(who, n)) for who in range(people) for n, on in enumerate(days)]
    return visits, [Report(f"r{who}-{n}", f"p{who}", on + timedelta(days=1)) for who in range(people) for n, on in enumerate(days)
                    if n % 3 == 0]


def honest(who: int, n: int) -> bool:
    return n % 3 == 0 and (n + who) % 4 != 0


def rang(visits: list[Visit], reports: list[Report]) -> set[tuple[str, str]]:
    return {(one.test, one.who) for one in witnesses.tested(visits, reports, SETTINGS, last=LAST) if one.rings}


def test_nobody_rings_where_all_are_alike() -> None:
    assert rang(*world(honest)) == set()


def test_who_walks_past_what_citizens_see_rings_and_so_does_who_never_finds_anything() -> None:
    assert rang(*world(lambda who, n: (n % 3 == 1 and n < 20) if who == 2 else honest(who, n))) == {("contradicted", "w2")}
    assert rang(*world(lambda who, n: who != 5 and honest(who, n))) == {("contradicted", "w5"), ("silent", "w5")}


def test_the_chance_is_that_of_the_beta_binomial_and_the_words_tell_it() -> None:
    visits, reports = world(lambda who, n: who != 5 and honest(who, n))
    one = next(x for x in witnesses.tested(visits, reports, SETTINGS, last=LAST) if (x.test, x.who) == ("contradicted", "w5"))
    others = [v for v in visits if v.who != "w5" and v.uid.split("-")[1] in {str(n) for n in range(0, 24, 3)}]
    x, m = sum(not v.found for v in others), len(others)
    assert (one.seen, one.of) == (8, 8) and one.p == pytest.approx(stats.betabinom(8, x + 0.5, m - x + 0.5).sf(7))
    assert "8次未发现" in one.words.zh and "8 found nothing" in one.words.en and len(one.visits) == 8


def test_too_little_is_not_judged_and_does_not_clear() -> None:
    visits, reports = world(honest)
    for fewer, settings in ((reports[:1], SETTINGS), (reports, replace(SETTINGS, least=25)), (reports, replace(SETTINGS, others=999))):
        told = witnesses.tested(visits, fewer, settings, last=LAST)
        assert not any(one.judged or one.rings for one in told if one.who == "w1") and "不作判断" in told[1].words.zh
    assert witnesses.tested([], [], SETTINGS, last=LAST) == []


@given(st.integers(0, 20), st.floats(0.5, 60), st.floats(0.5, 60), st.booleans())
def test_both_tails_hold_what_is_seen(n: int, a: float, b: float, upper: bool) -> None:
    values = [witnesses._tail(k, n, a, b, upper=upper) for k in range(n + 1)]
    assert all(0 <= p <= 1 for p in values) and values == sorted(values, reverse=upper)
    assert values[0 if upper else n] == pytest.approx(1)


def test_the_rates_are_the_same_again_and_leave_out_what_was_found_true() -> None:
    visits, reports = world(lambda who, n: who != 5 and honest(who, n))
    ends = [date(2018, 11, 30), LAST]
    one, two = (witnesses.rates(visits, reports, SETTINGS, ends=ends) for _ in range(2))
    assert one == two and all(rate.shuffled_rang <= rate.shuffled // 10 for rate in one)
    assert [(rate.history, rate.history_rang) for rate in one] == [(16, 2), (16, 2)]
    true = witnesses.rates(visits, reports, SETTINGS, ends=ends, true={("silent", "w5"), ("contradicted", "w5")})
    assert [(rate.history, rate.history_rang, rate.confirmed) for rate in true] == [(14, 0, 1), (14, 0, 1)]


def test_weeks_tell_reports_visits_and_empty_ones() -> None:
    visits = [Visit("a", "w", "p", "l", date(2018, 1, 3), found=False), Visit("b", "w", "p", "l", date(2018, 1, 7), found=True)]
    assert witnesses.by_week(visits, [Report("r", "p", date(2018, 1, 8))]) == [
        ("p", date(2018, 1, 1), 0, 2, 1), ("p", date(2018, 1, 8), 1, 0, 0)]

"""Posts in charge of a thing: of two the later appointment holds, on every day one or nobody, and a vacancy improves nothing."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.registry.rules import charges
from ximu.ideas.registry.rules.charges import Charge

DAY = date(2018, 1, 1)
days = st.integers(0, 400).map(lambda n: DAY + timedelta(days=n))


def charge(post: str, since: date, until: date | None = None, known: str = "") -> Charge:
    return Charge("r", "区级", "u", post, since, until, "d", known)


made = st.builds(lambda post, since, length: charge(post, since, since + timedelta(days=length) if length else None),
                 st.sampled_from("abc"), days, st.integers(0, 200))


@given(st.lists(made, min_size=1, max_size=5), days)
def test_each_day_of_the_spells_has_the_chief_of_that_day(some: list[Charge], on: date) -> None:
    spells = charges.spells(some, DAY, DAY + timedelta(days=400))
    assert spells[0][0] == DAY and all(a[1] + timedelta(days=1) == b[0] for a, b in pairwise(spells))
    [who] = [who for first, last, who in spells if first <= on <= last]
    assert who == charges.charge_on(some, on)
    assert who is None or all(other.since <= who.since for other in some if other.holds(on))


def test_the_later_appointment_holds_from_its_day_and_the_earlier_comes_back_after_it() -> None:
    old, new = charge("a", DAY), charge("b", date(2018, 3, 1), date(2018, 6, 1))
    assert [charges.charge_on([old, new], on) for on in (date(2018, 2, 28), date(2018, 3, 1), date(2018, 6, 1))] == [old, new, old]
    [overlap] = charges.overlaps([new, old])
    assert (overlap.winner, overlap.loser, overlap.first, overlap.until) == (new, old, date(2018, 3, 1), date(2018, 6, 1))
    assert "2018-05-31" in overlap.words.zh and "later appointment" in overlap.words.en
    assert charges.overlaps([charge("a", DAY, date(2018, 3, 1)), new]) == [] == charges.overlaps([old, charge("a", date(2018, 5, 1))])
    same = charge("c", DAY, known="2")
    assert charges.charge_on([charge("a", DAY, known="1"), same], DAY) == same, "of two on one day the one entered last"


@given(st.lists(made, min_size=1, max_size=4), st.lists(st.tuples(days, st.sampled_from("abc")), max_size=30))
def test_nothing_due_gets_lost_and_no_span_counts_twice(some: list[Charge], done: list[tuple[date, str]]) -> None:
    last = DAY + timedelta(days=400)
    told = charges.duties(some, [(on, charge(post, DAY).holder) for on, post in done], times=1, span="month", first=DAY, last=last)
    plans = charges.planned(some, times=1, span="month", first=DAY, last=last)
    assert sum(one.due + one.changed for one in told) == len(plans)
    assert all(0 <= one.done <= one.due for one in told)


def test_while_nobody_is_in_charge_it_stays_due() -> None:
    told = charges.duties([charge("a", DAY, date(2018, 4, 1))], [], times=2, span="month", first=DAY, last=date(2018, 6, 30))
    assert [(one.vacant, one.due, one.done, one.idle) for one in told] == [(False, 6, 0, 3), (True, 6, 0, 3)]

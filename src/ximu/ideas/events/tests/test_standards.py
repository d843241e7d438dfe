"""Classes by the worst item, degrees by shares of samples, photos by their digests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.events.rules import photos, standards
from ximu.ideas.events.rules.standards import Sample, Standard
from ximu.kernel.refusal import Refusal

LIMITS = {"oxygen": [D("7.5"), D(6), D(5), D(3), D(2)], "ammonia": [D("0.15"), D("0.5"), D(1), D("1.5"), D(2)]}
ODOUR = {"oxygen": [D(2), D("0.2")], "ammonia": [D(8), D(15)]}
FALLING = frozenset({"oxygen"})
STANDARD = Standard(LIMITS, ODOUR, FALLING, ["oxygen", "ammonia"], D("0.6"), D("0.3"))
numbers = st.decimals(0, 30, places=2)


@pytest.mark.parametrize(("oxygen", "ammonia", "place", "worst"), [
    ("7.5", "0.15", 0, ("oxygen", "ammonia")), ("7.49", "0.15", 1, ("oxygen",)), ("9", "1.01", 3, ("ammonia",)),
    ("2", "2.0", 4, ("oxygen", "ammonia")), ("1.99", "0.1", 5, ("oxygen",)), (None, "2.01", 5, ("ammonia",)),
])
def test_the_worst_item_makes_the_class(oxygen: str | None, ammonia: str, place: int, worst: tuple[str, ...]) -> None:
    values = {"oxygen": None if oxygen is None else D(oxygen), "ammonia": D(ammonia)}
    assert standards.classed(values, LIMITS, falling=FALLING) == (place, worst)


@given(numbers, numbers, numbers)
def test_worse_water_is_never_of_a_better_class(oxygen: D, ammonia: D, more: D) -> None:
    def place(**values: D) -> int:
        return standards.classed(values, LIMITS, falling=FALLING)[0]  # type: ignore[index]

    assert place(oxygen=oxygen, ammonia=ammonia + more) >= place(oxygen=oxygen, ammonia=ammonia)
    assert place(oxygen=oxygen + more, ammonia=ammonia) <= place(oxygen=oxygen, ammonia=ammonia)
    assert place(oxygen=oxygen, ammonia=ammonia) >= place(oxygen=oxygen), "one item more can only be worse"


def test_a_degree_wants_one_item_in_most_samples_or_two_in_a_part() -> None:
    def degree(*samples: dict[str, str]) -> int:
        told = [standards.degrees({k: D(v) for k, v in one.items()}, ODOUR, falling=FALLING) for one in samples]
        return standards.degree_of(told, one=D("0.6"), two=D("0.3"), worst=2)

    assert degree({"oxygen": "2.0"}) == 1 and degree({"oxygen": "2.01"}) == 0 and degree({"ammonia": "15.1"}) == 2
    assert degree({"ammonia": "15"}) == 1 and degree({"oxygen": "0.19"}) == 2
    assert degree({"ammonia": "9", "oxygen": "4"}, {"ammonia": "1", "oxygen": "1.9"}, {"ammonia": "1", "oxygen": "4"}) == 1
    assert degree({"ammonia": "9", "oxygen": "4"}, {"ammonia": "1", "oxygen": "4"}, {"ammonia": "1", "oxygen": "4"}) == 0 == degree()


def test_a_point_is_judged_by_its_means_and_tells_what_is_missing() -> None:
    some = [Sample("p", "w", "u", date(2018, m, 1), 2, {"ammonia": D(m), "oxygen": None}) for m in (3, 1, 2)]
    found = standards.judged(some, STANDARD)
    assert found and (found.place, found.worst, found.samples, found.last, found.missing, found.means["ammonia"]) == (
        4, ("ammonia",), 3, date(2018, 3, 1), ("oxygen",), D(2))
    assert standards.judged([Sample("p", "w", "u", date(2018, 1, 1), 2, {"ammonia": None})], STANDARD) is None


def test_a_photo_is_shown_once() -> None:
    one, other = "a" * 64, "B" * 64
    assert photos.photos_of(f"{one}; {other}；") == [one, other.lower()] and photos.photos_of("") == []
    photos.must_be_new("P1", [one], {one: "P1"})
    for uid, shown, held in (("P2", [one], {one: "P1"}), ("P1", [one, one], {})):
        with pytest.raises(Refusal) as caught:
            photos.must_be_new(uid, shown, held)
        assert caught.value.code == "DUP-PHOTO"
    with pytest.raises(Refusal) as caught:
        photos.photos_of("a.jpg")
    assert caught.value.code == "PHOTO-FORM"

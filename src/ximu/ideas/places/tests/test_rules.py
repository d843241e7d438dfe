"""Whose place is it? Roads, sides, numbers, named sites, moved boundaries, reforms; never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ximu.ideas.places import rules
from ximu.ideas.places.rules import Names, Row, Spot, read, route
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D7")
DAY = date(2018, 6, 1)
OLD = date(2010, 1, 1)
NAMES = Names({"甲区": "q1", "示例市甲区人民政府": "q1", "丁区": "q4"}, {"中和街道": ("s1", "s9"), "西山街道": ("s2",), "南湖街道": ("s3",)},
              {"s1": "q1", "s2": "q1", "s3": "q1", "s9": "q4"})


def same(unit: str, on: date) -> str:
    return unit


def ask(rows: list[Row], place: str, kind: str = "hazard", on: date = DAY, owner: object = same) -> tuple[str, tuple[str, ...]]:
    found = route(rows, read(place, NAMES, city="示例市"), kind, on, owner)  # type: ignore[arg-type]
    return found.how, found.units


def row(unit: str, **more: object) -> Row:
    return Row(**{"uid": f"row-{unit}", "unit": unit, "district": "q1", "since": OLD, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(("place", "spot"), [
    ("示例市甲区中和街道和平路12号", Spot("q1", "s1", "和平路12号")), ("甲区　中和街道, 和平路１２号", Spot("q1", "s1", "和平路12号")),
    ("西山街道和平路12号", Spot("q1", "s2", "和平路12号")), ("中和街道和平路12号", Spot("", "", "中和街道和平路12号")),
    ("和平路12号", Spot("", "", "和平路12号")), ("", Spot("", "", ""))])
def test_an_address_is_read_by_the_names_of_the_register(place: str, spot: Spot) -> None:
    assert read(place, NAMES, city="示例市") == spot


def test_the_narrowest_place_answers_and_competence_comes_before_territory() -> None:
    rows = [row("district"), row("street", street="s1"), row("road", road="和平路"), row("part", road="和平路", low=1, high=99),
            row("site", site="幸福小区"), row("bureau", kinds=("illegal",))]
    at = "甲区中和街道"
    assert ask(rows, at + "和平路12号") == ("one", ("part",)) and ask(rows, at + "和平路120号") == ("one", ("road",))
    assert ask(rows, at + "幸福小区3号楼") == ("one", ("site",)) and ask(rows, at + "大幸福小区") == ("one", ("street",))
    assert ask(rows, at + "东和平路12号") == ("one", ("street",)), "another road that ends alike"
    assert ask(rows, "甲区西山街道") == ("one", ("district",)) and ask(rows, "丁区中和街道") == ("none", ())
    assert ask(rows, at + "和平路12号", kind="illegal") == ("one", ("bureau",))


def test_both_sides_of_a_border_are_named_and_a_number_decides() -> None:
    rows = [row("odd", road="界河路", side="odd", low=1, high=199), row("even", road="界河路", side="even", low=2, high=200)]
    assert ask(rows, "甲区界河路7号") == ("one", ("odd",)) and ask(rows, "甲区界河路8号") == ("one", ("even",))
    assert ask(rows, "甲区界河路") == ("border", ("odd", "even")), "without a number both have it"
    assert ask(rows, "甲区界河路201号") == ("none", ())
    assert ask([row("a", street="s1"), row("b", street="s1")], "甲区中和街道") == ("border", ("a", "b"))


def test_a_moved_boundary_and_a_reform_answer_by_the_day() -> None:
    moved = date(2018, 7, 1)
    rows = [row("a", road="和平路", until=moved), row("b", road="和平路", since=moved)]
    assert [ask(rows, "甲区和平路1号", on=day)[1] for day in (moved - timedelta(days=1), moved)] == [("a",), ("b",)]
    assert ask(rows, "甲区和平路1号", on=OLD - timedelta(days=1)) == ("none", ())

    def heir(unit: str, on: date) -> str:
        return "s5" if unit in ("s2", "s3") and on >= moved else unit

    merged = [row("s2", street="s2"), row("s3", street="s3")]
    assert ask(merged, "甲区南湖街道", on=DAY, owner=heir) == ("one", ("s3",))
    assert ask(merged, "甲区南湖街道", on=moved, owner=heir) == ("one", ("s5",)), "two lines, one heir: no border"


@given(some.integers(1, 99_999), some.integers(1, 99_999), some.sampled_from(["", "odd", "even"]), some.integers(1, 99_999))
def test_a_number_is_covered_exactly_within_its_span_and_on_its_side(low: int, high: int, side: str, number: int) -> None:
    low, high = min(low, high), max(low, high)
    inside = low <= number <= high and (not side or (number % 2 == 1) == (side == "odd"))
    assert ask([row("u", road="和平路", low=low, high=high, side=side)], f"甲区和平路{number}号")[0] == ("one" if inside else "none")


@given(some.text(max_size=40))
def test_no_text_breaks_the_reading_and_an_empty_list_answers_none(place: str) -> None:
    assert ask([], place) == ("none", ())


@pytest.mark.parametrize("bad", [{"kinds": ("ufo",)}, {"side": "odd"}, {"side": "up", "road": "和平路"}, {"low": 5, "high": 9},
                                 {"road": "和平路", "low": 5}, {"road": "和平路", "low": 9, "high": 5}, {"road": "和平路", "low": 0, "high": 5},
                                 {"road": "和平路", "site": "幸福小区"}, {"district": ""}, {"every": 0}, {"every": 3661},
                                 {"every": 9_999_999_999}, {"road": "和平路", "low": 1, "high": 100_000}])
def test_a_line_that_covers_nothing_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal) as caught:
        rules.must_be_place(row("u", **bad))
    assert caught.value.code == "PLACE-DUTY"
    with pytest.raises(Refusal) as order:
        rules.must_be_place(row("u", until=OLD))
    assert order.value.code == "DATE-ORDER"

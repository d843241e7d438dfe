"""Places, lines and tracks in degrees: metres as the geodesic has them, speeds as a clock and a map have them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel import wgs84
from ximu.kernel.refusal import Refusal
from ximu.kernel.wgs84 import Fix, Point, Walk
from ximu.kernel.zone import CITY

LINE = (Point(121.30, 31.10), Point(121.31, 31.10), Point(121.32, 31.11))
near = st.builds(Point, st.floats(121, 121.5), st.floats(31, 31.5))


@pytest.mark.parametrize(("one", "other", "geodesic"), [
    ((121, 31), (121.1, 31), 9550.42591566426), ((121, 31), (121.1, 31.1), 14630.025589842653),
    ((121.4, 31.2), (121.4, 31.9), 77615.28023842252), ((0, 0), (0.01, 0.01), 1569.0347154047224),
    ((100, 60), (100.2, 60.05), 12465.533567151482),
])
def test_a_distance_is_that_of_the_geodesic(one: tuple[float, float], other: tuple[float, float], geodesic: float) -> None:
    """The expected ones are by Karney's algorithm (GeographicLib 2.0)."""
    assert wgs84.metres(Point(*one), Point(*other)) == pytest.approx(geodesic, rel=2e-5)


@given(near, near, near)
def test_a_foot_lies_on_the_line_and_nothing_is_nearer_than_it(point: Point, a: Point, b: Point) -> None:
    found, whole = wgs84.beside(point, (a, b)), wgs84.length((a, b))
    assert 0 <= found.along <= whole * 1.0001 + 1e-6
    assert found.away <= min(wgs84.metres(point, a), wgs84.metres(point, b)) * 1.001 + 1e-6
    assert wgs84.beside(a, (a, b)).away < 1e-6


@pytest.mark.parametrize("text", ["", "121.3 31.1", "121.3 31.1; x", "121.3 31.1; 181 31", "121.3 31.1; 121.3 31.1", "nan 1; 2 3", "1 2 3; 4 5 6"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        wgs84.line_of(text, field="course")
    assert (caught.value.code, caught.value.field) == ("GEO-LINE", "course")


def test_a_stated_length_that_is_off_is_refused() -> None:
    found = wgs84.must_measure(LINE, None, percent=10)
    assert wgs84.must_measure(LINE, found * 1.09, percent=10) == found
    with pytest.raises(Refusal) as caught:
        wgs84.must_measure(LINE, found * 1.2, percent=10)
    assert caught.value.code == "GEO-LENGTH"


@pytest.mark.parametrize(("text", "code"), [
    ("走了一圈", "GEO-TRACK"), ("09:00:00 121.3 31.1", "GEO-TRACK"), ("25:00:00 121.3 31.1; 09:00:00 121.3 31.1", "GEO-TRACK"),
    ("09:00:00+08:00 121.3 31.1; 09:10:00 121.3 31.1", "GEO-TRACK"), ("09:00:00 121.3 91; 09:10:00 121.3 31.1", "GEO-TRACK"),
    ("09:10:00 121.3 31.1; 09:00:00 121.3 31.1", "TIME-ORDER"),
])
def test_what_is_no_track_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        wgs84.track_of(text)
    assert caught.value.code == code


def test_a_track_is_held_against_its_line() -> None:
    there = wgs84.track_of("09:00:00 121.3 31.1；09:15:00 121.31 31.1001; 09:40:00 121.32 31.11")
    found = wgs84.seen(there, LINE, corridor=50)
    assert (found.inside, round(found.covered, 2)) == (1, 1) and 3 < found.fastest < 5
    wgs84.must_be_there(found, "示例河", corridor=50, percent=80)
    away = wgs84.seen([*there[:1], Fix(time(10), Point(121.40, 31.2))], LINE, corridor=50)
    with pytest.raises(Refusal) as caught:
        wgs84.must_be_there(away, "示例河", corridor=50, percent=80)
    assert caught.value.code == "GEO-OUT" and "50%" in caught.value.zh
    wgs84.must_be_past(date(2018, 1, 1), there, now=datetime(2018, 1, 1, 9, 40, tzinfo=CITY))
    with pytest.raises(Refusal) as caught:
        wgs84.must_be_past(date(2018, 1, 1), there, now=datetime(2018, 1, 1, 9, 39, tzinfo=CITY))
    assert caught.value.code == "TIME-FUTURE"


def test_impossible_speed_is_flagged_within_a_walk_and_between_two_and_a_wandering_receiver_is_not() -> None:
    def walk(uid: str, who: str, *fixes: tuple[time, Point]) -> Walk:
        return Walk(uid, who, date(2018, 1, 1), [Fix(*one) for one in fixes])

    a, b, far = Point(121.3, 31.1), Point(121.3003, 31.1), Point(121.5, 31.1)
    walks = [walk("still", "x", (time(9), a), (time(9), b)), walk("fast", "y", (time(9), a), (time(9, 1), far)),
             walk("one", "z", (time(9), a), (time(9, 30), b)), walk("two", "z", (time(9, 32), far), (time(9, 40), far)),
             walk("others", "w", (time(9, 31), far), (time(9, 41), far)),
             walk("amid", "v", (time(9), a), (time(11), b)), walk("inner", "v", (time(9, 1), far), (time(10, 59), far))]
    assert wgs84.flagged(walks, fastest=60, travelling=120) == {
        "fast": {"speed"}, "one": {"jump"}, "two": {"jump"}, "amid": {"jump"}, "inner": {"jump"}}


@given(st.lists(near, min_size=2, max_size=6))
def test_a_drawing_stays_on_its_sheet(points: list[Point]) -> None:
    for line in wgs84.drawn(points, [points], width=680, height=300):
        assert all(-1 <= x <= 681 and -1 <= y <= 301 for x, y in line)

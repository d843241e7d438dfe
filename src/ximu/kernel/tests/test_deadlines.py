"""Deadlines of nine years against a second computation from the State Council's notices, typed from their texts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, timedelta

import pytest

from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED

OFF = {
    2017: "0101-0102 0127-0202 0402-0404 0429-0501 0528-0530 1001-1008", 2018: "0101 0215-0221 0405-0407 0429-0501 0618 0924 1001-1007 1230-1231",
    2019: "0101 0204-0210 0405 0501-0504 0607 0913 1001-1007", 2020: "0101 0124-0202 0404-0406 0501-0505 0625-0627 1001-1008",
    2021: "0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007",
    2022: "0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007 1231", 2023: "0101-0102 0121-0127 0405 0429-0503 0622-0624 0929-1006",
    2024: "0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007", 2025: "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
}
"""Days off, months and days; 2020's Spring Festival as prolonged by 国办发明电〔2020〕1号."""
WORKED = {
    2017: "0122 0204 0401 0527 0930", 2018: "0211 0224 0408 0428 0929 0930 1229", 2019: "0202 0203 0428 0505 0929 1012",
    2020: "0119 0426 0509 0628 0927 1010", 2021: "0207 0220 0425 0508 0918 0926 1009", 2022: "0129 0130 0402 0424 0507 1008 1009",
    2023: "0128 0129 0423 0506 0625 1007 1008", 2024: "0204 0218 0407 0428 0511 0914 0929 1012", 2025: "0126 0208 0427 0928 1011",
}
TERMS = (1, 3, 5, 7, 10, 15, 20, 30)


def day(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


def span(year: int, text: str) -> list[date]:
    first, _, last = text.partition("-")
    start, end = day(year, first), day(year, last or first)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


FREE = {one for year, words in OFF.items() for word in words.split() for one in span(year, word)}
MADE_UP = {day(year, word) for year, words in WORKED.items() for word in words.split()}
EVERY = [date(2017, 1, 1) + timedelta(days=n) for n in range((date(2025, 12, 31) - date(2017, 1, 1)).days + 1)]
WORKING = [one for one in EVERY if one in MADE_UP or (one.weekday() < 5 and one not in FREE)]
ENDS = {date(year, month, monthrange(year, month)[1]) for year in OFF for month in range(1, 13)}
STARTS = sorted({one for one in {*(min(span(y, w)) - timedelta(days=1) for y, ws in OFF.items() for w in ws.split()), *MADE_UP, *ENDS,
                                 date(2020, 2, 29), date(2024, 2, 29)} if date(2017, 1, 1) <= one < date(2025, 11, 1)})


def test_every_single_day_is_judged_alike() -> None:
    assert {one for one in EVERY if BUNDLED.is_working(one)} == set(WORKING)


def test_more_than_300_terms_end_on_the_same_day() -> None:
    cases = [(start, TERMS[n % len(TERMS)]) for n, start in enumerate(STARTS)] + [(start, 5) for start in STARTS]
    assert len(cases) >= 300
    wrong = [(start, term, BUNDLED.due(start, term).day) for start, term in cases
             if BUNDLED.due(start, term).day != WORKING[bisect_right(WORKING, start) + term - 1]]
    assert wrong == []
    rolled = [(start, term) for start, term in cases
              if BUNDLED.due_calendar_days(start, term).day != WORKING[bisect_left(WORKING, start + timedelta(days=term))]]
    assert rolled == []


def test_the_end_of_time_is_refused_and_not_a_fault() -> None:
    for count in (BUNDLED.due, BUNDLED.due_calendar_days):
        with pytest.raises(Refusal, match="CAL-NONE"):
            count(date.max, 1)

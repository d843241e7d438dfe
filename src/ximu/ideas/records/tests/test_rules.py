"""Numbers, edges and terms decide alone."""

from __future__ import annotations

import itertools
import secrets
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.records import rules
from ximu.ideas.records.queries import parameters
from ximu.ideas.records.rules.numbers import ALPHABET
from ximu.ideas.records.rules.terms import oldest_end
from ximu.kernel.refusal import Refusal

NUMBER = rules.draw(secrets.token_bytes(64))[0]


def test_a_drawn_number_reads_back_however_people_write_it() -> None:
    assert rules.parse(f" {NUMBER[:4].lower()}-{NUMBER[4:8]} {NUMBER[8:]}") == NUMBER


@given(st.integers(0, 12), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(place: int, char: str) -> None:
    wrong = NUMBER[:place] + char + NUMBER[place + 1:]
    if wrong != NUMBER:
        with pytest.raises(Refusal) as refused:
            rules.parse(wrong)
        assert refused.value.code == "REC-NUMBER"


def test_every_exchange_of_two_characters_is_found() -> None:
    for i in range(13):
        for j in range(i):
            chars = list(NUMBER)
            chars[i], chars[j] = chars[j], chars[i]
            if chars != list(NUMBER):
                with pytest.raises(Refusal):
                    rules.parse("".join(chars))


def test_only_the_edges_of_the_brief_are_open() -> None:
    way = ["draft", "checked", "notified", "disputed", "effective", "flagged", "repaired"]
    assert all(rules.move_refused(a, b) is None for a, b in itertools.pairwise(way))
    for before, after in [("effective", "erased"), ("draft", "effective"), ("checked", "effective"), ("repaired", "effective"),
                          ("erased", "draft"), ("held", "effective"), ("draft", "nowhere")]:
        refused = rules.move_refused(before, after)
        assert refused is not None
        assert refused.code == "STATE-EDGE"


def test_five_years_run_from_the_end_and_not_while_the_act_goes_on() -> None:
    assert rules.kept_until(None, 5) is None
    assert rules.kept_until(date(2016, 2, 29), 5) == date(2021, 2, 28)
    assert rules.in_query(date(2016, 2, 29), 5, date(2021, 2, 28))
    assert not rules.in_query(date(2016, 2, 29), 5, date(2021, 3, 1))


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)), st.integers(-3, 3))
def test_the_set_wise_form_of_the_query_period_agrees(on: date, off: int) -> None:
    oldest = oldest_end(5, on)
    end = oldest + timedelta(days=off)
    assert rules.in_query(end, 5, on) == (end >= oldest)


def test_every_parameter_has_a_source_and_a_day() -> None:
    for rows in parameters().tables.values():
        assert all(row["source"] and isinstance(row["since"], date) for row in rows)


def test_only_named_families_are_excepted_from_notice() -> None:
    assert parameters().exception("service", date(2018, 5, 1)) is not None
    assert parameters().exception("penalty", date(2018, 5, 1)) is None

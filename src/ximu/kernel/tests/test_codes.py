"""Codes are checked as the standards say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel import resident_id, uscc

PUBLISHED = ["91350100M000100Y43", "91110000802100433B", "914403001922038216", "9144030071526726XG"]
MADE_UP_ORGANS = ["11310000003100007Y", "11310101003101018X", "11310115003101157X", "1131015100310151XQ"]
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("code", PUBLISHED + MADE_UP_ORGANS)
def test_it_accepts_published_codes(code: str) -> None:
    assert uscc.check(code).valid


@pytest.mark.parametrize("code", MADE_UP_ORGANS)
def test_an_organ_begins_with_11(code: str) -> None:
    assert uscc.is_public_body(code)
    assert not uscc.is_public_body(PUBLISHED[0])


@given(st.sampled_from(PUBLISHED + MADE_UP_ORGANS), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_it_refuses_every_other_character_in_one_place(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1:]
    assert uscc.check(changed).valid is (changed == code)


def test_it_names_the_expected_check_character() -> None:
    verdict = uscc.check("91350100M000100Y4X")
    assert (verdict.valid, verdict.reason, verdict.expected) == (False, "check", "3")


@pytest.mark.parametrize(("text", "reason"), [
    ("9135", "length"), ("91350100I000100Y43", "character"), ("91AB0100M000100Y43", "region"),
])
def test_it_says_what_is_wrong_with_a_code(text: str, reason: str) -> None:
    assert uscc.check(text).reason == reason


def test_it_reads_full_width_and_lower_case() -> None:
    assert uscc.check(" ９１３５０１００m000100y43 ").valid


def test_an_inner_check_that_fails_is_a_warning() -> None:
    body = "113101010031010"
    code = body + "11"
    code += uscc.check_character(code)
    verdict = uscc.check(code)
    assert verdict.valid
    assert verdict.warning == "inner-check"


def test_it_accepts_the_sample_of_the_standard() -> None:
    assert resident_id.check("11010519491231002X", today=TODAY).valid
    assert resident_id.check("11010519491231002x", today=TODAY).valid


@pytest.mark.parametrize(("number", "reason"), [
    ("110105194912310021", "check"), ("11010519491331002X", "date"), ("1101051949123100", "length"),
    ("11010520991231002X", "future"), ("99010519491231002X", "region"), ("11010519A91231002X", "character"),
    ("11010518491231002X", "date"),
])
def test_it_says_what_is_wrong_with_an_identity_number(number: str, reason: str) -> None:
    assert resident_id.check(number, today=TODAY).reason == reason


@given(st.integers(0, 16), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(place: int, digit: int) -> None:
    good = "11010519491231002X"
    changed = good[:place] + str(digit) + good[place + 1:]
    assert resident_id.check(changed, today=TODAY).valid is (changed == good)

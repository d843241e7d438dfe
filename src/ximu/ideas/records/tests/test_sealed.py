"""What lies sealed in the table is what was delivered, whichever road it took there."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.records import queries
from ximu.ideas.records.models import Version
from ximu.ideas.records.queries import sealed
from ximu.ideas.records.services import hiding
from ximu.kernel.canonical import canonical

SALT = b"s" * 32
NAMES = ("CF_ZJHM", "sealed", "甲\"乙")
PARTS = st.sampled_from(['"CF_ZJHM":"', ",", '"', "\\", "{", "}", "3101", "sealed", ":", "null", "，", "\n"])
TEXTS = st.lists(PARTS, max_size=6).map("".join)
VALUES = st.one_of(st.none(), TEXTS, st.integers(-9, 9), st.dictionaries(TEXTS.filter(lambda name: name != "sealed"), TEXTS, max_size=2))


def opened(text: bytes, salt: bytes) -> tuple[dict[str, Any], bytes]:
    version = Version(number="0000000000000", version=2, payload=text.decode(), salt=salt)
    return queries.payload_of(version), queries.salt_of(version)


def shut(payload: dict[str, Any], names: tuple[str, ...]) -> tuple[bytes, bytes]:
    row = {"number": ["0000000000000"], "version": [2], "payload": [canonical(payload).decode()], "salt": [SALT]}
    [(text, salt)] = queries.closed_rows(pl.DataFrame(row), names).iter_rows()
    return text.encode(), salt


@given(payload=st.dictionaries(st.one_of(TEXTS, st.sampled_from(NAMES)), VALUES, max_size=4), names=st.sets(st.sampled_from(NAMES)))
def test_many_rows_are_sealed_as_one_is(payload: dict[str, Any], names: set[str]) -> None:
    text, salt = shut(payload, tuple(sorted(names)))
    given = [name for name in sorted(names) if payload.get(name) not in (None, "")]
    one, _ = queries.closed_up(payload, given, "0000000000000", 2, SALT)
    assert opened(text, salt) == opened(one.encode(), salt) == (payload, SALT)
    kept, single = orjson.loads(text), orjson.loads(one)
    assert sorted(kept) == sorted(single)
    assert {n for n in kept if kept[n] != payload[n]} == {n for n in single if single[n] != payload[n]} == set(given)


@given(payload=st.dictionaries(st.one_of(TEXTS, st.sampled_from(NAMES)), VALUES, max_size=4), name=st.just("CF_ZJHM"))
def test_whether_a_field_has_a_value_is_told_as_a_parser_would(payload: dict[str, Any], name: str) -> None:
    texts = pl.Series("payload", [canonical(payload).decode(), canonical({name: "1"}).decode()])
    parsed = texts.str.json_path_match(f"$.{name}").fill_null("") != ""
    assert hiding._has(texts, name).to_list() == parsed.to_list()


def test_a_flat_row_needs_no_parser() -> None:
    row = {"A": "甲", "CF_ZJHM": "310101195001010014", "Z": None}
    with patch.object(sealed, "_slowly", side_effect=AssertionError):
        text, salt = shut(row, ("CF_ZJHM", "Z"))
    assert b"310101195001010014" not in text
    assert SALT not in salt
    assert opened(text, salt) == (row, SALT)


@pytest.mark.parametrize("row", [{"CF_ZJHM": {"no": "1"}}, {"CF_ZJHM": 5}, {"CF_ZJHM": 'a"b'}])
def test_an_odd_row_goes_through_the_parser(row: dict[str, Any]) -> None:
    with patch.object(sealed, "_slowly", side_effect=KeyError), pytest.raises(KeyError):
        shut(row, ("CF_ZJHM",))

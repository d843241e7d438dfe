"""A city is a profile: a folder of data that each room loads through its own services."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ximu.config import profiles
from ximu.foundation.profiles import rows_of, uid_of
from ximu.kernel.refusal import Refusal


def test_both_cities_can_be_listed() -> None:
    assert [(c["code"], c["zh"], c["region"]) for c in profiles.available()] == [
        ("example", "示例市", "990000"), ("shanghai", "上海市", "310000"),
    ]


@pytest.mark.parametrize("city", ["example", "shanghai"])
def test_who_delivers_data_does_so_for_one_unit(city: str) -> None:
    """Held for the whole city such a role is the source of every record: it read judgments of the court that were not final yet."""
    delivering = {"entry", "court_officer", "discipline_officer", "exchange_peer"}
    rows = rows_of(profiles.folder_of(city) / "accounts" / "accounts.csv")
    assert not [row["login"] for row in rows if delivering & set(row["roles"].split()) and row["scope"] == "city"]


def test_an_unknown_city_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal) as refused:
        profiles.folder_of("../shanghai")
    assert (refused.value.code, refused.value.rule) == ("CITY-NONE", "example shanghai")


def test_a_key_has_the_same_outside_name_every_time() -> None:
    assert uid_of("example", "caizheng") == uid_of("example", "caizheng")
    assert uid_of("example", "caizheng") != uid_of("shanghai", "caizheng")
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{16}", uid_of("example", "caizheng"))


def test_rows_skip_remarks_and_a_missing_file_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("# remark\nkey,name\n\na, 甲区 \n", "utf-8")
    assert rows_of(tmp_path / "a.csv") == [{"key": "a", "name": "甲区"}]
    assert rows_of(tmp_path / "b.csv") == []

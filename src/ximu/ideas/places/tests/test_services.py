"""Lines are added and ended by the office, proved in the log, and answer through reforms and on both clocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ximu.ideas.ledger.queries.verification import verify_log
from ximu.ideas.places import queries, services
from ximu.ideas.places.tests.factories import AT, OFFICE, clerk, line, u
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D7")]
DAY = date(2018, 4, 2)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code and caught.value.zh and caught.value.en
    return caught.value


def test_an_address_finds_its_unit_through_a_reform_and_as_known_then() -> None:
    line("q02j3", district="q02", street="q02j3")
    before = queries.whose("hazard", "示例市乙区滨江街道江边路1号", date(2018, 5, 14))
    after = queries.whose("hazard", "示例市乙区滨江街道江边路1号", date(2018, 5, 15))
    assert (before.units, after.units) == ((u("q02j3"),), (u("q02j9"),)), "two streets merged on 15 May 2018"
    assert queries.whose("hazard", "乙区滨江街道", DAY, known_at=AT - timedelta(seconds=1)).how == "none", "nobody knew it yet"
    assert queries.district_of("乙区滨江街道") == u("q02") and queries.office(DAY) == u("zjw")
    refused("PLACE-KIND", queries.whose, "ufo", "甲区", DAY)
    refused("PLACE-NONE", queries.whose, "hazard", " ", DAY)


def test_a_boundary_moves_by_ending_one_line_and_beginning_another() -> None:
    old = line("q01j1", street="q01j1", road="和平路")
    services.end_duty(old, until=date(2018, 7, 1), by=OFFICE, at=AT + timedelta(days=1))
    line("q01j2", street="q01j2", road="和平路", since=date(2018, 7, 1), at=AT + timedelta(days=1))
    asked = [queries.whose("disorder", "甲区中和街道和平路3号", day).units[0] for day in (date(2018, 6, 30), date(2018, 7, 1))]
    assert asked == [u("q01j1"), u("q01j2")]
    assert queries.whose("disorder", "甲区和平路3号", date(2018, 8, 1), known_at=AT).units == (u("q01j1"),), "its end was not known then"
    refused("STATE-EDGE", services.end_duty, old, until=date(2018, 8, 1), by=OFFICE, at=AT)
    assert verify_log().ok


def test_what_is_no_place_or_twice_or_not_the_offices_is_refused_and_nothing_stands() -> None:
    line("q01j1", street="q01j1")
    refused("DUTY-DUP", line, "q01j1", street="q01j1")
    refused("PLACE-DUTY", line, "q01j1", street="q04j1")
    refused("PLACE-DUTY", line, "q01j1", district="czj")
    refused("PLACE-DUTY", queries.area_of, "没有区", "")
    refused("ORG-UNKNOWN", line, "nobody")
    refused("ORG-ENDED", line, "q02j9", district="q02")
    refused("FIELD-NEED", line, "q01j2", basis=" ")
    refused("FIELD-LONG", line, "q01j2", site="楼" * 61)
    refused("PERM-DENIED", line, "q01j2", by=Actor("stranger"))
    refused("PLACE-OFFICE", line, "q01j2", by=clerk("q01", "places.keep"))
    refused("DUTY-NONE", services.end_duty, "nosuch", until=DAY, by=OFFICE, at=AT)
    standing = queries.duties().get().uid
    refused("DATE-ORDER", services.end_duty, standing, until=date(2018, 1, 1), by=OFFICE, at=AT)
    assert line("q01j2", street="q01j1"), "another unit at the same place is a border"


def test_an_inspection_is_the_units_own_once_a_day_and_tells_when_it_was_last() -> None:
    uid, by = line("q01j1", street="q01j1", every=30), clerk("q01j1", "places.inspect")
    services.inspect(uid, on=DAY, note="无异常", by=by, at=AT)
    refused("PERM-DENIED", services.inspect, "nosuch", on=DAY, note="无异常", by=Actor("stranger"), at=AT)
    refused("PATROL-DUP", services.inspect, uid, on=DAY, note="再查", by=by, at=AT)
    refused("TIME-FUTURE", services.inspect, uid, on=DAY + timedelta(days=1), note="明天", by=by, at=AT)
    refused("PATROL-OUT", services.inspect, uid, on=date(2017, 12, 31), note="去年", by=by, at=AT)
    refused("PERM-DENIED", services.inspect, uid, on=DAY - timedelta(days=1), note="代查", by=clerk("q01j2", "places.inspect"), at=AT)
    refused("FIELD-NEED", services.inspect, uid, on=DAY - timedelta(days=1), note="", by=by, at=AT)
    refused("NUM-RANGE", services.inspect, uid, on=DAY - timedelta(days=1), note="多", found=1000, by=by, at=AT)
    [one] = queries.inspected(date(2018, 5, 1))
    assert (one.unit, one.last, one.row.every) == (u("q01j1"), DAY, 30)
    assert queries.inspected(date(2018, 5, 1), known_at=AT - timedelta(seconds=1)) == []

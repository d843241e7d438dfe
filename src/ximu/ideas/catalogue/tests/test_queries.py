"""The gate: off the list of the event's own day means impossible."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ximu.foundation.profiles import rows_of
from ximu.foundation.rooms import SRC
from ximu.ideas.catalogue import jobs, queries, rules
from ximu.ideas.catalogue.models import Basis
from ximu.ideas.catalogue.tests import factories as f
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.1")]
CITIES = SRC / "config" / "cities"
FIRST, SECOND = date(2017, 7, 1), date(2018, 5, 1)


@pytest.fixture
def two_editions() -> None:
    f.published("2017-1", FIRST, ["CF", "JL-CF", "WY-RD", "SF-PJ", "SJ-JD", "XW-D01-1", "YY-B-1"])
    f.published("2018-1", SECOND, ["CF", "WY-RD", "SF-PJ", "SJ-JD", "XW-D01-1", "XW-D01-2", "YY-B-1", "YY-B-5", "WZ-CL"], bodies={
        "YY-B-5": {**f.body_of("YY-B-5"), "implementers": [f.ONE], "behaviours": ["XW-D01-1"]},
    })


def refused(item: str, use: str, on: date, **more: str) -> str:
    with pytest.raises(Refusal) as raised:
        queries.gate(item, use=use, on=on, **more)
    return raised.value.code


def test_each_day_has_its_own_edition(two_editions: None) -> None:
    assert refused("CF", "collect", FIRST - timedelta(days=1)) == "LIST-NONE"
    assert queries.gate("CF", use="collect", on=FIRST).edition == "2017-1"
    assert queries.gate("CF", use="collect", on=SECOND - timedelta(days=1)).edition == "2017-1"
    assert queries.gate("CF", use="collect", on=SECOND).edition == "2018-1"
    assert queries.gate("JL-CF", use="collect", on=SECOND - timedelta(days=1)).family == "discipline"
    assert refused("JL-CF", "collect", SECOND) == "LIST-NONE"
    assert queries.edition("2017-1").until == date(2018, 4, 30)
    assert queries.edition_in_force(FIRST).number == "2017-1"
    assert queries.edition_in_force(FIRST - timedelta(days=1)) is None


def test_a_use_that_the_item_does_not_name_is_refused(two_editions: None) -> None:
    assert refused("JL-CF", "publish", FIRST) == "LIST-APPLY"
    assert refused("XW-D01-1", "publish", FIRST) == "LIST-APPLY"
    assert refused("YY-B-1", "collect", FIRST) == "LIST-APPLY"
    assert refused("CF", "share", FIRST, receiver="a-newspaper") == "LIST-APPLY"
    assert queries.gate("CF", use="share", on=FIRST, receiver="credit-china").code == "CF"


def test_a_measure_outside_the_list_or_of_another_unit_is_refused(two_editions: None) -> None:
    assert refused("YY-B-5", "measure", FIRST) == "LIST-ULTRA"
    assert refused("YY-B-5", "measure", SECOND, unit=f.TWO) == "LIST-ULTRA"
    assert refused("YY-B-5", "measure", SECOND, unit=f.ONE, behaviour="XW-D01-2") == "LIST-APPLY"
    assert queries.gate("YY-B-5", use="measure", on=SECOND, unit=f.ONE, behaviour="XW-D01-1").code == "YY-B-5"
    assert queries.gate("YY-B-1", use="measure", on=SECOND, unit=f.TWO, behaviour="XW-D01-2").code == "YY-B-1"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(date(2016, 1, 1), date(2020, 12, 31)), code=st.sampled_from(["CF", "JL-CF", "WZ-CL", "XW-D01-2", "NONE"]))
def test_an_event_is_always_judged_by_the_edition_of_its_own_day(two_editions: None, day: date, code: str) -> None:
    expected = None if day < FIRST else "2017-1" if day < SECOND else "2018-1"
    listed = expected is not None and code in queries.items_of(expected)
    if listed:
        assert queries.gate(code, use="collect", on=day).edition == expected
    else:
        assert refused(code, "collect", day) == "LIST-NONE"
    in_span = [s for s in queries.spans(code, use="collect") if s.first <= day and (s.last is None or day <= s.last)]
    assert [s.item.edition for s in in_span] == ([expected] if listed else [])


def test_a_caller_that_forgets_the_gate_is_stopped_and_rolled_back(two_editions: None) -> None:
    before = Basis.objects.count()

    @transaction.atomic
    @queries.asks_gate("collect")
    def forgetful(ask: bool) -> None:
        Basis.objects.create(code="X", version=1, title="x", title_en="x", level="法律", in_force_on=FIRST, registered_at=f.AT,
                             registered_by="x")
        if ask:
            queries.gate("CF", use="collect", on=FIRST)

    with pytest.raises(RuntimeError, match="did not pass the gate"):
        forgetful(False)
    assert Basis.objects.count() == before
    forgetful(True)
    assert Basis.objects.count() == before + 1
    assert any(name.endswith("forgetful") for name in queries.CALLERS["collect"])
    queries.CALLERS["collect"] = {name for name in queries.CALLERS["collect"] if not name.endswith("forgetful")}


def test_reading_names_what_is_missing(two_editions: None) -> None:
    assert [i.code for i in queries.items("data", on=FIRST)] == ["CF", "JL-CF", "SF-PJ", "SJ-JD", "WY-RD"]
    assert queries.items("data", on=date(2001, 1, 1)) == []
    assert [i.edition for i in queries.history("CF")] == ["2017-1", "2018-1"]
    for call, code in ((lambda: queries.item("XK", on=FIRST), "LIST-NONE"), (lambda: queries.edition("2030-1"), "LIST-EDITION"),
                       (lambda: queries.items_of("2030-1"), "LIST-EDITION"), (lambda: queries.canonical_edition("2030-1"), "LIST-EDITION")):
        with pytest.raises(Refusal) as raised:
            call()
        assert raised.value.code == code


@pytest.mark.parametrize(("city", "published"), [("example", ["2017-1", "2018-1", "2019-1"]), ("shanghai", [])])
def test_a_city_profile_brings_its_lists_once(city: str, published: list[str]) -> None:
    added = jobs.load_profile(CITIES / city, by=SYSTEM, at=f.AT)
    assert added["版本 editions"] >= 1
    assert set(jobs.load_profile(CITIES / city, by=SYSTEM, at=f.AT).values()) == {0}
    assert [e.number for e in queries.editions()] == published
    if published:
        assert [c.kind for c in queries.compare("2017-1", "2018-1") if c.code == "WY-RD"] == ["changed"]
        assert queries.gate("WY-RD", use="publish", on=date(2018, 6, 1)).level == "public"
        assert refused("WY-RD", "publish", date(2018, 4, 30)) == "LIST-APPLY"
    else:
        assert [e.state for e in queries.editions(drafts=True)] == ["drafting"]


@pytest.mark.parametrize("path", sorted(CITIES.glob("*/lists/*.toml")), ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_the_owners_are_units_of_the_city(path: Path) -> None:
    known = {row["key"]: row["short"] for row in rows_of(path.parents[1] / "registry" / "units.csv")}
    for short, key in tomllib.loads(path.read_text("utf-8"))["units"].items():
        assert known.get(key) == short


@pytest.mark.parametrize("head", [{"in_force": FIRST, "odd": 1}, {"in_force": FIRST, "change": [{"item": "NOPE", "set": {}}]},
                                  {"in_force": FIRST, "change": [{"item": "CF", "field": "NOPE", "set": {}}]}])
def test_a_faulty_profile_is_refused(head: dict[str, object]) -> None:
    with pytest.raises(Refusal) as raised:
        jobs.make_edition("2017-1", head, city="example", by=SYSTEM, at=f.AT)
    assert raised.value.code == "LIST-PROFILE"
    assert set(rules.USES) == {"collect", "share", "publish", "measure", "score"}

"""Districts and streets: what a ticket says is laid over the register, and each tile opens to its data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory

from ximu.foundation.profiles import uid_of
from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import AT, frame, ticket
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d13_hotline import api, queries, rules, views

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
FIRST, LAST = date(2018, 4, 1), date(2018, 4, 30)
STREET, DISTRICT = uid_of("example", "q01j1"), uid_of("example", "q01")
ROWS = [
    *(ticket(f"a{n}", district="甲区", street="中和街道", solved="是" if n else "否", outcome="实际解决") for n in range(4)),
    ticket("full", district="甲区", street="示例市甲区人民政府中和街道办事处", solved="是"),
    ticket("alone", street="甲区北桥镇"), ticket("unknown", district="甲区", street="月亮街道"), ticket("none"),
    ticket("other", district="乙区", street="新安街道", called_on=date(2018, 4, 5), unit="u2"),
]


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Any) -> None:
    settings.XIMU_HOME = tmp_path
    settings.XIMU_PROFILE = "example"
    load()


def fill() -> None:
    events.append("hotline", frame(*ROWS), batch="b", by=SYSTEM, at=AT)


def page(*, by: Actor = SYSTEM, **query: str) -> str:
    request = RequestFactory().get("/console/d13/map/", query)
    request.actor, request.user = by, None  # type: ignore[attr-defined]
    return views.street_map(request).content.decode()


def test_a_street_is_known_by_its_names_and_what_is_not_sure_is_counted_apart() -> None:
    fill()
    found = queries.mapped(FIRST, LAST, known_at=AT)
    [first] = [d for d in found.districts if d.uid == DISTRICT]
    totals = {s.name: s.total["tickets"] for s in first.streets if s.total}
    assert totals == {"中和街道": 5, "北桥镇": 1}
    assert first.total is not None and first.total["tickets"] == 7, "the district counts those of an unknown street too"
    assert found.unplaced == 2
    assert sum(len(d.streets) for d in found.districts) == len(registry.units(as_of=LAST, level="street")) > 75 and len(found.districts) == 16
    assert {s.name: s.total for s in first.streets}["西山街道"] is None, "no ticket names it: nothing is known, which is not zero"
    assert found.opened(STREET)[0]["solved_rate"] == 80.0


def test_the_page_has_a_map_a_table_and_what_lies_behind_a_tile() -> None:
    assert "尚无工单数据" in page()
    fill()
    shown = page(first="2018-04-01", last="2018-04-30", measure="solved_rate", unit=STREET)
    assert shown.count("<rect class=\"tile step-") > 75 and "80.0%" in shown
    assert "不是真实的位置、面积和边界" in shown and "2件没有写明街镇" in shown
    assert f"unit={STREET}#unit" in shown and 'id="unit"' in shown
    for number in ("a0", "full"):
        assert f"<code>{number}</code>" in shown
    assert "alone" not in shown, "another street's ticket"
    assert 'id="unit"' not in page(unit="nothing", measure="nonsense")


def test_without_places_in_the_profile_the_streets_stand_in_order_of_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    monkeypatch.setattr("ximu.foundation.city.street_places", dict)
    assert "街镇按登记顺序排列" in page()


def test_a_clerk_sees_the_own_units_tickets_only(rf: RequestFactory) -> None:
    fill()
    clerk = Actor("c", unit="u2", grants=(Grant("entry", frozenset({"d13.see"}), "u2"),))
    request = rf.get("/")
    request.actor = clerk  # type: ignore[attr-defined]
    told = api.streets(request, FIRST, LAST)
    assert sum(d["total"]["tickets"] for d in told["districts"] if d["total"]) == 1
    assert "a0" not in page(by=clerk, unit=STREET)


@pytest.mark.parametrize(("last", "first"), [
    (date(2019, 6, 30), date(2018, 7, 1)), (date(2019, 3, 17), date(2018, 3, 18)), (date(2018, 12, 31), date(2018, 1, 1)),
    (date(2020, 2, 28), date(2019, 2, 28)), (date(2020, 2, 29), date(2019, 3, 1)),
])
def test_twelve_months_are_twelve(last: date, first: date) -> None:
    assert rules.year_before(last) == first

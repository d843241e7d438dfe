"""What lines add up to: properties of each form, and what rules warn of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.areas.rules import CITY, FORMS, Line, figure, period_of, warned
from ximu.kernel.pack import read_rules
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

AT = datetime(2018, 8, 1, tzinfo=UTC)
numbers = st.integers(0, 1000).map(Decimal)
some = st.lists(st.builds(
    lambda n, unit, part, extra, why: Line(str(n), f"件{n}", unit, "k", "s", part, part + extra, why),
    st.integers(0, 10**6), st.sampled_from(["a", "b"]), numbers, numbers, st.sampled_from(["", "", "late", "missing"])), max_size=30)


@given(some, st.sampled_from(FORMS))
def test_every_line_is_counted_in_the_base_or_left_out_with_its_reason(lines: list[Line], form: str) -> None:
    found = figure(form, lines)
    base = [one for one in lines if not one.why]
    assert list(found.base) == [one.uid for one in base] and set(found.counted) <= set(found.base)
    assert found.excluded == {one.uid: one.why for one in lines if one.why}
    whole, part = sum((one.whole for one in base), Decimal(0)), sum((one.part for one in base), Decimal(0))
    if form in ("count", "sum"):
        unknown = all(one.why == "missing" for one in lines)  # missing is never zero
        assert found.value == (None if unknown else part if form == "sum" else sum(1 for one in base if one.part))
    elif not whole:
        assert found.value is None
    else:
        exact = {"share": 100 * part / whole, "ratio": part / whole, "compressed": 100 - 100 * part / whole}[form]
        assert found.value is not None and abs(found.value - exact) <= Decimal("0.005")


@given(some)
def test_the_city_is_all_its_units_together(lines: list[Line]) -> None:
    whole = figure("sum", lines, CITY).value
    assert (whole or 0) == sum(figure("sum", lines, unit).value or 0 for unit in ("a", "b"))
    assert figure("share", [one for one in lines if one.unit == "a"]) == figure("share", lines, "a")


RULES = read_rules({"rule": [
    {"code": "D11-W1", "zh": "超期", "en": "Late", "level": "orange", "source": "示例", "states": ["late"], "late_days": 3},
    {"code": "D11-W2", "zh": "没有", "en": "None", "level": "red", "source": "示例", "states": ["none"], "kinds": ["k"]}]}, name="w")


def test_a_rule_with_days_wants_more_than_so_many_and_what_is_unknown_warns_of_nothing() -> None:
    def line(uid: str, state: str, late: int = 0, why: str = "", kind: str = "k") -> Line:
        return Line(uid, uid, "u", kind, state, late_days=late, why=why, words=Text("因", "because") if uid == "four" else None)

    lines = [line("three", "late", 3), line("four", "late", 4), line("four", "late", 4), line("out", "late", 9, "not-due"),
             line("unknown", "late", 9, "no-data"), line("none", "none"), line("other", "none", kind="x")]
    told = warned(RULES, {}, lines)
    assert [(one.rule, one.about) for one in told] == [("D11-W1", "four"), ("D11-W1", "out"), ("D11-W2", "none")]
    assert told[0].reason == Text("超期：“four”，逾期4天（因）。", "Late: “four”, 4 days late (because).")
    assert told[2].reason == Text("没有：“none”。", "None: “none”.")


def test_a_year_is_judged_on_its_last_day_or_today() -> None:
    today = date(2018, 8, 1)
    assert [period_of(year, today=today, known_at=AT).as_of for year in (2017, 2018, 2019)] == [
        date(2017, 12, 31), today, date(2019, 1, 1)]
    for year in (1999, 2101):
        with pytest.raises(Refusal) as caught:
            period_of(year, today=today, known_at=AT)
        assert caught.value.code == "YEAR"

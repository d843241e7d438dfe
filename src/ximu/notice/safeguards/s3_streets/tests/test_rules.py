"""One rule for all streets; a benefit never denies; only the register and accepted files meet a criterion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s3_streets import queries, rules

pytestmark = pytest.mark.row("S3")
STATES = ("registered", "running", "overdue", "kept", "part_kept", "broken", "changed", "withdrawn")
FIRST, LAST = date(2018, 5, 1), date(2018, 5, 31)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(STATES), st.dates(date(2018, 4, 1), date(2018, 6, 30)))))
def test_every_pledge_that_fell_due_is_counted_once(held: list[tuple[str, str, date]]) -> None:
    found = rules.measure(["a", "b"], [rules.Pledge(*one) for one in held], first=FIRST, last=LAST)
    assert [one.unit for one in found] == ["a", "b"]
    for one in found:
        due = [s for u, s, d in held if u == one.unit and FIRST <= d <= LAST and s not in ("changed", "withdrawn")]
        assert one.due == len(due)
        assert one.kept + one.part + one.failed + sum(s in ("registered", "running") for s in due) == one.due
        assert (one.share is None) == (one.due == 0)
        if one.share is not None:
            assert 0 <= one.share <= 100
            assert abs(one.share * one.due - 100 * one.kept) <= Decimal("0.005") * one.due


@pytest.mark.parametrize(("month", "last"), [("2018-02", date(2018, 2, 28)), ("2020-02", date(2020, 2, 29)), ("2018-12", date(2018, 12, 31))])
def test_a_month_ends_on_its_last_day(month: str, last: date) -> None:
    assert rules.month_end(month) == last


@pytest.mark.parametrize("bad", ["2018-13", "2018-5", "18-05", "", "2018-05-01", "２０１８-05"])
def test_a_month_is_written_one_way(bad: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.month_end(bad)
    assert caught.value.code == "MONTH-FORM"


@pytest.mark.parametrize(("code", "service", "effect", "words"), [
    ("BEN-SERVICE", "moon", "extra", "x"), ("BEN-EFFECT", "parking", "magic", "x"), ("BEN-RIGHT", "parking", "exclude", "x"),
    ("BEN-RIGHT", "medical_care", "condition", "信用良好者可就医"), ("BEN-RIGHT", "parking", "extra", "失信居民不予办理低保"),
    ("BEN-RIGHT", "medical_care", "extra", "其他居民暂停预约"), ("BEN-RIGHT", "library", "extra", "未参加者子女不得入学"),
])
def test_a_benefit_that_takes_or_bargains_is_refused(code: str, service: str, effect: str, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.must_not_deny(service, effect, words, queries.services())
    assert caught.value.code == code


@pytest.mark.parametrize(("service", "words"), [
    ("parking", "停车首小时免费"), ("medical_care", "先诊疗后付费"), ("library", "免押金借阅，不限制册数"),
])
def test_a_benefit_that_only_adds_passes(service: str, words: str) -> None:
    rules.must_not_deny(service, "extra", words, queries.services())


def test_a_typed_number_meets_nothing() -> None:
    criteria = queries.criteria()
    full = {"due": Decimal(3), "kept_share": Decimal(100), "failed": Decimal(0), "months": Decimal(12), "take_up": Decimal(5)}
    assert sum(m.points for m in rules.marks(criteria, full, {"participation"})) == 100
    assert sum(m.points for m in rules.marks(criteria, full, set())) == 90
    assert sum(m.points for m in rules.marks(criteria, {}, {"pledges", "kept", "none_broken", "monitored", "benefit"})) == 0


@pytest.mark.parametrize("broken", [
    {"weight": 20}, {"measure": "x", "paper": True}, {"measure": "x"}, {},
])
def test_criteria_are_read_strictly(broken: dict[str, object]) -> None:
    one = {"code": "a", "zh": "甲", "en": "A", "weight": 100, **broken}
    with pytest.raises(ValueError, match=r"criteria|measure"):
        rules.read_criteria({"criterion": [one]})


def test_small_counts_are_told_as_a_bound() -> None:
    assert [rules.shown_count(n, 10) for n in (0, 1, 9, 10, 500)] == ["0", "<10", "<10", "10", "500"]

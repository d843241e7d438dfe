"""A declaration is read strictly, periods do not overlap, parts add up, a lineage that was touched is found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.ideas.filings.rules import figures, lineage
from ximu.ideas.filings.tests.factories import RAW
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D15")
TABLE = figures.read_table(RAW)
amounts = st.decimals(min_value=0, max_value=10**9, places=2)


def code_of(call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    return caught.value


@pytest.mark.parametrize("spoil", [
    {"colour": "red"}, {"code": "xm 1"}, {"code": ""}, {"every": "week"}, {"days": -1}, {"days": "十"}, {"days": True}, {"reporters": "各区"},
    {"reporters": [""]}, {"figures": []}, {"figures": [{"code": "A B", "zh": "x", "en": "x", "kind": "count"}]}, {"figures": "total"},
    {"figures": [{"code": "a", "zh": "x", "en": "x", "kind": "gold"}]}, {"figures": RAW["figures"] * 2}, {"sums": {"total": ["c"]}},
    {"every": ["year"]}, {"title": {"a": float("inf")}}, {"open": 10**30}, {"sums": {"total": [{}, "a"]}}, {"sums": {"total": [1, None]}},
    {"figures": [{**RAW["figures"][0], "x": float("nan")}]}, {"figures": [{**RAW["figures"][0], "zh": ["x"]}]}, {"basis": [1]},
    {"sums": {"total": []}}, {"sums": []}, {"basis": ""}, {"until": "2017-01-01"},
])
def test_a_declaration_that_says_something_else_is_refused_by_its_member(spoil: dict[str, Any]) -> None:
    refused = code_of(figures.read_table, {**RAW, **spoil})
    assert (refused.code, refused.field in (*spoil, "figures", "sums")) == ("TABLE-BAD", True)


def test_a_day_of_a_declaration_is_a_day() -> None:
    assert code_of(figures.read_table, {**RAW, "since": "2018年1月"}).code == "DATE-FORM"


@given(st.sampled_from(list(figures.MONTHS)), st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.dates(date(2000, 1, 1), date(2032, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_periods_follow_one_another_and_none_is_counted_before_it_has_ended(every: str, since: date, until: date) -> None:
    table = replace(TABLE, every=every, since=since)
    found = list(figures.spans(table, until))
    assert all(since <= one.first <= one.last <= until for one in found)
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found)) and len({one.name for one in found}) == len(found)
    for one in found[:3]:
        assert figures.span_of(table, one.name, today=until) == one


def test_names_of_periods() -> None:
    names = {every: next(figures.spans(replace(TABLE, every=every, since=date(2018, 7, 1)), date(2020, 12, 31))).name for every in figures.MONTHS}
    assert names == {"month": "2018-07", "quarter": "2018-Q3", "half": "2018-H2", "year": "2019"}
    assert code_of(figures.span_of, TABLE, "2018-Q2", today=date(2018, 6, 29)).code == "TABLE-PERIOD"
    assert code_of(figures.span_of, TABLE, "2018-06", today=date(2019, 6, 29)).code == "TABLE-PERIOD"


@given(amounts, amounts, st.decimals(min_value=Decimal("-0.05"), max_value=Decimal("0.05"), places=2))
@settings(max_examples=80, deadline=None)
def test_parts_add_up_to_the_cent_or_the_difference_is_told(a: Decimal, b: Decimal, off: Decimal) -> None:
    said = {"total": {"value": str(a + b + off)}, "a": {"value": str(a)}, "b": {"value": str(b)}}
    if a + b + off < 0:
        return
    if off:
        refused = code_of(figures.read_content, TABLE, said)
        assert (refused.code, Decimal(refused.extra["difference"])) == ("SUM-TIE", off)
    else:
        assert figures.values(figures.read_content(TABLE, said))["total"] == a + b


@pytest.mark.parametrize(("column", "said"), [
    ("a", {"value": "六十"}), ("a", {"value": "-1"}), ("a", {"value": "1.234"}), ("a", {"value": "NaN"}), ("a", {"value": "1e99"}),
    ("a", {"value": " "}), ("a", {}), ("stranger", {"value": "1"}), ("b", {"value": "Infinity"}),
    ("a", {"value": "1e99999999"}), ("a", {"value": "1e-99999999"}), ("a", {"value": "sNaN"}),
])
def test_a_wrong_or_blank_figure_is_refused_and_a_missing_one_is_not_zero(column: str, said: dict[str, str]) -> None:
    good = {"total": {"value": "3"}, "a": {"value": "1"}, "b": {"value": "2"}}
    refused = code_of(figures.read_content, TABLE, {**good, column: said})
    assert (refused.code, refused.field) == ("FIGURE-BAD", column)
    content = figures.read_content(TABLE, {**good, "a": {"missing": "台账遗失"}})
    assert figures.values(content)["a"] is None and content["missing"] == {"a": "台账遗失"}, "and the sum is not judged"
    assert set(figures.untraced(content)) == {"total", "b"}


def test_kinds_of_figures() -> None:
    rate, count = figures.Column("r", TABLE.columns[0].name, "rate"), figures.Column("n", TABLE.columns[0].name, "count")
    assert (figures.number("-1.50", rate), figures.number("1,234", count), str(figures.number("-0", rate))) == (Decimal("-1.50"), 1234, "0.00")
    assert code_of(figures.number, "1.5", count).code == "FIGURE-BAD"


@dataclass
class Hand:
    number: int
    version: int
    verb: str
    person: str
    content: dict[str, Any]
    at: datetime = datetime(2018, 4, 5, tzinfo=UTC)
    by: str = "x"
    note: str = ""
    notice: str = ""
    paper: str = ""
    before: str = ""
    salt: bytes = b"s" * 32
    commitment: str = ""
    log_index: int = 0
    entry: dict[str, Any] = field(default_factory=dict)


def chain(*steps: tuple[str, str, str]) -> list[Hand]:
    """(verb, person, total) one after another, each committed to as a service would."""
    hands: list[Hand] = []
    for place, (verb, who, total) in enumerate(steps):
        content = {"figures": {"total": total}, "records": {}, "ledgers": {}, "missing": {}}
        version = (hands[-1].version if hands else 0) + (verb in lineage.BRINGS)
        one = Hand(place + 1, version, verb, who, content, before=hands[-1].commitment if hands else "", log_index=place)
        one.entry = lineage.entry_of("f", one, lineage.payload({}, one, hands))
        one.commitment = one.entry["commitment"]
        hands.append(one)
    return hands


def wrong(hands: list[Hand], state: str = "approved", entries: dict[int, Any] | None = None) -> list[tuple[int, str]]:
    logged = {one.log_index: one.entry for one in hands} if entries is None else entries
    return [(fault.number, fault.what) for fault in lineage.faults({}, "f", hands, logged, state)]


WHOLE = (("report", "p", "1"), ("review", "q", "1"), ("approve", "r", "1"), ("correct", "p", "2"), ("review", "q", "2"), ("approve", "r", "2"))


@given(st.integers(0, 5), st.sampled_from(["content", "person", "by", "at", "note", "before", "salt", "notice", "verb", "version"]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_altered_in_a_hand_over_is_found_at_its_step(place: int, name: str) -> None:
    hands = chain(*WHOLE)
    assert wrong(hands) == []
    one = hands[place]
    other = {"content": {**one.content, "figures": {"total": "9"}}, "at": one.at + timedelta(seconds=1), "salt": b"t" * 32, "version": 9,
             "verb": "return"}.get(name, "other")
    setattr(one, name, other)
    assert (place + 1, "altered") in wrong(hands)


def test_an_alteration_tells_the_difference_to_what_still_holds() -> None:
    hands = chain(*WHOLE)
    hands[5].content = {**hands[5].content, "figures": {"total": "7.5"}}
    [fault] = lineage.faults({}, "f", hands, {one.log_index: one.entry for one in hands}, "approved")
    assert "total现存7.5，其他环节为2，相差+5.5" in fault.words.zh and "+5.5 apart" in fault.words.en


def test_one_that_is_cut_out_or_put_in_or_a_changed_commitment_is_found() -> None:
    hands = chain(*WHOLE)
    assert (3, "chain") in wrong([*hands[:1], *hands[2:]])
    assert wrong(hands[:4]) == [(0, "state")], "the end cut off does not fit the state"
    hands[2].commitment = "0" * 64
    assert {(3, "altered"), (4, "chain")} <= set(wrong(hands))
    logged = {one.log_index: one.entry for one in chain(*WHOLE)}
    assert (2, "altered") in wrong(chain(*WHOLE), entries={**logged, 1: {}}), "the log says nothing of it"
    assert (2, "people") in wrong(chain(("report", "p", "1"), ("review", "p", "1")), "reviewed")
    assert (2, "order") in wrong(chain(("report", "p", "1"), ("approve", "r", "1")), "reported")


@pytest.mark.parametrize(("state", "verb"), [("", "review"), ("", "correct"), ("reported", "approve"), ("approved", "review"), ("approved", "return"),
                                             ("reviewed", "report"), ("approved", "report"), ("returned", "approve")])
def test_no_other_edge(state: str, verb: str) -> None:
    assert code_of(lineage.next_state, state, verb).code == "STATE-EDGE"

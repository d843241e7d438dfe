"""Random reform histories: no record is lost, no duty is without an owner, on any day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.registry.rules import reforms
from ximu.ideas.registry.rules.book import Book, Edge, Name, Place, Unit
from ximu.kernel.refusal import Refusal

START = date(2015, 1, 1)
CITY = "city"


def book_of(count: int = 6) -> Book:
    units = {CITY: Unit(CITY, "government", START), **{f"u{i}": Unit(f"u{i}", "department", START) for i in range(count)}}
    places = [Place(CITY, START, "municipal"), *(Place(f"u{i}", START, "municipal", f"u{i - 3}" if i > 2 else CITY)
                                                 for i in range(count))]
    names = [Name(uid, "full", f"名{uid}" if uid != CITY else "示例市人民政府", START) for uid in units]
    return Book("示例市", units, tuple(names), tuple(places))


STEP = st.tuples(
    st.sampled_from(["merge", "split", "replace", "abolish", "part", "rename", "found"]), st.integers(0, 40),
    st.lists(st.integers(0, 60), min_size=1, max_size=4), st.booleans(), st.integers(0, 400),
)


def grown(book: Book, steps: list[tuple[str, int, list[int], bool, int]]) -> Book:
    """Apply each step as the rules allow; a refused one changes nothing."""
    for number, (kind, pick, more, new, day) in enumerate(steps):
        on, known = START + timedelta(days=day + 1), sorted(book.units)
        one, others = known[pick % len(known)], [known[i % len(known)] for i in more]
        fresh = Unit(f"n{number:02d}", "department", on)
        founds = [fresh] if new or kind == "found" else []
        heir = fresh.uid if founds else others[0]
        lines = {
            "merge": [(p, heir, True) for p in dict.fromkeys([one, *others[1:]])],
            "split": [(one, heir, True), *((one, o, False) for o in others[1:])], "replace": [(one, heir, True)],
            "abolish": [(one, "", True), *((one, o, False) for o in others)], "part": [(one, heir, False)],
            "rename": [(one, one, True)], "found": [("", fresh.uid, True)],
        }[kind]
        edges = [Edge(f"r{number}", kind, on, *line) for line in lines]
        with_place = replace(book, places=(*book.places, *(Place(u.uid, on, "municipal", others[-1]) for u in founds)))
        try:
            book = reforms.applied(with_place, edges, founds=founds)
        except Refusal:
            continue
    return book


@given(st.lists(STEP, max_size=25), st.integers(0, 500))
def test_every_duty_has_exactly_one_living_owner_on_every_day(steps: list, day: int) -> None:
    book = grown(book_of(), steps)
    for offset in {0, day, 500, *(d for _, _, _, _, d in steps)}:
        on = START + timedelta(days=offset)
        for uid in book.units:
            owner = reforms.owner_of(book, uid, on)
            assert book.living(owner, on)
            assert owner == uid or not book.living(uid, on)


@given(st.lists(STEP, max_size=25), st.lists(st.integers(0, 60), max_size=40), st.integers(0, 500))
def test_every_record_is_kept_exactly_once(steps: list, subjects: list[int], day: int) -> None:
    book, on = grown(book_of(), steps), START + timedelta(days=day)
    owners = reforms.owners(book, on)
    founded = sorted(owners)
    records = [founded[i % len(founded)] for i in subjects]
    carried = Counter(owners[r] for r in records)
    assert carried.total() == len(records)
    assert set(owners) == {u.uid for u in book.units.values() if u.since <= on}
    assert all(book.living(o, on) for o in carried)


@given(st.lists(STEP, max_size=25))
def test_an_ended_unit_stays_ended_and_heirs_live(steps: list) -> None:
    book = grown(book_of(), steps)
    on = START + timedelta(days=500)
    for uid in book.units:
        found = reforms.heirs(book, uid, on)
        assert found[0].principal
        assert [h.principal for h in found].count(True) == 1
        assert len({h.uid for h in found}) == len(found)
        assert all(book.living(h.uid, on) for h in found)


D = date(2018, 11, 30)


def edge(kind: str, one: str, two: str, principal: bool = True, on: date = D) -> Edge:
    return Edge("r", kind, on, one, two, principal)


@pytest.mark.parametrize(("edges", "code"), [
    ([edge("marry", "u1", "u2")], "REFORM-KIND"), ([], "REFORM-KIND"),
    ([edge("merge", "u1", "nobody")], "ORG-UNKNOWN"),
    ([edge("merge", "u1", "u2", principal=False)], "REFORM-HEIR"),
    ([edge("split", "u1", "u2"), edge("split", "u1", "u3")], "REFORM-HEIR"),
    ([edge("merge", "u1", "u2"), edge("merge", "u2", "u3")], "REFORM-HEIR"),
    ([edge("merge", "u1", "")], "REFORM-HEIR"), ([edge("merge", "", "u2")], "REFORM-HEIR"), ([edge("rename", "u1", "u2")], "REFORM-HEIR"),
    ([edge("merge", "u1", "u1")], "REFORM-DATE"), ([edge("merge", "u1", "u2", on=START)], "REFORM-DATE"),
    ([edge("abolish", CITY, "")], "ORG-LAST"),
])
def test_a_reform_that_would_orphan_a_duty_is_refused(edges: list[Edge], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        reforms.applied(book_of(), edges)
    assert refused.value.code == code


def test_a_unit_ends_once_and_the_refusal_names_its_heir() -> None:
    book = reforms.applied(book_of(), [edge("replace", "u1", "u2")])
    with pytest.raises(Refusal) as refused:
        reforms.applied(book, [edge("merge", "u1", "u3", on=date(2019, 1, 1))])
    assert (refused.value.code, refused.value.extra["successor"]) == ("ORG-ENDED", "u2")


def test_reforms_are_entered_in_the_order_of_their_days() -> None:
    book = reforms.applied(book_of(), [edge("merge", "u1", "u2")])
    with pytest.raises(Refusal) as refused:
        reforms.applied(book, [edge("merge", "u2", "u3", on=date(2018, 1, 1))])
    assert refused.value.code == "REFORM-ORDER"


def test_without_an_heir_the_duty_goes_up_and_before_the_city_there_is_none() -> None:
    book = reforms.applied(book_of(), [edge("abolish", "u4", "")])
    assert reforms.owner_of(book, "u4", D) == "u1"
    assert reforms.owner_of(book, "u4", D - timedelta(days=1)) == "u4"
    with pytest.raises(Refusal) as refused:
        reforms.owner_of(book, "u4", date(2000, 1, 1))
    assert refused.value.code == "ORG-EARLY"

"""Only a government body that lives, or a civil servant in office, can be a subject."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ximu.ideas.catalogue.rules import Item
from ximu.ideas.records.queries import doors
from ximu.ideas.records.queries.doors import kinds_of
from ximu.ideas.records.tests.factories import row
from ximu.ideas.registry.rules.book import Book, Edge, Holding, Official, Post, Unit
from ximu.kernel.refusal import Refusal

D = date(2018, 1, 1)
BOOK = Book(
    units={"dept": Unit("dept", "department", D), "old": Unit("old", "street", D), "court": Unit("court", "court", D)},
    edges=(Edge("r", "merge", date(2018, 6, 1), "old", "dept"),),
    posts={"post": Post("post", "dept", "局长", "first", D)},
    officials={"man": Official("man", "001", "某某")},
    holdings=(Holding("h", "post", "man", date(2018, 2, 1), date(2018, 3, 1)),),
)


@pytest.mark.parametrize(("uid", "day", "kind"), [
    ("dept", D, "department"), ("dept", date(2017, 1, 1), None), ("old", date(2018, 5, 31), "street"), ("old", date(2018, 6, 1), None),
    ("court", D, None), ("man", date(2018, 2, 1), "official"), ("man", date(2018, 3, 1), None), ("company", D, None),
])
def test_who_can_be_a_subject(monkeypatch: pytest.MonkeyPatch, uid: str, day: date, kind: str | None) -> None:
    monkeypatch.setattr(doors, "book", lambda: BOOK)
    assert kinds_of([(uid, day)]).get((uid, day)) == kind


def test_a_row_of_another_family_or_kind_of_subject_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"uses": ["collect"], "family": "penalty", "subject_kinds": ["department"]}
    monkeypatch.setattr(doors, "gate", lambda item, use, on: Item("data", item, "", "", "2018-1", body))
    rows = pl.DataFrame([row("k", line=3, family="judgment")])
    with pytest.raises(Refusal) as refused:
        doors.gate_delivery("CF", "2018-1", rows)
    assert refused.value.code == "REC-FAMILY"
    monkeypatch.setattr(doors, "book", lambda: BOOK)
    monkeypatch.setattr(doors, "kinds_of", lambda pairs: dict.fromkeys(pairs, "official"))
    with pytest.raises(Refusal) as refused:
        doors.subject_kinds(rows, ["department"])
    assert refused.value.code == "SUBJ-KIND"


def test_days_between_two_changes_of_the_registry_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "book", lambda: BOOK)
    asked: list[tuple[str, date]] = []
    monkeypatch.setattr(doors, "kinds_of", lambda pairs: asked.extend(pairs) or {pair: kinds_of([pair]).get(pair) for pair in pairs})
    days = [date(2018, 1, 31), date(2018, 2, 1), date(2018, 2, 10), date(2018, 2, 28)]
    rows = pl.DataFrame([row(f"k{n}", line=n, event_date=day, subject="dept") for n, day in enumerate(days, 1)])
    assert doors.subject_kinds(rows, []).select("line", "kind").rows() == [(n, "body") for n in (1, 2, 3, 4)]
    assert len(asked) == 3, "the first day of an office has an epoch of its own"

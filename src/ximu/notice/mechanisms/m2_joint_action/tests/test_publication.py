"""A publication is a line of the ledger of effects: paused while an objection is overdue, stopped with a receipt (I6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ximu.foundation import clock, outbox
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.services import Opening
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as publications
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.disclosure.tests.factories import LATER, PUBLISHER, REVIEWER, SUBJECT, UNIT, opened
from ximu.ideas.records import services as records
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.1", "M4.1")]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    made.connect(monkeypatch)


def lines(number: str) -> list[tuple[str, str, str]]:
    return [(e.kind.en, e.state, e.cause.en if e.cause else "") for e in cases.effects_of(number)]


def public(number: str, at: Any) -> bool:
    try:
        disclosure.public_record(number, on=clock.city_day(at))
    except Refusal:
        return False
    return True


def settle(at: Any) -> None:
    for minute in range(4):
        outbox.sweep(at=at + timedelta(minutes=minute))


def test_a_publication_is_written_down_and_taken_back_with_a_receipt() -> None:
    number = opened()
    assert lines(number) == [("Publication", "live", "")]
    records.revoke(number, reason="再审改判", by=REVIEWER, at=LATER)
    settle(LATER)
    assert lines(number) == [("Publication", "stopped", "Revoked")]
    assert cases.effects_of(number)[0].receipt.startswith("已撤下，日志序号")


def test_it_is_closed_by_hand_or_on_its_day_the_same_way() -> None:
    by_hand, on_its_day = opened("甲"), opened("乙")
    row = next(p for p in disclosure.proposals(state="open") if p.number == by_hand)
    publications.close(row.uid, reason="不再必要", by=PUBLISHER, at=LATER)
    publications.close_due(by=SYSTEM, at=LATER.replace(year=2030))
    settle(LATER.replace(year=2030))
    assert (lines(by_hand), lines(on_its_day)) == ([("Publication", "stopped", "Closed")], [("Publication", "stopped", "Expired")])


def test_while_an_objection_is_overdue_the_public_does_not_see_it() -> None:
    number = opened()
    opening = Opening(about=number, subject=UNIT, source="unit000000000009", office="unitoffice000001")
    case = casework.open_case("objection", opening=opening, by=SUBJECT, at=LATER, checked=True)
    assert public(number, LATER)
    casework.sweep_deadlines(at=LATER + 10 * DAY)
    day = (LATER + 10 * DAY).date()
    assert not public(number, LATER + 10 * DAY)
    assert not list(disclosure.public_rows(on=day)) and not disclosure.public_latest(on=day), "neither in downloads nor in the feed"
    casework.move(case, "withdraw", by=SUBJECT, at=LATER + 10 * DAY)
    assert public(number, LATER + 10 * DAY)

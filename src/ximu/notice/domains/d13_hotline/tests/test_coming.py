"""The latest weeks are completed by how late tickets came before; history loaded at once tells nothing about lateness."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d13_hotline import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
MONDAY = date(2019, 1, 7)
WEEKS, EACH, LATE = 12, 40, 10


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def delivered(weeks: int) -> datetime:
    """Each Monday three quarters of the week before and a quarter of the week before that."""
    for n in range(1, weeks + 1):
        monday = MONDAY + timedelta(weeks=n)
        new = [ticket(f"n{n}-{i}", called_on=monday - timedelta(days=1 + i % 7)) for i in range(EACH - LATE)]
        old = [ticket(f"o{n}-{i}", called_on=monday - timedelta(days=8 + i % 7)) for i in range(LATE if n > 1 else 0)]
        events.append("hotline", frame(*new, *old), batch=f"b{n}", by=SYSTEM, at=at(monday))
    return at(MONDAY + timedelta(weeks=weeks))


def test_the_last_week_is_completed_by_the_usual_delay() -> None:
    found = queries.coming(known_at=delivered(WEEKS))
    last = found.weeks[-1]
    assert (last["week"], last["so_far"]) == (MONDAY + timedelta(weeks=WEEKS - 1), EACH - LATE)
    assert abs(last["estimate"] - EACH) <= 1 and last["low"] <= EACH <= last["high"]
    assert last["share"] == pytest.approx(0.75, abs=0.02) and last["words_zh"] and last["words_en"]
    assert all(w["estimate"] == w["so_far"] == EACH for w in found.weeks[:-1])


def test_too_few_weeks_and_no_data_say_so() -> None:
    assert queries.coming(known_at=at(MONDAY)).weeks == []
    few = queries.coming(known_at=delivered(3))
    assert few.weeks == [] and few.watched == 2


def test_a_corrected_ticket_was_known_when_it_first_came() -> None:
    now = delivered(WEEKS)
    before = queries.coming(known_at=now)
    fixed = ticket("n5-0", called_on=MONDAY + timedelta(weeks=5, days=-1), returned=1)
    events.append("hotline", frame(fixed), batch="fix", by=SYSTEM, at=now + timedelta(hours=1))
    assert queries.coming(known_at=now + timedelta(hours=2)).weeks == before.weeks

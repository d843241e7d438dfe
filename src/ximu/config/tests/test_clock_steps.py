"""The machine's clock goes a day or a year ahead and comes back in the middle of work: nothing is revived, stuck, moved or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock, duties, outbox
from ximu.foundation.models import Duty, Outbox
from ximu.foundation.pace import pace
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.ledger import queries as log
from ximu.ideas.records import queries as record_queries
from ximu.ideas.records.queries import doors
from ximu.ideas.records.services import admission
from ximu.ideas.records.tests import factories as f
from ximu.kernel.actor import SYSTEM
from ximu.kernel.words import Text

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.2")]
NOW = datetime(2018, 6, 4, 2, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
STEPS = [YEAR, DAY, HOUR, timedelta(minutes=20)]


@pytest.fixture
def doors_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "gate", f.gate)
    monkeypatch.setattr(admission, "gate", f.gate)
    monkeypatch.setattr(doors, "kinds_of", f.kinds)


@pytest.fixture
def one_job(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    ran: list[datetime] = []
    monkeypatch.setattr(duties, "_jobs", {})
    duties.declare("tick", Text("甲", "Tick"), HOUR, lambda *, by, at: ran.append(at))
    yield ran


@pytest.mark.parametrize("ahead", STEPS[:3])
def test_a_job_does_not_wait_for_a_day_that_the_clock_only_imagined(one_job: list[datetime], ahead: timedelta) -> None:
    duties.run_due(by=SYSTEM, at=NOW)
    duties.run_due(by=SYSTEM, at=NOW + ahead + HOUR)
    assert len(one_job) == 2
    back = NOW + HOUR + timedelta(minutes=10)
    for n in range(1, 6):
        duties.run_due(by=SYSTEM, at=back + n * HOUR)
    assert len(one_job) >= (6 if ahead > HOUR else 5)
    assert Duty.objects.get(name="tick").failures == 0


def test_a_lease_taken_while_the_clock_was_ahead_holds_nobody_up(one_job: list[datetime]) -> None:
    duties._rows(NOW)
    Duty.objects.filter(name="tick").update(holder="dead", held_until=NOW + YEAR + duties.HOLD, ran_at=NOW + YEAR)
    assert [run.outcome for run in duties.run_due(by=SYSTEM, at=NOW)] == ["done"]
    Duty.objects.filter(name="tick").update(holder="alive", held_until=NOW + 2 * HOUR + duties.HOLD, due_at=NOW)
    assert duties.run_due(by=SYSTEM, at=NOW + 2 * HOUR) == []


def test_an_announcement_written_ahead_of_time_is_delivered_now(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(outbox, "_deliver_all", lambda keys, *, at: tried.extend(key for _, key in keys) or len(keys))
    rows = [Outbox.objects.create(handler="h", event="e", body={}, created_at=NOW + d, due_at=NOW + d) for d in (YEAR, timedelta(seconds=20))]
    outbox.sweep(at=NOW)
    assert tried == [rows[0].pk]


@pytest.mark.parametrize("ahead", STEPS)
def test_no_deadline_moves_and_no_time_of_the_log_goes_back(ahead: timedelta, doors_open: None) -> None:
    number = f.deliver([f.row("示罚〔2018〕1号")], at=f.T0).lines["number"][0]
    f.services.check(number, by=f.REVIEWER, at=f.T0 + DAY)
    f.services.examine(number, answers={"all": "no"}, reason="均不成立", by=f.REVIEWER, at=f.T0 + DAY)
    f.services.notify(number, served_at=f.T0 + DAY, manner="直接送达", by=f.REVIEWER, at=f.T0 + DAY)
    before = list(log.tree.entries_between(0, log.head().size))
    f.deliver([f.row("示罚〔2018〕2号")], at=f.T0 + DAY + ahead)
    third = f.deliver([f.row("示罚〔2018〕3号")], at=f.T0 + 2 * DAY)
    assert third.new == 1
    assert list(log.tree.entries_between(0, len(before))) == before
    times = [log.tree.entry_value(n)["time"] for n in range(log.head().size)]
    assert times == sorted(times)
    assert log.verify_log().ok
    assert f.services.make_effective(number, by=f.REVIEWER, at=f.T0 + 2 * DAY + ahead + 60 * DAY) == 1


@pytest.mark.parametrize("back", STEPS)
def test_a_session_of_a_later_hour_is_not_revived(client: Client, monkeypatch: pytest.MonkeyPatch, back: timedelta) -> None:
    person = account("clerk")
    client.force_login(with_password(person) or person)
    real = clock.telephone()
    assert client.get("/console/").status_code in (200, 302)
    monkeypatch.setattr(clock, "telephone", lambda: real - back)
    answer = client.get("/console/", follow=True)
    assert answer.request["PATH_INFO"] == "/console/login"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("ahead", STEPS)
def test_the_pace_of_a_key_begins_anew_and_never_locks_it_out(settings: Any, tmp_path: Any, ahead: timedelta) -> None:
    settings.XIMU_HOME = tmp_path
    now = NOW.timestamp()
    assert [pace("key", most=2, seconds=60, now=now + ahead.total_seconds()) for _ in range(3)][:2] == [0, 0]
    assert [pace("key", most=2, seconds=60, now=now) for _ in range(2)] == [0, 0]
    assert 0 < pace("key", most=2, seconds=60, now=now) <= 60


def test_the_day_of_the_city_is_that_of_its_zone() -> None:
    assert clock.city_day(datetime(2018, 6, 3, 16, 0, tzinfo=UTC)) == date(2018, 6, 4)
    assert clock.city_day(datetime(2018, 6, 3, 15, 59, 59, 999999, tzinfo=UTC)) == date(2018, 6, 3)
    assert record_queries.city_day(datetime(2018, 6, 3, 16, 0, tzinfo=UTC)) == date(2018, 6, 4)

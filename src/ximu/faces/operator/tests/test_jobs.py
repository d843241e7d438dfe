"""Jobs run by themselves: once in effect with two workers, one failure alone, told to the operator."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client

from ximu.faces.operator import doctor, supervisor
from ximu.faces.operator.commands import jobs_group
from ximu.foundation import clock, duties
from ximu.foundation.models import Duty
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import services as casework
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

AT = datetime(2018, 5, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two jobs of the test alone: the first one fails as long as `broken` is in the list."""
    done: list[str] = []

    def first(*, by: Any, at: datetime) -> dict[str, int]:
        if "broken" in done:
            raise OSError("personal words that must not be told")
        done.append("first")
        return {"n": 1}

    def second(*, by: Any, at: datetime) -> dict[str, int]:
        done.append("second")
        return {"n": 2}

    monkeypatch.setattr(duties, "_jobs", {})
    duties.declare("first", Text("甲", "First"), HOUR, first)
    duties.declare("second", Text("乙", "Second"), HOUR, second)
    yield done


@pytest.mark.django_db
def test_what_is_due_runs_once_and_again_after_its_interval(ran: list[str]) -> None:
    assert [r.outcome for r in duties.run_due(by=SYSTEM, at=AT)] == ["done", "done"]
    assert duties.run_due(by=SYSTEM, at=AT + HOUR / 2) == []
    assert len(duties.run_due(by=SYSTEM, at=AT + HOUR)) == 2
    assert ran == ["first", "second"] * 2


@pytest.mark.django_db
def test_a_failure_is_told_by_its_type_retried_soon_and_stops_no_other(ran: list[str]) -> None:
    ran.append("broken")
    assert [(r.outcome, r.said) for r in duties.run_due(by=SYSTEM, at=AT)] == [("failed", "OSError"), ("done", '{"n": 2}')]
    lines = {c.name.en: c for c in doctor.examine(at=AT)}
    assert (lines["Failed jobs"].state, lines["Failed jobs"].found) == ("warn", "first OSError")
    ran.remove("broken")
    assert [r.name for r in duties.run_due(by=SYSTEM, at=AT + duties.RETRY)] == ["first"]
    assert Duty.objects.get(name="first").failures == 0


@pytest.mark.django_db
def test_a_job_held_by_another_is_left_alone_until_the_hold_is_over(ran: list[str]) -> None:
    duties.run_due(by=SYSTEM, at=AT)
    Duty.objects.filter(name="first").update(holder="somebody", held_until=AT + HOUR + duties.HOLD)
    assert duties.run("first", by=SYSTEM, at=AT + HOUR).outcome == "taken"
    assert duties.run("first", by=SYSTEM, at=AT + HOUR + duties.HOLD).outcome == "done"
    with pytest.raises(Refusal, match="JOB-NONE"):
        duties.run("third", by=SYSTEM, at=AT)


@pytest.mark.django_db
def test_a_run_that_was_given_up_does_not_overwrite_its_successor(ran: list[str]) -> None:
    def overtaken(*, by: Any, at: datetime) -> str:
        Duty.objects.filter(name="slow").update(holder="successor", said="kept")
        return "late"

    duties.declare("slow", Text("慢", "Slow"), HOUR, overtaken)
    duties.run("slow", by=SYSTEM, at=AT)
    assert (Duty.objects.get(name="slow").holder, Duty.objects.get(name="slow").said) == ("successor", "kept")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_run_each_job_once(ran: list[str]) -> None:
    duties._rows(AT)
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait(20)
            duties.run_due(by=SYSTEM, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    if connection.vendor == "sqlite":
        start = threading.Barrier(1)
        for _ in threads:
            duties.run_due(by=SYSTEM, at=AT)
    else:
        [t.start() for t in threads]
        [t.join(30) for t in threads]
    assert sorted(ran) == ["first", "second"]


@pytest.mark.django_db
def test_the_city_s_own_jobs_all_run() -> None:
    runs = json.loads(CliRunner().invoke(jobs_group, ["run", "--due", "--json"]).output)
    names = {"outbox", "cases", "records", "log", "following", "reports", "leftovers", "figures", "purge", *casework.daily()}
    assert {r["name"]: r["outcome"] for r in runs} == dict.fromkeys(names, "done"), runs
    assert {"promises_judged", "safety_duties_missed", "approval_ties_cut"} <= names, "each pack's work is a job of its own"
    listed = json.loads(CliRunner().invoke(jobs_group, ["list", "--json"]).output)
    assert all(one["due_at"] and one["ran_at"] for one in listed)
    assert CliRunner().invoke(jobs_group, ["run"]).exit_code == 2


@pytest.mark.django_db
def test_the_page_is_the_operator_s_and_shows_a_failure(ran: list[str]) -> None:
    ran.append("broken")
    duties.run_due(by=SYSTEM, at=clock.now())
    for login, role, status in (("root", "system_admin", 200), ("clerk", "entry", 403)):
        client = Client()
        client.force_login(accounts.account(with_password(account(login, role)).uid), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get("/console/operator/jobs/")
        assert answer.status_code == status
        assert ("OSError" in answer.content.decode()) == (status == 200)


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    mark, stop = tmp_path / "mark", threading.Event()
    code = f"import pathlib; p = pathlib.Path({str(mark)!r}); p.write_text((p.read_text() if p.exists() else '') + 'x')"
    keeper = threading.Thread(target=supervisor.keep, args=([sys.executable, "-c", code], stop), kwargs={"again_after": 0.01})
    keeper.start()
    while keeper.is_alive() and not (mark.exists() and len(mark.read_text("ascii")) >= 2):
        keeper.join(0.05)
    stop.set()
    keeper.join(30)
    assert len(mark.read_text("ascii")) >= 2

"""A promise whose source is a series of event data grades itself: nobody enters a value, and no data is no progress."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from ximu.config import wiring
from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.commitments import queries, services
from ximu.ideas.commitments.rules import Target
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4", "D13", "S3")]
Step = apps.get_model("commitments", "Step")
SERIES = "events:d13_kpi/solved_rate"
TARGET = Target("诉求实际解决率", "%", Decimal(75), Decimal(50), "up", SERIES)


@pytest.fixture(autouse=True)
def city(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    make.city()


def tickets(month: int, solved: str, *, batch: str, at: str, days: int = 0) -> None:
    """One ticket a day, each with the caller's verdict by a letter (y, n)."""
    last = days or (30 if month in (4, 6) else 31)
    rows = [ticket(f"{month}-{n}", called_on=date(2018, month, n), unit=make.unit("sww"), contact_by=date(2018, month, n),
                   solved="是" if solved[(n - 1) % len(solved)] == "y" else "否") for n in range(1, last + 1)]
    events.append("hotline", frame(*rows), batch=batch, by=SYSTEM, at=datetime.fromisoformat(at).replace(tzinfo=UTC))


def promised(**changes: Any) -> str:
    terms = make.terms(title="诉求实际解决率不低于75%", target=TARGET, amount=None, matters=(), **changes)
    return make.registered(on="2018-04-02", made_on=date(2018, 4, 2), kind="street_pledge", to=None, terms=terms)


def values(uid: str) -> list[tuple[str, str]]:
    return [(s.detail["day"], s.detail["value"]) for s in Step.objects.filter(commitment__uid=uid, what="measure").order_by("log_index")]


def test_each_month_that_is_over_is_read_once_and_the_promise_grades_itself() -> None:
    uid = promised(due=date(2018, 6, 29))
    tickets(4, "yn", batch="april", at="2018-05-02")
    wiring.judge_promises(at=make.at("2018-04-20"))
    assert values(uid) == [], "a month that runs has no value"
    for day in ("2018-05-03", "2018-05-04"):
        assert services.evaluate(by=SYSTEM, at=make.at(day)).measured == (day == "2018-05-03")
    assert values(uid) == [("2018-04-30", "50.0000")] and queries.row(uid).progress == 0
    tickets(5, "yyyn", batch="may", at="2018-06-02")
    wiring.judge_promises(at=make.at("2018-06-04"))
    assert queries.row(uid).state == "kept" and values(uid)[-1] == ("2018-05-31", "77.4194")
    before = queries.status(uid, as_of=date(2018, 6, 1), known_at=make.at("2018-06-01"))
    assert (before.state, before.judgement.progress) == ("running", 0)
    assert ledger.verify_log().ok


def test_a_correction_takes_the_place_of_the_value_and_nothing_is_overwritten() -> None:
    uid = promised(due=date(2018, 6, 29))
    tickets(4, "y", batch="april", at="2018-05-02")
    wiring.judge_promises(at=make.at("2018-05-03"))
    assert queries.row(uid).state == "kept"
    tickets(4, "n", batch="april-2", at="2018-05-10")
    wiring.judge_promises(at=make.at("2018-05-11"))
    assert (queries.row(uid).state, queries.row(uid).progress) == ("running", 0)
    assert values(uid) == [("2018-04-30", "100.0000"), ("2018-04-30", "0.0000")]
    assert queries.status(uid, as_of=date(2018, 5, 11), known_at=make.at("2018-05-09")).state == "kept", "as it was known then"
    assert ledger.verify_log().ok


def test_a_month_with_missing_days_is_no_value_and_the_doctor_says_so() -> None:
    uid = promised(due=date(2018, 8, 31))
    tickets(4, "y", batch="april", at="2018-05-02", days=20)
    wiring.judge_promises(at=make.at("2018-05-31"))
    assert values(uid) == [] and queries.row(uid).state == "running"
    shown = {check.name.en: check for check in queries.doctor(make.at("2018-05-31"))}["Promises measured from data"]
    assert (shown.state, shown.found) == ("warn", "1; 45 d: 1")


@pytest.mark.parametrize("source", ["events:nothing/rate", "events:d13_kpi/luck", "events:d13_weekly/tickets", "stars:d13_kpi/solved_rate"])
def test_a_series_that_cannot_be_read_is_refused_when_the_promise_is_made(source: str) -> None:
    terms = make.terms(target=Target("解决率", "%", Decimal(75), Decimal(50), "up", source), matters=())
    with pytest.raises(Refusal) as caught:
        make.registered(terms=terms)
    assert (caught.value.code, caught.value.field) == ("PROM-SERIES", "source")
    uid = make.registered()
    with pytest.raises(Refusal) as caught:
        services.change(uid, terms=terms, decision=make.AGREED, by=make.CHECKER, at=make.at("2018-03-01"))
    assert caught.value.code == "PROM-SERIES"


def test_the_page_says_that_the_value_is_computed() -> None:
    uid = promised(due=date(2018, 6, 29))
    desk = Client()
    desk.force_login(with_password(account("desk", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    page = desk.get(f"/console/commitments/{uid}").content.decode()
    assert "由系统每日从数据计算" in page and SERIES in page

"""Heads after a reform, recruitments that run out in silence, what the log says of acts, queries that stay the same."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import period_of
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.safeguards.s4_training import queries, services
from ximu.notice.safeguards.s4_training.tests import test_services as f
from ximu.notice.safeguards.s4_training.tests.test_faces import As, desk  # noqa: F401  a fixture

pytestmark = [pytest.mark.django_db]
AT, TODAY = f.AT, f.TODAY


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=f.datetime(2017, 1, 2, tzinfo=f.UTC))
    monkeypatch.setattr(clock, "now", lambda: AT)


def kinds() -> list[str]:
    return [json.loads(ledger.entry(place))["kind"] for place in range(ledger.size())]


def test_heads_of_units_that_were_merged_are_counted_for_the_unit_that_took_them_over(tmp_path: Path) -> None:
    later = AT + timedelta(days=150)
    after = period_of(2018, today=clock.city_day(later), known_at=later)
    owner = registry.owners(after.as_of)
    gone = [uid for uid, heir in owner.items() if heir != uid and registry.book().living(uid, TODAY)][:1]
    heir = owner[gone[0]]
    both = [uid for uid, one in owner.items() if one == heir and uid != heir and registry.book().living(uid, TODAY)][:2]
    path = tmp_path / "staff.csv"
    rows = [f"{registry.name(uid, as_of=TODAY)},2018-06-30,{n},示府〔2018〕{n}号" for n, uid in enumerate(both, 40)]
    path.write_text("\n".join(["unit_name,as_of,staff,document", *rows]), "utf-8")
    assert services.deliver_staff(path, batch="b", by=SYSTEM, at=AT)["bad"] == 0
    assert queries._heads(after) == {heir: (date(2018, 6, 30), sum(range(40, 40 + len(both))))}


def test_a_recruitment_that_runs_out_is_missing_and_never_taken_for_nobody_hired() -> None:
    f.opened(kind="recruit", ends_on=TODAY)
    later = AT + timedelta(days=1)
    assert services.end_due(at=later) == 1
    [line] = areas.sheet(queries.AREA, 2018, today=clock.city_day(later), known_at=later).lines["S4-3"]
    assert (line.why, line.state) == ("not-delivered", "untold")


def test_naming_and_signing_stand_in_the_log_without_a_name() -> None:
    f.named(f.opened())
    book = services.publish("手册", content=b"x", name="a.pdf", in_force_on=TODAY, by=f.PUBLISHER, at=AT)
    services.sign(book, by=f.person("me", "subject", f.uid_of_number()), at=AT)
    assert {"training.named", "training.signed"} <= set(kinds())
    before = len(kinds())
    assert services.sign_on_paper(book, ["ZZ"], by=f.CLERK, at=AT) == (0, ["ZZ"]) and len(kinds()) == before
    assert ledger.verify_log().ok


def test_queries_of_the_page_do_not_grow_with_courses() -> None:
    def asked() -> int:
        period = period_of(2018, today=TODAY, known_at=AT)
        with CaptureQueriesContext(connection) as seen:
            queries.sections(period, SYSTEM)
        return len(seen)

    f.course()
    one = asked()
    f.course(code="K2")
    f.course(code="K3")
    assert asked() == one


def test_results_without_a_file_are_refused(desk: As) -> None:  # noqa: F811
    answer = desk(f.CLERK).post("/console/s4/courses", {"verb": "deliver"})
    assert answer.status_code == 422 and "FILE-NONE" in answer.content.decode()


def test_a_headcount_of_another_unit_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(f"unit_name,as_of,staff,document\n{registry.name(uid_of('example', 'gsj'), as_of=TODAY)},2018-06-30,9,号\n", "utf-8")
    told = services.deliver_staff(path, batch="b", by=f.CLERK, at=AT)
    assert [one["code"] for one in told["faults"]] == ["PERM-DENIED"]

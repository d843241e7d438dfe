"""The partnership projects of the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import tomllib
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from ximu.config.stories import Story
from ximu.config.stories.d02 import tell
from ximu.foundation import clock, outbox
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as promises
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d02_ppp import queries
from ximu.notice.domains.d02_ppp.queries.register import breaches

pytestmark = [pytest.mark.django_db, pytest.mark.row("D2")]
CITY = SRC / "config" / "cities" / "example"
ANSWERS = tomllib.loads((CITY / "d02" / "answers.toml").read_text("utf-8"))
NOW = datetime(2019, 3, 20, 9, tzinfo=clock.CITY)
TODAY = date(2019, 3, 20)


class Told(Story):
    """The office's people, without accounts."""

    def person(self, login: str, at: datetime) -> Actor:
        return Actor(login, uid_of("example", "fgw"), (Grant("all", frozenset({EVERY_RIGHT})),), login)


def happened() -> None:
    load()
    told = Told()
    tell(told, "example")
    told.play()


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loaded("partnerships of the example", happened, home=True)
    outbox.sweep(at=NOW)


def rows_of(name: str) -> list[dict[str, str]]:
    with (CITY / "d02" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    sheet = areas.sheet(queries.AREA, 2018, today=TODAY, known_at=NOW)
    names = {one.uid: one.reference for one in queries.book(TODAY, known_at=NOW).judged}
    names |= {one.uid: f"breach {one.project}" for one, _ in breaches(known_at=NOW)}
    names |= {f"{uid_of('example', one['unit'])}-2018": f"{one['unit']}-2018" for one in ANSWERS["alarm"]}
    warned = sorted([one.rule, one.unit, names.get(one.about, one.about)] for one in sheet.warned)
    assert warned == sorted([one["rule"], uid_of("example", one["unit"]), one["about"]] for one in ANSWERS["alarm"])
    for one in ANSWERS["figure"]:
        assert (one["code"], str(sheet.figures[one["code"], ""].value)) == (one["code"], one["value"])
    assert ledger.verify_log().findings == []
    again = Told()
    tell(again, "example")
    assert not again._acts, "told once"


def _share(part: Decimal, whole: Decimal) -> str:
    return str((100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_an_independent_count_of_the_files_makes_the_same_figures() -> None:
    """From the files alone: due days moved by the calendar, payments by their day, spending by the budget."""
    proved = {(one["project"], one["duty"]): date.fromisoformat(one["on"]) for one in rows_of("deeds")}
    paid: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for one in rows_of("payments-1") + rows_of("payments-2"):
        paid.setdefault((one["project"], one["duty"]), []).append((date.fromisoformat(one["paid_on"]), Decimal(one["amount"])))
    kept, owed, money, sums = 0, 0, Decimal(0), Decimal(0)
    for one in rows_of("duties"):
        key, due = (one["project"], one["duty"]), date.fromisoformat(one["due"])
        while not BUNDLED.is_working(due):
            due += timedelta(days=1)
        if due.year != 2018 or one["sort"] == "担保":
            continue
        in_time = sum((amount for day, amount in paid.get(key, []) if day <= due), Decimal(0))
        owed += 1
        kept += in_time >= Decimal(one["amount"]) if one["sort"] == "付费" else proved.get(key, date.max) <= due
        if one["sort"] == "付费":
            money, sums = money + in_time, sums + Decimal(one["amount"])
    budget = sum(Decimal(one["spending"]) for one in rows_of("budgets"))
    bound = sum(Decimal(one[part]) for one in rows_of("spending") for part in ("equity", "subsidy", "risk", "support")
                if one["unit_name"] != "示例市壬区人民政府")
    public = Decimal(len(rows_of("disclosures")))  # one item was never published; those of the ended project do not count
    assert [_share(Decimal(kept), Decimal(owed)), _share(money, sums), _share(bound, budget), _share(public, public + 1)] == [
        one["value"] for one in ANSWERS["figure"]]


def test_a_breach_is_traced_through_a_change_of_office_and_through_reforms() -> None:
    for one in ANSWERS["trace"]:
        on = date.fromisoformat(one["on"])
        told = queries.trace(queries.book(TODAY, known_at=NOW), one["project"], on=on, duty=one["duty"], today=TODAY)
        assert {step.step: step.gap for step in told if step.gap} == one["gaps"]
        assert {step.code for step in told if step.gap} <= {"RETRACE-GAP"}
        heirs = {step.step: step.today for step in told if step.act and step.today != step.act.unit}
        assert heirs == {step: uid_of("example", key) for step, key in one["successors"].items()}
    told = {(step.step, step.act.post): step.holders for step in queries.trace(
        queries.book(TODAY, known_at=NOW), "HZ-03", on=date(2018, 11, 1), duty="D1", today=TODAY) if step.act}
    signed, promised, present = told["谈判与合同签署", "区长"], told["合同义务", "区长"], told["违约当日", "区长"]
    assert signed == promised != present
    assert [registry.official(who[0]).number for who in (signed, present)] == ["SL00153", "SL00154"]  # type: ignore[union-attr]


def test_what_is_final_and_what_was_broken_goes_the_way_of_all_leads_once() -> None:
    [(row, _)] = breaches("HZ-03", known_at=NOW)
    assert (row.document, row.final_on, row.log_index is not None) == ("示仲裁字〔2018〕88号", date(2018, 12, 24), True)
    leads = {one.key: one for one in cases.cases_of("lead")}
    land = queries.uid_of_duty(queries.book(TODAY, known_at=NOW), "HZ-03", "D1")
    half = queries.uid_of_duty(queries.book(TODAY, known_at=NOW), "HZ-02", "D2")
    assert set(leads) == {f"promise:{land}", f"promise:{half}"}, "the final breach, and the payment that was never made whole"
    assert "示仲裁字〔2018〕88号" in leads[f"promise:{land}"].values["told"]["事项"] or leads[f"promise:{land}"].subject == uid_of("example", "q07")
    assert promises.row(half).due == date(2018, 10, 8) and promises.row(half).due_asked == date(2018, 10, 1)
    assert [one.state for one in cases.cases_of("ppp_breach")] == ["heard", "dropped", "final"]


def test_the_public_reads_figures_projects_and_numbers_of_breaches_and_no_partner() -> None:
    shown = disclosure.published("d02", year=2018)
    assert [one["code"] for one in shown["indicators"]] == ["D02-1", "D02-2", "D02-3", "D02-4"]
    projects, breaches = shown["sections"]
    assert [row[0] for row in projects.rows] == [f"HZ-{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10)], "HZ-09 ended in 2017"
    assert [row[1] for row in breaches.rows] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert "项目公司" not in str(shown["sections"]) and "有限公司" not in str(shown["sections"])

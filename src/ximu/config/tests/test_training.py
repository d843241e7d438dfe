"""The made-up city's year of courses, procedures and the handbook: every planted fault is found, and nothing else."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ximu.config.stories import CITIES, s4
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.areas import queries as areas
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.safeguards.s4_training import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("S4")]
ANSWERS = tomllib.loads((CITIES / "example" / "s4" / "answers.toml").read_text("utf-8"))


def person(name: str, role: str, unit: str = "") -> Actor:
    return Actor(name, unit or None, (accounts_rules.grant_of(role, unit, accounts.permissions()),), person=name)


PANEL, PUBLISHER = person("panel", "discipline_officer", uid_of("example", "jiancha")), person("publisher", "publisher")


def test_the_story_has_the_planted_faults_and_nothing_else(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))
    later = datetime(2019, 3, 15, 2, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    s4.play("example", watch=PANEL, clerk=SYSTEM, publisher=PUBLISHER, until=later)
    found = areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later)
    names = {uid_of("example", row["unit"]): row["unit"] for row in ANSWERS["alarm"]}
    told = sorted((one.rule, names.get(one.unit, one.unit)) for one in found.warned)
    assert told == sorted((row["rule"], row["unit"]) for row in ANSWERS["alarm"] for _ in range(row.get("times", 1)))
    for row in ANSWERS["figure"]:
        assert str(found.figures[row["code"], uid_of("example", row["unit"]) if row["unit"] else ""].value) == row["value"], row
    with (CITIES / "example" / "s4" / "results.csv").open(encoding="utf-8") as file:
        passed = {row["NBBH"] for row in csv.DictReader(line for line in file if not line.startswith("#")) if row["QD"] == "是"
                  and (not row["CJ"] or int(row["CJ"]) >= 60)}
    inside = {one.number for one in queries.servants(date(2018, 12, 31)).values()
              if (date(2018, 12, 31) - one.since).days >= 90}
    assert found.figures["S4-2", ""].value == round(Decimal(100 * len(passed & inside)) / len(inside), 2)
    s4.play("example", watch=PANEL, clerk=SYSTEM, publisher=PUBLISHER, until=later)
    assert ledger.verify_log().ok
    shown = disclosure.published("s4", year=2018)
    assert "SL0" not in str(shown) and [one["code"] for one in shown["indicators"]] == ["S4-1", "S4-2", "S4-3", "S4-4"]

"""The made-up city's credit-service agencies: the planted faults are found and nothing else."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.config.stories import CITIES, s5
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.accounts import services as accounting
from ximu.ideas.accounts.tests.factories import account
from ximu.ideas.areas import queries as areas
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.safeguards.s5_agencies import queries

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("S5")]
ANSWERS = tomllib.loads((CITIES / "example" / "s5" / "answers.toml").read_text("utf-8"))
KEYED = datetime(2018, 5, 2, 2, tzinfo=UTC)


def person(name: str, role: str) -> Actor:
    return Actor(name, None, (accounts_rules.grant_of(role, "", accounts.permissions()),), person=name)


OFFICE, CHECKER = person("office", "coordinator"), person("checker", "reviewer")


def live_key() -> str:
    keeper = account("keeper", "entry", unit=uid_of("example", "czj"))
    return accounting.issue_key(keeper.uid, "entry", unit=uid_of("example", "czj"), label="甲公司", days=365, by=SYSTEM, at=KEYED)[0].uid


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))


def test_the_story_has_the_planted_faults_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime(2019, 1, 20, 2, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    s5.play("example", office=OFFICE, checker=CHECKER, key=live_key())
    found = areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later)
    names = {uid_of("example", row["unit"]): row["unit"] for row in ANSWERS["alarm"]}
    assert sorted((one.rule, names.get(one.unit, one.unit)) for one in found.warned) == sorted(
        (row["rule"], row["unit"]) for row in ANSWERS["alarm"])
    for row in ANSWERS["figure"]:
        assert str(found.figures[row["code"], row["unit"]].value) == row["value"], row
    s5.play("example", office=OFFICE, checker=CHECKER)
    assert ledger.verify_log().ok
    shown = disclosure.published("s5", year=2018)
    assert shown["sections"][0].rows[0][0].startswith("示例") and shown["indicators"][0]["code"] == "S5-1"

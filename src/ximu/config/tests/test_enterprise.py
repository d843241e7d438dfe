"""Enterprise service in the made-up city: the year and four demands on their way, told once however often it is played."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.config import demo_enterprise
from ximu.config.profiles import CITIES
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.notice.domains.d14_enterprise import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D14")]
AT = datetime(2019, 3, 15, 9, tzinfo=clock.CITY)
DESK = Actor("desk", uid_of("example", "fgw"), (Grant("coordinator", frozenset({"d14.desk"})),), "desk")


def clerk(key: str) -> Actor:
    unit = uid_of("example", key)
    return Actor(f"{key}-entry", unit, (Grant("entry", frozenset({"d14.see", "d14.handle"}), unit),), f"{key}-entry")


def test_the_demonstration_shows_each_way_of_a_demand_and_is_told_once(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    for _ in range(2):
        demo_enterprise.serve(CITIES / "example", desk=DESK, clerk=clerk, at=AT)
    assert sorted(one.state for one in cases.cases_of("enterprise_demand")) == ["confirmed", "general", "received", "reopened"]
    years = [queries.sheet(year, today=AT.date(), known_at=AT.replace(day=20)).figures["D14-2", queries.CITY].base for year in (2018, 2019)]
    assert years == [72, 2]

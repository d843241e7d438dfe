"""The map of a run: districts as tiles; where streets were scored, each district with its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import RequestFactory

from ximu.foundation.profiles import uid_of
from ximu.ideas.assessment import queries, services, views
from ximu.ideas.assessment.tests.test_runs import text
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.1")]
AT = datetime(2019, 1, 20, tzinfo=UTC)
CLOCKS = services.Clocks(date(2018, 12, 31), datetime(2019, 1, 15, tzinfo=UTC))


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.XIMU_HOME = tmp_path
    settings.XIMU_PROFILE = "example"
    load()
    queries.register_source("tried", lambda argument, asked: {})
    yield
    queries._sources.pop("tried")


def page(keys: list[str]) -> str:
    units = [uid_of("example", key) for key in keys]
    made = services.add_method(text().replace('source = "tried:x"', 'source = "file"'), code="yearly", by=SYSTEM, at=AT)
    services.adopt(made.uid, resolution="示政办〔2018〕1号", accept=["METH-SRC"], by=SYSTEM, at=AT)
    data = "unit,kept,speed\n" + "".join(f"{unit},{40 + n},5\n" for n, unit in enumerate(units))
    ran = services.run(made.uid, data, period="2018", clocks=CLOCKS, by=SYSTEM, at=AT, draws=20, seed=7)
    request = RequestFactory().get("/")
    request.actor, request.user = SYSTEM, None  # type: ignore[attr-defined]
    return views.run(request, ran.uid).content.decode()


def test_districts_stand_as_tiles_of_equal_size() -> None:
    shown = page(["q01", "q02", "q03"])
    assert shown.count('<rect class="tile step-') >= 3 and "class=\"plot\"" not in shown


def test_streets_stand_within_their_district_and_open_to_their_reasons() -> None:
    shown = page(["q01j1", "q01j2", "q02j1"])
    assert shown.count('class="plot"') == 2 and "中和街道" in shown and "甲区" in shown
    assert f"/{uid_of('example', 'q01j2')}\"" in shown and "不是真实的位置、面积和边界" in shown

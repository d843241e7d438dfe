"""Page, API, command line and portal tell the same five figures."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client, RequestFactory

from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import AT, frame, ticket
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d13_hotline import api, views
from ximu.notice.domains.d13_hotline.commands import d13_group

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
APRIL = {"first": "2018-04-01", "last": "2018-04-30"}
CLERK = Actor("c", unit="u2", grants=(Grant("entry", frozenset({"d13.see"}), "u2"),))


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path


def fill() -> None:
    judged = {"outcome": "实际解决", "called_on": date(2018, 4, 3)}
    rows = [ticket(f"a{i}", solved="否" if i < 6 else "是", **judged) for i in range(20)]
    events.append("hotline", frame(*rows, ticket("b", unit="u2", matter="m", returned=2, words="拖欠")), batch="b", by=SYSTEM, at=AT)


def page(*, by: Actor = SYSTEM, **query: str) -> str:
    request = RequestFactory().get("/console/d13/", query)
    request.actor, request.user = by, None  # type: ignore[attr-defined]
    return views.index(request).content.decode()


def test_the_page_shows_figures_alarms_and_method() -> None:
    assert "尚无工单数据" in page()
    fill()
    shown = page(**APRIL)
    for words in ("30.0%", "6 / 20", "反复退单", "拖欠", "D13-5 虚假办结率", "29天没有报送"):
        assert words in shown
    assert "虚假办结率偏高" in page(first="2018-04-01", last="2018-05-15")


def test_a_clerk_sees_the_own_unit_only() -> None:
    fill()
    shown = page(by=CLERK, **APRIL)
    assert "0 / 0" in shown
    assert "a0" not in re.sub(r"csrfmiddlewaretoken[^>]*>", "", shown)
    with pytest.raises(Refusal) as refused:
        page(by=Actor("nobody"))
    assert refused.value.code == "PERM-DENIED"


def test_api_and_command_line_agree() -> None:
    fill()
    request = RequestFactory().get("/api")
    request.actor = SYSTEM  # type: ignore[attr-defined]
    told = api.kpi(request, date(2018, 4, 1), date(2018, 4, 30))
    runner = CliRunner()
    said = json.loads(runner.invoke(d13_group, ["kpi", "--first=2018-04-01", "--last=2018-04-30", "--json"]).output)
    assert told["city"] == said["city"]
    assert "30.0%" in runner.invoke(d13_group, ["kpi", "--first=2018-04-01", "--last=2018-04-30"]).output
    warned = api.warnings(request, date(2018, 5, 15))
    listed = json.loads(runner.invoke(d13_group, ["warnings", "--on=2018-05-15", "--json"]).output)
    assert [a["rule"] for a in warned["alarms"]] == [a["rule"] for a in listed["alarms"]] == ["false_closure", "returned", "words"]
    assert "退回2次" in runner.invoke(d13_group, ["warnings", "--on=2018-05-15"]).output


def test_the_portal_gets_figures_with_small_cells_withheld() -> None:
    assert disclosure.published("d13")["city"] is None
    fill()
    found = disclosure.published("d13", year=2018)
    assert found["city"]["false_rate"] == 30.0
    assert {u["unit"]: u["tickets"] for u in found["units"]} == {"u1": None, "u2": None}


def test_everybody_sees_the_page_of_the_hotline() -> None:
    assert "尚无热线工单" in Client().get("/hotline/").content.decode()
    fill()
    shown = Client().get("/hotline/?year=2018").content.decode()
    assert "30.0%" in shown and "D13-5 虚假办结率" in shown and "没有报送：按无数据处理" in shown
    assert "a0" not in re.sub(r"csrfmiddlewaretoken[^>]*>", "", shown)
    assert "DATE-FORM" in Client().get("/hotline/?year=xx").content.decode()
    assert "no data, not zero" in Client().get("/hotline/?year=2018&lang=en", follow=True).content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_refused_at_every_door(day: str) -> None:
    fill()
    request = RequestFactory().get("/")
    request.actor = SYSTEM  # type: ignore[attr-defined]
    far = date.fromisoformat(day)
    for call in (lambda: page(last=day), lambda: page(first=day), lambda: api.kpi(request, far, far), lambda: api.warnings(request, far),
                 lambda: api.quality(request, far), lambda: api.streets(request, far, far)):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "DATE-RANGE"
    for verb in (["kpi", "--last"], ["kpi", "--first"], ["warnings", "--on"], ["quality", "--on"]):
        ran = CliRunner().invoke(d13_group, [*verb, day])
        assert isinstance(ran.exception, Refusal)
        assert ran.exception.code == "DATE-RANGE"
    ran = CliRunner().invoke(d13_group, ["kpi", "--known-at", "9999-12-31", "--json"])
    assert isinstance(ran.exception, Refusal)
    assert ran.exception.code == "DATE-RANGE"

"""The explorer, the API and the command line show the same figures, and only to those who may see them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.http import HttpResponse
from django.test import RequestFactory

from ximu.ideas.events import api, services, views
from ximu.ideas.events.commands import events_group
from ximu.ideas.events.tests.factories import AT, frame, ticket
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
CLERK = Actor("c", unit="u2", grants=(Grant("entry", frozenset({"events.see"}), "u2"),))
ASKED = {"dataset": "hotline", "first": "2018-04-01", "last": "2018-04-05", "step": "day"}


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    rows = (ticket("1"), ticket("2", topic="=06"), ticket("3", unit="u2", called_on=date(2018, 4, 5)))
    services.append("hotline", frame(*rows), batch="b", by=SYSTEM, at=AT)


def get(view: Any, *args: str, by: Actor = SYSTEM, **query: str) -> HttpResponse:
    request = RequestFactory().get("/console/events/", query)
    request.actor, request.user = by, None  # type: ignore[attr-defined]
    return view(request, *args)


def test_the_explorer_shows_chart_table_sql_and_days_without_data() -> None:
    page = get(views.index, **ASKED).content.decode()
    for words in ('class="chart"', "无数据", "GROUP BY", "first = 2018-04-01", "12345承办五项指标"):
        assert words in page
    assert "12345市民服务热线工单" in get(views.index).content.decode()


def test_the_download_has_no_formula() -> None:
    told = b"".join(get(views.index, **ASKED, breakdown="topic", format="csv").streaming_content).decode("utf-8-sig")
    assert "2018-04-03,'=06,1,0" in told
    assert "2018-04-04,05,,1" in told


def test_a_clerk_sees_the_own_unit_only() -> None:
    request = RequestFactory().get("/api")
    request.actor = CLERK  # type: ignore[attr-defined]
    asked = api.ExploreIn(first=date(2018, 4, 1), last=date(2018, 4, 5))
    assert api.explore(request, "hotline", asked)["total"] == 1
    ran = api.run(request, "d13_kpi", api.RunIn(params={"first": "2018-04-01", "last": "2018-04-30", "judged_on": "2018-05-31"}))
    assert {r["unit"] for r in ran["rows"]} <= {"u2"}
    with pytest.raises(Refusal) as refused:
        get(views.index, by=Actor("nobody"))
    assert refused.value.code == "PERM-DENIED"


@pytest.mark.parametrize("bad", [{"step": "hour"}, {"breakdown": "caller"}, {"first": "2018-05-01"}, {"first": "2000-01-01", "last": "2030-01-01"}])
def test_what_cannot_be_shown_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        get(views.index, **(ASKED | bad))
    assert refused.value.code == "EVT-PARAM"


def test_definitions_are_published_with_both_texts() -> None:
    page = get(views.definition, "d13_kpi").content.decode()
    assert "先行联系率" in page
    assert ":judged_on" in page


def test_the_command_line_lists_runs_and_verifies() -> None:
    runner = CliRunner()
    listed = json.loads(runner.invoke(events_group, ["list", "--json"]).output)
    assert listed["datasets"][0]["rows"] == 3
    given = [f"--param={p}" for p in ("first=2018-04-01", "last=2018-04-30", "judged_on=2018-05-31")]
    ran = json.loads(runner.invoke(events_group, ["run", "d13_kpi", *given, "--json"]).output)
    assert sum(r["tickets"] for r in ran["rows"]) == 3
    assert ran["pinned"]["manifest"] == listed["datasets"][0]["manifest"]
    assert runner.invoke(events_group, ["verify", "hotline"]).exit_code == 0
    assert ":first" in runner.invoke(events_group, ["run", "d13_weekly", "--spark"]).output
    with pytest.raises(Refusal) as refused:
        runner.invoke(events_group, ["load", "hotline", "nothing.csv"], catch_exceptions=False)
    assert refused.value.code == "FILE-NONE"

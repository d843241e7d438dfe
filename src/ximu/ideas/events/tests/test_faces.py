"""The explorer, the API and the command line show the same figures, and only to those who may see them."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
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
    names = {step: get(views.index, **{**ASKED, "step": step}).content.decode() for step in ("month", "year")}
    assert '<th scope="row">2018年4月</th>' in names["month"] and '<th scope="row">2018年</th>' in names["year"]


def test_how_long_data_is_kept_is_shown_as_to_be_confirmed() -> None:
    page = get(views.index).content.decode()
    row = page.split("12345市民服务热线工单")[1].split("</tr>")[0]
    assert ("个人字段365日，数据10年" in row, "待确认" in row) == (True, True)
    told = {one["name"]: one["keeping"] for one in api.datasets(_asking())}
    assert told["hotline_marks"] == {"personal_days": 365, "keep_years": 1, "sure": False}


def _asking() -> Any:
    request = RequestFactory().get("/")
    request.actor = SYSTEM  # type: ignore[attr-defined]
    return request


def test_the_download_has_no_formula() -> None:
    told = b"".join(get(views.index, **ASKED, breakdown="topic", format="csv").streaming_content).decode("utf-8-sig")
    assert "2018-04-03,'=06,1,0,0" in told
    assert "2018-04-04,05,,1,0" in told


def test_the_parquet_download_is_the_same_table_with_its_sql() -> None:
    made = get(views.index, **ASKED, breakdown="topic", format="parquet")
    frame = pl.read_parquet(io.BytesIO(made.content))
    assert frame.columns == ["period", "part", "n", "withheld", "missing_days"]
    assert frame["n"].sum() == 3 and frame.filter(pl.col("n").is_null()).height == 6
    assert "GROUP BY" in pl.read_parquet_metadata(io.BytesIO(made.content))["sql"]


WATCHER = Actor("w", grants=(Grant("supervisor", frozenset({"events.see"})),))


def test_small_cells_are_withheld_from_who_lacks_the_right() -> None:
    rows = [ticket(f"9{n}", topic="07") for n in range(30)] + [ticket(f"8{n}", topic="08", unit="u2") for n in range(12)]
    services.append("hotline", frame(*rows), batch="c", by=SYSTEM, at=AT)
    asked = {**ASKED, "breakdown": "topic"}
    page = get(views.index, by=WATCHER, **asked).content.decode()
    assert "隐去" in page and "合计不显示" in page and ">30<" in page
    request = RequestFactory().get("/api")
    request.actor = WATCHER  # type: ignore[attr-defined]
    told = api.explore(request, "hotline", api.ExploreIn(first=date(2018, 4, 1), last=date(2018, 4, 5), step="month", breakdown="topic"))
    shown = {r["part"]: r["n"] for r in told["rows"]}
    assert (told["total"], shown["07"], shown["=06"]) == (None, 30, None)
    assert all(r["n"] is None or r["n"] == 0 or r["n"] >= 10 for r in told["rows"])
    assert "隐去" not in get(views.index, **asked).content.decode(), "who holds the right sees them"


def test_who_lacks_the_right_cannot_cut_a_period_in_two() -> None:
    request = RequestFactory().get("/api")
    request.actor = WATCHER  # type: ignore[attr-defined]
    told = [api.explore(request, "hotline", api.ExploreIn(first=date(2018, 4, 1), last=date(2018, 4, day), step="month"))["rows"]
            for day in (3, 30)]
    assert told[0] == told[1]


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
    sets = {one["name"]: one for one in listed["datasets"]}
    assert sets["hotline"]["rows"] == 3
    given = [f"--param={p}" for p in ("first=2018-04-01", "last=2018-04-30", "judged_on=2018-05-31")]
    ran = json.loads(runner.invoke(events_group, ["run", "d13_kpi", *given, "--json"]).output)
    assert sum(r["tickets"] for r in ran["rows"]) == 3
    assert ran["pinned"]["manifest"] == sets["hotline"]["manifest"]
    assert runner.invoke(events_group, ["verify", "hotline"]).exit_code == 0
    assert ":first" in runner.invoke(events_group, ["run", "d13_weekly", "--spark"]).output
    with pytest.raises(Refusal) as refused:
        runner.invoke(events_group, ["load", "hotline", "nothing.csv"], catch_exceptions=False)
    assert refused.value.code == "FILE-NONE"

"""What every area has, shown with the audit's: the list, the API, the command, the public pages, the source of methods."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client, RequestFactory

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries, views
from ximu.ideas.areas.commands import areas_group
from ximu.ideas.areas.rules import Line, Section
from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = datetime(2019, 1, 4, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: AT)


def test_an_area_is_found_by_code_and_row_and_a_stranger_is_refused() -> None:
    assert queries.area("d16") is queries.area("D16")
    for call, code in ((lambda: queries.area("d99"), "AREA-NONE"), (lambda: queries.indicator(queries.area("d16"), "D16-9"), "IND-NONE")):
        with pytest.raises(Refusal) as caught:
            call()
        assert caught.value.code == code


def test_the_command_tells_figures_lines_and_warnings() -> None:
    def run(*words: str) -> Any:
        made = CliRunner().invoke(areas_group, [*words, "--json"], catch_exceptions=False)
        return json.loads(made.output)

    assert "D16" in {one["row"] for one in run("list")}
    assert run("figures", "d16", "2018")[0]["name"] == "全市"
    assert {one["state"] for one in run("lines", "D16-1", "2018")} <= {"covered", "waiting", "late", "never", "gone"}
    assert run("warnings", "d16", "2018") == []


def test_nothing_on_record_is_missing_for_a_method_and_never_zero() -> None:
    unit = uid_of("example", "q01")
    asked = Asked((unit,), date(2018, 1, 1), date(2018, 12, 31), date(2018, 12, 31), AT)
    assert queries.measured("D16-1", asked)[unit].text == "NA"


def test_only_who_may_see_an_area_finds_it_in_the_list() -> None:
    blind = Actor("b", grants=(Grant("entry", frozenset({"warnings.see"}), uid_of("example", "q01")),))
    assert queries.sees(queries.area("d16"), SYSTEM, "") and not queries.sees(queries.area("d16"), blind, uid_of("example", "q01"))


def test_everybody_finds_the_areas_and_no_page_of_one_that_publishes_nothing(client: Client) -> None:
    page = client.get("/areas/").content.decode()
    assert "/procurement/" in page and "/audits/" in page
    assert client.get("/areas/d99/").status_code == 404
    assert 'href="/areas/" aria-current="page"' in client.get("/audits/").content.decode()


def test_the_list_of_areas_leaves_none_of_the_sixteen_out(rf: RequestFactory) -> None:
    request = rf.get("/console/areas/")
    request.actor = SYSTEM
    shown = views.every(request).content.decode()
    assert [row for row in (f"D{n}" for n in range(1, 17)) if f"<code>{row}</code>" not in shown] == []
    assert shown.index("<code>D1</code>") < shown.index("<code>D2</code>") < shown.index("<code>D13</code>") < shown.index("<code>D16</code>")


def test_a_long_table_says_how_many_rows_it_does_not_show() -> None:
    words = Text("件", "thing")
    [told] = queries.told([Section(words, [words], [[n] for n in range(7)])], AT.date(), most=5)
    assert (len(told.rows), told.left) == (5, 2)
    assert queries.told([Section(words, [words], [[1]])], AT.date())[0].left == 0


def test_thousands_of_warnings_make_no_endless_page(monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    area = queries.area("d16")
    line = Line("", "审计整改", uid_of("example", "czj"), "unit", "late")
    late = replace(area, lines=lambda period: {code: [] for code in queries.pack(area).indicators},
                   things=lambda period: [replace(line, uid=f"x{n}") for n in range(views.MOST_LINES + 1)])
    request = rf.get("/console/d16/")
    request.actor = SYSTEM
    shown = views._index(late)(request).content.decode()
    assert shown.count('class="light light-') == views.MOST_LINES and "只列出前500项" in shown


def test_the_first_year_has_no_year_before_it() -> None:
    public = queries.provider_of(queries.area("d11"))(SimpleNamespace(name="public"), year=2000)
    assert {one["before"] for one in public["indicators"]} <= {None} and public["last_year"] == 1999


@pytest.mark.parametrize("year", [2016, 2100])
def test_every_area_answers_for_every_year_that_may_be_asked(year: int) -> None:
    for code, area in queries.areas().items():
        found = queries.sheet(area, year, today=AT.date(), known_at=AT)
        assert set(found.lines) and found.warned is not None, code
        assert queries.told(area.sections(found.period, SYSTEM), found.as_of) is not None
        assert queries.provider_of(area)(SimpleNamespace(name="public"), year=year)["year"] == year  # type: ignore[arg-type]

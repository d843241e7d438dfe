"""What every area has, shown with the audit's: the list, the API, the command, the public pages, the source of methods."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries
from ximu.ideas.areas.commands import areas_group
from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

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

"""Whose rows may be restated, files that say nothing, numbers that break links, bursts looked at by one human with two accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounting
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d11_service import queries, services, views
from ximu.notice.domains.d11_service.models import Burst, Rating
from ximu.notice.domains.d11_service.services import following
from ximu.notice.domains.d11_service.tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = f.AT


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.XIMU_HOME = tmp_path
    monkeypatch.setattr(clock, "now", lambda: AT)
    load()
    return tmp_path


def held_burst(count: int = 10, by: Any = f.KEY) -> Burst:
    f.window()
    f.push(*(f.say(f"BJ-{n}", rated_on="2018-06-19", rated_time="09:00") for n in range(1, count + 1)), by=by)
    return Burst.objects.get()


def test_a_case_of_another_unit_is_not_taken_over_by_its_number(folder: Path) -> None:
    f.cases(folder, 2)
    mine = {**f.CASE, "unit_name": f.NAMES[f.RSJ]}
    told = f.deliver(folder, queries.CASES, mine, {**mine, "case_no": "BJ-9"}, batch="t", by=f.OTHER)
    assert f.faults(told) == [(2, "unit_name", "PERM-DENIED")] and (told["new"], told["corrected"]) == (1, 0)
    assert queries.known_cases(["BJ-1"])["BJ-1"]["unit"] == f.GSJ
    assert f.deliver(folder, queries.CASES, {**mine, "case_no": "BJ-2"}, batch="u")["corrected"] == 1, "who may for the city corrects it"


def test_a_file_with_its_head_only_is_said_to_be_empty(folder: Path) -> None:
    path = folder / "head.csv"
    path.write_text(",".join(f.CASE) + "\n", "utf-8")
    f.refused("FILE-EMPTY", services.LOADERS[queries.CASES], path, batch="h", by=SYSTEM, at=AT)
    path.write_text("case,window,level\n", "utf-8")
    f.refused("FILE-EMPTY", services.deliver_ratings, path, by=f.KEY, at=AT)


def test_digits_of_other_scripts_and_numbers_that_no_address_holds_are_faults(folder: Path) -> None:
    f.cases(folder)
    f.window()
    told = f.push(f.say(rated_on="2018-06-10", rated_time="0５:3０"), f.say(rated_on="2018-06-10", rated_time="0٥:30"))
    assert {code for *_, code in f.faults(told)} <= {"FIELD-PATTERN"} and told["bad"] == 2
    told = f.deliver(folder, queries.CASES, {**f.CASE, "case_no": "#1"}, {**f.CASE, "case_no": "A/1 甲"}, batch="h")
    assert f.faults(told) == [(2, "case_no", "FIELD-PATTERN")] and told["new"] == 1
    links = {one.link for one in areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=AT).lines["D11-4"]}
    assert links == {reverse("d11:case", args=[number]) for number in ("BJ-1", "A/1 甲")}


def test_a_number_with_a_line_break_is_looked_for_and_not_found(folder: Path, rf: Any) -> None:
    request = rf.get("/console/d11/ratings", {"number": "a\nb"})
    request.actor = f.CLERK
    assert views.ratings(request).status_code == 302


def test_an_english_page_of_a_case_has_its_values_in_english(folder: Path, rf: Any) -> None:
    f.cases(folder)
    f.deliver(folder, queries.STEPS, f.STEP)
    request = rf.get("/console/d11/cases/BJ-1")
    request.actor = f.CLERK
    with translation.override("en"):
        shown = views.case(request, "BJ-1").content.decode()
    assert "window" in shown and "1 accepted" in shown and " done" in shown and "1 受理" not in shown


def test_a_step_put_before_a_later_one_that_began_earlier_is_refused(folder: Path) -> None:
    f.cases(folder)
    assert f.deliver(folder, queries.STEPS, {**f.STEP, "place": 3}, batch="s")["new"] == 1
    told = f.deliver(folder, queries.STEPS, {**f.STEP, "started_on": "2018-06-07", "ended_on": "2018-06-08"}, batch="t")
    assert f.faults(told) == [(2, "started_on", "SEQ")]


def test_one_human_with_two_accounts_does_not_look_at_a_burst_that_he_brought(folder: Path) -> None:
    f.cases(folder, 11)
    user, twin = (accounting.open_account(login, name="示例", staff_number="0001", by=SYSTEM, at=AT) for login in ("key1", "look1"))
    f.window()
    f.push(f.say("BJ-11", rated_on="2018-06-19", rated_time="09:00"), by=replace(f.KEY, uid=user.uid, person=user.person))
    burst = held_burst()
    assert Rating.objects.filter(burst=burst).count() == 11
    by = replace(f.FIRST, uid=twin.uid, person=twin.person)
    f.refused("DUAL", casework.move, burst.case, "propose_void", given=Given("（示例）核对"), by=by, at=AT)


def test_a_burst_tells_of_ratings_that_one_may_see_and_no_more(folder: Path) -> None:
    f.cases(folder, 9)
    f.deliver(folder, queries.CASES, {**f.CASE, "case_no": "BJ-10", "unit_name": f.NAMES[f.RSJ]}, batch="o")
    held_burst()
    [own], [whole] = queries.bursts(f.CLERK), queries.bursts(f.FIRST)
    assert (own.many, {row.case for row in own.listed}) == (10, {f"BJ-{n}" for n in range(1, 10)})  # type: ignore[attr-defined]
    assert len(whole.listed) == 10  # type: ignore[attr-defined]


def test_a_burst_decided_later_was_held_when_it_was_known(folder: Path) -> None:
    f.cases(folder, 10)
    burst = held_burst()
    then, later = AT + timedelta(hours=1), AT + timedelta(hours=3)
    Burst.objects.filter(pk=burst.pk).update(state="released", decided_at=AT + timedelta(hours=2))
    known = [{one.uid for one in queries.things(areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=at).period)} for at in (then, later)]
    assert known == [{burst.uid}, set()]


def test_a_contact_is_kept_where_no_calendar_gives_a_term(folder: Path) -> None:
    row = Rating(level=1)

    class Case:
        due = None

    assert following._changes(row, Case(), "contact", AT.date()) == {"contacted_on": AT.date(), "fix_due": None}

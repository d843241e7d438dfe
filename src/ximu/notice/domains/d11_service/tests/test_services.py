"""Ratings bound to cases, bursts held, poor ratings followed until somebody else says that it was put right."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from ximu.foundation import clock
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import queries as casebook
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.events import queries as events
from ximu.ideas.ledger.queries.verification import verify_log
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d11_service import queries, services
from ximu.notice.domains.d11_service.models import Burst, Code, Rating
from ximu.notice.domains.d11_service.tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.row("D11")]
AT, DAY = f.AT, timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.XIMU_HOME = tmp_path
    monkeypatch.setattr(clock, "now", lambda: AT)
    load()
    return tmp_path


def sheet(at: datetime = AT) -> areas.Sheet:
    return areas.sheet(queries.AREA, 2018, today=at.date(), known_at=at)


def move(row: Rating, verb: str, *, by: Actor = f.CLERK, at: datetime = AT, reason: str = "（示例）已办", file: bool = False, ground: str = "",
         **values: str) -> str:
    files = [upload()] if file else []
    state = casework.move(row.followed, verb, given=Given(reason, ground=ground, values=values), files=files, by=by, at=at)
    row.refresh_from_db()
    return state


def test_a_step_whose_clock_runs_backwards_is_refused_and_its_neighbours_are_kept(folder: Path) -> None:
    f.cases(folder)
    later = {**f.STEP, "place": 2, "step": "审查", "started_on": "2018-06-05", "ended_on": "2018-06-07"}
    told = f.deliver(folder, queries.STEPS, f.STEP, later, {**f.STEP, "place": 3, "ended_on": "2018-06-03"},
                     {**f.STEP, "place": 4, "started_on": "2018-06-08", "ended_on": "2018-06-08", "ended_time": "08:59"},
                     {**f.STEP, "place": 5, "started_on": "2018-06-01", "ended_on": "2018-06-09"}, {**f.STEP, "case_no": "BJ-404"})
    assert set(f.faults(told)) == {
        (4, "started_on", "SEQ"), (5, "ended_time", "SEQ"), (6, "started_on", "SEQ"), (7, "case_no", "STEP-NOCASE")}
    assert (told["new"], told["bad"]) == (2, 4)
    before = f.deliver(folder, queries.STEPS, {**f.STEP, "place": 3, "started_on": "2018-06-04"}, batch="c")
    assert f.faults(before) == [(2, "started_on", "SEQ")], "also against what was delivered before"
    told = f.deliver(folder, queries.CASES, {**f.CASE, "case_no": "X", "finished_on": "2018-06-01"},
                     {**f.CASE, "case_no": "Y", "paused_days": 3}, {**f.CASE, "case_no": "Z", "result": ""}, batch="d")
    assert f.faults(told) == [(2, "accepted_on", "SEQ"), (3, "paused_for", "PAUSE-WHY"), (4, "result", "CASE-RESULT")]


def test_the_promise_is_counted_in_working_days_and_what_the_law_leaves_out_is_added(folder: Path) -> None:
    """From Thursday 14 June over the Dragon Boat holiday (16 to 18 June): five working days end on the 22nd, seven on the 26th."""
    f.cases(folder, accepted_on="2018-06-14", finished_on="", result="")
    assert str(queries.known_cases(["BJ-1"])["BJ-1"]["due_on"]) == "2018-06-22"
    f.cases(folder, batch="b2", accepted_on="2018-06-14", finished_on="", result="", paused_days=2, paused_for="检验")
    assert str(queries.known_cases(["BJ-1"])["BJ-1"]["due_on"]) == "2018-06-26"
    elsewhere = f.deliver(folder, queries.CASES, {**f.CASE, "case_no": "N", "unit_name": f.NAMES[f.RSJ]}, by=f.CLERK)
    assert f.faults(elsewhere) == [(2, "unit_name", "PERM-DENIED")]
    f.refused("PERM-DENIED", f.deliver, folder, queries.CASES, f.CASE, batch="x", by=f.STRANGER)


def test_a_rating_needs_a_case_a_window_and_one_person(folder: Path) -> None:
    f.cases(folder, 3)
    f.window()
    f.window("P-APP")
    told = f.push(f.say(number="1", person="A"), f.say("BJ-404"), f.say(window="W-99"), f.say(person="a "), f.say("BJ-2", 9),
                  f.say("BJ-2", speed=4, guide=5), f.say("BJ-2", rated_on="2018-06-01"), f.say("BJ-2", window="P-APP"),
                  f.say("BJ-2", rated_on="2018-06-21"), f.say("BJ-2", words="字" * 2001), {**f.say("BJ-2"), "colour": "red"}, f.say(person="B"),
                  f.say("BJ-3"), f.say("BJ-3", person="C"))
    assert (told["rows"], told["counted"], told["bad"]) == (14, 3, 11)
    assert sorted(f.faults(told)) == sorted([
        (2, "case", "RATE-NOCASE"), (3, "window", "RATE-WINDOW"), (4, "case", "RATE-DUP"), (5, "level", "RATE-LEVEL"),
        (6, "guide", "RATE-ASPECT"), (7, "rated_on", "SEQ"), (8, "person", "RATE-PERSON"), (9, "rated_on", "TIME-FUTURE"),
        (10, "words", "FIELD-LONG"), (11, "colour", "FIELD-NONE"), (14, "case", "RATE-DUP")])
    again = f.push(f.say(number="1", person="A"), f.say(number="1", person="A", level=1))
    assert (again["same"], f.faults(again)) == (1, [(2, "number", "RATE-NUMBER")])
    assert f.faults(f.push(f.say("BJ-2"), by=f.OTHER)) == [(1, "by", "PERM-DENIED")]
    f.refused("PERM-DENIED", f.push, f.say("BJ-2"), by=f.STRANGER)
    assert verify_log().findings == []


def test_who_rates_is_nowhere_in_clear(folder: Path) -> None:
    f.cases(folder)
    f.window()
    f.push(f.say(level=1, person="310101199003078515", contact="13800000000", words="等了两小时"))
    code = services.issue_code("BJ-1", "W-01", person="310101199003072228", by=f.KEY, at=AT)
    kept = json.dumps([serializers.serialize("json", model.objects.all()) for app in ("d11_service", "casework", "ledger")
                       for model in apps.get_app_config(app).get_models()], ensure_ascii=False)
    for secret in ("310101199003078515", "310101199003072228", "13800000000", "等了两小时", code):
        assert secret not in kept
    assert Rating.objects.get().person != Code.objects.get().person
    assert [place.name for place in queries.sealed_places()] == ["d11_service_rating.words", "d11_service_rating.contact"]


def test_a_burst_is_held_listed_and_decided_by_two_people_apart(folder: Path) -> None:
    numbers = f.cases(folder, 14)
    f.window()
    slow = [f.say(number, 5, rated_on="2018-06-19", rated_time=f"09:{n:02}") for n, number in enumerate(numbers[:9])]
    assert f.push(*slow)["counted"] == 9
    told = f.push(*(f.say(number, 1 if number == numbers[10] else 5, rated_on="2018-06-19", rated_time="09:09") for number in numbers[9:12]))
    assert (told["held"], told["counted"], told["held_lines"]) == (3, 0, [1, 2, 3]), "the tenth within ten minutes holds those before it too"
    assert Rating.objects.filter(burst__state="held").count() == 12
    assert f.push(f.say(numbers[12]))["counted"] == 1, "an hour later is no burst"
    found = sheet()
    assert queries.AREA.sections(found.period, SYSTEM)[0].rows[0][1:6] == [13, 12, 0, 0, 1]
    assert {one.why for one in found.lines["D11-1"]} == {"held", ""} and found.figures["D11-1", ""].value == 100
    burst = Burst.objects.get()
    assert [one.uid for one in queries.bursts(f.CLERK)] == [burst.uid] and not queries.bursts(f.OTHER)
    assert Rating.objects.filter(level=1).get().followed == "", "a held poor rating waits"

    def act(verb: str, by: Actor) -> str:
        return casework.move(burst.case, verb, given=Given("（示例）核对叫号记录"), by=by, at=AT)

    f.refused("PERM-DENIED", act, "propose_void", f.CLERK)
    local = f.BOSS
    f.refused("DUAL", act, "propose_void", local)
    assert act("propose_void", f.FIRST) == "to_void"
    f.refused("DUAL", act, "take_out", f.FIRST)
    assert act("disagree", f.SECOND) == "held" and act("propose_release", f.SECOND) == "to_release"
    assert act("release", Actor("three", f.SJJ, f.FIRST.grants, "three")) == "released"
    burst.refresh_from_db()
    assert burst.state == "released" and burst.decided_at == AT
    assert Rating.objects.filter(level=1).get().followed, "released, it is followed from today"
    assert sheet().figures["D11-1", ""].value < 100
    assert verify_log().findings == []


def test_a_poor_rating_is_closed_by_others_and_followed_until_then(folder: Path) -> None:
    f.cases(folder)
    f.window()
    f.push(f.say(level="不满意", contact="13800000000", words="材料要了三遍"))
    row = Rating.objects.get()
    assert str(row.contact_due) == "2018-06-21", "one working day"
    f.refused("PERM-DENIED", move, row, "contact", by=f.OTHER, way="phone")
    f.refused("D11-WAY", move, row, "contact")
    f.refused("D11-NAMED", move, row, "contact", reason="打了13800000000", way="phone")
    f.refused("D11-PURPOSE", services.contact_of, row.uid, purpose="看", by=f.CLERK, at=AT)
    f.refused("D11-CONTACT", services.contact_of, row.uid, purpose="联系评价人", by=f.FIRST, at=AT)
    assert services.contact_of(row.uid, purpose="联系评价人", by=f.CLERK, at=AT) == "13800000000"
    assert queries.words_of(row, actor=f.FIRST) == "材料要了三遍" and queries.words_of(row, actor=f.STRANGER) is None
    assert move(row, "contact", way="phone") == "fixing" and str(row.fix_due) == "2018-07-11"
    f.refused("EVID-DIGEST", move, row, "fix")
    assert move(row, "fix", file=True, at=AT + DAY) == "fixed"
    assert sheet(AT + DAY).lines["D11-2"][0].why == "pending"
    f.refused("PERM-DENIED", move, row, "verify", file=True)
    f.refused("DUAL", move, row, "verify", by=f.BOSS, file=True)
    assert move(row, "send_back", by=f.FIRST) == "again" and row.fixed_on is None
    assert move(row, "fix", file=True, at=AT + 40 * DAY) == "fixed"
    assert move(row, "verify", by=f.SECOND, file=True, at=AT + 41 * DAY) == "verified"
    line = sheet(AT + 41 * DAY).lines["D11-2"][0]
    assert (line.part, line.why, line.late_days) == (0, "", 19), "judged by the first term"
    f.refused("D11-CONTACT", services.contact_of, row.uid, purpose="联系评价人", by=f.CLERK, at=AT + 41 * DAY)


def test_an_appeal_that_is_upheld_leaves_the_rating_out_and_in_the_raw_count(folder: Path) -> None:
    f.cases(folder, 2)
    f.window()
    f.push(f.say(level=1), f.say("BJ-2", 4))
    row = Rating.objects.get(level=1)
    f.refused("GROUND-NONE", move, row, "appeal", file=True)
    assert move(row, "appeal", ground="malicious", file=True) == "appealed"
    f.refused("DUAL", move, row, "uphold", by=f.BOSS, file=True)
    assert move(row, "uphold", by=f.FIRST, file=True) == "dismissed"
    found = sheet()
    assert queries.AREA.sections(found.period, SYSTEM)[0].rows[0][1:8] == [2, 0, 0, 1, 1, found.figures["D11-1", ""].value, 50]
    assert found.lines["D11-2"][0].why == found.lines["D11-6"][0].why == "dismissed"


def test_the_applicant_rates_by_a_code_and_says_whether_it_was_put_right(folder: Path) -> None:
    f.cases(folder)
    f.window()
    f.refused("RATE-NOCASE", services.issue_code, "BJ-404", "W-01", by=f.KEY, at=AT)
    f.refused("RATE-WINDOW", services.issue_code, "BJ-1", "W-99", by=f.KEY, at=AT)
    old, new = (services.issue_code("BJ-1", "W-01", by=f.KEY, at=AT) for _ in range(2))
    told = {refusal.zh for refusal in (f.refused("RATE-CODE", services.look, typed, at=AT) for typed in (old, "0" * 16, "nonsense"))}
    assert len(told) == 1, "replaced, unknown and malformed codes get the same words"
    code = services.look(" ".join(new[n:n + 4] for n in range(0, 16, 4)), at=AT)
    f.refused("RATE-LEVEL", services.rate_by_code, code, {}, at=AT)
    f.refused("D11-NONE", services.speak, code, "confirm", at=AT)
    assert services.rate_by_code(code, {"level": "2", "manner": "1", "words": "态度"}, at=AT) == "counted"
    f.refused("RATE-DUP", services.rate_by_code, code, {"level": "5"}, at=AT)
    f.refused("RATE-DUP", services.issue_code, "BJ-1", "W-01", by=f.KEY, at=AT)
    assert f.faults(f.push(f.say())) == [(1, "case", "RATE-DUP")]
    row = Rating.objects.get()
    f.refused("D11-WORD", services.speak, code, "maybe", at=AT)
    f.refused("STATE-EDGE", services.speak, code, "confirm", at=AT)
    f.refused("D11-WAY", move, row, "contact", way="phone")
    move(row, "contact", way="page", reason="已调整窗口")
    move(row, "fix", file=True)
    assert queries.as_rater(code)["said"] == ["已调整窗口", "（示例）已办"]
    services.speak(code, "not_solved", at=AT)
    row.refresh_from_db()
    assert row.fixed_on is None and casebook.case_for(row.followed).state == "again"
    move(row, "fix", file=True)
    services.speak(code, "confirm", at=AT)
    row.refresh_from_db()
    assert (row.closed_as, sheet().figures["D11-2", ""].value) == ("confirmed", 100)


def test_a_file_of_ratings_keeps_the_good_rows_and_twice_adds_nothing(folder: Path) -> None:
    f.cases(folder, 3)
    f.window()
    path = f.write(folder, "ratings", f.say(level="非常满意", number="1"), f.say("BJ-2", "满意", number="2", rated_on="2018-06-12", rated_time="09:30"),
                   f.say("BJ-404", "满意"), f.say("BJ-3", "满意", rated_time="25:00"), f.say("", "满意"))
    told = services.deliver_ratings(path, by=f.KEY, at=AT)
    assert (told["counted"], told["bad"]) == (2, 3)
    assert {code for *_, code in f.faults(told)} >= {"RATE-NOCASE"}
    again = services.deliver_ratings(path, by=f.KEY, at=AT)
    assert (again["same"], again["counted"], Rating.objects.count()) == (2, 0, 2)
    f.refused("FILE-HEADER", services.deliver_ratings, f.write(folder, "none", {"colour": "red"}), by=f.KEY, at=AT)
    f.refused("PERM-DENIED", services.deliver_ratings, path, by=f.STRANGER, at=AT)


def test_what_had_no_calendar_is_followed_when_there_is_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    f.cases(folder)
    f.window()
    with monkeypatch.context() as without:
        without.setattr(casework, "open_or_join", lambda *_, **__: "")
        f.push(f.say(level=1))
    assert Rating.objects.get().followed == ""
    assert services.follow_missing(at=AT) == 1 and services.follow_missing(at=AT) == 0
    assert events.definition("d11_handled").dataset == queries.CASES

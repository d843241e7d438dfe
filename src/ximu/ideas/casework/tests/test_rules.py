"""Declarations that are wrong are told at once; the machine leaves no declared edge; clocks say how they counted."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as given_data
from hypothesis import strategies as st

from ximu.foundation.rooms import SRC
from ximu.ideas.casework import queries
from ximu.ideas.casework.rules import (
    Given,
    Parties,
    Term,
    Terms,
    begin,
    called,
    decide,
    extend,
    mermaid,
    must_choose,
    offered,
    read,
    resume,
    suspend,
)
from ximu.ideas.casework.rules.declaration import DeclarationError
from ximu.ideas.casework.rules.effects import after_reversal, may_begin
from ximu.ideas.casework.tests.factories import CLERK, OFFICE, OTHER, SOURCE, SUBJECT, person, table
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED, Calendar

PROCEDURES = sorted(queries.procedures())
EVERYTHING = Given("理由", "依据情形", "送达回证", ("0" * 64,))


def code_of(call: object, *args: object, **words: object) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)  # type: ignore[operator]
    return refused.value.code


@pytest.mark.parametrize("changes", [
    {"colour": "red"}, {"start": "z"}, {"shown": ["everybody"]},
    {"state": {"a": {"zh": "甲", "en": "A"}, "b": {"zh": "乙", "en": "B", "final": True}}},
    {"state": {"a": {"zh": "甲", "en": "A", "holder": "office", "silence": ["tell"]}, "b": {"zh": "乙", "en": "B", "final": True}}},
    {"state": {"a": {"zh": "甲", "en": "A", "holder": "office"}, "b": {"zh": "乙", "en": "B"}}},
    {"state": {"a": {"zh": "甲", "en": "A", "holder": "office"}, "b": {"zh": "乙", "en": "B", "final": True},
               "c": {"zh": "丙", "en": "C", "final": True}}},
])
def test_a_wrong_declaration_is_an_error(changes: dict[str, Any]) -> None:
    read({"p": table()})
    with pytest.raises(DeclarationError):
        read({"p": table(**changes)})


@pytest.mark.parametrize("change", [
    {"verb": "go", "who": ["neighbour"]}, {"apart": ["friends"]}, {"needs": ["luck"]}, {"clock": "rewind"}, {"to": "z"}, {"from": ["b"]},
    {"speed": 1},
])
def test_a_wrong_move_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        read({"p": table(move=[{**table()["move"][0], **change}])})


@pytest.mark.parametrize("code", PROCEDURES)
def test_every_procedure_of_the_house_is_sound(code: str) -> None:
    made = queries.procedure(code)
    assert all(not made.from_state(s) for s, state in made.states.items() if state.final)
    assert all(made.from_state(s) for s, state in made.states.items() if not state.final)
    assert f"[*] --> {made.start}" in mermaid(made)


UNITS = st.sampled_from([OFFICE, SOURCE, SUBJECT, OTHER, ""])
PEOPLE = st.sampled_from(["p1", "p2", "p3", ""])


@st.composite
def scenes(draw: Any) -> tuple[Any, str, str, Actor, Parties]:
    made = queries.procedure(draw(st.sampled_from(PROCEDURES)))
    verbs = [m.verb for m in made.moves] + ["nothing"]
    rights = frozenset(m.permission for m in made.moves) if draw(st.booleans()) else frozenset()
    unit = draw(UNITS)
    actor = Actor("x", unit or None, (Grant("r", rights, draw(st.sampled_from([None, unit or OTHER]))),), draw(PEOPLE) or "x")
    parties = Parties(*(draw(UNITS) for _ in range(6)), draw(PEOPLE), draw(PEOPLE), frozenset(draw(st.lists(PEOPLE, max_size=2))))
    return made, draw(st.sampled_from(sorted(made.states))), draw(st.sampled_from(verbs)), actor, parties


@given_data(scenes())
def test_no_move_outside_the_declaration_and_nobody_in_two_roles(scene: tuple[Any, str, str, Actor, Parties]) -> None:
    made, state, verb, actor, parties = scene
    try:
        move = decide(made, state, verb, actor=actor, parties=parties, given=EVERYTHING)
    except Refusal as refused:
        assert refused.code in {"STATE-EDGE", "PERM-DENIED", "DUAL", "CONFLICT"}
        assert refused.code != "STATE-EDGE" or not any(m.verb == verb for m in made.from_state(state))
        return
    assert state in move.sources
    assert not made.states[state].final
    assert "entered" not in move.apart or actor.human != parties.entered
    assert "opened" not in move.apart or actor.human != parties.opened
    assert "decided" not in move.apart or actor.human not in parties.decided
    assert "subject" not in move.apart or not parties.subject or actor.unit != parties.subject
    assert "same-division" not in move.apart or not parties.source or actor.unit != parties.source
    assert move in offered(made, state, actor=actor, parties=parties)


def test_a_value_with_choices_is_one_of_them() -> None:
    asked = {**table()["move"][0], "asks": [["level", "等级", "Level"]], "choices": {"level": [["blue", "蓝", "blue"]]}}
    [move] = read({"p": table(move=[asked])})["p"].moves
    must_choose(move, Given(values={"level": "blue"}))
    must_choose(move, Given())
    with pytest.raises(Refusal, match="VALUE-CHOICE"):
        must_choose(move, Given(values={"level": "pink"}))
    with pytest.raises(DeclarationError):
        read({"p": table(move=[{**asked, "asks": []}])})


@pytest.mark.parametrize(("needs", "lacking", "code"), [
    ("reason", Given(), "REASON"), ("file", Given(), "EVID-DIGEST"), ("ground", Given(), "GROUND-NONE"), ("proof", Given(proof=" "), "NOTICE-NONE"),
])
def test_what_a_move_needs(needs: str, lacking: Given, code: str) -> None:
    made = read({"p": table(move=[{**table()["move"][0], "needs": [needs]}])})["p"]
    parties = Parties(holder=SOURCE)
    assert code_of(decide, made, "a", "go", actor=CLERK, parties=parties, given=lacking) == code
    strange = Given("理由", "依据", "送达", ("0" * 64,), {"told": {}})
    assert code_of(decide, made, "a", "go", actor=CLERK, parties=parties, given=strange) == "VALUE-UNKNOWN"
    assert decide(made, "a", "go", actor=CLERK, parties=parties, given=EVERYTHING).target == "b"


def test_a_grant_for_the_whole_city_does_not_make_one_the_subject() -> None:
    made = read({"p": table(move=[{**table()["move"][0], "who": ["subject"]}])})["p"]
    wide = person("wide", OFFICE, city=True)
    assert code_of(decide, made, "a", "go", actor=wide, parties=Parties(subject=SUBJECT), given=EVERYTHING) == "PERM-DENIED"
    assert decide(made, "a", "go", actor=person("s", SUBJECT), parties=Parties(subject=SUBJECT), given=EVERYTHING)


TERM = Term("T", date(2017, 10, 1), 5, "working-day", "依据")


def test_a_clock_waits_and_goes_on_with_the_rest() -> None:
    count = begin(TERM, date(2018, 2, 13), BUNDLED)
    assert (count.due.day, [p.name for p in count.due.passed if p.kind == "make-up"]) == (date(2018, 2, 26), ["春节调休上班"])
    waits = suspend(count, date(2018, 2, 22), BUNDLED)
    assert waits.spent == 2
    assert resume(waits, date(2018, 3, 5), BUNDLED).due.day == date(2018, 3, 8)
    assert code_of(resume, count, date(2018, 2, 22), BUNDLED) == "CLOCK-STATE"
    assert code_of(suspend, waits, date(2018, 2, 23), BUNDLED) == "CLOCK-STATE"
    assert code_of(extend, waits, TERM, date(2018, 2, 23), BUNDLED) == "CLOCK-STATE"


def test_late_is_late() -> None:
    count = begin(TERM, date(2018, 2, 13), BUNDLED)
    more = Term("M", date(2017, 1, 1), 3, "working-day", "依据")
    assert extend(count, more, date(2018, 2, 26), BUNDLED).due.day == date(2018, 3, 1)
    assert code_of(extend, count, more, date(2018, 2, 27), BUNDLED) == "CLOCK-PAST"
    assert code_of(suspend, count, date(2018, 2, 27), BUNDLED) == "CLOCK-PAST"


@given_data(st.dates(date(2005, 1, 1), date(2025, 6, 1)), st.integers(1, 30), st.integers(0, 40), st.integers(0, 40))
def test_working_days_spent_and_left_add_up(start: date, term: int, wait_after: int, wait: int) -> None:
    count = begin(Term("T", start, term, "working-day", "依据"), start, BUNDLED)
    stop = start + timedelta(days=wait_after)
    if stop > count.due.day:
        assert code_of(suspend, count, stop, BUNDLED) == "CLOCK-PAST"
        return
    on = resume(suspend(count, stop, BUNDLED), stop + timedelta(days=wait), BUNDLED)
    assert on.spent + on.due.term == term
    assert on.due.day >= count.due.day or wait == 0


def test_a_year_without_a_calendar_is_refused() -> None:
    assert code_of(begin, TERM, date(2018, 2, 13), Calendar({})) == "CAL-NONE"
    assert code_of(begin, TERM, date(2031, 2, 13), BUNDLED) == "CAL-NONE"


def test_the_value_in_force_on_the_day_counts() -> None:
    rows = [{"since": date(2018, 6, 1), "value": 7, "source": "新"}, {"since": date(2017, 10, 1), "value": 5, "source": "旧"}]
    terms = Terms({"T": rows})
    assert [terms.on("T", day).value for day in (date(2016, 1, 1), date(2018, 5, 31), date(2018, 6, 1))] == [5, 5, 7]
    assert code_of(terms.on, "X", date(2018, 1, 1)) == "TERM-NONE"
    with pytest.raises(ValueError, match="unknown"):
        Terms({"T": [{**rows[0], "colour": "red"}]})


def test_effects_begin_only_while_the_record_has_effect() -> None:
    may_begin("share", "effective")
    assert [code_of(may_begin, "share", state) for state in ("checked", "notified", "disputed")] == ["DISC-EARLY"] * 3
    assert code_of(may_begin, "share", "repaired") == "EFFECT-DEAD"
    assert code_of(may_begin, "song", "effective") == "EFFECT-KIND"
    assert [after_reversal(states) for states in ({"stopped": 3, "open": 1}, {"live": 1})] == [True, False]


def test_what_a_case_tells_has_a_name_in_english_too() -> None:
    """Every name that a service writes into `told` is translated, read from the sources."""
    written = {name for path in SRC.rglob("services/*.py") for part in re.findall(r'told"?(?: =|:) \{(.*?)\}', path.read_text(), re.S)
               for name in re.findall(r'"([\u4e00-\u9fff]+)": ', part)}
    assert len(written) > 20
    assert {name for name in written if called(name).en == name} == set()

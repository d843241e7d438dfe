"""Grounds and repair rules are dated; panels can be drawn again; like cases say why they are alike."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.casework import queries as cases
from ximu.ideas.records import queries as records
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.rules import draw_panel, first_unmet, like_cases, majority, must_argue
from ximu.notice.mechanisms.m4_relief.rules.exemption import Candidate
from ximu.notice.mechanisms.m4_relief.rules.repair import Facts, months_later

pytestmark = pytest.mark.row("M4.1")
ALL = ("lawful", "diligent", "selfless")


def code_of(call: object, *args: object, **words: object) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)  # type: ignore[operator]
    return refused.value.code


def test_the_history_of_a_claim_tells_its_ground_in_words() -> None:
    made, grounds = cases.procedure("exemption"), queries.checklist().every()
    assert grounds and {code: cases.ground_words(made, code) for code in grounds} == grounds
    assert cases.ground_words(made, "") is None


def test_grounds_are_a_dated_checklist() -> None:
    known = queries.checklist()
    known.ask("pioneer", ALL, on=date(2018, 3, 1))
    for ground, answered, day in (("", ALL, date(2018, 3, 1)), ("pioneer", ALL[:2], date(2018, 3, 1)), ("pioneer", ALL, date(2015, 3, 1)),
                                  ("kindness", ALL, date(2018, 3, 1))):
        assert code_of(known.ask, ground, answered, on=day) == "EXM-GROUND"


@pytest.mark.django_db
def test_the_window_here_is_the_window_of_the_records() -> None:
    day = date(2018, 5, 7)
    assert cases.terms().on("OBJ-WINDOW", day).value == records.parameters().on("objection_window", day)["value"]


CANDIDATES = st.sets(st.builds(Candidate, st.sampled_from([f"p{n}" for n in range(12)]), st.sampled_from(["u1", "u2", "u3", "u4", "u5"])), max_size=20)


@given(CANDIDATES, st.text("abc", min_size=1, max_size=4))
def test_nobody_in_conflict_is_ever_drawn_and_the_draw_repeats(candidates: set[Candidate], seed: str) -> None:
    words = {"seed": seed, "size": 3, "units": {"u1"}, "people": {"p0"}}
    try:
        panel = draw_panel(candidates, **words)
    except Refusal as refused:
        assert refused.code == "PANEL-FEW"
        assert len({c.human for c in candidates if c.unit != "u1" and c.human != "p0"}) < 3
        return
    assert panel == draw_panel(sorted(candidates, key=str), **words)
    assert len({c.human for c in panel}) == 3
    assert not any(c.unit == "u1" or c.human == "p0" for c in panel)


def test_the_majority_decides_when_all_have_voted() -> None:
    assert code_of(majority, {"a": "exempt"}, 3) == "EXM-VOTES"
    assert majority({"a": "deny", "b": "deny", "c": "exempt"}, 3) == "deny"
    assert majority({"a": "deny", "b": "mitigate", "c": "exempt"}, 3) == "exempt"


def test_like_cases_are_shown_with_their_features_and_departing_needs_reasons() -> None:
    mine = {"ground": "pioneer", "family": "accountability", "behaviour": "XW", "grade": "轻微", "kind": "official"}
    earlier = [(mine, "exempt", "")] * 4 + [({**mine, "grade": "一般"}, "deny", "")] + [({"ground": "pioneer"}, "deny", "")]
    like = like_cases(mine, earlier)
    assert [(c.outcome, c.share) for c in like] == [("exempt", 1.0)] * 4 + [("deny", 0.8)]
    assert "grade" not in like[-1].same
    must_argue("exempt", like, "")
    assert code_of(must_argue, "deny", like, " ") == "EXM-DEPART"
    must_argue("deny", like, "本案有新证据")


DONE = {"obligation": date(2018, 4, 1), "commitment": date(2018, 4, 2), "training": date(2018, 4, 3)}


def facts(**changes: object) -> Facts:
    return Facts(**{"family": "penalty", "grade": "一般", "kind": "body", "state": "effective", "counted_from": date(2018, 3, 20), "done": DONE, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("changes", "on", "code"), [
    ({"family": "statistics", "grade": "严重"}, date(2020, 1, 1), "REP-BAR"), ({}, date(2018, 6, 19), "REP-EARLY"),
    ({"done": {}}, date(2018, 7, 1), "REP-OBL"), ({"kind": "official", "done": {k: v for k, v in DONE.items() if k != "training"}}, date(2018, 7, 1), "REP-OBL"),
    ({"state": "repaired"}, date(2018, 7, 1), "STATE-EDGE"),
])
def test_each_condition_has_its_own_refusal(changes: dict[str, object], on: date, code: str) -> None:
    refused = first_unmet(queries.repair_table().conditions(facts(**changes), on=on))
    assert refused is not None
    assert refused.code == code
    assert code != "REP-EARLY" or refused.value == "2018-06-20"


def test_a_day_is_named_for_what_is_not_yet_met() -> None:
    shown = queries.repair_table().conditions(facts(grade="严重"), on=date(2018, 6, 1))
    assert {c.code: c.met_on for c in shown}["period"] == date(2019, 3, 20)
    assert first_unmet(queries.repair_table().conditions(facts(), on=date(2018, 6, 20))) is None
    assert [months_later(date(2019, 11, 30), 3), months_later(date(2018, 1, 31), 1)] == [date(2020, 2, 29), date(2018, 2, 28)]

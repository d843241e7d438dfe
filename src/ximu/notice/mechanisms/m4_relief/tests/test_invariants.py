"""I3, I4 and I10 on a database: no effect before the window to the second, no day without a calendar, nobody decides on his own act."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.ideas.records.tests.factories import REVIEWER, T0, deliver, row
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries, services
from ximu.notice.mechanisms.m4_relief.tests.factories import ENTERER, NONE_HOLDS, OFFICE, OFFICE_TWO, SECOND, STRANGER, SUBJECT

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1")]
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
made = iter(range(10**6))
"""Each example has a record of its own: examples share one transaction."""


def checked(at: datetime) -> str:
    number = str(deliver([row(f"示罚〔2018〕I{next(made)}号")], at=at).lines["number"][0])
    moves.check(number, by=REVIEWER, at=at)
    services.examine([number], answers=NONE_HOLDS, reason="均不成立", by=REVIEWER, at=at)
    return number


def code_of(call: Any, *args: Any, **words: Any) -> str:
    try:
        call(*args, **words)
    except Refusal as refusal:
        return refusal.code
    return "done"


@few
@given(st.integers(0, 700), st.integers(0, 86_399), st.booleans())
def test_no_effect_one_second_short_of_the_window(days: int, second: int, objects: bool) -> None:
    served = T0 + timedelta(days=days, seconds=second)
    number = checked(served)
    case = services.open_notice(number, by=OFFICE, at=served)
    services.sign(case, by=SUBJECT, at=served)
    last = queries.window(number)
    assert last is not None and last == cases.calendar().due(clock.city_day(served), cases.terms().on("OBJ-WINDOW", last).value).day
    over = clock.end_of(last)
    casework.sweep_deadlines(at=over)
    assert code_of(casework.move, case, "take_effect", by=OFFICE_TWO, at=over) == "STATE-EDGE"
    assert code_of(moves.make_effective, number, by=REVIEWER, at=over, calendar=cases.calendar()) == "EFFECT-EARLY"
    if objects:
        services.object_to(number, reason="不是我", by=SUBJECT, at=over)
    after = over + timedelta(microseconds=1)
    casework.sweep_deadlines(at=after)
    assert code_of(casework.move, case, "take_effect", by=OFFICE_TWO, at=after) == ("OBJ-OPEN" if objects else "done")
    assert records.duties(number).state == ("disputed" if objects else "effective")


@few
@given(st.integers(2027, 2060), st.integers(0, 350))
def test_a_year_without_a_calendar_refuses_a_deadline(year: int, day: int) -> None:
    at = datetime(year, 1, 1, 2, tzinfo=UTC) + timedelta(days=day)
    number = checked(T0)
    before = cases.open_cases(("notice",), about=number)
    assert code_of(services.open_notice, number, by=OFFICE, at=at) == "CAL-NONE"
    assert cases.open_cases(("notice",), about=number) == before == [], "nothing was opened by half"
    with pytest.raises(Refusal, match="CAL-NONE"):
        cases.calendar().due(date(year, 3, 1), 5)


PEOPLE = {"entered": ENTERER, "subject": SUBJECT, "second": SECOND, "office": OFFICE, "office two": OFFICE_TWO, "stranger": STRANGER}
DECISIONS = ("revoke", "correct", "refuse")


DECIDES, REVIEWS = ("office", "office two", "second"), ("office", "office two")
PAIRS = [(verb, first, "") for verb in DECISIONS[:2] for first in DECIDES] + [
    ("refuse", first, again) for first in DECIDES for again in REVIEWS if again != first]


def objected() -> str:
    number = checked(T0)
    services.sign(services.open_notice(number, by=OFFICE, at=T0), by=SUBJECT, at=T0)
    _, case = services.object_to(number, reason="日期有误", by=SUBJECT, at=T0)
    casework.move(case, "forward", by=OFFICE, at=T0)
    return case


def only(names: tuple[str, ...], case: str, verb: str, reason: str) -> None:
    """Everybody else tries, and is refused; the case does not move."""
    before = cases.case_for(case).state
    for name in sorted(set(PEOPLE) - set(names)):
        told = code_of(casework.move, case, verb, given=Given(reason), by=PEOPLE[name], at=T0)
        assert told in {"DUAL", "CONFLICT", "PERM-DENIED"}, (verb, name, told)
    assert cases.case_for(case).state == before


@pytest.mark.parametrize(("verb", "first", "second"), PAIRS)
def test_whoever_entered_or_is_complained_of_never_decides(verb: str, first: str, second: str) -> None:
    """Every pair of people at one objection, then at its review: only who is apart gets through, and no other."""
    case = objected()
    only(DECIDES, case, verb, "经核实")
    casework.move(case, verb, given=Given("经核实"), by=PEOPLE[first], at=T0)
    if second:
        casework.move(case, "ask_review", given=Given("不服"), by=SUBJECT, at=T0)
        only(tuple(name for name in REVIEWS if name != first), case, "confirm", "维持")
        casework.move(case, "confirm", given=Given("维持"), by=PEOPLE[second], at=T0)
    deciders: list[Any] = [step.by for step in cases.case_for(case).steps.filter(decides=True)]
    apart: set[str] = {person.human for person in (ENTERER, SUBJECT)}
    assert not apart & set(deciders) and len(deciders) == len(set(deciders)) == 1 + bool(second)


def test_the_people_are_who_the_invariant_needs() -> None:
    assert all(isinstance(person, Actor) for person in PEOPLE.values())
    assert records.duties(checked(T0)).entered == ENTERER.human

"""Nothing passes beside the lists: every function that collects, publishes, measures, shares or scores is mutated here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from ximu.config import wiring
from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.queries import lists as asked
from ximu.ideas.catalogue.rules import Item
from ximu.ideas.catalogue.tests import factories as lists
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.records import services as records
from ximu.ideas.records.queries import doors
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action import services as joint
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal
from ximu.notice.mechanisms.m3_evaluators.services import evaluating, freezing, registering

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.1")]
EVALUATORS = "ximu.notice.mechanisms.m3_evaluators.services"
MEASURE, ACTING, BEHAVIOUR = "YY-B-1", "unitacting000001", "XW-G-1"
OFFICE = Actor("office", "unitoffice000001", (Grant("r", frozenset({"joint.initiate"}), None),), "office")
WANTED = Proposal(MEASURE, ACTING, date(2018, 7, 1), date(2019, 6, 30), "与行为直接相关")
Call = Callable[[], Any]


def admits() -> Call:
    return made.deliver


def admits_parts() -> Call:
    return partial(records.admit_parts, [("2017-1", made.rows())], item="CF", source=made.SOURCE, batch="b", by=made.CLERK, at=made.T0,
                   distinct=True)


def proposes() -> Call:
    return partial(disclosure.propose, made.effective(), terms=made.terms(), by=made.REVIEWER, at=made.LATER)


def approves() -> Call:
    row = disclosure.propose(made.effective(), terms=made.terms(), by=made.REVIEWER, at=made.LATER)
    return partial(disclosure.approve, row.uid, by=made.PUBLISHER, at=made.LATER)


def initiates() -> Call:
    return partial(joint.initiate, made.effective(behaviour=BEHAVIOUR), wanted=WANTED, by=OFFICE, at=made.LATER)


def scores() -> Call:
    made.effective()
    asked = Asked((made.UNIT,), date(2018, 1, 1), date(2018, 12, 31), date(2018, 12, 31), made.LATER)
    return partial(wiring.counted_records, "CF", asked)


def grants() -> Call:
    return partial(registering._fields, "CF", ["CF_NR"], made.DAY, made.LATER)


def freezes() -> Call:
    made.effective()
    about = SimpleNamespace(granted={"CF": ["CF_NR"]})
    return partial(freezing._facts, about, "CF", ({made.UNIT: made.UNIT}, {}), span=(date(2018, 1, 1), date(2018, 12, 31)), at=made.LATER)


def evaluates() -> Call:
    return partial(evaluating._may_score, "CF", made.DAY)


CASES = {  # the function → its use, the place where it asks, how a call of it is made ready
    "ximu.ideas.records.services.admission.admit": ("collect", "ximu.ideas.records.queries.doors", admits),
    "ximu.ideas.records.services.admission.admit_parts": ("collect", "ximu.ideas.records.queries.doors", admits_parts),
    "ximu.ideas.disclosure.services.publishing.propose": ("publish", "ximu.ideas.disclosure.services.publishing", proposes),
    "ximu.ideas.disclosure.services.publishing.approve": ("publish", "ximu.ideas.disclosure.services.publishing", approves),
    "ximu.notice.mechanisms.m2_joint_action.services.initiating.initiate":
        ("measure", "ximu.notice.mechanisms.m2_joint_action.services.initiating", initiates),
    f"{EVALUATORS}.registering._fields": ("share", f"{EVALUATORS}.registering", grants),
    f"{EVALUATORS}.freezing._facts": ("share", f"{EVALUATORS}.freezing", freezes),
    f"{EVALUATORS}.evaluating._may_score": ("score", f"{EVALUATORS}.evaluating", evaluates),
    "ximu.config.wiring.counted_records": ("score", "ximu.ideas.catalogue.queries", scores),
}


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = {BEHAVIOUR: {**lists.body_of(BEHAVIOUR), "documents": ["CF"]},
              MEASURE: {**lists.body_of(MEASURE), "implementers": [ACTING], "behaviours": [BEHAVIOUR]}}
    lists.published("2017-1", date(2017, 10, 1), ["CF", BEHAVIOUR, MEASURE], bodies=bodies)
    monkeypatch.setattr(doors, "kinds_of", lambda pairs: {(u, d): made.KINDS[u] for u, d in pairs if u in made.KINDS})


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_every_function_that_declares_a_use_is_mutated_here() -> None:
    declared = {name: use for use, names in catalogue.CALLERS.items() for name in names}
    assert declared == {name: use for name, (use, _, _) in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_unchanged_function_passes(name: str) -> None:
    CASES[name][2]()()


@pytest.mark.parametrize("name", CASES)
def test_a_mutant_that_takes_the_item_from_elsewhere_is_stopped_and_leaves_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, place, ready = CASES[name]
    call = ready()
    before = rows()

    def beside(item: str, *, on: date, **_: Any) -> Item:
        return catalogue.items_of("2017-1")[item]

    monkeypatch.setattr(importlib.import_module(place), "gate", beside)
    with pytest.raises(RuntimeError, match="did not pass the gate"), transaction.atomic():
        call()
    assert rows() == before


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("change", ["no edition", "item dropped"])
def test_outside_the_lists_it_is_refused_and_leaves_nothing(name: str, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use, _, ready = CASES[name]
    call = ready()
    before = rows()
    if change == "no edition":
        monkeypatch.setattr(asked, "edition_in_force_number", lambda on: None)
    else:
        monkeypatch.setattr(asked, "items_of", lambda number: {})
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call()
    assert refused.value.code == ("LIST-ULTRA" if (use, change) == ("measure", "item dropped") else "LIST-NONE")
    assert rows() == before

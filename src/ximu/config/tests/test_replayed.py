"""Every effect names what made it, and comes out the same when it is made again from what was known then (I2)."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from ximu.config.tests import open_city
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.queries.effects import EffectRow
from ximu.ideas.catalogue.queries import gate
from ximu.ideas.disclosure.queries.explain import Inside
from ximu.ideas.disclosure.services import publishing
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.kernel.canonical import canonical
from ximu.notice.mechanisms.m2_joint_action import services as joint
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3", "M2.1")]


def made_again(effect: EffectRow) -> None:
    """From the version and the rules that the line names, at the time that it names."""
    facts = records.facts_of(effect.number, view=Inside(), known_at=effect.made_at)
    assert facts.version == effect.version
    if effect.code == "publication":
        row = publishing.publication(effect.target)
        assert (row.policy, records.duties(row.number).edition) == (effect.policy, effect.edition)
        assert canonical(publishing._public_form(row, facts)).decode() == row.body, "the same bytes"
    else:
        case = cases.case_for(effect.target)
        item = gate(effect.policy, use="measure", on=case.opened_at.date(), unit=effect.unit, behaviour=str(facts.columns["behaviour"]))
        assert (item.edition, item.direction) == (effect.edition, case.values["direction"])


def test_what_a_record_did_comes_out_the_same_after_it_was_corrected_and_revoked(settings: Any) -> None:
    open_city.city(settings)
    public, unit, at = open_city.opened("示罚〔2018〕7号"), open_city.unit("q02"), open_city.LATER
    number = open_city.effective("示罚〔2018〕8号", subject=open_city.unit("q02czj"))
    wanted = Proposal(item="YY-B-1", unit=unit, starts=at.date(), ends=date(2018, 12, 31), reason="限期整改")
    case = joint.initiate(number, wanted=wanted, by=open_city.person("office", "coordinator"), at=at)
    casework.move(case, "accept", by=open_city.person("clerk", "entry", unit), at=at)
    effects = cases.effects_of_many([public, number])
    assert sorted(e.code for e in effects) == ["measure", "publication"]
    for effect in effects:
        made_again(effect)
    corrected(public, at + timedelta(days=3))
    moves.revoke(number, reason="复议撤销", by=open_city.person("reviewer", "reviewer"), at=at + timedelta(days=4))
    assert records.duties(public).version == 2 and records.duties(number).state == "revoked"
    for effect in effects:
        made_again(effect)


def corrected(number: str, at: Any) -> None:
    facts = records.facts_of(number, view=Inside(), known_at=at)
    payload = canonical({**facts.payload, "CF_NR": "警告"}).decode()
    row = {name: facts.columns.get(name) for name in ("decision_date", "grade", "document_number", "authority")} | {
        "natural_key": facts.columns["document_number"], "digest": hashlib.sha256(payload.encode()).hexdigest(), "payload": payload,
        "subject": facts.subject, "event_date": facts.event_date, "end_date": facts.event_date, "family": facts.family, "behaviour": "",
        "line": 2}
    source = open_city.unit("jiancha")
    moves.admit(pl.DataFrame([row]), item=facts.item, edition=records.duties(number).edition, source=source, batch="c",
                by=open_city.person("clerk", "entry", source), at=at)

"""How is an exemption claimed, who reviews it, and what remains of it?"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.models import Panel
from ximu.notice.mechanisms.m4_relief.rules.exemption import OUTCOMES, Candidate, draw_panel
from ximu.notice.mechanisms.m4_relief.services.noticing import opening_for

BEFORE_EFFECT = ("checked", "notified", "disputed")
SEED_BYTES = 16


@transaction.atomic
def examine(numbers: Sequence[str], *, answers: Mapping[str, str], reason: str, by: Actor, at: datetime) -> int:
    """Somebody who did not enter the records answers for each lawful ground that it does not hold, and signs; how many.

    `answers`: the code of each ground → `no`, or `yes`, which a panel decides. All or none.
    Errors: `PERM-DENIED`, `ACT-NONE` for no record, `DUAL`, `EXM-ASK`, `EXM-HOLDS`, `REASON`, `STATE-EDGE`, `REC-NONE`.
    """
    by.must("records.check")
    if not numbers:
        raise Refusal("ACT-NONE", field="number", value="", rule="≥ 1", zh="请选择记录。", en="Choose records.")
    records.must_reach(numbers, "records.check", by)
    days = set()
    for number in numbers:
        record = records.duties(number)
        if record.entered == by.human:
            raise Refusal("DUAL", status=403, field="by", value=record.number, rule="录入与审查分离",
                          zh="录入人不能审查自己报送的记录。", en="Who entered a record may not examine it.")
        days.add(record.event_date)
    checklist = queries.checklist()
    for day in sorted(days):
        checklist.examine(answers, on=day)
    asked = {code for day in days for code in checklist.grounds(day)}
    return moves.examine(numbers, answers={code: answers[code] for code in asked}, reason=reason, by=by, at=at)


@transaction.atomic
def claim_exemption(
    number: str, *, ground: str, conditions: Collection[str], reason: str, by: Actor, at: datetime, files: Sequence[Upload] = (),
) -> str:
    """The subject (or the office or the source for it) claims a lawful ground before the record has effect; the case.

    Errors: `EXM-GROUND`, `SUBJ-NOT`, `REASON`, `EVID-DIGEST` without a paper, `STATE-EDGE`, `CASE-DUP`.
    """
    try:
        record = queries.of_source(number, by)
    except Refusal as refusal:
        if refusal.code != "PERM-DENIED":
            raise
        record = queries.of_subject(number, by)
    queries.checklist().ask(ground, conditions, on=record.event_date)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="exemption", zh="请说明理由。", en="Give your reasons.")
    if not files:
        raise Refusal("EVID-DIGEST", field="files", value="", rule="exemption",
                      zh="免责申请须附证明材料。", en="A claim of exemption needs a paper.")
    if record.state not in BEFORE_EFFECT:
        raise Refusal("STATE-EDGE", status=409, field="state", value=record.state, rule=" ".join(BEFORE_EFFECT),
                      zh="免责须在记录生效前提出。", en="Exemption is claimed before the record takes effect.")
    case = casework.open_case("exemption", opening=opening_for(record, record.number, ground=ground), given=Given(reason, ground),
                              files=files, by=by, at=at, checked=True)
    features = {"ground": ground, "family": record.family, "behaviour": record.behaviour, "grade": record.grade, "kind": record.kind}
    Panel.objects.create(case=case, number=record.number, ground=ground, features=features)
    return case


def seat(case: str, *, at: datetime, excluded: Collection[str] = ()) -> Panel:
    """Draw the reviewers by a fresh seed from those without conflict; keep seed and list, so that anybody can draw again."""
    panel = Panel.objects.get(case=case)
    record = records.duties(panel.number)
    opened = cases.open_cases(("exemption",), about=panel.number)
    people = {record.entered, *(c.opened_by for c in opened), *excluded, *panel.away} - {""}
    kept = [Candidate(*m) for m in panel.members if m[0] not in people]
    size = cases.terms().on("EXM-PANEL", at.date()).value
    pool = queries.reviewers(at=at)
    seed = secrets.token_hex(SEED_BYTES)
    fresh = draw_panel([c for c in pool if c.human not in {k.human for k in kept}], seed=seed, size=size - len(kept),
                       units={record.subject, record.source} - {""}, people=people)
    panel.seed, panel.pool = seed, sorted([c.human, c.unit] for c in pool)
    panel.members = [[c.human, c.unit] for c in (*kept, *fresh)]
    panel.away = sorted({*panel.away, *excluded})
    panel.save()
    return panel


def vote(case: str, outcome: str, *, reason: str, by: Actor, at: datetime) -> int:
    """One reviewer's finding, a step of the case like any other; how many have voted.

    Errors: `CONFLICT`, `DUAL`, `PANEL-NOT`, `EXM-OUTCOME`, `REASON`, `STATE-EDGE`, `PERM-DENIED`.
    """
    casework.move(case, "vote", given=Given(reason, values={"outcome": outcome}), by=by, at=at)
    return len(Panel.objects.get(case=case).votes)


def may_vote(panel: Panel, outcome: str, *, by: Actor) -> None:
    """Only those who were drawn, and only one of the three findings."""
    if by.human not in {m[0] for m in panel.members}:
        raise Refusal("PANEL-NOT", status=403, field="by", value="", rule="抽取的评议人", zh="您不是本件的评议人。",
                      en="You were not drawn for this case.")
    if outcome not in OUTCOMES:
        raise Refusal("EXM-OUTCOME", field="outcome", value=outcome[:20], rule=" ".join(OUTCOMES), zh="意见应为免责、减责或不成立。",
                      en="A finding is exempt, mitigate or deny.")


def count_vote(case: str, outcome: str, *, by: Actor) -> None:
    panel = Panel.objects.select_for_update().get(case=case)
    panel.votes = {**panel.votes, by.human: outcome}
    panel.save(update_fields=["votes"])

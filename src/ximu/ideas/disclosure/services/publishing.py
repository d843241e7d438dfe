"""How does a record become public, and stop being it? Two people; stage, basis, least fields, a note; it ends on its day."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.outbox import announce
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.queries import EffectRow
from ximu.ideas.casework.rules import CAUSES
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.disclosure.hooks import PublicationClosed, PublicationOpened
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.explain import Inside
from ximu.ideas.disclosure.queries.policy import policy_mark, policy_on
from ximu.ideas.disclosure.queries.publications import CLOSED, OPENED, closed_body, opened_body, publication
from ximu.ideas.disclosure.queries.views import Hat, PolicyView, core_values
from ximu.ideas.disclosure.rules import Policy, holds_personal, nobody_protected, personal_data
from ximu.ideas.disclosure.services.indexing import found_from_now, found_no_more
from ximu.ideas.ledger.queries import must_be_fresh
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.ideas.records import queries as records
from ximu.ideas.records.hooks import RecordsCorrected, RecordsMoved
from ximu.ideas.records.rules import LIVE, STATES, Facts
from ximu.ideas.registry.queries import name as unit_name
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

State = Publication.State


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked: at which stage, on which basis, which fields, why so much and no more, until when."""

    stage: str
    basis: str
    fields: Sequence[str]
    note: str
    closes_on: date | None = None


@transaction.atomic
@asks_gate("publish")
def propose(number: str, *, terms: Terms, by: Actor, at: datetime) -> Publication:
    """The first of two people asks to open a record to the public.

    Errors: `DISC-EARLY`, `DISC-CLOSED`, `DISC-PII`, `DISC-SECRET`, `DISC-STAGE`, `DISC-PERIOD`, `REASON`, `LIST-APPLY`,
    `PUB-TWICE`, `REC-NONE`.
    """
    records.must_reach(number, "disclosure.propose", by)
    facts = records.facts_of(number, view=Inside(), known_at=at)
    policy, closes_on = _fit(facts, terms, at)
    try:
        with transaction.atomic():
            return Publication.objects.create(
                number=facts.number, version=facts.version, item=facts.item, family=facts.family, subject=facts.subject,
                event_date=facts.event_date, stage=terms.stage, basis=terms.basis.strip(), note=terms.note.strip(),
                fields=list(dict.fromkeys(terms.fields)), policy=policy.version, closes_on=closes_on, proposed_at=at,
                proposed_by=by.human,
            )
    except IntegrityError as error:
        raise Refusal("PUB-TWICE", status=409, field="number", value=facts.number, rule="publication_one_live",
                      zh="该记录已在公开或已提出公开。", en="This record is public already, or its publication was proposed.") from error


def _fit(facts: Facts, terms: Terms, at: datetime) -> tuple[Policy, date]:
    """All that must hold when a publication is proposed, and again when it is approved."""
    if facts.state not in LIVE:
        raise Refusal("DISC-EARLY", status=409, field="state", value=facts.state, rule="I3",
                      zh="记录未经告知、异议期满并生效，不得公开。",
                      en="The record has not taken effect after notice and the objection window; it may not be published.")
    gate(facts.item, use="publish", on=facts.event_date)
    today = clock.city_day(at)
    policy = policy_on(today)
    if terms.stage not in policy.stages:
        raise Refusal("DISC-STAGE", field="stage", value=terms.stage, rule=" ".join(policy.stages),
                      zh="公开阶段不在策略所列之内。", en="The policy knows no such stage.")
    for name in ("basis", "note"):
        if not getattr(terms, name).strip():
            raise Refusal("REASON", field=name, value="", rule="required", zh="公开须写明依据和必要性说明。",
                          en="A publication needs a basis and a note on why so much is needed.")
    _fields_open(facts, terms.fields, policy, today)
    return policy, _last_day(facts, terms.closes_on, policy, today)


def _fields_open(facts: Facts, fields: Sequence[str], policy: Policy, today: date) -> None:
    """Each field must be open to the public by a rule, and its text free of personal data."""
    if not fields:
        raise Refusal("REASON", field="fields", value="", rule="required", zh="请选择公开的最少字段。",
                      en="Choose the least fields that are needed.")
    view = PolicyView("public", (Hat("public", ""),), policy, today)
    known, values = view.fields(facts), {**core_values(facts), **facts.payload}
    nobody_protected(values)
    for name in fields:
        info = known.get(name)
        made = view.best(facts, info) if info else None
        if info is not None and info.personal:
            raise holds_personal(name, made.rule if made else "", "")
        if made is None or made.outcome != "shown":
            raise Refusal("DISC-CLOSED", field=name, value=facts.family, rule=made.rule if made else "D0",
                          zh=f"“{name}”不得向社会公开：{made.why.zh if made else '没有这个字段'}。",
                          en=f"“{name}” may not be made public: {made.why.en if made else 'there is no such field'}.")
        if hits := personal_data(str(values.get(name) or "")):
            raise holds_personal(name, "free-text", hits[0].name.zh)


def _last_day(facts: Facts, wanted: date | None, policy: Policy, today: date) -> date:
    most = policy.most_days(records.effect_grade(facts.number, str(facts.columns.get("grade", ""))))
    longest = (facts.decision_date or facts.event_date) + timedelta(days=most)
    last = wanted or longest
    if last > longest or last < today:
        raise Refusal("DISC-PERIOD", field="closes_on", value=last.isoformat(), rule=f"≤ {longest.isoformat()}",
                      zh=f"公开期最长至{longest.isoformat()}，且不早于今天。",
                      en=f"It may be public until {longest.isoformat()} at the latest, and not end before today.")
    return last


@transaction.atomic
@asks_gate("publish")
def approve(uid: str, *, by: Actor, at: datetime) -> Publication:
    """The second person opens it; everything is checked again.

    Errors: `DUAL`, `PUB-STATE`, `PUB-STALE`, `LOG-STALE`, those of `propose`.
    """
    by.must("disclosure.approve")
    must_be_fresh(at=at)
    row = publication(uid)
    facts = records.facts_of(row.number, view=Inside(), known_at=at)
    policy, _ = _fit(facts, Terms(row.stage, row.basis, row.fields, row.note, row.closes_on), at)
    if row.proposed_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=row.number, rule="两人办理", zh="提出人不能批准自己提出的公开。",
                      en="Who proposed a publication may not approve it.")
    if (facts.version, policy.version) != (row.version, row.policy):
        raise Refusal("PUB-STALE", status=409, field="version", value=row.version, rule=str(facts.version),
                      zh="记录或公开策略在提出后已有变化，请重新提出。", en="The record or the policy has changed since; propose again.")
    row.body, row.salt = canonical(_public_form(row, facts)).decode(), secrets.token_bytes(32)
    sealed = commitment(row.salt, _public_form(row, facts))
    row.log_index = append([Entry(OPENED, opened_body(row, sealed))], at=at)[0]
    made = _moved(row, State.PROPOSED, state=State.OPEN, decided_at=at, decided_by=by.human, body=row.body, salt=row.salt,
                  commitment=sealed, log_index=row.log_index, words=_words(row, facts), looked=policy_mark(clock.city_day(at)))
    found_from_now(made)
    casework.add_effect(row.number, kind="publication", target=row.uid, policy=row.policy, by=SYSTEM, at=at)
    announce(PublicationOpened(row.uid, row.number), at=at)
    return made


def stop_publication(line: EffectRow) -> str:
    """Asked by the ledger of effects: is it off the public pages? The receipt names the entry that closed it."""
    row = publication(line.target)
    return f"已撤下，日志序号{row.closed_index}" if row.state == State.CLOSED else ""


def _moved(row: Publication, before: str, **changes: Any) -> Publication:
    if not Publication.objects.filter(pk=row.pk, state=before).update(**changes):
        raise Refusal("PUB-STATE", status=409, field="state", value=row.state, rule=f"{before}→{changes['state']}",
                      zh="该公开不在可办理的状态。", en="The publication is not in a state that allows this.")
    row.refresh_from_db()
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _public_form(row: Publication, facts: Facts) -> dict[str, Any]:
    """All that the public sees, and exactly what the proof bundle discloses."""
    values = {**core_values(facts), **facts.payload}
    return {
        "record": row.number, "version": row.version, "item": row.item, "family": row.family, "subject": row.subject,
        "subject_name": unit_name(row.subject, as_of=facts.event_date), "event_date": facts.event_date.isoformat(),
        "stage": row.stage, "basis": row.basis, "policy": row.policy, "closes_on": row.closes_on.isoformat(),
        "fields": {name: _plain(values.get(name)) for name in row.fields},
    }


def _words(row: Publication, facts: Facts) -> str:
    form = _public_form(row, facts)
    return "\n".join(str(v) for v in [row.number, form["subject_name"], *form["fields"].values()] if v not in (None, ""))


@transaction.atomic
def refuse(uid: str, *, reason: str, by: Actor, at: datetime) -> Publication:
    """The second person does not agree. Errors: `DUAL`, `REASON`, `PUB-STATE`."""
    by.must("disclosure.approve")
    row = publication(uid)
    if row.proposed_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=row.number, rule="两人办理", zh="提出人不能自行决定。",
                      en="Who proposed it may not decide it.")
    return _moved(row, State.PROPOSED, state=State.REFUSED, decided_at=at, decided_by=by.human, reason=_said(reason))


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="请说明理由。", en="Give a reason.")
    return reason.strip()[:400]


@transaction.atomic
def close(uid: str, *, reason: str, by: Actor, at: datetime) -> Publication:
    """Stop it; the content leaves the public table, the proof of having been public stays. Errors: `REASON`, `PUB-STATE`."""
    by.must("disclosure.approve")
    return _close(publication(uid), _said(reason), by, at)


def _close(row: Publication, reason: str, by: Actor, at: datetime, *, cause: str = "closed") -> Publication:
    casework.end_effect_of(row.number, kind="publication", target=row.uid, cause=cause, at=at)
    index = append([Entry(CLOSED, closed_body(row))], at=at)[0]
    found_no_more([row])
    ended = _moved(row, State.OPEN, state=State.CLOSED, closed_at=at, closed_by=by.human, reason=reason, closed_index=index,
                   body="", words="", salt=None)
    announce(PublicationClosed(row.uid, row.number, cause), at=at)
    return ended


@transaction.atomic
def close_due(*, by: Actor, at: datetime) -> int:
    """Publications whose last day has passed; the public has not seen them since midnight anyway."""
    due = list(Publication.objects.filter(state=State.OPEN, closes_on__lt=clock.city_day(at)).order_by("pk"))
    for row in due:
        _close(row, "公开期满", by, at, cause="expired")
    return len(due)


def stop(numbers: Collection[str], reason: str, at: datetime, *, cause: str) -> None:
    """Close what is open and refuse what is proposed, without anybody's decision."""
    with transaction.atomic():
        for row in Publication.objects.filter(number__in=numbers, state=State.OPEN).order_by("pk"):
            _close(row, reason, SYSTEM, at, cause=cause)
        Publication.objects.filter(number__in=numbers, state=State.PROPOSED).update(
            state=State.REFUSED, decided_at=at, decided_by=SYSTEM.human, reason=reason,
        )


def moved(event: RecordsMoved, *, at: datetime) -> None:
    """A record that is no longer in effect is no longer public. The state of now counts: an announcement may come late."""
    for number, (_, state) in records.states_of(event.numbers).items():
        if state not in LIVE:
            stop([number], f"记录状态变为“{STATES[state].zh}”", at, cause=state if state in CAUSES else "closed")


def corrected(event: RecordsCorrected, *, at: datetime) -> None:
    """What was published is out of date; the corrected version needs a decision of its own."""
    stop(event.numbers, "记录已更正", at, cause="corrected")

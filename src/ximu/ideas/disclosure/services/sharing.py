"""What does a closed audience get of a record? What the one policy lets it see, masked where it says so; with a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.disclosure.models import Use
from ximu.ideas.disclosure.queries.policy import policy_on
from ximu.ideas.disclosure.queries.views import FieldInfo, Hat, PolicyView, core_values
from ximu.ideas.disclosure.rules import OPENNESS, masked, nobody_protected, personal_data
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import Facts
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal

INTERNAL = frozenset({"subject", "family", "state", "source", "edition", "step", "batch", "line"})
"""Core fields that are told apart from the others, or say nothing outside this house."""


@transaction.atomic
def share(number: str, *, audience: str, purpose: str, receiver: str, at: datetime) -> dict[str, Any]:
    """The form that goes to this audience, and the trace that its subject may read (`receiver`: the unit, or the channel).

    `fields` holds what is shown or masked; `masked` names the latter; what is absent is not in it at all.
    A text that bears personal data is asked for as a personal field, whatever its list says.
    Errors: `AUD-NONE`, `REC-NONE` when this audience may not know of the record, `DISC-SECRET`, `DISC-PII` (a minor).
    """
    form = would_share(number, audience=audience, purpose=purpose, at=at)
    Use.objects.create(number=form["record"], subject=form.pop("subject"), actor=receiver, unit=receiver, role=audience, purpose=purpose,
                       policy=form["policy"], used_at=at)
    return form


def would_share(number: str, *, audience: str, purpose: str, at: datetime) -> dict[str, Any]:
    """The same form, which goes nowhere: to ask whether what was sent may still be there; with the `subject`. Errors: as `share`."""
    day = clock.city_day(at)
    policy = policy_on(day)
    if audience == "public" or purpose not in (policy.audiences[audience].purposes if audience in policy.audiences else ()):
        raise Refusal("AUD-NONE", field="audience", value=f"{audience} {purpose}".strip()[:60], rule=policy.version,
                      zh="公开策略没有这种非公开对象，或其不得用于该用途。",
                      en="The policy knows no such closed audience, or not for this purpose.")
    view = PolicyView(audience, (Hat(audience, purpose),), policy, day)
    facts = records.facts_of(number, view=view, known_at=at)
    values = {**core_values(facts), **facts.payload}
    nobody_protected(values)
    fields, hidden = _fields(view, facts, values)
    return {
        "subject": facts.subject,
        "record": facts.number, "version": facts.version, "item": facts.item, "family": facts.family, "event_date": facts.event_date,
        "subject_name": _named(view, facts), "policy": policy.version, "closes_on": "", "fields": fields, "masked": hidden,
    }


def _fields(view: PolicyView, facts: Facts, values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    made: dict[str, Any] = {}
    hidden = []
    for name, info in view.fields(facts).items():
        value = values.get(name)
        if name in INTERNAL or value in (None, ""):
            continue
        if isinstance(value, str) and not info.personal and personal_data(value):
            info = replace(info, personal=True)
        outcome = view.best(facts, info).outcome
        if outcome == "masked":
            value, _ = masked(info.kind, value), hidden.append(name)
        if OPENNESS[outcome]:
            made[name] = value.isoformat() if isinstance(value, date) else value
    return made, sorted(hidden)


def _named(view: PolicyView, facts: Facts) -> str:
    info: FieldInfo = view.fields(facts)["subject"]
    outcome = view.best(facts, info).outcome
    servant = registry.official(facts.subject)
    name = servant.name if servant else registry.name(facts.subject, as_of=facts.event_date)
    return name if outcome == "shown" else str(masked("name", name)) if outcome == "masked" else ""

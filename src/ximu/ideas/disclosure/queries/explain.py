"""Why does somebody see a field, or not? The outcome, the rule and the law for each; never a value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure.queries.views import KINDS, PolicyView, view_as
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import STATES, Clause, Facts, Shown


class Inside:
    """The whole register, for decisions of this room only; its rows never reach a page."""

    name = "inside"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True

    def clauses(self) -> list[Clause]:
        return [Clause(frozenset(FAMILIES), frozenset(KINDS), frozenset(STATES) - {"erased"})]

    def present(self, facts: Facts) -> list[Shown]:
        return []


def explain(facts: Facts, view: PolicyView) -> list[dict[str, Any]]:
    """One line per field of the record for this viewer."""
    lines = []
    for name, info in view.fields(facts).items():
        made = view.best(facts, info)
        lines.append({
            "field": name, "level": info.level, "personal": info.personal, "outcome": made.outcome, "rule": made.rule, "law": made.law,
            "zh": made.why.zh, "en": made.why.en, "policy": made.policy,
        })
    return lines


def explain_as(number: str, role: str, *, purpose: str = "", at: datetime) -> dict[str, Any]:
    """What a role that stands in the right relation would see of a record, and why. Errors: `REC-NONE`, `ROLE-NONE`."""
    facts = records.facts_of(number, view=Inside(), known_at=at)
    view = view_as(role, purpose=purpose, on=clock.city_day(at))
    return {
        "record": facts.number, "as": role, "purpose": view.purpose, "audience": view.name, "policy": view.policy.version,
        "state": facts.state, "family": facts.family, "kind": facts.kind, "fields": explain(facts, view),
    }

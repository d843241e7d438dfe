"""The glasses themselves: made here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from ximu.foundation import clock
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure.queries.policy import policies, policy_on
from ximu.ideas.disclosure.rules import OPENNESS, Ask, Decision, Policy, decide, masked
from ximu.ideas.records.rules import STATES, Clause, Facts, Shown
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

KINDS = ("body", "official")
CORE_KIND = {"subject": "name"}


@dataclass(frozen=True, slots=True)
class Hat:
    """One capacity in which the viewer looks; None: without limit to subjects or sources."""

    audience: str
    purpose: str
    subjects: frozenset[str] | None = None
    sources: frozenset[str] | None = None

    def covers(self, facts: Facts) -> bool:
        return (self.subjects is None or facts.subject in self.subjects) and (self.sources is None or facts.source in self.sources)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    level: str
    personal: bool
    kind: str


@dataclass(frozen=True)
class PolicyView:
    """A view made of a policy and of the hats of the viewer; the most open hat that covers a record decides."""

    name: str
    hats: tuple[Hat, ...]
    policy: Policy
    on: date
    _fields: dict[tuple[str, str], Mapping[str, FieldInfo]] = field(default_factory=dict, compare=False, repr=False)
    _decided: dict[Ask, Decision] = field(default_factory=dict, compare=False, repr=False)

    @property
    def purpose(self) -> str:
        return self.hats[0].purpose if self.hats else ""

    def decide(self, hat: Hat, facts: Facts, info: FieldInfo) -> Decision:
        ask = Ask(hat.audience, facts.family, facts.kind, facts.state, info.level, info.personal, hat.purpose, self.on)
        return self._once(ask)

    def _once(self, ask: Ask) -> Decision:
        """The many fields of the many records of an answer are few questions."""
        found = self._decided.get(ask)
        if found is None:
            found = self._decided[ask] = decide(ask, self.policy)
        return found

    def best(self, facts: Facts, info: FieldInfo) -> Decision:
        """The decision for one field of one record; closed when no hat covers the record."""
        made = [self.decide(hat, facts, info) for hat in self.hats if hat.covers(facts)]
        if not made:
            return self._once(Ask("", facts.family, facts.kind, facts.state, info.level, True, "", self.on))
        return max(made, key=lambda d: OPENNESS[d.outcome])

    def clauses(self) -> Sequence[Clause]:
        """Which records exist for the viewer. The public has none: it reads publications, which hold nothing else."""
        return self._clauses

    @cached_property
    def _clauses(self) -> tuple[Clause, ...]:
        """As few as say the same: each costs the database a look at every row, and at the state that it had."""
        return tuple(
            Clause(families, kinds, states, hat.subjects, hat.sources)
            for hat in self.hats if hat.audience != "public"
            for (families, states), kinds in self._open(hat).items()
        )

    def _open(self, hat: Hat) -> dict[tuple[frozenset[str], frozenset[str]], frozenset[str]]:
        """(families, states) → the kinds of subject for which exactly these are open."""
        found: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        for kind in KINDS:
            by_states: dict[frozenset[str], frozenset[str]] = {}
            for family in FAMILIES:
                if states := frozenset(state for state in STATES if self._row_open(hat, family, kind, state)):
                    by_states[states] = by_states.get(states, frozenset()) | {family}
            for states, families in by_states.items():
                found[families, states] = found.get((families, states), frozenset()) | {kind}
        return found

    def _row_open(self, hat: Hat, family: str, kind: str, state: str) -> bool:
        ask = Ask(hat.audience, family, kind, state, "public", False, hat.purpose, self.on)
        return decide(ask, self.policy).outcome != "absent"

    def allows(self, item: str, field: str, status: str) -> bool:
        """The kernel's question: may this viewer see `field` of records of `item` in `status`, whoever they are about?"""
        edition = catalogue.edition_in_force(self.on)
        found = catalogue.items_of(edition.number).get(item) if edition else None
        family = found.family if found else ""
        level = self.policy.core.get(field, "closed")
        return any(
            decide(Ask(hat.audience, family, kind, status, level, False, hat.purpose, self.on), self.policy).outcome == "shown"
            for hat in self.hats for kind in KINDS
        )

    def fields(self, facts: Facts) -> Mapping[str, FieldInfo]:
        """Level, privacy and kind of every field of the record: the core and what its list edition says."""
        edition = str(facts.columns.get("edition", ""))
        if (facts.item, edition) not in self._fields:
            self._fields[facts.item, edition] = listed_fields(facts.item, edition)
        core = {name: FieldInfo(level, name == "subject" and facts.kind == "official", CORE_KIND.get(name, "text"))
                for name, level in self.policy.core.items()}
        listed = self._fields[facts.item, edition]
        unknown = {name: FieldInfo("closed", True, "text") for name in facts.payload if name not in listed}
        return {**core, **{name: listed[name] for name in facts.payload if name in listed}, **unknown}

    def present(self, facts: Facts) -> list[Shown]:
        values = {**core_values(facts), **facts.payload}
        shown = []
        for name, info in self.fields(facts).items():
            made = self.best(facts, info)
            value = values.get(name)
            value = value if made.outcome == "shown" else masked(info.kind, value) if made.outcome == "masked" else None
            shown.append(Shown(name, made.outcome, value, made.rule))
        return shown


def core_values(facts: Facts) -> dict[str, Any]:
    return {
        "subject": facts.subject, "family": facts.family, "event_date": facts.event_date, "end_date": facts.end_date,
        "decision_date": facts.decision_date, "state": facts.state, "source": facts.source, **facts.columns,
    }


def listed_fields(item: str, edition: str) -> Mapping[str, FieldInfo]:
    """The fields of a data item as that edition lists them; none when it does not."""
    try:
        found = catalogue.items_of(edition).get(item)
    except Refusal:
        return {}
    fields = found.body.get("schema", {}).get("fields", []) if found else []
    return {
        f["name"]: FieldInfo(f.get("ximu:level", "closed"), bool(f.get("ximu:personal", False)), f.get("ximu:kind", "text"))
        for f in fields
    }


PUBLIC = PolicyView("public", (Hat("public", ""),), policies()[-1], policies()[-1].since)
"""Everybody. It has no clauses: what the public reads are publications."""


def view_for(actor: Actor, *, purpose: str = "", at: datetime) -> PolicyView:
    """The view of an actor. Errors: `PURPOSE` when what is asked is not public and no listed purpose of the actor's was given."""
    day = clock.city_day(at)
    policy = policy_on(day)
    mine = [a for a in policy.audiences.values() if a.roles & actor.roles]
    if not mine:
        return PolicyView("public", (Hat("public", ""),), policy, day)
    hats = tuple(
        _hat(actor, audience.code, audience.reach, purpose or audience.implied, audience.roles) for audience in mine
        if (purpose or audience.implied) in audience.purposes
    )
    if not hats:
        raise Refusal(
            "PURPOSE", status=403, field="purpose", value=purpose, rule=policy.version,
            zh="查询非公开记录须写明清单所列用途之一。", en="Reading what is not public needs one of the listed purposes.",
            extra={"purposes": sorted({p for a in mine for p in a.purposes})},
        )
    return PolicyView("+".join(sorted({h.audience for h in hats})), hats, policy, day)


def _hat(actor: Actor, audience: str, reach: str, purpose: str, roles: frozenset[str]) -> Hat:
    held = [g.unit for g in actor.grants if g.role in roles]
    units = frozenset(u for u in held if u) | (frozenset({actor.unit}) if actor.unit and reach == "subject" else frozenset())
    if reach == "subject":
        return Hat(audience, purpose, subjects=units)
    if None in held or reach == "city":
        return Hat(audience, purpose)
    return Hat(audience, purpose, sources=units)


def view_as(role: str, *, purpose: str = "", on: date) -> PolicyView:
    """The view of somebody who holds this role and stands in the relation that it asks for: for explanations only."""
    policy = policy_on(on)
    hats = tuple(
        Hat(a.code, purpose or a.implied) for a in policy.audiences.values() if role in a.roles or role == a.code
    )
    if not hats:
        known = sorted({r for a in policy.audiences.values() for r in a.roles})
        raise Refusal("ROLE-NONE", field="as", value=role, rule=" ".join(known), zh=f"没有“{role}”这种身份。",
                      en=f"There is no role “{role}”.")
    return PolicyView("+".join(h.audience for h in hats), hats, policy, on)

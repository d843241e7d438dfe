"""What does a viewer get of a field? One function over a dated policy; the first rule that fits decides, the default is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ximu.kernel.words import Text

OPENNESS = {"absent": 0, "masked": 1, "shown": 2}
CONDITIONS = ("audience", "family", "kind", "status", "level", "purpose")
RULE_KEYS = {*CONDITIONS, "id", "personal", "since", "until", "outcome", "law", "zh", "en"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: may this audience, for this purpose, on this day, see such a field of such a record?"""

    audience: str
    family: str
    kind: str
    status: str
    level: str
    personal: bool
    purpose: str
    on: date


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    outcome: str
    law: str
    why: Text
    sets: Mapping[str, frozenset[str]]
    personal: bool | None = None
    since: date | None = None
    until: date | None = None

    def fits(self, ask: Ask) -> bool:
        """A condition that the rule does not name fits everything; `until` is the first day on which it no longer holds."""
        return (
            all(getattr(ask, name) in allowed for name, allowed in self.sets.items())
            and self.personal in (None, ask.personal)
            and (self.since is None or self.since <= ask.on) and (self.until is None or ask.on < self.until)
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome` with the rule and policy version that made it: enough to replay it."""

    outcome: str
    rule: str
    law: str
    why: Text
    policy: str


@dataclass(frozen=True, slots=True)
class Audience:
    code: str
    name: Text
    roles: frozenset[str]
    reach: str
    implied: str
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Policy:
    version: str
    since: date
    source: str
    purposes: Mapping[str, Text]
    stages: Mapping[str, Text]
    audiences: Mapping[str, Audience]
    core: Mapping[str, str]
    periods: Mapping[str, int]
    rules: tuple[Rule, ...] = field(default_factory=tuple)

    def most_days(self, grade: str) -> int:
        """How long a publication may last; 0 when the grade is not published."""
        return self.periods.get(grade, self.periods.get("", 0))


CLOSED = Rule("D0", "absent", "国发〔2016〕76号；个人信息保护法 第五条、第六条",
              Text("没有规则开放的内容一律不显示", "What no rule opens is closed"), {})


def decide(ask: Ask, policy: Policy) -> Decision:
    rule = next((r for r in policy.rules if r.fits(ask)), CLOSED)
    return Decision(rule.outcome, rule.id, rule.law, rule.why, policy.version)


def policy_of(data: Mapping[str, Any]) -> Policy:
    """A policy from its table. Errors: ValueError for unknown keys, outcomes or audiences: a typing error must not open anything."""
    audiences = {
        code: Audience(code, Text(a["zh"], a["en"]), frozenset(a["roles"]), a["reach"], a["implied"], frozenset(a["purposes"]))
        for code, a in data["audience"].items()
    }
    rules = tuple(_rule(r, audiences) for r in data["rule"])
    if len({r.id for r in rules}) != len(rules):
        raise ValueError("two rules have the same id")
    return Policy(
        data["version"], data["since"], data["source"], _texts(data["purposes"]), _texts(data["stages"]), audiences,
        data["core"], {p["grade"]: p["most_days"] for p in data["period"]}, rules,
    )


def _texts(table: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    return {code: Text(words["zh"], words["en"]) for code, words in table.items()}


def _rule(row: Mapping[str, Any], audiences: Mapping[str, Audience]) -> Rule:
    if strange := row.keys() - RULE_KEYS:
        raise ValueError(f"rule {row.get('id')}: unknown keys {sorted(strange)}")
    if row["outcome"] not in OPENNESS or not set(row["audience"]) <= audiences.keys():
        raise ValueError(f"rule {row['id']}: unknown outcome or audience")
    sets = {name: frozenset(row[name]) for name in CONDITIONS if name in row}
    limits = (row.get("personal"), row.get("since"), row.get("until"))
    return Rule(row["id"], row["outcome"], row["law"], Text(row["zh"], row["en"]), sets, *limits)


def in_force(policies: Iterable[Policy], on: date) -> Policy:
    """The newest policy that holds on that day; the earliest one for days before all."""
    ordered = sorted(policies, key=lambda p: p.since)
    held = [p for p in ordered if p.since <= on]
    return held[-1] if held else ordered[0]

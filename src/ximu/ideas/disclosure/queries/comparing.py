"""What would another policy change? Field by field over the whole register, before anybody adopts it; counts only, no values."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ximu.ideas.disclosure.queries.explain import Inside
from ximu.ideas.disclosure.queries.policy import policy_on
from ximu.ideas.disclosure.queries.tightening import closings
from ximu.ideas.disclosure.queries.views import FieldInfo, listed_fields
from ximu.ideas.disclosure.rules import OPENNESS, Ask, Policy, decide, policy_of
from ximu.ideas.records import queries as records
from ximu.ideas.records.queries import Shape
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

MOST_POLICY_BYTES = 256 * 1024
MOST_NUMBERS = 500


@dataclass(frozen=True, slots=True)
class Change:
    """For one audience and purpose, a field of records of one sort gets another outcome; `records` are the newest versions touched."""

    audience: str
    purpose: str
    item: str
    family: str
    kind: str
    state: str
    field: str
    before: str
    rule_before: str
    after: str
    rule_after: str
    records: int

    @property
    def opens(self) -> bool:
        return OPENNESS[self.after] > OPENNESS[self.before]


@dataclass(frozen=True, slots=True)
class Ending:
    """Open publications of one kind that the policy would close, for one reason."""

    family: str
    stage: str
    what: str
    rule: str
    why: Text
    publications: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`endings` and `numbers` (the first of them): the publications that the daily pass would close on the day of adoption."""

    old: Policy
    new: Policy
    on: date
    records: int
    changes: tuple[Change, ...]
    endings: tuple[Ending, ...]
    numbers: tuple[str, ...]

    @property
    def opened(self) -> int:
        return sum(c.opens for c in self.changes)

    @property
    def closed(self) -> int:
        return len(self.changes) - self.opened

    @property
    def ended(self) -> int:
        return sum(one.publications for one in self.endings)

    def plain(self) -> dict[str, Any]:
        return {"old": self.old.version, "new": self.new.version, "on": self.on.isoformat(), "records": self.records,
                "opened": self.opened, "closed": self.closed, "publications_closed": self.ended, "numbers": list(self.numbers),
                "endings": [{**asdict(one), "why": {"zh": one.why.zh, "en": one.why.en}} for one in self.endings],
                "changes": [{**asdict(c), "direction": "opens" if c.opens else "closes"} for c in self.changes]}


def proposed_policy(text: bytes) -> Policy:
    """A policy file that is not in force. Errors: `POLICY-FORM` with what is wrong."""
    try:
        if len(text) > MOST_POLICY_BYTES:
            raise ValueError(f"more than {MOST_POLICY_BYTES} bytes")
        return policy_of(tomllib.loads(text.decode("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal("POLICY-FORM", field="policy", value="", rule="TOML", zh=f"策略文件不符合要求：{str(error)[:200]}。",
                      en=f"The policy file is not proper: {str(error)[:200]}.") from error


def compare_policies(new: Policy, *, on: date, old: Policy | None = None) -> Comparison:
    """Every difference in outcome on that day, those that open something first. `old` is the policy in force unless given."""
    before = old or policy_on(on)
    shapes = records.shapes(view=Inside())
    found = [change for shape in shapes for change in _changes(shape, before, new, on)]
    found.sort(key=lambda c: (not c.opens, -c.records, c.audience, c.item, c.field, c.state, c.purpose))
    endings, numbers = _endings(new, on)
    return Comparison(before, new, on, sum(shape.records for shape in shapes), tuple(found), endings, numbers)


def _endings(new: Policy, on: date) -> tuple[tuple[Ending, ...], tuple[str, ...]]:
    counted, numbers = Counter[tuple[str, str, str, str, Text]](), list[str]()
    for one in closings(new, on=on):
        counted[one.family, one.stage, one.what, one.rule, one.why] += 1
        numbers += [one.number] if len(numbers) < MOST_NUMBERS else []
    return tuple(Ending(*key, count) for key, count in counted.most_common()), tuple(numbers)


def _changes(shape: Shape, old: Policy, new: Policy, on: date) -> Iterator[Change]:
    fields = _fields(shape, old, new)
    for audience, purpose in sorted(_questions(old) | _questions(new)):
        for name, (was, will) in fields.items():
            made = [decide(Ask(audience, shape.family, shape.kind, shape.state, info.level, info.personal, purpose, on), policy)
                    for info, policy in ((was, old), (will, new))]
            if made[0].outcome != made[1].outcome:
                yield Change(audience, purpose, shape.item, shape.family, shape.kind, shape.state, name, made[0].outcome, made[0].rule,
                             made[1].outcome, made[1].rule, shape.records)


def _questions(policy: Policy) -> set[tuple[str, str]]:
    """Who may ask for what; an audience without purposes asks for none."""
    return {(code, purpose) for code, a in policy.audiences.items() for purpose in (a.purposes or {""})}


def _fields(shape: Shape, old: Policy, new: Policy) -> Mapping[str, tuple[FieldInfo, FieldInfo]]:
    """Every field of such records under both policies: the core has the level that each policy gives it."""
    def core(policy: Policy, name: str) -> FieldInfo:
        return FieldInfo(policy.core.get(name, "closed"), name == "subject" and shape.kind == "official", "text")

    listed = {name: (info, info) for name, info in listed_fields(shape.item, shape.edition).items()}
    return {**{name: (core(old, name), core(new, name)) for name in sorted({*old.core, *new.core})}, **listed}

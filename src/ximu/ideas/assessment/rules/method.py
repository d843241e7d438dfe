"""What is an assessment method? Tree, indicators, rules of every step: plain values, checked when loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Step:
    """A named operation with its parameters, such as min–max to [0, 100]."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf of the tree: one column of the data, how it is read and what it is worth."""

    code: str
    parent: str
    name: Text
    weight: Fraction | None = None
    direction: int = 1
    normalise: Step | None = None
    treatment: Step | None = None
    goalposts: tuple[float, float] | None = None
    target: float | None = None
    denominator: str = ""
    scale: float = 1.0
    transform: str = ""
    unit: str = ""
    definition: str = ""
    source: str = ""
    owner: str = ""
    accept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Node:
    """An aggregate: pillar, sub-index or the index itself."""

    code: str
    parent: str
    name: Text
    weight: Fraction | None = None
    aggregate: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """What happens to an empty cell. `rule` is one of `impute.RULES`; `minimum` is the share needed to be rated."""

    rule: str = "incomplete"
    group: str = ""
    minimum: float = 0.0
    stage: str = "raw"
    not_delivered: str = "worst"
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points taken off (`deduction`) or added (`bonus`) after aggregation: `each` × the count in `column`, up to `cap`."""

    kind: str
    code: str
    column: str
    each: Decimal
    cap: Decimal | None
    node: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Veto:
    """One fact that bars a unit: the score becomes at most `limit` where `column` reaches `at_least`."""

    code: str
    column: str
    at_least: Decimal
    limit: Decimal
    node: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Grade:
    """A label for scores from `lowest` upwards."""

    label: str
    lowest: Decimal


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the data name the unit, its label and the period."""

    unit: str = ""
    label: str = ""
    time: str = ""
    panel: str = "global"


@dataclass(frozen=True, slots=True)
class Warn:
    """Something that a person should know or must accept; the same envelope as a refusal."""

    code: str
    text: Text
    field: str = ""
    value: str = ""
    accepted: bool = False

    def envelope(self) -> dict[str, Any]:
        return {"code": self.code, "message_zh": self.text.zh, "message_en": self.text.en,
                "field": self.field, "value": self.value, "accepted": self.accepted}


@dataclass(frozen=True)
class Method:
    """A whole method file. Children are kept in the order of the file."""

    name: Text
    version: str
    official: bool
    decimals: int
    columns: Columns
    missing: Missing
    treatment: Step
    normalisation: Step
    weighting: Step
    aggregation: tuple[str, ...]
    threshold: float | None
    indicators: tuple[Indicator, ...]
    nodes: tuple[Node, ...]
    adjustments: tuple[Adjustment, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: tuple[Grade, ...] = ()
    rank_decimals: int | None = None
    bounds: tuple[Decimal | None, Decimal | None] = (None, None)
    doubts: Mapping[str, Any] = field(default_factory=dict)
    accept: frozenset[str] = frozenset()
    warnings: tuple[Warn, ...] = ()
    digest: str = ""

    @property
    def root(self) -> str:
        return next(node.code for node in self.nodes if not node.parent)

    @property
    def codes(self) -> list[str]:
        return [indicator.code for indicator in self.indicators]

    @property
    def beside(self) -> tuple[Adjustment | Veto, ...]:
        """What is taken off, added or barred beside the aggregation."""
        return (*self.adjustments, *self.vetoes)

    @cached_property
    def items(self) -> tuple[Indicator | Node, ...]:
        """Indicators, then nodes."""
        return (*self.indicators, *self.nodes)

    @cached_property
    def _family(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {node.code: [] for node in self.nodes}
        for item in self.items:
            found.setdefault(item.parent, []).append(item.code)
        return found

    def children(self, parent: str) -> list[str]:
        """Codes of the direct children, indicators before nodes, in the order of the file."""
        return self._family[parent]

    def levels(self) -> dict[str, int]:
        """Indicators are level 1; a node stands one above its highest child."""
        return self._levels

    @cached_property
    def _levels(self) -> dict[str, int]:
        found = dict.fromkeys(self.codes, 1)
        pending = list(self.nodes)
        while pending:
            ready = [n for n in pending if all(c in found for c in self.children(n.code))]
            for node in ready:
                found[node.code] = 1 + max(found[c] for c in self.children(node.code))
            pending = [n for n in pending if n.code not in found]
        return found

    def upward(self) -> list[Node]:
        """Nodes so that every child stands before its parent; stable in the order of the file."""
        level = self.levels()
        return sorted(self.nodes, key=lambda node: level[node.code])

    def rule_of(self, node: Node) -> str:
        """The aggregation of a node: its own, else that of its level, else the last one named."""
        if node.aggregate:
            return node.aggregate
        place = self.levels()[node.code] - 2
        return self.aggregation[min(place, len(self.aggregation) - 1)]

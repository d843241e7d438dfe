"""Through which glasses are records read? What this room asks of a view; only the disclosure room makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ximu.kernel.view import View


@dataclass(frozen=True, slots=True)
class Clause:
    """One alternative of what a viewer may know of: these families and states; of these subjects and sources (None: of any)."""

    families: frozenset[str]
    kinds: frozenset[str]
    states: frozenset[str]
    subjects: frozenset[str] | None = None
    sources: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One version of one record, whole: made by queries, handed to a view, never to a page."""

    number: str
    version: int
    item: str
    family: str
    kind: str
    state: str
    subject: str
    source: str
    event_date: date
    end_date: date | None
    decision_date: date | None
    columns: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as the viewer gets it: `outcome` is `shown`, `masked` or `absent` (then `value` is None)."""

    name: str
    outcome: str
    value: Any
    rule: str


class RecordView(View, Protocol):
    """A view that can be asked set-wise, so that counts betray nothing."""

    def clauses(self) -> Sequence[Clause]:
        """Rows outside all clauses do not exist for the viewer."""

    def present(self, facts: Facts) -> list[Shown]:
        """The fields of one record as this viewer gets them."""

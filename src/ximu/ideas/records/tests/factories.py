"""Made-up deliveries about made-up bodies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import Ask, Item, decide
from ximu.ideas.records import services
from ximu.ideas.records.rules import ENDED, STATES, Clause, Shown
from ximu.ideas.records.services import Admission
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.canonical import canonical

T0 = datetime(2018, 5, 7, 2, 0, tzinfo=UTC)
BODIES = {"unit000000000001": "department", "unit000000000002": "street", "person0000000001": "official"}
RIGHTS = frozenset({"records.admit", "records.check", "records.confirm", "records.notify", "records.decide", "records.dispute",
                    "records.erase"})
CLERK = Actor("clerk", grants=(Grant("entry", RIGHTS),), person="clerk")
REVIEWER = Actor("reviewer", grants=(Grant("reviewer", RIGHTS),), person="reviewer")
CHIEF = Actor("chief", grants=(Grant("publisher", RIGHTS),), person="chief")


def gate(item: str, *, use: str, on: date) -> Item:
    edition = "2018-1" if on >= date(2017, 1, 1) else None
    body = {"uses": ["collect"]}
    found = Item("data", item, "", "", "2018-1", body) if item in {"CF", "SF-PJ"} else None
    catalogue.spans(item, use=use)  # marks the gate as passed
    return decide(Ask(item, use, on), edition=edition, item=found)


def kinds(pairs: Sequence[tuple[str, date]]) -> dict[tuple[str, date], str]:
    return {(uid, day): BODIES[uid] for uid, day in pairs if uid in BODIES}


def row(key: str, content: dict[str, Any] | None = None, **columns: Any) -> dict[str, Any]:
    payload = canonical({"CF_WSH": key, **(content or {})}).decode()
    return {
        "natural_key": key, "digest": hashlib.sha256(payload.encode()).hexdigest(), "payload": payload,
        "subject": "unit000000000001", "event_date": date(2018, 3, 1), "end_date": date(2018, 3, 1),
        "decision_date": date(2018, 3, 20), "family": "penalty", "behaviour": "XW-01", "grade": "一般", "document_number": key,
        "authority": "示例市某局", "line": 2, **columns,
    }


SCHEMA = {"end_date": pl.Date, "decision_date": pl.Date, "final_date": pl.Date}


def deliver(rows: list[dict[str, Any]], *, at: datetime = T0, by: Actor = CLERK, **names: str) -> Admission:
    frame = pl.DataFrame(rows, schema_overrides={k: v for k, v in SCHEMA.items() if k in rows[0]})
    said = {"item": "CF", "edition": "2018-1", "source": "unit000000000009", "batch": "batch1", **names}
    return services.admit(frame, by=by, at=at, **said)


def effective(key: str = "示罚〔2018〕1号", *, at: datetime = T0, **columns: Any) -> str:
    """The number of a record that has gone the whole way; it took effect 40 days after `at`."""
    number = deliver([row(key, **columns)], at=at).lines["number"][0]
    services.check(number, by=REVIEWER, at=at + timedelta(days=1))
    services.examine(number, answers={"all": "no"}, reason="均不成立", by=REVIEWER, at=at + timedelta(days=2))
    services.notify(number, served_at=at + timedelta(days=2), manner="直接送达", by=REVIEWER, at=at + timedelta(days=2))
    services.make_effective(number, by=REVIEWER, at=at + timedelta(days=40))
    return number


class WholeView:
    """Sees everything: for tests of this room only."""

    name = "whole"

    def __init__(self, families: frozenset[str] = frozenset({"penalty", "judgment", "service"})) -> None:
        self.families = families

    def allows(self, item: str, field: str, status: str) -> bool:
        return True

    def clauses(self) -> list[Any]:
        return [Clause(self.families, frozenset({"body", "official"}), frozenset(STATES) - ENDED)]

    def present(self, facts: Any) -> list[Any]:
        return [Shown(name, "shown", value, "T") for name, value in {"step": "", **facts.payload}.items()]

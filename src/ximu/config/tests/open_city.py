"""The made-up city with a few made-up records, some of them public. Everything goes through the ordinary services."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from ximu.config.tests import snapshots
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.disclosure import services
from ximu.ideas.disclosure.services.publishing import Terms
from ximu.ideas.records import services as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical

FOUNDED = datetime(2017, 1, 3, 2, tzinfo=UTC)
T0 = datetime(2018, 5, 7, 2, tzinfo=UTC)
LATER = T0 + timedelta(days=45)
CLOCK = "2018-07-02"
"""The day on which the tests look."""


def person(name: str, role: str, unit: str | None = None) -> Actor:
    return Actor(name, unit, (accounts_rules.grant_of(role, unit or "", accounts.permissions()),), person=name)


def city(settings: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_CLOCK = "example", CLOCK
    settings.XIMU_STARTED = datetime.now(UTC)
    snapshots.load("example", at=FOUNDED)


def unit(key: str = "fgw") -> str:
    return registry.key_uid(key)


def effective(key: str, **about: Any) -> str:
    """The number of a record in effect. Not public."""
    return effective_all([key], **about)[0]


def effective_all(
    keys: list[str], *, subject: str = "", day: date = date(2018, 5, 3), item: str = "CF", family: str = "penalty", **content: Any,
) -> list[str]:
    """Several at once, the same but for their keys."""
    source, rows = unit("jiancha"), list[dict[str, Any]]()
    for line, key in enumerate(keys, 2):
        payload = canonical({"CF_WSH": key, "CF_NR": "责令限期改正", "CF_XDR_MC": "示例市某局", **content}).decode()
        rows.append({
            "natural_key": key, "digest": hashlib.sha256(payload.encode()).hexdigest(), "payload": payload, "subject": subject or unit(),
            "event_date": day, "end_date": day, "decision_date": day, "family": family, "behaviour": "", "grade": "一般",
            "document_number": key, "authority": "示例市某局", "line": line,
        })
    clerk, reviewer = person("clerk", "entry", source), person("reviewer", "reviewer")
    admitted = records.admit(pl.DataFrame(rows), item=item, edition="2018-1", source=source, batch="b", by=clerk, at=T0)
    numbers = [str(number) for number in admitted.lines["number"]]
    records.check(numbers, by=reviewer, at=T0)
    records.examine(numbers, answers={"all": "no"}, reason="均不成立", by=reviewer, at=T0)
    records.notify(numbers, served_at=T0, manner="直接送达", by=reviewer, at=T0)
    records.make_effective(numbers, by=reviewer, at=T0 + timedelta(days=40))
    return numbers


def proposed(number: str) -> str:
    """The first of two people has asked to open the record; the uid of the publication."""
    terms = Terms(stage="pilot", basis="国发〔2016〕76号", note="仅公开文书号与结果",
                  fields=["document_number", "CF_NR", "decision_date", "grade"])
    return services.propose(number, terms=terms, by=person("reviewer", "reviewer"), at=LATER).uid


def opened(key: str, **columns: Any) -> str:
    """The number of a public record: opened by two people."""
    number = effective(key, **columns)
    services.approve(proposed(number), by=person("publisher", "publisher"), at=LATER)
    return number

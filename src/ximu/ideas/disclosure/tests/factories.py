"""A made-up record under the built-in lists, and people of each role."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.catalogue.tests import factories as lists
from ximu.ideas.disclosure import services
from ximu.ideas.disclosure.services.publishing import Terms
from ximu.ideas.records import services as records
from ximu.ideas.records.queries import doors
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical

T0 = datetime(2018, 5, 7, 2, 0, tzinfo=UTC)
LATER = T0 + timedelta(days=45)
DAY = date(2018, 6, 21)
UNIT, SOURCE, MAN = "unit000000000001", "unit000000000009", "person0000000001"
KINDS = {UNIT: "department", "unit000000000002": "street", MAN: "official"}


def examine(*numbers: str) -> None:
    records.examine(list(numbers), answers={"all": "no"}, reason="均不成立", by=REVIEWER, at=T0)


def person(name: str, role: str, unit: str | None = None) -> Actor:
    return Actor(name, unit, (accounts_rules.grant_of(role, unit or "", accounts.permissions()),), person=name)


CLERK, REVIEWER = person("clerk", "entry", SOURCE), person("reviewer", "reviewer")
PUBLISHER, COORDINATOR = person("publisher", "publisher"), person("coordinator", "coordinator")
SUBJECT, SUPERVISOR = person("subject", "subject", UNIT), person("supervisor", "supervisor")
COURT = person("court", "discipline_officer")


def connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists in force since 2017-10-01 and a registry of three subjects."""
    lists.published("2017-1", date(2017, 10, 1), ["CF", "JL-CF", "SF-PJ"])
    monkeypatch.setattr(doors, "kinds_of", lambda pairs: {(u, d): KINDS[u] for u, d in pairs if u in KINDS})


PAYLOAD = {
    "CF_XDR_MC": "示例市某局", "CF_FRDB": "王小明", "CF_FR_ZJHM": "11010519491231002X", "CF_WSH": "示罚〔2018〕1号", "CF_NR": "罚款伍万元",
    "CF_SY": "联系人13812345678", "BZ": "内部说明",
}


def rows(key: str = "示罚〔2018〕1号", **columns: Any) -> pl.DataFrame:
    payload = canonical({**PAYLOAD, "CF_WSH": key}).decode()
    return pl.DataFrame([{
        "natural_key": key, "digest": hashlib.sha256(payload.encode()).hexdigest(), "payload": payload, "subject": UNIT,
        "event_date": date(2018, 3, 1), "end_date": date(2018, 3, 1), "decision_date": date(2018, 3, 20), "family": "penalty",
        "behaviour": "", "grade": "一般", "document_number": key, "authority": "示例市某局", "line": 2, **columns,
    }])


def deliver(key: str = "示罚〔2018〕1号", *, item: str = "CF", at: datetime = T0, **columns: Any) -> str:
    return records.admit(rows(key, **columns), item=item, edition="2017-1", source=SOURCE, batch="b", by=CLERK, at=at).lines["number"][0]


def effective(key: str = "示罚〔2018〕1号", **columns: Any) -> str:
    number = deliver(key, **columns)
    records.check(number, by=REVIEWER, at=T0)
    examine(number)
    records.notify(number, served_at=T0, manner="直接送达", by=REVIEWER, at=T0)
    records.make_effective(number, by=REVIEWER, at=T0 + timedelta(days=40))
    return number


def terms(**changes: Any) -> Terms:
    words = {"stage": "pilot", "basis": "国发〔2016〕76号", "fields": ["CF_WSH", "CF_NR", "decision_date"], "note": "仅公开文书号与结果"}
    return Terms(**{**words, **changes})


def opened(key: str = "示罚〔2018〕1号") -> str:
    number = effective(key)
    row = services.propose(number, terms=terms(), by=REVIEWER, at=LATER)
    services.approve(row.uid, by=PUBLISHER, at=LATER)
    return number

"""People and promises of the made-up city."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ximu.foundation.profiles import uid_of
from ximu.ideas.commitments import services
from ximu.ideas.commitments.rules import Target, Terms
from ximu.ideas.commitments.services import Decision, Promise, To
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant

ALL = ("see", "register", "prove", "accept", "measure", "change", "counterpart", "people", "evaluate")


def person(name: str, *permissions: str, unit: str | None = None) -> Actor:
    held = frozenset(f"commitments.{p}" for p in permissions or ALL)
    return Actor(name, unit, (Grant("test", held, unit),), person=name)


CLERK, CHECKER, COUNTERPART = person("clerk"), person("checker"), person("counterpart")
PAPER = hashlib.sha256(b"paper").hexdigest()
AGREED = Decision("agreed", "补充协议〔2018〕1号", PAPER)


def city() -> None:
    load()


def unit(key: str) -> str:
    return uid_of("example", key)


def at(day: str, hour: int = 2) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def terms(**changes: Any) -> Terms:
    """A clear promise of money by 29 June 2018, a Friday."""
    whole = Terms(
        title="拨付示例一号项目落户奖励", text="项目投产后拨付落户奖励500万元。", due=date(2018, 6, 29),
        target=Target("已拨付金额", "元", Decimal(5_000_000), Decimal(0), "up", "示例市财政局支付系统"),
        basis="示例市招商引资办法", amount=Decimal(5_000_000), budget_line="2150805", matters=("subsidy",),
    )
    return replace(whole, **changes)


def promise(**changes: Any) -> Promise:
    whole = Promise("policy_promise", unit("sww"), terms(), date(2018, 1, 10), To("示例一号有限公司"), domain="D4")
    return replace(whole, **changes)


def registered(*, on: str = "2018-01-11", by: Actor = CLERK, **changes: Any) -> str:
    return services.register(promise(**changes), by=by, at=at(on))


def proved(uid: str, *, day: str, value: int = 5_000_000, known: str = "", valid_until: date | None = None) -> str:
    """Evidence offered by one and accepted by another; its uid."""
    moment = at(known or day, 3)
    evidence = services.offer(uid, day=date.fromisoformat(day), value=Decimal(value), digest=PAPER, valid_until=valid_until, by=CLERK, at=moment)
    services.accept(uid, evidence=evidence, by=CHECKER, at=moment)
    return evidence

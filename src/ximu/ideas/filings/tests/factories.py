"""A small table, three people of a district, and figures, made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ximu.foundation.profiles import uid_of
from ximu.ideas.filings import services
from ximu.kernel.actor import Actor, Grant

UNIT, OTHER, KEEPER = uid_of("example", "q01"), uid_of("example", "q02"), uid_of("example", "tjj")
RIGHTS = frozenset({"filings.report", "filings.review", "filings.approve", "filings.declare", "filings.verify"})
RAW: dict[str, Any] = {
    "code": "XM-1", "title": "示例报表", "every": "quarter", "days": 10, "open": True, "since": "2018-01-01", "basis": "示例制度",
    "reporters": ["各区人民政府"], "sums": {"total": ["a", "b"]},
    "figures": [{"code": "total", "zh": "合计", "en": "total", "kind": "money-wan"}, {"code": "a", "zh": "甲", "en": "a", "kind": "money-wan"},
                {"code": "b", "zh": "乙", "en": "b", "kind": "money-wan"}]}
DECLARED, ON_TIME = datetime(2018, 1, 2, 2, tzinfo=UTC), datetime(2018, 4, 5, 2, tzinfo=UTC)
LATE = ON_TIME + timedelta(days=20)
NOTICE = services.Notice("示甲统更〔2018〕1号", "重复计入", "a" * 64)


def person(name: str, unit: str = UNIT, rights: frozenset[str] = RIGHTS, *, whole: bool = False) -> Actor:
    return Actor(name, unit, (Grant("r", rights, None if whole else unit),), f"person-{name}")


A, B, C = person("a"), person("b"), person("c")
KEEPING = person("keeper", KEEPER)


def figures(a: str = "60.5", b: str = "39.5", total: str = "100", **more: dict[str, str]) -> dict[str, dict[str, str]]:
    found = {code: {"value": value, "record": f"凭证{code}", "ledger": f"台账{code}"} for code, value in (("total", total), ("a", a), ("b", b))}
    return found | more


def declared(**changes: Any) -> str:
    return services.declare({**RAW, **changes}, keeper=KEEPER, by=KEEPING, at=DECLARED)


def reported(at: datetime = ON_TIME, *, by: Actor = A, notice: services.Notice | None = None, **given: Any) -> str:
    return services.report("XM-1", "2018-Q1", UNIT, figures(**given), notice=notice, by=by, at=at)


def approved(at: datetime = ON_TIME) -> str:
    uid = reported(at)
    services.pass_on(uid, "review", by=B, at=at + timedelta(hours=1))
    services.pass_on(uid, "approve", by=C, at=at + timedelta(hours=2))
    return uid

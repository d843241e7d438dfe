"""The mid-year check of the made-up city: one self-report, one finding that differs with its reason, two signatures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.plan import queries
from ximu.notice.plan.services import checking


def check(city: str, *, coordinator: Actor, clerk: Actor, publisher: Actor, reviewer: Actor, at: datetime) -> None:
    """Opened on 2 July 2018, frozen, examined and signed within the week."""
    if not queries.plans() or queries.checks():
        return
    czj = uid_of(city, "czj")
    made = checking.open_check("", year=2018, half="mid", by=coordinator, at=at)
    checking.report_self(made.uid, "D1", unit=czj, claim="running", words="（示例）责任制办法已起草，正在征求意见。", by=clerk, at=at)
    checking.freeze(made.uid, by=coordinator, at=at + timedelta(days=1))
    examiner = replace(SYSTEM, person="examiner")
    checking.find(made.uid, "D1", unit=czj, verdict="partly", mark=60, words="（示例）查阅征求意见稿，任务已部分落实。", by=examiner,
                  at=at + timedelta(days=2))
    checking.confirm_rest(made.uid, by=examiner, at=at + timedelta(days=2))
    for who in (publisher, reviewer):
        checking.sign(made.uid, by=who, at=at + timedelta(days=3))

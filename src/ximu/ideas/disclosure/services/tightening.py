"""A policy has become stricter: what may not be open any more is closed, through the ledger of effects; two people may open less anew."""

from __future__ import annotations

from datetime import datetime

from ximu.foundation import clock
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.policy import policy_mark, policy_on
from ximu.ideas.disclosure.queries.tightening import Closing, judged, open_rows
from ximu.ideas.disclosure.rules import labels
from ximu.ideas.disclosure.services.publishing import stop
from ximu.kernel.refusal import Refusal


def follow_policy(*, at: datetime) -> int:
    """Each open publication once for each state of the policy, and daily while a shorter period runs; how many were closed."""
    today, closed = clock.city_day(at), 0
    policy, mark = policy_on(today), policy_mark(today)
    for part in open_rows(unseen_by=mark):
        stays = []
        for row, found, later in judged(part, policy, today):
            if found is not None:
                closed += _closed(found, policy.version, at)
            elif not later:
                stays.append(row.pk)
        Publication.objects.filter(pk__in=stays, state=Publication.State.OPEN).update(looked=mark)
    return closed


def _closed(found: Closing, version: str, at: datetime) -> bool:
    """False when somebody else has closed it in the meantime."""
    try:
        said = {**labels.CORE, **labels.WHAT}.get(found.what)
        what = f"{said.zh}（{found.what}）" if said else found.what
        stop([found.number], f"公开策略{version}已收紧：{what}，规则{found.rule}：{found.why.zh}"[:400], at, cause="closed")
    except Refusal as refusal:
        if refusal.code != "PUB-STATE":
            raise
        return False
    return True

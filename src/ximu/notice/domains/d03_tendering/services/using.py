"""A report is used in a section while its tender runs; what it is worth is asked then (`ideas/credit`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.credit import services as credit
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d03_tendering import queries


def use_report(report: str, section: str, *, document: str, by: Actor, at: datetime) -> Any:
    """Errors: `D03-NONE`, `PERM-DENIED`, `D03-CLOSED` after the award, of `credit.use`: `REP-EXP`, `REP-REVOKED`, `REP-LEAD`, `ISSUER` …"""
    row, today = queries.section(section, known_at=at), clock.city_day(at)
    unit = registry.owner_of(row["unit"], today)
    by.must(credit.LODGE, unit)
    if queries.closed(row, today):
        raise Refusal("D03-CLOSED", status=409, field="section", value=section[:40], rule="before the award",
                      zh="该标段已发出中标通知或已终止，不能再使用报告。", en="The section was awarded or ended; no report can be used.")
    matter = credit.Matter(queries.ROW, row["section"], unit)
    return credit.use(report, matter, document=document, by=by, at=at)

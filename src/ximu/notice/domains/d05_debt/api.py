"""Debt over the API: one debt with its trace. Figures and warnings: `/api/v1/areas/d05/`; grades: `/api/v1/assessment/grades/D5`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d05_debt.queries import book
from ximu.notice.domains.d05_debt.queries.area import SEE

router = Router(tags=["d05 地方政府债务"])


@router.get("/debts/{number}", response=dict[str, Any], summary="一笔债务与责任倒查 A debt and who answered for it")
def debt(request: HttpRequest, number: str) -> Any:
    """Persons are told by their register's uid; a step that is not on record is a gap with `RETRACE-GAP`. Errors: `D05-NONE`."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    rows = book.debt(number, known_at=now, units=by.units_with(SEE))
    return {"debt": rows[0]["debt"], "statements": rows,
            "steps": [registry.plain(one) for one in book.trace(number, today=clock.city_day(now), known_at=now)]}

"""The back-test of the warning rules; figures, lines and warnings are at `/api/v1/areas/d04/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.domains.d04_investment import queries

router = Router(tags=["d04 招商引资"])


@router.get("/back-test", response=list[dict[str, Any]], summary="预警回测 Each rule over the past months of a year")
def back_test(request: HttpRequest, year: int | None = None) -> Any:
    """Alarms as known at each month end, and those that what is known now takes back (`unfounded`) or adds (`missed`). Errors: `YEAR`."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    tried = queries.back_test(today.year if year is None else year, by, today=today, known_at=now)
    return [{"rule": one.rule, "alarms": one.alarms, "unfounded": one.unfounded, "missed": one.missed, "false_share": one.false_share}
            for one in tried]

"""How often were the warning rules wrong? Beside the pages that every area has."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR
from ximu.ideas.areas.views import tabs
from ximu.notice.domains.d04_investment import queries


@require_safe
def tried(request: HttpRequest) -> HttpResponse:
    """Each rule at the month ends of a year, as known then against as known now."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    year = int_of(request, "year", today.year, least=FIRST_YEAR, most=LAST_YEAR)
    names = {rule.code: rule.name for rule in queries.pack().rules}
    rows = [{"one": one, "name": names[one.rule]} for one in queries.back_test(year, by, today=today, known_at=now)]
    return render(request, "d04/tried.html", {"tabs": tabs(queries.AREA, by, "d04:tried"), "rows": rows, "year": year})

"""Is this process able to answer from its database? How do the jobs stand that run by themselves?"""

from __future__ import annotations

from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock, duties
from ximu.foundation.web import actor_of


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "broken", "database": "unreachable"}, status=503, headers={"Cache-Control": "no-store"})
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Every job with its last run, its outcome and its next."""
    actor_of(request).must("operator.jobs")
    return render(request, "operator/jobs.html", {"standings": duties.standings(at=clock.now())})

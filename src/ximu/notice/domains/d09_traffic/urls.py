"""Paths beneath /console/d09/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d09_traffic import views
from ximu.notice.domains.d09_traffic.queries import AREA

app_name = "d09"
urlpatterns = [
    *pages(AREA),
    path("teams", views.teams, name="teams"),
    path("decisions", views.decisions, name="decisions"),
    path("decisions/<str:ref>", views.decision, name="decision"),
]

"""Paths beneath /console/d08/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d08_environment import views
from ximu.notice.domains.d08_environment.queries import AREA

app_name = "d08"
urlpatterns = [
    path("", views.index, name="index"),
    *pages(AREA),
    path("months", views.months, name="months"),
    path("stations", views.stations, name="stations"),
]

"""Paths beneath /console/d02/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d02_ppp import views
from ximu.notice.domains.d02_ppp.queries import AREA

app_name = "d02"
urlpatterns = [
    *pages(AREA),
    path("projects", views.projects, name="projects"),
    path("projects/<str:code>", views.project, name="project"),
    path("projects/<str:code>/breaches", views.find, name="find"),
]

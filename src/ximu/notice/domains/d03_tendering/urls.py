"""Paths beneath /console/d03/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d03_tendering import queries, views

app_name = "d03"
urlpatterns = [
    *pages(queries.AREA),
    path("sections", views.sections, name="sections"),
    path("sections/<str:number>", views.section, name="section"),
    path("standards", views.standards, name="standards"),
    path("shared", views.shared, name="shared"),
    path("do/<str:verb>", views.act, name="act"),
]

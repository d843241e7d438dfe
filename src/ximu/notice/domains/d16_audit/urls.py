"""Paths beneath /console/d16/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d16_audit import views
from ximu.notice.domains.d16_audit.queries import AREA

app_name = "d16"
urlpatterns = [
    *pages(AREA),
    path("universe", views.universe, name="universe"),
    path("audits", views.audits, name="audits"),
    path("audits/<str:uid>", views.audit, name="audit"),
    path("audits/<str:uid>/deliver", views.deliver, name="deliver"),
    path("audits/<str:uid>/<str:verb>", views.act, name="act"),
]

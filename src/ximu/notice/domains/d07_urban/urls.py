"""Paths beneath /console/d07/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d07_urban import views
from ximu.notice.domains.d07_urban.queries import AREA

app_name = "d07"
urlpatterns = [
    *pages(AREA),
    path("matters", views.matters, name="matters"),
    path("matters/new", views.new, name="new"),
    path("matters/<str:uid>", views.matter, name="matter"),
    path("queue", views.queue, name="queue"),
    path("sites", views.sites, name="sites"),
    path("sites/<str:uid>", views.site, name="site"),
    path("derelictions", views.derelictions, name="derelictions"),
]

"""Paths beneath /console/d08/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.domains.d08_environment import views

app_name = "d08"
urlpatterns = [
    path("", views.index, name="index"),
    path("stations", views.stations, name="stations"),
    path("<str:code>", views.indicator, name="indicator"),
]

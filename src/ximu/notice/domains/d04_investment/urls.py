"""Paths beneath /console/d04/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.domains.d04_investment import views

app_name = "d04"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:code>", views.indicator, name="indicator"),
]

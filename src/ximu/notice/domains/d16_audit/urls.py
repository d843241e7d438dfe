"""Paths beneath /console/d16/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.domains.d16_audit import views

app_name = "d16"
urlpatterns = [
    path("", views.index, name="index"),
    path("universe", views.universe, name="universe"),
    path("audits", views.audits, name="audits"),
    path("audits/<str:uid>", views.audit, name="audit"),
    path("audits/<str:uid>/<str:verb>", views.act, name="act"),
    path("figures/<str:code>", views.indicator, name="indicator"),
]

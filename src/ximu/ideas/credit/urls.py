"""Paths beneath /console/credit/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.credit import views

app_name = "credit"
urlpatterns = [
    path("", views.reports, name="reports"),
    path("reports/<str:uid>", views.report, name="report"),
    path("issuers", views.issuers, name="issuers"),
    path("do/<str:verb>", views.act, name="act"),
]

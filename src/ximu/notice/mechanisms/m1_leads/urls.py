"""Paths beneath /console/m1/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m1_leads import views

app_name = "m1"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("raise", views.enter, name="raise"),
    path("import", views.bring, name="import"),
]

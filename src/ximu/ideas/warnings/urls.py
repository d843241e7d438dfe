"""Paths beneath /console/warnings/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.warnings import views

app_name = "warnings"
urlpatterns = [path("", views.index, name="index"), path("quality", views.quality, name="quality"),
               path("<str:uid>/decide", views.decide, name="decide")]

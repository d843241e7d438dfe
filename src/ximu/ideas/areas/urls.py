"""Paths beneath /console/areas/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas import views

app_name = "areas"
urlpatterns = [path("", views.every, name="every")]

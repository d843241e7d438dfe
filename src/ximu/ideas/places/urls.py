"""Paths beneath /console/places/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.places import views

app_name = "places"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("<str:uid>", views.line, name="line"),
]

"""Paths beneath /console/commitments/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.commitments import views

app_name = "commitments"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("evaluate", views.evaluate, name="evaluate"),
    path("<str:uid>", views.one, name="one"),
    path("<str:uid>/act", views.act, name="act"),
    path("<str:uid>/change", views.change, name="change"),
]

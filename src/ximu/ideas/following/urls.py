"""Paths for followers beneath /follow/ (`PUBLIC`, mounted by `config/urls.py`); staff has none."""

from __future__ import annotations

from django.urls import URLPattern, path

from ximu.ideas.following import views

urlpatterns: list[URLPattern] = []
PUBLIC = ([
    path("", views.ask, name="ask"),
    path("<str:token>/", views.one, name="one"),
    path("<str:token>/stop", views.stop, name="stop"),
], "following")

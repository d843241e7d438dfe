"""Paths beneath /console/: the home page and the door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ximu.faces.console import views
from ximu.ideas.accounts.views import door

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="console"),
    path("alive", views.alive, name="alive"),
    path("login", door.login, name="login"),
    path("login/code", door.code, name="login-code"),
    path("logout", door.logout, name="logout"),
]

"""Paths of the public face."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ximu.faces.portal import log, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="portal"),
    path("log/checkpoint", log.checkpoint, name="log-checkpoint"),
    path("log/key", log.key, name="log-key"),
    path("log/tile/entries/<path:place>", log.entries, name="log-entries"),
    path("log/tile/<str:level>/<path:place>", log.tile, name="log-tile"),
    path("log/bundle/<int:index>.json", log.bundle, name="log-bundle"),
]

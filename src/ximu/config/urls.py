"""Which path leads to which room? The portal at the root, the console and the API beneath."""

from __future__ import annotations

from django.urls import include, path

from ximu.foundation.rooms import with_module

_rooms = [(short, module) for short, module in with_module("urls") if not module.startswith("ximu.faces.")]

urlpatterns = [
    *[path(f"console/{short}/", include(module)) for short, module in _rooms],
    path("console/", include("ximu.faces.console.urls")),
    path("api/", include("ximu.faces.api.urls")),
    path("", include("ximu.faces.portal.urls")),
]

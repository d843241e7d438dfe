"""Paths beneath /console/s2/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.safeguards.s2_institutions import views

app_name = "s2"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("parameters", views.parameters, name="parameters"),
    path("documents", views.documents, name="documents"),
    path("documents/enter", views.enter, name="enter"),
    path("versions/<str:uid>", views.version, name="version"),
    path("versions/<str:uid>/text", views.text, name="text"),
    path("versions/<str:uid>/cover", views.cover, name="cover"),
    path("versions/<str:uid>/<str:verb>", views.decide, name="decide"),
    path("delays", views.ask, name="ask"),
    path("delays/<str:uid>/<str:verb>", views.delay, name="delay"),
]

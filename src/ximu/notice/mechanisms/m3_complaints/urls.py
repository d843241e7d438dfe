"""Paths beneath /console/m3_complaints/ and, for the public, beneath /report/ (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m3_complaints.views import console, keys, public

app_name = "m3_complaints"
urlpatterns = [
    path("", console.desk, name="desk"),
    path("leads", console.leads, name="leads"),
    path("keys", keys.board, name="keys"),
    path("keys/<str:verb>", keys.act, name="keys_act"),
    path("bring", console.bring, name="bring"),
    path("press", console.press, name="press"),
    path("<str:uid>/", console.one, name="one"),
    path("<str:uid>/files/<str:attachment>", console.file, name="file"),
    path("<str:uid>/<str:verb>", console.act, name="act"),
]
PUBLIC = ([
    path("", public.report, name="form"),
    path("status/", public.status, name="status"),
    path("figures/", public.figures, name="figures"),
], "report")

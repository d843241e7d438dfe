"""Paths beneath /console/m3_supervision/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m3_supervision.views import proposals, rounds

app_name = "m3_supervision"
urlpatterns = [
    path("proposals", proposals.index, name="proposals"),
    path("proposals/import", proposals.bring, name="import"),
    path("proposals/mine", proposals.mine, name="mine"),
    path("proposals/mine/<str:uid>", proposals.own, name="own"),
    path("proposals/<str:uid>", proposals.one, name="proposal"),
    path("proposals/<str:uid>/<str:verb>", proposals.act, name="act"),
    path("rounds", rounds.index, name="rounds"),
    path("rounds/<str:uid>", rounds.one, name="round"),
    path("rounds/<str:uid>/<str:verb>", rounds.act, name="round_act"),
    path("visits/<str:uid>", rounds.visit, name="visit"),
    path("visits/<str:uid>/<str:verb>", rounds.visit_act, name="visit_act"),
    path("extracts/<str:uid>.json", rounds.extract, name="extract"),
]

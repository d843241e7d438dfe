"""Paths beneath /console/m3_supervision/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m3_supervision.views import papers, proposals, rounds

app_name = "m3_supervision"
urlpatterns = [
    path("proposals", proposals.index, name="proposals"),
    path("proposals/import", proposals.bring, name="import"),
    path("proposals/mine", proposals.mine, name="mine"),
    path("proposals/mine/<str:uid>", proposals.own, name="own"),
    path("proposals/<str:uid>", proposals.one, name="proposal"),
    path("proposals/<str:uid>/draft.<str:form>", papers.draft, name="draft"),
    path("proposals/<str:uid>/answer-<int:place>.<str:form>", papers.given, name="letter"),
    path("proposals/<str:uid>/answer-<int:place>/signed", papers.signed, name="signed"),
    path("proposals/<str:uid>/<str:verb>", proposals.act, name="act"),
    path("yearly", papers.yearly, name="yearly"),
    path("yearly.<str:form>", papers.yearly_file, name="yearly_file"),
    path("rounds", rounds.index, name="rounds"),
    path("rounds/<str:uid>", rounds.one, name="round"),
    path("rounds/<str:uid>/<str:verb>", rounds.act, name="round_act"),
    path("visits/<str:uid>", rounds.visit, name="visit"),
    path("visits/<str:uid>/findings/<str:finding>/evidence", papers.evidence, name="evidence"),
    path("visits/<str:uid>/<str:verb>", rounds.visit_act, name="visit_act"),
    path("extracts/<str:uid>.json", rounds.extract, name="extract"),
]

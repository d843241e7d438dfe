"""Paths beneath /console/m3_evaluators/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m3_evaluators.views import evaluations, institutes

app_name = "m3_evaluators"
urlpatterns = [
    path("", institutes.index, name="index"),
    path("evaluators/<str:uid>", institutes.one, name="evaluator"),
    path("evaluators/<str:uid>/<str:verb>", institutes.act, name="evaluator_act"),
    path("engagements/<str:uid>", institutes.engagement, name="engagement"),
    path("engagements/<str:uid>/<str:verb>", institutes.engagement_act, name="engagement_act"),
    path("snapshots/<str:uid>/<str:what>.json", evaluations.data, name="data"),
    path("snapshots/<str:uid>/evaluate", evaluations.evaluate, name="evaluate"),
    path("evaluations/<str:uid>", evaluations.one, name="evaluation"),
    path("evaluations/<str:uid>/<str:verb>", evaluations.act, name="act"),
]

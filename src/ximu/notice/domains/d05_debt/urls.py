"""Paths beneath /console/d05/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d05_debt import views
from ximu.notice.domains.d05_debt.queries import AREA

app_name = "d05"
urlpatterns = [
    path("", views.index, name="index"),
    *pages(AREA),
    path("units/<str:uid>", views.unit, name="unit"),
    path("debts/<str:number>", views.debt, name="debt"),
    path("do/<str:verb>", views.act, name="act"),
]

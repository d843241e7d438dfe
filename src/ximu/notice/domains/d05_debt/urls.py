"""Paths beneath /console/d05/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.domains.d05_debt import views

app_name = "d05"
urlpatterns = [
    path("", views.index, name="index"),
    path("units/<str:uid>", views.unit, name="unit"),
    path("debts/<str:number>", views.debt, name="debt"),
    path("do/<str:verb>", views.act, name="act"),
]

"""Paths beneath /console/d14/ and, for firms and everybody, beneath /enterprise/ (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.notice.domains.d14_enterprise import views

app_name = "d14"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("demand/<str:uid>/", views.demand, name="demand"),
    path("<str:code>", views.indicator, name="indicator"),
]
PUBLIC = ([
    path("", views.mine, name="mine"),
    path("new/", views.ask, name="ask"),
    path("figures/", views.figures, name="figures"),
], "enterprise")

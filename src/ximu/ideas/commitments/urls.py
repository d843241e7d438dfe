"""Paths beneath /console/commitments/ and, for counterparts, beneath /promises/mine/ (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.commitments.views import counterpart, register

app_name = "commitments"
urlpatterns = [
    path("", register.index, name="index"),
    path("new", register.new, name="new"),
    path("evaluate", register.evaluate, name="evaluate"),
    path("<str:uid>", register.one, name="one"),
    path("<str:uid>/act", register.act, name="act"),
    path("<str:uid>/key", register.give_key, name="key"),
    path("<str:uid>/papers/<str:digest>", register.paper, name="paper"),
    path("<str:uid>/change", register.change, name="change"),
]
PUBLIC = ([path("", counterpart.mine, name="mine")], "counterpart")

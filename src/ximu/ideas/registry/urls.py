"""Paths beneath /console/registry/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.registry.views import acts, pages

app_name = "registry"
urlpatterns = [
    path("", pages.index, name="index"),
    path("vacancies", pages.vacancies, name="vacancies"),
    path("phrases", pages.phrases, name="phrases"),
    path("phrases/sign", acts.sign, name="sign"),
    path("phrases/<str:uid>", pages.reading, name="reading"),
    path("register", acts.register, name="register"),
    path("units/<str:uid>", pages.unit, name="unit"),
    path("units/<str:uid>/name", acts.add_name, name="name"),
    path("units/<str:uid>/reform", acts.reform, name="reform"),
    path("units/<str:uid>/post", acts.open_post, name="post"),
    path("units/<str:uid>/appoint", acts.appoint, name="appoint"),
    path("units/<str:uid>/end", acts.end_term, name="end"),
]

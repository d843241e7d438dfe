"""Paths beneath /console/assessment/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.assessment import views

app_name = "assessment"
urlpatterns = [
    path("", views.index, name="index"),
    path("methods", views.add, name="add"),
    path("methods/<str:uid>", views.method, name="method"),
    path("methods/<str:uid>/measures.<str:form>", views.measures, name="measures"),
    path("methods/<str:uid>/adopt", views.adopt, name="adopt"),
    path("grades/<str:area>", views.grades, name="grades"),
    path("grades/<str:area>/<str:verb>", views.grade, name="grade"),
    path("runs", views.start, name="start"),
    path("runs/<str:uid>", views.run, name="run"),
    path("runs/<str:uid>/quality", views.quality, name="quality"),
    path("runs/<str:uid>/units/<str:unit>", views.unit, name="unit"),
    path("runs/<str:uid>/units/<str:unit>/card.<str:form>", views.card, name="card"),
    path("runs/<str:uid>/units/<str:unit>/<str:verb>", views.unit_act, name="unit_act"),
    path("runs/<str:uid>/<str:verb>", views.act, name="act"),
    path("extracts/<str:uid>.json", views.extract, name="extract"),
]

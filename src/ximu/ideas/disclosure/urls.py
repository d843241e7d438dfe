"""Paths beneath /console/disclosure/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("archives", views.archives, name="archives"),
    path("archives/<str:uid>", views.archive, name="archive"),
    path("archives/<str:uid>/certificate", views.certify, name="certify"),
    path("certificates/<str:uid>", views.certificate, name="certificate"),
    path("records/act", views.act, name="act"),
    path("records/<str:number>", views.record, name="record"),
    path("records/<str:number>/publication", views.propose, name="propose"),
    path("work", views.work, name="work"),
    path("publications", views.publications, name="publications"),
    path("publications/<str:uid>", views.decide, name="decide"),
    path("policy", views.policy, name="policy"),
    path("uses", views.uses, name="uses"),
]

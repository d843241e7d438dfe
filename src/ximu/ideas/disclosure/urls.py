"""Paths beneath /console/disclosure/ and, for anybody, of certified searches (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.disclosure.views import certificates, console

app_name = "disclosure"
urlpatterns = [
    path("archives", console.archives, name="archives"),
    path("archives/<str:uid>", console.archive, name="archive"),
    path("archives/<str:uid>/certificate", certificates.certify, name="certify"),
    path("certificates/<str:uid>", certificates.certificate, name="certificate"),
    path("records/act", console.act, name="act"),
    path("records/<str:number>", console.record, name="record"),
    path("records/<str:number>/publication", console.propose, name="propose"),
    path("work", console.work, name="work"),
    path("publications", console.publications, name="publications"),
    path("publications/<str:uid>", console.decide, name="decide"),
    path("policy", console.policy, name="policy"),
    path("uses", console.uses, name="uses"),
]
PUBLIC = ([
    path("units/<str:uid>/certificate", certificates.certify_public, name="certify"),
    path("certificates/<str:uid>/", certificates.public_certificate, name="certificate"),
    path("certificates/<str:uid>/bundle.json", certificates.public_bundle, name="bundle"),
], "certified")

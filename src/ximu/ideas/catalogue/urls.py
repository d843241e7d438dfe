"""Paths beneath /console/catalogue/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.index, name="index"),
    path("open", views.open_edition, name="open"),
    path("bases", views.bases, name="bases"),
    path("drafts/<str:uid>", views.draft, name="draft"),
    path("drafts/<str:uid>/act", views.draft_act, name="draft-act"),
    path("objections/<str:uid>", views.answer, name="answer"),
    path("editions/<str:number>", views.edition, name="edition"),
    path("editions/<str:number>/act", views.edition_act, name="edition-act"),
    path("editions/<str:number>/new", views.new, name="new"),
    path("editions/<str:number>/files/<str:form>", views.file, name="file"),
    path("editions/<str:number>/items/<str:code>", views.item, name="item"),
    path("editions/<str:number>/changes/<str:old>", views.changes, name="changes"),
    path("editions/<str:number>/changes/<str:old>/<str:form>", views.changes_file, name="changes-file"),
]

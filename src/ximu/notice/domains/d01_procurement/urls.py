"""Paths of the procurement pages."""

from django.urls import path

from ximu.notice.domains.d01_procurement import views

app_name = "d01"
urlpatterns = [
    path("", views.index, name="index"), path("unit/<str:uid>/", views.dossier, name="unit"),
    path("process/", views.process, name="process"), path("dispute/", views.dispute, name="dispute"),
    path("challenge/", views.challenge, name="challenge"), path("challenge/<str:uid>/decide", views.decide, name="decide"),
    path("dispute/<str:uid>/end", views.end_dispute, name="end"), path("unit/<str:uid>/assign", views.assign, name="assign"),
]

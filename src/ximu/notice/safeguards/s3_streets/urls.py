"""Paths beneath /console/s3/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.safeguards.s3_streets import views

app_name = "s3"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("months", views.count, name="count"),
    path("benefits", views.benefits, name="benefits"),
    path("benefits/<str:uid>/<str:verb>", views.benefit, name="benefit"),
    path("applications", views.applications, name="applications"),
    path("applications/<str:uid>", views.application, name="application"),
    path("applications/<str:uid>/papers/<str:paper>", views.paper, name="paper"),
    path("applications/<str:uid>/<str:verb>", views.act, name="act"),
]

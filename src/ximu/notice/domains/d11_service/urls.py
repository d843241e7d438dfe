"""Paths beneath /console/d11/ and, for applicants, beneath /rate/ (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d11_service import queries, views

app_name = "d11"
urlpatterns = [
    *pages(queries.AREA),
    path("ratings", views.ratings, name="ratings"), path("ratings/<str:uid>", views.rating, name="rating"),
    path("bursts", views.bursts, name="bursts"),
    path("deliver", views.deliver, name="deliver"), path("cases/<path:number>", views.case, name="case"),
]
PUBLIC = ([path("", views.rate, name="rate")], "rate")

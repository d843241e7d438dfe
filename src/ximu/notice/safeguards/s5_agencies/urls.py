"""Paths beneath /console/s5/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.safeguards.s5_agencies import views
from ximu.notice.safeguards.s5_agencies.queries import AREA

app_name = "s5"
urlpatterns = [
    *pages(AREA),
    path("agencies", views.agencies, name="agencies"),
    path("contracts", views.contracts, name="contracts"),
    path("contracts/<str:uid>", views.contract, name="contract"),
    path("contracts/<str:uid>/<str:which>", views.paper, name="paper"),
    path("feeds", views.feeds, name="feeds"),
]

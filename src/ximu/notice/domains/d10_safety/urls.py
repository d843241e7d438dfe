"""Paths beneath /console/d10/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d10_safety import views
from ximu.notice.domains.d10_safety.queries import AREA

app_name = "d10"
urlpatterns = [
    *pages(AREA),
    path("duties", views.duties, name="duties"),
    path("duties/<str:uid>", views.duty, name="duty"),
    path("duties/<str:uid>/<str:verb>", views.act, name="act"),
    path("plans", views.plans, name="plans"),
    path("plans/<str:uid>", views.plan, name="plan"),
]

"""Paths beneath /console/s4/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.safeguards.s4_training import views
from ximu.notice.safeguards.s4_training.queries import AREA

app_name = "s4"
urlpatterns = [
    *pages(AREA),
    path("procedures", views.procedures, name="procedures"),
    path("procedures/<str:uid>", views.procedure, name="procedure"),
    path("courses", views.courses, name="courses"),
    path("handbook", views.handbook, name="handbook"),
    path("handbook/<str:uid>", views.text, name="text"),
    path("mine", views.mine, name="mine"),
]

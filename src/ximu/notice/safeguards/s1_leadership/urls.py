"""Paths beneath /console/s1/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.safeguards.s1_leadership import views

app_name = "s1"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("leaders", views.leaders, name="leaders"),
    path("days/<str:day>", views.day, name="day"),
    path("meetings", views.record, name="record"),
    path("meetings/<str:uid>", views.meeting, name="meeting"),
    path("meetings/<str:uid>/minutes", views.minutes, name="minutes"),
    path("meetings/<str:uid>/resolutions", views.resolve, name="resolve"),
    path("meetings/<str:uid>/issue", views.issue, name="issue"),
]

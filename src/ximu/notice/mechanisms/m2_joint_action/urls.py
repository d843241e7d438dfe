"""Paths beneath /console/m2/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m2_joint_action import views

app_name = "m2"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("call", views.call, name="call"),
    path("raise", views.raise_problem, name="raise"),
    path("campaigns/<str:theme>", views.campaign, name="campaign"),
    path("units", views.find, name="find"),
    path("units/<str:uid>", views.unit, name="unit"),
    path("records/<str:number>", views.record, name="record"),
    path("records/<str:number>/initiate", views.initiate, name="initiate"),
]

"""Paths beneath /console/exchange/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.channels, name="channels"),
    path("registrations", views.registrations, name="registrations"),
    path("registrations/<str:uid>/decide", views.decide, name="decide"),
    path("<str:code>", views.channel, name="channel"),
    path("<str:code>/pass", views.run, name="run"),
    path("<str:code>/closing", views.closing, name="closing"),
]

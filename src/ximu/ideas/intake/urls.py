"""Paths beneath /console/intake/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("upload", views.upload, name="upload"),
    path("doubts", views.doubts, name="doubts"),
    path("doubts/<str:uid>", views.settle, name="settle"),
    path("coverage", views.board, name="coverage"),
    path("coverage/zero", views.zero, name="zero"),
    path("coverage/close", views.close, name="close"),
    path("coverage/receipts/<str:uid>", views.month_receipt, name="month-receipt"),
    path("<str:uid>", views.detail, name="detail"),
    path("<str:uid>/progress", views.progress, name="progress"),
    path("<str:uid>/act", views.act, name="act"),
    path("<str:uid>/receipt", views.receipt, name="receipt"),
    path("<str:uid>/report.<str:form>", views.report, name="report"),
]

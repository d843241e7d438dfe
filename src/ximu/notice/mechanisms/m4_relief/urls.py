"""Paths beneath /console/m4/."""

from __future__ import annotations

from django.urls import path

from ximu.notice.mechanisms.m4_relief import views

app_name = "m4"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("self-reports", views.self_report, name="self-report"),
    path("precedents", views.precedents, name="precedents"),
    path("forms", views.forms, name="forms"),
    path("forms/<str:kind>.<str:ending>", views.form, name="form"),
    path("examination", views.examination, name="examination"),
    path("examination/sign", views.examine, name="examine"),
    path("records/<str:number>", views.record, name="record"),
    path("records/<str:number>/notice", views.notice, name="notice"),
    path("records/<str:number>/object", views.object_to, name="object"),
    path("records/<str:number>/reversal", views.reversal, name="reversal"),
    path("records/<str:number>/statement", views.statement, name="statement"),
    path("records/<str:number>/exemption", views.exemption, name="exemption"),
    path("records/<str:number>/fulfil", views.fulfil, name="fulfil"),
    path("records/<str:number>/erasure", views.erasure, name="erasure"),
    path("records/<str:number>/repair", views.repair, name="repair"),
    path("cases/<str:uid>/sign", views.sign, name="sign"),
    path("cases/<str:uid>/panel", views.panel, name="panel"),
    path("cases/<str:uid>/challenge", views.challenge, name="challenge"),
    path("cases/<str:uid>/receipt", views.receipt, name="receipt"),
    path("cases/<str:uid>/certificate", views.certify, name="certify"),
    path("certificates/<str:uid>", views.certificate, name="certificate"),
]

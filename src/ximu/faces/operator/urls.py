"""Where a load balancer asks."""

from __future__ import annotations

from django.urls import path

from ximu.faces.operator import views

urlpatterns = [path("healthz", views.healthz, name="healthz")]

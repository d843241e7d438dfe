"""Where a load balancer asks, and where the operator looks."""

from __future__ import annotations

from django.urls import path

from ximu.faces.operator import views

urlpatterns = [path("healthz", views.healthz, name="healthz"), path("console/operator/jobs/", views.jobs, name="jobs")]

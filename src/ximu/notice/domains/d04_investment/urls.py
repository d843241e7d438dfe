"""Paths beneath /console/d04/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d04_investment import views
from ximu.notice.domains.d04_investment.queries import AREA

app_name = "d04"
urlpatterns = [*pages(AREA), path("back-test", views.tried, name="tried")]

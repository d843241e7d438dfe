"""Paths beneath /console/d06/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d06_rivers import views
from ximu.notice.domains.d06_rivers.queries import AREA

app_name = "d06"
urlpatterns = [*pages(AREA), *(path(f"{name}{rest}", view, name=called) for name, rest, view, called in (
    ("reaches", "", views.reaches, "reaches"), ("reaches/", "<str:code>", views.reach, "reach"),
    ("chiefs/", "<str:code>", views.chief, "chief"), ("doubts", "", views.doubts, "doubts"),
    ("appraisal", "", views.appraisal, "appraisal"), ("deliver", "", views.deliver, "deliver")))]

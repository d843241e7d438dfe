"""Paths beneath /console/d12/ and, for everybody, beneath /approvals/ (`PUBLIC`, mounted by `config/urls.py` beside the portal's pages)."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d12_approval import views
from ximu.notice.domains.d12_approval.queries import AREA

app_name = "d12"
urlpatterns = [*pages(AREA), path("catalogue", views.editions, name="catalogue")]
PUBLIC = ([path("ask/", views.ask, name="ask"), path("mine/", views.mine, name="mine")], "approvals")

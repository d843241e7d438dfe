"""Paths beneath /console/d15/ and, for everybody, beneath /areas/d15/ (`PUBLIC`, mounted by `config/urls.py`)."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.areas.views import pages
from ximu.notice.domains.d15_statistics import views
from ximu.notice.domains.d15_statistics.queries import AREA

app_name = "d15"
urlpatterns = [
    *pages(AREA),
    path("filings", views.filings, name="filings"),
    path("filings/file", views.file, name="file"),
    path("filings/<str:code>/<str:period>/<str:unit>", views.filing, name="filing"),
    path("filings/<str:code>/<str:period>/<str:unit>/<str:verb>", views.act, name="act"),
    path("pledges", views.pledges, name="pledges"),
    path("checks", views.checks, name="checks"),
    path("findings/<str:uid>/deliver", views.deliver, name="deliver"),
    path("tables", views.tables, name="tables"),
    path("proofs/<str:uid>.json", views.inner_proof, name="proof"),
]
PUBLIC = ([
    path("", views.public, name="public"),
    path("tables/<str:code>/<str:period>/", views.public_table, name="table"),
    path("proofs/<str:uid>.json", views.proof, name="proof"),
], "statistics")

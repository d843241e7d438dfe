"""Paths of the plan's console pages."""

from django.urls import path

from ximu.notice.plan.views import board as views
from ximu.notice.plan.views import checks

app_name = "plan"
urlpatterns = [
    path("", views.board, name="board"),
    path("matrix", views.matrix, name="matrix"),
    path("gantt", views.gantt, name="gantt"),
    path("import", views.import_page, name="import"),
    path("row/<str:uid>", views.row_page, name="row"),
    path("row/<str:uid>/reading", views.choose, name="choose"),
    path("reading/<str:uid>/<str:verb>", views.decide, name="decide"),
    path("row/<str:uid>/evidence", views.submit, name="submit"),
    path("burn-up", checks.burn_up, name="burn_up"),
    path("checks", checks.index, name="checks"),
    path("checks/<str:uid>", checks.one, name="check"),
    path("checks/<str:uid>/report.<str:form>", checks.report, name="report"),
    path("checks/<str:uid>/<str:verb>", checks.act, name="check_act"),
    path("next", checks.propose, name="next"),
    path("next/<str:uid>", checks.draft, name="draft"),
    path("next/<str:uid>/adopt", checks.adopt, name="adopt"),
    path("evidence/<str:uid>/file", views.evidence_file, name="evidence_file"),
    path("evidence/<str:uid>/review", views.review, name="evidence"),
]

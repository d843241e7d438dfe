"""Paths of the plan's console pages."""

from django.urls import path

from ximu.notice.plan import views

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
    path("evidence/<str:uid>/review", views.review, name="evidence"),
]

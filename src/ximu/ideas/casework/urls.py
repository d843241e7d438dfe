"""Paths beneath /console/casework/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.casework import views

app_name = "casework"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("hand-over", views.hand_over, name="hand-over"),
    path("batch", views.batch, name="batch"),
    path("batch/take", views.batch_take, name="batch-take"),
    path("batch/move/<str:verb>", views.batch_move, name="batch-move"),
    path("calendar", views.month, name="calendar"),
    path("calendar/years", views.load_year, name="load-year"),
    path("terms", views.terms, name="terms"),
    path("terms/new", views.set_term, name="set-term"),
    path("effects", views.effects, name="effects"),
    path("effects/<str:uid>/stop", views.confirm_stop, name="confirm-stop"),
    path("feed", views.feed, name="feed"),
    path("<str:uid>", views.case, name="case"),
    path("<str:uid>/take", views.take, name="take"),
    path("<str:uid>/supervise", views.supervise, name="supervise"),
    path("<str:uid>/move/<str:verb>", views.move, name="move"),
    path("<str:uid>/papers/<str:paper>", views.paper, name="paper"),
    path("<str:uid>/papers/<str:paper>/redaction", views.redaction, name="redaction"),
    path("<str:uid>/papers/<str:paper>/<str:form>/<int:number>.png", views.sheet, name="sheet"),
    path("<str:uid>/letter/<str:kind>.<str:form>", views.letter, name="letter"),
]

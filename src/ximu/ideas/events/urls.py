"""Paths of the explorer."""

from django.urls import path

from ximu.ideas.events import views

app_name = "events"
urlpatterns = [
    path("", views.index, name="index"),
    path("deliver", views.deliver, name="deliver"),
    path("definitions/<str:name>", views.definition, name="definition"),
    path("<str:name>/points", views.points, name="points"),
    path("<str:name>/points/new", views.open_point, name="open-point"),
    path("<str:name>/points/<str:code>/close", views.close_point, name="close-point"),
]

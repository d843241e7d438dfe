"""Paths of the explorer."""

from django.urls import path

from ximu.ideas.events import views

app_name = "events"
urlpatterns = [
    path("", views.index, name="index"),
    path("deliver", views.deliver, name="deliver"),
    path("definitions/<str:name>", views.definition, name="definition"),
]

"""Paths of the hotline pages."""

from django.urls import path

from ximu.notice.domains.d13_hotline import views

app_name = "d13"
urlpatterns = [path("", views.index, name="index"),
               path("map/", views.street_map, name="map"), path("quality/", views.quality, name="quality")]

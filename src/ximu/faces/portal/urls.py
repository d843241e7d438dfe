"""Paths of the public face."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ximu.faces.portal import log
from ximu.faces.portal.views import assessment, data, home, lists, loggery, machines, plan, promises, proposals, records, streets, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="portal"),
    path("units/", units.search, name="portal-units"),
    path("units/instant", units.instant, name="portal-units-instant"),
    path("units/suggest", units.suggest, name="portal-units-suggest"),
    path("units/<str:uid>/", units.unit, name="portal-unit"),
    path("records/", records.search, name="portal-records"),
    path("records/<str:number>/", records.record, name="portal-record"),
    path("records/<str:number>/bundle.json", records.bundle, name="portal-bundle"),
    path("plan/", plan.plan, name="portal-plan"),
    path("promises/", promises.index, name="portal-promises"),
    path("promises/<str:uid>/", promises.promise, name="portal-promise"),
    path("promises/<str:uid>/badge.svg", promises.badge, name="portal-promise-badge"),
    path("promises/<str:uid>/feed.atom", promises.feed, name="portal-promise-feed"),
    path("assessment/", assessment.index, name="portal-assessment"),
    path("assessment/<str:period>/<str:uid>/", assessment.unit, name="portal-assessment-unit"),
    path("proposals/", proposals.index, name="portal-proposals"),
    path("streets/", streets.index, name="portal-streets"),
    path("streets/<str:uid>/", streets.street, name="portal-street"),
    path("lists/", lists.index, name="portal-lists"),
    path("lists/<str:number>/", lists.edition, name="portal-edition"),
    path("lists/<str:number>/file.<str:form>", lists.file, name="portal-edition-file"),
    path("lists/<str:number>/since/<str:old>/", lists.changes, name="portal-changes"),
    path("lists/<str:number>/items/<str:code>/", lists.item, name="portal-item"),
    path("data/", data.index, name="portal-data"),
    path("data/<str:name>.schema.json", data.schema, name="portal-data-schema"),
    path("data/<str:name>.<str:form>", data.file, name="portal-data-file"),
    path("about/", home.about, name="portal-about"),
    path("about/accessibility/", home.accessibility, name="portal-accessibility"),
    path("sitemap/", home.sitemap, name="portal-sitemap"),
    path("sitemap.xml", machines.sitemap_xml, name="portal-sitemap-xml"),
    path("robots.txt", machines.robots, name="portal-robots"),
    path("feed.atom", machines.feed, name="portal-feed"),
    path("log/", loggery.page, name="portal-log"),
    path("log/verify/", loggery.verifier, name="portal-verifier"),
    path("log/verify/ximu-verify.html", loggery.saved_verifier, name="portal-verifier-saved"),
    path("log/checkpoint", log.checkpoint, name="log-checkpoint"),
    path("log/key", log.key, name="log-key"),
    path("log/tile/entries/<path:place>", log.entries, name="log-entries"),
    path("log/tile/<str:level>/<path:place>", log.tile, name="log-tile"),
    path("log/bundle/<int:index>.json", log.bundle, name="log-bundle"),
]

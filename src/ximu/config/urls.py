"""Which path leads to which room? The portal at the root, the console and the API beneath."""

from __future__ import annotations

from django.urls import include, path

from ximu.faces.portal.views.approvals import PUBLIC as CATALOGUE
from ximu.foundation.rooms import with_module
from ximu.ideas.commitments.urls import PUBLIC as COUNTERPART
from ximu.ideas.disclosure.urls import PUBLIC as CERTIFIED
from ximu.ideas.following.urls import PUBLIC as FOLLOWING
from ximu.notice.domains.d11_service.urls import PUBLIC as RATING
from ximu.notice.domains.d12_approval.urls import PUBLIC as APPROVALS
from ximu.notice.domains.d14_enterprise.urls import PUBLIC as ENTERPRISE
from ximu.notice.domains.d15_statistics.urls import PUBLIC as STATISTICS
from ximu.notice.mechanisms.m3_complaints.urls import PUBLIC as REPORTING

_rooms = [(short, module) for short, module in with_module("urls") if not module.startswith("ximu.faces.")]

handler400 = "ximu.foundation.errors.bad_request"
handler403 = "ximu.foundation.errors.forbidden"
handler404 = "ximu.foundation.errors.not_found"
handler500 = "ximu.foundation.errors.broken"

urlpatterns = [
    path("report/", include(REPORTING)),
    path("promises/mine/", include(COUNTERPART)),
    path("follow/", include(FOLLOWING)),
    path("enterprise/", include(ENTERPRISE)),
    path("areas/d15/", include(STATISTICS)),
    path("rate/", include(RATING)),
    path("approvals/", include(APPROVALS)),
    path("approvals/", include(CATALOGUE)),
    path("", include(CERTIFIED)),
    *[path(f"console/{short}/", include(module)) for short, module in _rooms],
    path("console/", include("ximu.faces.console.urls")),
    path("", include("ximu.faces.operator.urls")),
    path("api/", include("ximu.faces.api.urls")),
    path("", include("ximu.faces.portal.urls")),
]

"""The page of a dataset's points: who may, and what comes of a file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.events import queries
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("D8")]
ACTING: dict[str, Actor] = {}
POINT = {"code": "A", "name": "示例点", "unit": "示例市甲区人民政府", "since": "2016-01-01", "basis": "批复"}


@pytest.fixture
def desk(client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    settings.XIMU_HOME = tmp_path
    load()
    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM
    return client


def test_a_point_is_opened_delivers_and_is_closed_on_the_page(desk: Client) -> None:
    assert desk.post("/console/events/air/points/new", POINT).status_code == 302
    assert "示例点" in desk.get("/console/events/air/points").content.decode()
    assert desk.post("/console/events/deliver", {"dataset": "air"}).refusal.code == "FILE-NONE"
    content = b"station,item,month,value,valid_days\nA,PM2.5,2018-01,40,31\n"
    assert desk.post("/console/events/deliver", {"dataset": "air", "file": SimpleUploadedFile("a.csv", content)}).status_code == 302
    assert queries.manifest("air").rows == 4, "one value and three gaps"
    closed = desk.post("/console/events/air/points/A/close", {"until": "2018-01-31", "basis": "批复"})
    assert closed.status_code == 302 and str(queries.point("air", "A").until) == "2018-01-31"
    ACTING["now"] = Actor("stranger")
    for path in ("air/points/new", "air/points/A/close", "deliver"):
        assert desk.post(f"/console/events/{path}").status_code == 403
    assert desk.get("/console/events/air/points").status_code == 403

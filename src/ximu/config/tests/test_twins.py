"""What a form of the console does, a program can do: verbs that had no operation of the API, each asked once, and refused once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.catalogue import rules as catalogue
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("D12", "D5", "S3", "M1.1")]
AT = datetime(2018, 5, 2, 2, tzinfo=UTC)
UNIT = uid_of("example", "czj")


@pytest.fixture
def post(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: AT)
    acting = {"now": SYSTEM}

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = acting["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    def posted(path: str, *, by: Actor = SYSTEM, form: dict[str, Any] | None = None, **body: Any) -> Any:
        acting["now"] = by
        if form is not None:
            return client.post(f"/api/v1/{path}", form).json()
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json").json()

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    return posted


def test_names_posts_and_legal_texts(post: Any) -> None:
    stranger = Actor("nobody")
    name = {"role": "alias", "text": "示例财局", "since": "2018-01-01"}
    assert post(f"registry/units/{UNIT}/names", by=stranger, **name)["code"] == "PERM-DENIED"
    assert post(f"registry/units/{UNIT}/names", **name) == {"added": 1}
    assert post(f"registry/units/{UNIT}/posts", title="副局长", role="none", since="2018-01-01")["code"] == "POST-ROLE"
    made = post(f"registry/units/{UNIT}/posts", title="副局长", role="member", since="2018-01-01")
    assert made.get("post") in {one.uid for one in registry.posts(UNIT)}, made
    text = {"title": "示例办法", "title_en": "Measures", "level": "无", "in_force_on": "2018-01-01"}
    assert post("catalogue/bases", code="SL-99", **text)["code"] == "LIST-BASIS-FORM"
    told = [post("catalogue/bases", code="SL-99", **text | {"level": next(iter(catalogue.BASIS_LEVELS))}) for _ in range(2)]
    assert told == [{"done": True}, {"done": False}]


def test_points_files_calendars_and_a_hand_over(post: Any) -> None:
    point = {"code": "S1", "name": "一号站", "unit": UNIT, "since": "2018-01-01", "basis": ""}
    assert post("events/datasets/air/points", **point)["code"] == "BASIS-NONE"
    assert post("events/datasets/air/points", **point | {"basis": "通知"}) == {"code": "S1"}
    assert post("events/datasets/air/points/S2/close", until="2018-04-30", basis="通知")["code"] == "PNT-NONE"
    assert post("events/datasets/air/points/S1/close", until="2018-04-30", basis="通知") == {"code": "S1"}
    assert post("events/datasets/air/files", form={"file": SimpleUploadedFile("a.csv", b"x\n1\n")})["code"] == "FILE-HEADER"
    assert post("casework/years", form={"source": "通知", "file": SimpleUploadedFile("y.csv", b"day")})["code"].startswith("CAL-")
    assert post("casework/hand-over", cases=["none"], unit=UNIT, reason=" ")["code"] == "REASON"
    assert post("casework/hand-over", cases=["none"], unit=UNIT, reason="分工调整")["code"] == "CASE-NONE"


def test_benefits_and_papers_of_an_application(post: Any) -> None:
    assert post("s3/benefits/none/end", until="2018-04-30")["code"] == "BEN-NONE"
    paper = {"criterion": "x", "file": SimpleUploadedFile("a.pdf", b"%PDF-")}
    assert post("s3/applications/none/papers", form=paper)["code"] == "DEMO-NONE"
    assert post("s3/papers/none/decide", accept=True)["code"] == "DEMO-NONE"


def test_the_verbs_of_a_pack_stand_in_one_list_and_are_asked_by_what_they_need(post: Any, client: Client) -> None:
    verbs = {one["verb"]: one for one in client.get("/api/v1/areas/d12/acts").json()}
    assert {"draft", "notice", "publish", "withdraw"} <= set(verbs) and verbs["draft"]["asks"]["required"] == ["number", "content", "basis"]
    assert post("areas/d12/acts/draft", number="2018-1", content="code\n", basis=" ")["code"] == "REASON"
    assert post("areas/d12/acts/draft", number="2018-1", content="code\n", basis="决定")["code"] == "FILE-EMPTY"
    for wrong in ({"number": "2018-1"}, {"number": "2018-1", "reason": "x", "at": "2018-01-01"}, {"number": 1, "reason": "x"}):
        assert post("areas/d12/acts/withdraw", **wrong)["code"] == "API-INPUT", wrong
    assert post("areas/d12/acts/withdraw", number="2018-1", reason="x")["code"] == "CAT-NONE"
    assert post("areas/d12/acts/burn", number="2018-1")["code"] == "ACT-NONE"
    assert post("areas/d12/acts/withdraw", by=Actor("nobody"), number="2018-1", reason="x")["code"] == "PERM-DENIED"
    assert post("areas/d05/acts/inquire", number="none", reason="查")["code"] == "D05-NONE"
    assert post("areas/d05/acts/respond", unit=uid_of("example", "q01"), level="9", reason="查")["code"] == "D05-LEVEL"
    assert post("areas/d03/acts/decide_standard", uid="none", approve=True)["code"] == "STD-NONE"
    assert post("areas/d15/acts/deliver", finding="none")["code"] == "STAT-BUREAU"
    assert post("areas/d09/acts/appraise", year=2018)["code"] == "METH-NONE"
    asked = {"kind": "approval", "unit": UNIT, "words": "一份证明", "on": "2018-04-30"}
    assert post("d12/reports", form=asked)["code"] == "CAT-NONE", "no version was in force"
    assert post("d12/reports", form=asked | {"words": ""})["code"] == "ASK-FORM"

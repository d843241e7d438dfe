"""A method and a year go their whole way over the API and by forms: what a file lacks is refused there, or accepted by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.assessment.tests import test_runs as runs
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM
from ximu_verify.bundle import verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.1", "M3.2")]
home = runs.home
CLIPS = """[method]
name = "clips"
version = "1"
[normalisation]
method = "goalposts"
[[node]]
code = "all"
[[indicator]]
code = "a"
parent = "all"
weight = 1
goalposts = [0, 50]
owner = "u"
source = "s"
"""
DATA = "unit,a\nu1,10\nu2,70\nu3,20\n"


class Desk:
    """A person at the console, whose programs have a key of the same role."""

    def __init__(self, login: str, role: str) -> None:
        self.http, user = Client(), account(login, role, number=login, at=clock.now())
        self.http.force_login(with_password(user), backend="django.contrib.auth.backends.ModelBackend")
        _, self.key = accounts.issue_key(user.uid, role, unit="", label="测试", days=30, by=SYSTEM, at=clock.now())

    def post(self, path: str, status: int, **body: Any) -> Any:
        answer = Client().post(f"/api/v1/assessment{path}", body, content_type="application/json",
                               headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == status, answer.content
        return answer.json()

    def form(self, path: str, file: bytes, **body: Any) -> Any:
        answer: Any = self.http.post(f"/console/assessment{path}", {**body, "file": SimpleUploadedFile("f", file)})
        return answer.refusal.code if hasattr(answer, "refusal") else answer.status_code


@pytest.fixture
def desks(home: None) -> Iterator[tuple[Desk, Desk]]:
    yield Desk("office", "coordinator"), Desk("second", "publisher")


def test_from_a_file_to_a_published_year_and_its_extract(desks: tuple[Desk, Desk]) -> None:
    office, second = desks
    assert office.post("/methods", 422, code="y", text=CLIPS.replace("weight = 1", "weight = 0.9"))["code"] == "METH-SUM"
    assert second.post("/methods", 403, code="y", text=CLIPS)["code"] == "PERM-DENIED"
    bare = office.post("/methods", 201, code="bare", text=CLIPS.replace('owner = "u"\n', ""))["method"]
    assert office.post(f"/methods/{bare}/adopt", 422, resolution="1号")["code"] == "METH-SRC"
    assert office.form(f"/methods/{bare}/adopt", b"", resolution="1号") == "METH-SRC"
    assert office.post(f"/methods/{bare}/adopt", 200, resolution="1号", accept=["METH-SRC"])["state"] == "adopted"
    method = office.post("/methods", 201, code="y", text=CLIPS)["method"]
    assert office.post("/runs", 409, method=method, period="2018", data=DATA)["code"] == "METH-DRAFT"
    office.post(f"/methods/{method}/adopt", 200, resolution="2号")
    assert office.post("/runs", 422, method=method, period="2018", data=DATA)["code"] == "METH-CLIP"
    assert office.form("/runs", DATA.encode(), method=method, period="2018") == "METH-CLIP"
    assert office.http.get("/api/v1/assessment/runs").json()["items"] == [], "what was refused left nothing"
    assert office.post("/runs", 422, method=method, period="１２３４", data=DATA)["code"] == "SCORE-PERIOD"
    run = office.post("/runs", 201, method=method, period="2018", data=DATA, accept=["METH-CLIP"])["run"]
    assert office.post(f"/runs/{run}/acts/finish", 403)["code"] == "SCORE-TWO"
    for verb in ("finish", "publish"):
        second.post(f"/runs/{run}/acts/{verb}", 200)
    assert second.post(f"/runs/{run}/acts/publish", 409)["code"] == "STATE-EDGE"
    first, again = (second.post(f"/runs/{run}/units/u1/extracts", 201)["extract"] for _ in range(2))
    assert first == again, "one intent, one extract"
    assert verify_bundle(second.http.get(f"/api/v1/assessment/extracts/{first}").content, [ledger.key()])


def test_a_file_of_another_encoding_is_refused_and_not_garbled(desks: tuple[Desk, Desk]) -> None:
    """Each byte that was no UTF-8 became a question mark, and so went into the method."""
    office, _ = desks
    assert office.form("/methods", CLIPS.replace('"clips"', '"评价"').encode("gb18030"), code="y") == "FILE-ENC"
    assert office.http.get("/api/v1/assessment/methods").json() == {"items": [], "total": 0, "next": None}

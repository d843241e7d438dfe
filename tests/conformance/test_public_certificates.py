"""Anybody asks for a signed answer: what is public about a body, or that nothing is; it still verifies after later additions."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ximu.config.tests import open_city as factories
from ximu.foundation.rooms import SRC
from ximu.ideas.disclosure import services
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.ledger import queries as ledger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]


@pytest.fixture
def desk(settings: Any) -> str:
    """Where a certificate about the unit is asked for."""
    factories.city(settings)
    return f"/units/{factories.unit()}/certificate"


def verified(client: Client, place: str, folder: Path) -> dict[str, Any]:
    file = folder / "bundle.json"
    file.write_bytes(client.get(f"{place}bundle.json").content)
    ran = subprocess.run([sys.executable, "-m", "ximu_verify", str(file)], env={"PYTHONPATH": str(SRC.parent)}, capture_output=True)
    assert ran.returncode == 0, ran.stdout
    payload: dict[str, Any] = json.loads(file.read_text("utf-8"))["disclosed"]["payload"]
    return payload


def test_none_still_verifies_when_something_came_and_what_is_closed_is_not_told(client: Client, desk: str, tmp_path: Path) -> None:
    hidden = factories.effective("示罚〔2018〕1号")
    asked = client.post(desk)
    page = client.get(asked["Location"]).content.decode()
    assert "没有公开的生效记录" in page and hidden not in page and not asked.cookies
    number = factories.opened("示罚〔2018〕2号")
    listed = client.post(desk, {"as_of": factories.CLOCK})["Location"]
    assert number in client.get(listed).content.decode()
    before = client.post(desk, {"as_of": (factories.LATER - timedelta(days=1)).date().isoformat()})["Location"]
    assert number not in client.get(before).content.decode(), "on that day it was not public yet"
    for place, result in ((asked["Location"], "none"), (listed, "found"), (before, "none")):
        told = verified(client, place, tmp_path)
        assert (told["result"], told["audience"], told["edition"]) == (result, "public", "2018-1")
        assert told["as_of"] <= told["known_at"][:10]
    publication = Publication.objects.get(number=number).uid
    services.close(publication, reason="修复", by=factories.person("publisher", "publisher"), at=factories.LATER + timedelta(days=2))
    assert client.get(listed).status_code == client.get(f"{listed}bundle.json").status_code == 404
    assert client.get(listed).refusal.code == client.get("/certificates/nosuch0000000000/").refusal.code == "CERT-NONE"  # type: ignore[attr-defined]
    assert client.get(asked["Location"]).status_code == 200
    assert ledger.verify_log().ok


def test_a_hidden_record_makes_no_difference_but_the_moment(client: Client, desk: str) -> None:
    def told() -> dict[str, Any]:
        place = client.post(desk)["Location"]
        payload = json.loads(client.get(f"{place}bundle.json").content)["disclosed"]["payload"]
        return {k: v for k, v in payload.items() if k not in ("asked_at", "known_at", "log_size")}

    before = told()
    factories.effective("示罚〔2018〕3号")
    assert told() == before


def test_they_are_slowed_and_never_of_the_future(client: Client, desk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = (datetime.fromisoformat(factories.CLOCK) + timedelta(days=400)).date().isoformat()
    for path, given, code in ((desk, {"as_of": later}, "TIME-FUTURE"), (desk, {"as_of": "x"}, "DATE-FORM"),
                              ("/units/nosuchunit000000/certificate", {}, "ORG-UNKNOWN")):
        assert client.post(path, given).refusal.code == code  # type: ignore[attr-defined]
    monkeypatch.setattr("ximu.ideas.disclosure.services.certifying.value_on", lambda *_: 1)
    assert client.post(desk).status_code == 302
    assert client.post(desk).refusal.code == "CERT-BUSY"  # type: ignore[attr-defined]

"""Hostile files reach the running server over its API and its upload page: none is answered with a fault of ours."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.journeys.conftest import City, Staff
from tests.journeys.courthouse import COURT, LOGIN, client, judgments, key_of, servers_of, upload
from ximu.ideas.intake.tests import hostile, hostile_more

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
FAULT, FEW, MOST_MIB, MOST_GROWTH_MIB = 500, 50, 700, 300
ALL = [(name, data) for name, data, _ in hostile.named() + hostile_more.more()] + list(hostile.mutated(7, 100))
SAMPLE = ALL[::len(ALL) // FEW]


def signed_in(staff: Staff, city: City) -> httpx.Client:
    """The session of the court's clerk at the desk, for a client that can post anything."""
    cookies = {c["name"]: c["value"] for c in staff.page(LOGIN).context.cookies()}
    return httpx.Client(base_url=city.url, follow_redirects=True, timeout=120, cookies=cookies)


@pytest.mark.parametrize("files", [SAMPLE, pytest.param(ALL, marks=pytest.mark.load)], ids=["sample", "all"])
def test_hostile_files_get_an_answer_and_the_server_lives_on(city: City, files: list[tuple[str, bytes]]) -> None:
    before = servers_of(city.home)
    assert before
    with client(city.url, key_of(city)) as http:
        answers = {name: upload(http, data, name) for name, data in files}
        assert len(answers) >= FEW
        assert not {name: a.status_code for name, a in answers.items() if a.status_code >= FAULT}
        assert all(a.json()["code"] for a in answers.values() if a.status_code != httpx.codes.OK)
        assert upload(http, judgments(3, seed=1)).json()["delivery"]["state"] == "checked"
    after = servers_of(city.home)
    assert after.keys() == before.keys(), "a worker died"
    assert max(after.values()) < MOST_MIB
    assert max(after.values()) - max(before.values()) < MOST_GROWTH_MIB, (before, after)


def test_the_upload_page_survives_them_too(city: City, staff: Staff) -> None:
    web = signed_in(staff, city)
    page = web.get("/console/intake/")
    assert page.status_code == httpx.codes.OK
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:400]
    told = {}
    for name, data in SAMPLE[::3]:
        form = {"csrfmiddlewaretoken": token[1], "item": "SF-PJ", "source": COURT}
        told[name] = web.post("/console/intake/upload", data=form, files={"file": (name + "-page", data + b"\n")},
                              headers={"Referer": city.url + "/console/intake/"}).status_code
    assert not {name: status for name, status in told.items() if status >= FAULT}
    assert httpx.codes.OK in told.values()

"""The public pages over the made-up city."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ximu.config.tests import open_city as factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]


@pytest.fixture
def public(settings: Any) -> str:
    factories.city(settings)
    return factories.opened("示罚〔2018〕1号")


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code, answer.content.decode()[:600])
    return answer.content.decode()


def test_from_search_to_unit_to_record_to_bundle(client: Client, public: str) -> None:
    found = text(client, "/units/", q="发改委")
    uid = factories.unit()
    assert f'href="/units/{uid}/"' in found
    page = text(client, f"/units/{uid}/")
    assert public in page
    record = text(client, f"/records/{public}/")
    assert "责令限期改正" in record and f"ximu-verify ximu-{public}.json --key ximu-log.key" in record
    bundle = client.get(f"/records/{public}/bundle.json")
    assert bundle.status_code == 200 and b'"disclosed"' in bundle.content
    assert bundle["Content-Disposition"] == f'attachment; filename="ximu-{public}.json"'


@pytest.mark.parametrize("words", ["发展和改革", "fagaiwei", "119900000000000275"])
def test_a_body_is_found_by_part_pinyin_and_code(client: Client, public: str, words: str) -> None:
    for path in ("/units/", "/units/instant", "/units/suggest"):
        assert f"/units/{factories.unit()}/" in text(client, path, q=words), path

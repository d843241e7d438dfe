"""Public pages speak in words: no code where a name is known, what happened to a number that opens nothing, no count asked twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ximu.config.tests import open_city
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as disclosing
from ximu.ideas.records.rules import check_character

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]


@pytest.fixture
def public(settings: Any) -> str:
    open_city.city(settings)
    return open_city.opened("示罚〔2018〕1号")


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_a_number_that_opens_nothing_tells_the_possible_reasons_and_betrays_none(client: Client, public: str) -> None:
    row = disclosure.proposals(numbers=[public], state="open")[0]
    disclosing.close(row.uid, reason="公开策略已收紧", by=open_city.person("publisher-b", "publisher"), at=row.decided_at)
    never = public[:-3] + "00"
    never += check_character(never)
    closed, missing = page(client, f"/records/{public}/", status=404), page(client, f"/records/{never}/", status=404)
    assert closed.replace(public, "N") == missing.replace(never, "N")
    for words in ("公开期已满", "公开策略收紧", "同样的答复", 'href="/log/"'):
        assert words in closed
    assert "stricter" in page(client, f"/records/{public}/?lang=en", status=404)
    told = client.get(f"/records/{public}/", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (404, "REC-NONE")
    assert "抄写有误" not in page(client, "/records/nonsense/", status=422)


def test_a_body_page_counts_its_records_once_and_not_at_each_visit(client: Client, public: str) -> None:
    address = f"/units/{open_city.unit()}/"
    assert "共1条" in page(client, address)
    with CaptureQueriesContext(connection) as made:
        page(client, address)
    counted = [one["sql"] for one in made if "COUNT(" in one["sql"] and "disclosure_publication" in one["sql"]]
    assert counted == []
    open_city.opened("示罚〔2018〕2号")
    assert "共2条" in page(client, address), "another publication is counted at once"

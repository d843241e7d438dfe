"""Two worlds that differ in what is hidden look the same to the public, byte for byte, through every exit.

The exits are found by walking the URL resolver, so that a new one cannot be forgotten. The only answers that may differ are those of the
log itself, which is as long as everything that ever happened: its pages and its API (`/log/…`, `/api/v1/ledger/…`), its size on the home
page, and proof bundles, which carry its newest checkpoint. What they say beyond that is compared too: the home page without the size, a
bundle without its checkpoint. The log-in form is compared without its random token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from ximu_doors import all_routes, filled
from ximu_worlds import UNSEEN, World, content, differences

from ximu.config.tests import open_city
from ximu.foundation.web import LanguageMiddleware
from ximu.ideas.records.models import Version
from ximu.ideas.records.services import admission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]

CLOSED = ("/console/", "/api/v1/")
"""Behind a log-in; the public gets one refusal for all of it (compared as well, for each address)."""
OF_THE_LOG = ("/log/", "/api/v1/ledger/")
PUBLIC_KEY, HIDDEN_KEY = "示罚〔2018〕1号", "示罚〔2018〕隐7号"
HIDDEN_WORDS = "不得外传之内容"
QUERIES = [{}, {"q": "示罚"}, {"q": HIDDEN_WORDS}, {"q": "隐7"}, {"family": "penalty"}, {"family": "discipline"}, {"page": "2"},
           {"list": "behaviour"}, {"q": "发改委"}, {"lang": "en"}]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def numbers(settings: Any) -> dict[str, str]:
    open_city.city(settings)
    return {"public": open_city.opened(PUBLIC_KEY)}


def addresses(public: str, hidden: str) -> list[str]:
    """Every route, filled with what exists, what is hidden and what is neither."""
    values = [public, hidden, open_city.unit(), open_city.unit("shi"), "2018-1", "CF", "records", "units", "csv", "json", "parquet", "x", "0"]
    found = []
    for path, names in all_routes():
        if not path.startswith(OF_THE_LOG):
            found += [filled(path, names, value) for value in values] if names else [path]
    found += [f"/data/{name}.{form}" for name in ("records", "units") for form in ("csv", "json", "parquet")]
    found += [f"/lists/2018-1/file.{form}" for form in ("csv", "json")] + ["/lists/2018-1/items/CF/", "/lists/2018-1/since/2017-1/"]
    return [*found, f"/feed.atom?unit={open_city.unit()}"]


def seen(public: str, hidden: str, *, only: str = "/") -> World:
    client, world = Client(), {}
    for address in [a for a in addresses(public, hidden) if a.startswith(only)]:
        for query in QUERIES if address.count("/") <= 2 and not address.startswith(CLOSED) else QUERIES[:1]:
            answer = client.get(address, query or None)
            headers = "".join(f"{k}: {v}\n" for k, v in sorted(answer.headers.items()) if k not in {"Set-Cookie", "X-Request-Id"})
            world[f"{address} {query}"] = (answer.status_code, content(answer), headers)
            client.cookies.clear()
    return world


def hide(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Brings a record in effect that nobody opened into the world, under a number that was known before."""
    def bring() -> str:
        monkeypatch.setattr(admission, "draw", lambda _: iter([UNSEEN]))
        return open_city.effective(HIDDEN_KEY, BZ=HIDDEN_WORDS)
    return bring


def test_a_hidden_record_changes_no_public_byte(numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = seen(numbers["public"], UNSEEN)
    assert hide(monkeypatch)() == UNSEEN
    after = seen(numbers["public"], UNSEEN)
    assert not differences(before, after)
    assert len(before) > 200, "the crawl has found the exits"
    assert not [a for a, (_, body, _) in after.items() if HIDDEN_WORDS.encode() in body and HIDDEN_WORDS not in a]


def test_a_publication_that_waits_for_its_second_person_changes_no_public_byte(
    numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide(monkeypatch)()
    before = seen(numbers["public"], UNSEEN)
    open_city.proposed(UNSEEN)
    assert not differences(before, seen(numbers["public"], UNSEEN))


def count_in_a_header(number: str, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    answer.headers["X-Total"] = str(Version.objects.count())
    return answer


def another_sentence(number: str, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if number == UNSEEN and Version.objects.filter(number=number).exists():
        answer.content += b"<!-- not open -->"
    return answer


def another_status(number: str, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if number == UNSEEN and Version.objects.filter(number=number).exists():
        answer.status_code = 403
    return answer


@pytest.mark.parametrize("leak", [count_in_a_header, another_sentence, another_status])
def test_a_planted_leak_is_caught(
    numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch, leak: Callable[[str, HttpRequest, HttpResponse], HttpResponse],
) -> None:
    """The test of the test: a count, a word or a status that depends on what is hidden."""
    plain = LanguageMiddleware.__call__

    def leaking(self: LanguageMiddleware, request: HttpRequest) -> HttpResponse:
        answer = plain(self, request)
        parts = request.path.split("/")
        return leak(parts[2], request, answer) if request.path.startswith("/records/") and parts[2] else answer

    monkeypatch.setattr(LanguageMiddleware, "__call__", leaking)
    before = seen(numbers["public"], UNSEEN, only="/records/")
    hide(monkeypatch)()
    assert differences(before, seen(numbers["public"], UNSEEN, only="/records/"))

"""Two worlds that differ in what is hidden look the same to the public, byte for byte, through every exit.

The exits are found by walking the URL resolver, so that a new one cannot be forgotten. The only answers that may differ are those of the
log itself, which is as long as everything that ever happened: its pages and its API (`/log/…`, `/api/v1/ledger/…`), its size on the home
page, and proof bundles, which carry its newest checkpoint. What they say beyond that is compared too: the home page without the size, a
bundle without its checkpoint. The log-in form is compared without its random token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from ximu_doors import all_routes, filled
from ximu_worlds import READING, UNSEEN, World, content, differences

from ximu.config.tests import open_city
from ximu.foundation.web import LanguageMiddleware
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records.models import Version
from ximu.ideas.records.services import ahead

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]

CLOSED = ("/console/", "/api/v1/")
"""Behind a log-in; the public gets one refusal for all of it (compared as well, for each address)."""
OF_THE_LOG = ("/log/", "/api/v1/ledger/")
PUBLIC_KEY, HIDDEN_KEY = "示罚〔2018〕1号", "示罚〔2018〕隐7号"
HIDDEN_WORDS = "不得外传之内容"
HIDDEN = 500
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
            tried = values[:3] if path.startswith(CLOSED) else values
            found += [filled(path, names, value) for value in tried] if names else [path]
    found += [f"/data/{name}.{form}" for name in ("records", "units") for form in ("csv", "json", "parquet")]
    found += [f"/lists/2018-1/file.{form}" for form in ("csv", "json")] + ["/lists/2018-1/items/CF/", "/lists/2018-1/since/2017-1/"]
    return [*found, f"/feed.atom?unit={open_city.unit()}"]


def seen(public: str, hidden: str, *, only: str = "/") -> World:
    client, world = Client(), {}
    for address in [a for a in addresses(public, hidden) if a.startswith(only)]:
        for query in QUERIES if address.count("/") <= 2 and not address.startswith(CLOSED) else QUERIES[:1]:
            with READING.of(""):
                answer = client.get(address, query or None)
            headers = "".join(f"{k}: {v}\n" for k, v in sorted(answer.headers.items()) if k not in {"Set-Cookie", "X-Request-Id"})
            if hidden in address:  # how long it takes: the statements to the database
                headers += "\n".join(READING.statements)
            world[f"{address} {query}"] = (answer.status_code, content(answer), headers)
            client.cookies.clear()
    return world


def hide(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Brings records in effect that nobody opened into the world, the first under a number that was known before."""
    def bring(many: int = 1) -> str:
        plain = ahead.draw
        monkeypatch.setattr(ahead, "draw", lambda given: chain([UNSEEN], plain(given)))
        keys = [HIDDEN_KEY, *[f"示罚〔2018〕隐7-{n}号" for n in range(1, many)]]
        return open_city.effective_all(keys, BZ=HIDDEN_WORDS)[0]
    return bring


def test_hidden_records_change_no_public_byte(numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred at once."""
    before = seen(numbers["public"], UNSEEN)
    assert hide(monkeypatch)(HIDDEN) == UNSEEN
    assert Version.objects.filter(newest=True, state="effective").count() == HIDDEN + 1
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


Leak = Callable[[HttpRequest, HttpResponse, int], None]
"""Spoils an answer by how many records there are."""


def status(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    answer.status_code = 403 if UNSEEN in request.path and records > 1 else answer.status_code


def error_text(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    answer.content += b"<!-- not open -->" if UNSEEN in request.path and records > 1 else b""


def header(name: str, form: str) -> Leak:
    def leak(request: HttpRequest, answer: HttpResponse, records: int) -> None:
        answer.headers[name] = form.format(records)
    return leak


def count(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    answer.content = answer.content.replace(b"</main>", f"<p>{records}</p></main>".encode())


def order(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    """The same lines, another order."""
    lines = content(answer).split(b"\n")
    spoiled = b"\n".join(sorted(lines) if records > 1 else lines)
    if answer.streaming:
        answer.streaming_content = [spoiled]
    else:
        answer.content = spoiled


def paging(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    if records > 1 and "text/html" in answer["Content-Type"]:
        answer.content += b'<a rel="next" href="?page=2">'


def timing(request: HttpRequest, answer: HttpResponse, records: int) -> None:
    if UNSEEN in request.path and records > 1:
        Version.objects.filter(number=UNSEEN, state="draft").exists()


PLANTED: dict[str, tuple[str, Leak]] = {
    "status": ("/records/", status), "error text": ("/records/", error_text), "header": ("/records/", header("X-Total", "{}")),
    "ETag": ("/lists/", header("ETag", '"{}"')), "file name": ("/data/", header("Content-Disposition", 'attachment; filename="{}.csv"')),
    "count": ("/units/", count), "sort order": ("/records/", order), "paging": ("/records/", paging),
    "search": ("/units/suggest", order), "feed": ("/feed.atom", order), "sitemap": ("/sitemap", order), "export": ("/data/", order),
    "API": ("/api/v1/disclosure/", header("X-Total", "{}")), "timing": ("/records/", timing),
}


@pytest.mark.walk
def test_a_planted_leak_is_caught(numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test: one leak of each kind that depends on what is hidden, in one part of the site."""
    plain = LanguageMiddleware.__call__

    def spoiled(kind: str) -> World:
        only, leak = PLANTED[kind]

        def leaking(self: LanguageMiddleware, request: HttpRequest) -> HttpResponse:
            answer = plain(self, request)
            leak(request, answer, Version.objects.count())
            return answer

        with monkeypatch.context() as patched:
            patched.setattr(LanguageMiddleware, "__call__", leaking)
            return seen(numbers["public"], UNSEEN, only=only)

    before = {kind: spoiled(kind) for kind in PLANTED}
    hide(monkeypatch)()
    assert not [kind for kind in PLANTED if not differences(before[kind], spoiled(kind))]


def test_the_pages_and_files_of_the_log_do_not_name_what_is_hidden(numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are longer by its entries, which everybody may count; neither its words, its key, its number nor its subject's name stand there."""
    hide(monkeypatch)()
    client, size = Client(), ledger.head().size
    told = {path: content(client.get(path)) for path in log_addresses(size)}
    assert len(told) > 15
    secrets = [word.encode() for word in (HIDDEN_WORDS, HIDDEN_KEY, "示例市某局")]
    assert not [path for path, body in told.items() if any(word in body for word in secrets)]


def log_addresses(size: int) -> list[str]:
    found = [f"/log/tile/entries/000.p/{size}", f"/log/tile/0/000.p/{size}", *[f"/log/bundle/{n}.json" for n in range(size - 8, size)]]
    for path, names in all_routes():
        if path.startswith(OF_THE_LOG):
            found += [filled(path, names, value) for value in (str(size - 1), "0", UNSEEN)] if names else [path]
    return found

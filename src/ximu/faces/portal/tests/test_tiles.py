"""Tiles are kept in the process, and say the same as the log; another log is never answered from the memory of the first."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from ximu.faces.portal import middleware
from ximu.foundation import clock
from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.rules import entry_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]


def grow(count: int) -> None:
    with transaction.atomic():
        services.append_many([entry_bytes("test.tile", {"n": n}, clock.now()) for n in range(count)], at=clock.now())


def passed_on(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


def got(keeper: middleware.TileMiddleware, path: str, **headers: str) -> Any:
    return keeper(RequestFactory().get(path, headers=headers))


def test_a_kept_tile_has_the_bytes_of_the_log_and_is_read_once(django_assert_num_queries: Any, settings: Any) -> None:
    settings.XIMU_TILE_SECONDS = 3600
    grow(300)
    keeper = middleware.TileMiddleware(passed_on)
    first = got(keeper, "/log/tile/0/000")
    with django_assert_num_queries(0):
        again = got(keeper, "/log/tile/0/000")
        assert got(keeper, "/log/tile/0/000", if_none_match=first["ETag"]).status_code == 304
    assert first.content == again.content == queries.tile(0, 0)
    assert ("immutable" in first["Cache-Control"], first["Access-Control-Allow-Origin"], first["Content-Length"]) == (True, "*", "8192")
    part = got(keeper, "/log/tile/0/001.p/40")
    assert (part.content, "immutable" in part["Cache-Control"]) == (queries.tile(0, 1, 40), False)


def test_entry_bundles_go_out_compressed_to_who_takes_that() -> None:
    grow(300)
    keeper = middleware.TileMiddleware(passed_on)
    squeezed, plain = got(keeper, "/log/tile/entries/000", accept_encoding="gzip, br"), got(keeper, "/log/tile/entries/000")
    assert gzip.decompress(squeezed.content) == plain.content == queries.entry_bundle(0)
    assert (squeezed["Content-Encoding"], squeezed["Vary"], squeezed["ETag"] != plain["ETag"]) == ("gzip", "Accept-Encoding", True)


@pytest.mark.parametrize("path", ["/log/tile/0/001", "/log/tile/0/000.p/300", "/log/tile/99/000", "/log/tile/x", "/log/tile/", "/log/tile/0/x000/001",
                                  "/log/tile/entries/007", "/log/tile/0/../0/000", "/log/tile/-1/000"])
def test_what_is_not_there_goes_on_to_the_page(path: str) -> None:
    grow(260)
    keeper = middleware.TileMiddleware(passed_on)
    assert (got(keeper, path).status_code, len(keeper.kept)) == (404, 0)
    assert Client().get(path).status_code == 404


def test_a_tile_that_was_not_there_is_found_when_the_log_has_grown() -> None:
    grow(10)
    keeper = middleware.TileMiddleware(passed_on)
    assert got(keeper, "/log/tile/0/000").status_code == 404
    grow(250)
    assert got(keeper, "/log/tile/0/000").content == queries.tile(0, 0)


def test_another_log_is_not_answered_from_the_memory_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    grow(260)
    keeper = middleware.TileMiddleware(passed_on)
    got(keeper, "/log/tile/0/000")
    assert (len(keeper.kept), keeper.held) == (1, 8192)
    monkeypatch.setattr(middleware.queries, "head", lambda: queries.tree.HeadView("another", 0, b""))
    monkeypatch.setattr(middleware.log, "piece", lambda level, place: (None, ""))
    assert (got(keeper, "/log/tile/0/000").status_code, keeper.held) == (404, 0)


def test_the_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "MOST_BYTES", 9000)
    grow(520)
    keeper = middleware.TileMiddleware(passed_on)
    for path in ("/log/tile/0/000", "/log/tile/0/001"):
        got(keeper, path)
    assert (list(keeper.kept), keeper.held) == (["/log/tile/0/001"], 8192)


def test_head_and_the_page_itself_say_the_same() -> None:
    grow(260)
    client = Client()
    assert client.get("/log/tile/0/000").content == queries.tile(0, 0)
    assert client.head("/log/tile/0/000").status_code == 200

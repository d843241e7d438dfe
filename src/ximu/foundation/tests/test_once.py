"""Asked once while a page is read; whoever writes, and everything outside a page, asks anew."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from ximu.foundation.once import OnceMiddleware, once, reading


def asked_by(method: str) -> list[int]:
    """What two look-ups on one page answered."""
    asked: list[int] = []

    def view(request: object) -> HttpResponse:
        counter = iter(range(9))
        asked.extend(once("n", lambda: next(counter)) for _ in range(2))
        return HttpResponse()

    OnceMiddleware(view)(RequestFactory().generic(method, "/"))
    return asked


def test_a_reader_asks_once_and_a_writer_each_time() -> None:
    assert (asked_by("GET"), asked_by("HEAD"), asked_by("POST")) == ([0, 0], [0, 0], [0, 1])
    assert asked_by("GET") == [0, 0], "the next page asks anew"
    counter = iter(range(9))
    assert [once("n", lambda: next(counter)) for _ in range(2)] == [0, 1], "outside a page nothing is kept"


def test_one_long_read_outside_a_page_asks_once_and_forgets() -> None:
    counter = iter(range(9))
    with reading():
        assert [once("n", lambda: next(counter)) for _ in range(2)] == [0, 0]
        with reading():
            assert once("n", lambda: next(counter)) == 0, "the outer memory goes on"
    assert once("n", lambda: next(counter)) == 1
    with pytest.raises(ValueError), reading():
        raise ValueError
    assert once("n", lambda: next(counter)) == 2


def test_a_page_that_fails_leaves_nothing_behind() -> None:
    def broken(request: object) -> HttpResponse:
        once("n", lambda: 7)
        raise ValueError

    with pytest.raises(ValueError):
        OnceMiddleware(broken)(RequestFactory().get("/"))
    assert once("n", lambda: 8) == 8

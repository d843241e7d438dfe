"""What is asked again and again while one page is read: looked up once, and forgotten when the page is done.

Only while something is read (GET, HEAD): whoever writes must see what he wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

SAFE = ("GET", "HEAD")
T = TypeVar("T")
_known: ContextVar[dict[str, Any] | None] = ContextVar("known_on_this_page", default=None)


def once(name: str, ask: Callable[[], T]) -> T:
    """The answer of `ask`, kept under `name` for the page that is being read; asked each time elsewhere."""
    known = _known.get()
    if known is None:
        return ask()
    if name not in known:
        known[name] = ask()
    found: T = known[name]
    return found


@contextmanager
def reading() -> Iterator[None]:
    """The same memory for one long read outside a page; within a page the page's own goes on."""
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


class OnceMiddleware:
    """Opens and closes the memory of one page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _known.set({} if request.method in SAFE else None)
        try:
            return self.get_response(request)
        finally:
            _known.reset(token)

"""Two worlds are compared answer by answer; what the log's own length changes is taken away first."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from ximu.ideas.records.rules import check_character

UNSEEN = "0123456789AB" + check_character("0123456789AB")
"""The number that the hidden record will have; it is asked for before, too."""
World = dict[str, tuple[int, bytes, str]]
"""Address → status, body, headers."""


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def may_tell_the_size(address: str) -> bool:
    return address.startswith("/ ") or "/bundle" in address


def bare(address: str, answer: tuple[int, bytes, str]) -> tuple[int, bytes, str]:
    """What remains when the log's own length, and the token of a form, are taken away."""
    status, body, headers = answer
    if "/bundle" in address and body.startswith(b"{") and b'"digest"' in body:
        made = json.loads(body)
        body = json.dumps([made["entry"], made["index"], made.get("disclosed"), made["labels"]], sort_keys=True).encode()
    elif address.startswith("/ "):
        body = re.sub(rb'<strong><a href="/log/">[\d,]+</a></strong>', b"", body)
    token = b'name="csrfmiddlewaretoken"' in body or b'name="token"' in body
    if token:
        body = re.sub(rb'name="(csrfmiddlewaretoken|token)" value="[\w.-]+"', b"", body)
    if token or may_tell_the_size(address):
        headers = re.sub(r"(?m)^(ETag|Content-Length): .*\n", "", headers)
    return status, body, headers


def differences(one: World, two: World) -> list[str]:
    assert one.keys() == two.keys(), "the same doors were asked"
    return [address for address in one if bare(address, one[address]) != bare(address, two[address])]


SAVEPOINT = re.compile(r'"s\d+_x\d+"')


class Reading:
    """Which tables a request names in its SQL, and whether it opens a file of the home: what its answer can come from; and each statement:
    how long the answer takes, in a form that a busy machine does not change.

    With `begun` it counts; the hook on opening files stays for the life of the process, so there is one `Reading`.
    """

    def __init__(self) -> None:
        self.tables: frozenset[str] = frozenset()
        self.begun, self.home = False, "\0"
        self.named: set[str] = set()
        self.statements: list[str] = []
        self.file = False
        sys.addaudithook(self._opened)

    def _opened(self, event: str, given: tuple[Any, ...]) -> None:
        if self.begun and event in {"open", "sqlite3.connect"} and str(given[0]).startswith(self.home):
            self.file = True

    def _asked(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.named |= self.tables & set(re.findall(r"\w+", str(sql)))
        self.statements.append(SAVEPOINT.sub("", str(sql)))
        return execute(sql, params, many, context)

    @contextmanager
    def of(self, home: str) -> Iterator[None]:
        """Afterwards `named` and `file` tell."""
        if not self.tables:
            self.tables = frozenset(connection.introspection.table_names(include_views=True))
        self.named, self.statements, self.file, self.home, self.begun = set(), [], False, home, True
        try:
            with connection.execute_wrapper(self._asked):
                yield
        finally:
            self.begun = False


READING = Reading()

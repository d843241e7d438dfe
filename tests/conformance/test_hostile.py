"""Ten thousand hostile requests a night, a sample at each commit: no answer is a fault of ours."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ximu.foundation import clock
from ximu.ideas.accounts import queries, services
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.kernel.actor import SYSTEM

HOSTILE_REQUESTS = int(os.environ.get("XIMU_HOSTILE", "600"))
FAULT = 500
APPLICATION = get_wsgi_application()
VALUES = (
    "", "\x00", "\ud800", "9" * 400, "-1", "1e309", "NaN", "' OR 1=1 --", "../../etc/passwd", "%s%n", "\u202e\u200b", "a" * 20_000, "{{7*7}}",
    "<script>alert(1)</script>", "١٢٣", "2018-02-30", "0000-00-00", "true", "[]", "null", "\r\nSet-Cookie: a=b", "𝟙", "9223372036854775808",
)
ROLES = ("entry", "coordinator", "publisher", "reviewer")


def addresses() -> list[str]:
    """Every address of the site, with a place for each of its parameters."""
    found: list[str] = []

    def walk(resolver: URLResolver, before: str) -> None:
        for entry in resolver.url_patterns:
            here = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry, here)
            elif isinstance(entry, URLPattern):
                found.append(here)

    walk(get_resolver(), "")
    return sorted(set(found))


def fill(address: str, rng: random.Random) -> str:
    out, rest = "", address.replace("^", "").replace("$", "")
    while "<" in rest:
        before, _, after = rest.partition("<")
        _, _, rest = after.partition(">")
        value = rng.choice([*VALUES[3:], "1", "0" * 16]).replace("\ud800", "").replace("/", "%2F").replace("?", "%3F").replace("#", "%23")
        out += before + value[:300]
    return "/" + out + rest


def body_of(rng: random.Random) -> tuple[object, str]:
    pick = rng.random()
    if pick < 0.3:
        return {rng.choice(("login", "role", "act", "file", "q", "page", "x" * 500)): rng.choice(VALUES).replace("\ud800", "") for _ in range(4)}, ""
    if pick < 0.6:
        return json.dumps({rng.choice(("login", "role", "rows", "days")): rng.choice([*VALUES, 10**400, None, [], {"a": 1}]) for _ in range(3)}), "json"
    return rng.choice((b"", b"\xff\xfe", b"{", b"[" * 50_000, b'{"a":' * 5_000, b"\x00" * 100)), "json"


@pytest.mark.django_db
def test_no_hostile_request_makes_a_fault() -> None:
    user = with_password(account("clerk", *ROLES))
    _, key = services.issue_key(user.uid, "coordinator", unit="", label="x", days=3, by=SYSTEM, at=clock.now())
    staff, public = Client(raise_request_exception=False), Client(raise_request_exception=False)
    staff.force_login(queries.account(user.uid), backend="django.contrib.auth.backends.ModelBackend")
    rng, all_addresses, faults = random.Random(20180502), addresses(), []
    for number in range(HOSTILE_REQUESTS):
        address = fill(all_addresses[number % len(all_addresses)], rng)
        query = {rng.choice(("q", "page", "limit", "as_of", "lang", "next", "unit", "\x00")): rng.choice(VALUES).replace("\ud800", "\x00") for _ in range(3)}
        headers = {"authorization": rng.choice((f"Bearer {key}", "Bearer \x00", "Basic x" * 2_000, ""))} if rng.random() < 0.5 else {}
        headers[rng.choice(("accept", "idempotency-key", "if-none-match", "x-forwarded-for", "accept-language"))] = rng.choice(VALUES)[:5_000].replace("\ud800", "")
        client, method = rng.choice((staff, public)), rng.choice(("get", "get", "post", "put", "delete"))
        if method == "get":
            answer = client.get(address, query, headers=headers)
        else:
            body, kind = body_of(rng)
            extra = {"content_type": "application/json"} if kind else {}
            answer = getattr(client, method)(address, body, headers=headers, **extra) if kind or method == "post" else client.generic(method, address)
        if answer.status_code >= FAULT and answer.status_code != 503:
            faults.append((method, address[:200], query, answer.status_code))
    assert not faults, faults[:5]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nothing-here", "/units/?lang=en", "/console/login", "/console/", "/report/", "/api/v1/accounts/me", "/feed.atom"])
def test_a_name_that_is_not_ours_is_refused_and_not_repeated(path: str) -> None:
    """The page that says so failed itself: it wanted to print its own address."""
    for host in ("evil.example", "evil.example:80", "a@b", "x" * 300, "[::1", ""):
        answer = Client(raise_request_exception=False).get(path, headers={"host": host})
        assert answer.status_code == 400, (path, host, answer.status_code)
        assert not host or host.encode() not in answer.content


@cache
def described() -> list[Any]:
    """The operations of the description, read once: to look through the application's own words for values takes longer than the calls."""
    return [found.ok() for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", APPLICATION).get_all_operations()]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The WSGI door would close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@given(data=st.data())
@settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_answers_are_those_that_the_description_promises(one_connection: None, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(described()))
    case = data.draw(operation.as_strategy())
    answer = case.call()
    assert answer.status_code < FAULT, (case.method, case.path)
    assert str(answer.status_code) in {*map(str, operation.definition.raw["responses"]), "405"}

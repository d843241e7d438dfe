"""No page asks the database once per row: the main lists of the console at two sizes, the same number of queries.

What grows with the rows shown is an N+1; a page of fifty may not cost more than a page of five.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ximu.config.tests import open_city
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.intake import services as intake
from ximu.ideas.registry import queries as registry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]
AT = datetime(2018, 7, 2, 3, tzinfo=UTC)
FEW, MANY = 3, 12
PAGES = ("/console/", "/console/accounts/", "/console/accounts/audit", "/console/accounts/keys", "/console/disclosure/work?state=effective",
         "/console/disclosure/publications?state=open", "/console/intake/", "/console/intake/coverage?month=2018-06", "/console/registry/",
         "/console/catalogue/", "/console/plan/", "/console/casework/", "/console/casework/effects")
ROLES = ("coordinator", "reviewer", "publisher", "entry")
PATIENCE = 3
"""Queries that may come with the first row of a kind, as a name to look up."""


def grow(first: int, last: int) -> None:
    """More of each kind of row: accounts, records in effect and public, units that must return."""
    units = registry.units(as_of=AT.date(), kind="department")
    for n in range(first, last):
        account(f"clerk{n}", "entry", unit=units[n].uid)
        open_city.opened(f"示罚〔2018〕{n}号", subject=units[n].uid)
        intake.expect(units[n].uid, family="penalty", since=AT.date() - timedelta(days=60), by=open_city.person("c", "coordinator"), at=AT)


def cost(client: Client, path: str) -> tuple[int, list[str]]:
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    assert answer.status_code in {200, 403}, (path, answer.status_code)
    return len(caught), [one["sql"][:120] for one in caught]


def test_the_lists_cost_the_same_for_few_rows_and_for_many(settings: Any) -> None:
    open_city.city(settings)
    clients = []
    for login, roles in (("one-desk", ROLES), ("one-auditor", ("audit_admin",))):
        client = Client()
        client.force_login(with_password(account(login, *roles)))
        clients.append(client)
    grow(0, FEW)
    [client.get(path) for client in clients for path in PAGES]
    few = {(n, path): cost(client, path) for n, client in enumerate(clients) for path in PAGES}
    grow(FEW, MANY)
    many = {(n, path): cost(client, path) for n, client in enumerate(clients) for path in PAGES}
    grown = [(path, few[n, path][0], many[n, path][0], many[n, path][1][-8:]) for n, path in few if many[n, path][0] > few[n, path][0] + PATIENCE]
    assert not grown, "\n".join(map(str, grown))

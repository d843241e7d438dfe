"""No request, however hostile, is answered by a crash; no console door opens without a log-in.

Doors are found by walking the URL resolver, so a new route cannot be forgotten.
"""

from __future__ import annotations

import itertools

import pytest
from django.test import Client
from ximu_doors import all_routes, filled

from ximu.foundation.clock import now
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.models import RoleGrant, User

NASTY = ["0", "-1", "9" * 40, "x", "..", "%00", "\u0000", "中文", "' OR 1=1--", "\ud7ff", "a" * 300, "<script>", "2018-13-40", "{{7*7}}"]
QUERIES = [{}, {"q": "甲", "as_of": "2018-05-02", "page": "1"}, {"q": "\u0000", "as_of": "xx", "page": "-1", "limit": "10e9", "offset": "-5"},
           {"as_of": "9999-99-99", "known_at": "0000-00-00", "page": "999999999999999999999", "unit": "%", "lang": "xx", "purpose": "x" * 500}]
OPEN = ("/console/login",)
ROUTES = all_routes()


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    """A client for the public and one for each role that exists."""
    made = {"public": Client(raise_request_exception=False)}
    for role in accounts.roles():
        user = User.objects.create(login=role, display_name=role, person=role, created_at=now(), created_by="system")
        RoleGrant.objects.create(user=user, role=role, granted_at=now(), granted_by="system")
        made[role] = Client(raise_request_exception=False)
        made[role].force_login(user)
    return made


@pytest.mark.parametrize(("path", "names"), ROUTES, ids=[r[0] for r in ROUTES])
def test_no_door_crashes(path: str, names: tuple[str, ...], clients: dict[str, Client]) -> None:
    who = [clients["public"], *[c for name, c in clients.items() if name in {"coordinator", "entry", "reviewer", "audit_admin"}]]
    values = NASTY if names else [""]
    for client, value in itertools.product(who, values):
        for query in QUERIES if value in ("", "x") else QUERIES[:1]:
            answer = client.get(filled(path, names, value), query)
            assert answer.status_code < 500, (path, value, query, answer.status_code)
        answer = client.post(filled(path, names, value), {"reason": "\u0000", "due": "x", "file": "", "unit": value})
        assert answer.status_code < 500, (path, value, "POST", answer.status_code)
    for method in ("put", "delete", "patch", "options"):
        assert getattr(who[0], method)(filled(path, names, "x")).status_code < 500, (path, method)
    answer = who[-1].post(filled(path, names, "x"), b'{"a": [' * 200, content_type="application/json")
    assert answer.status_code < 500, (path, "broken JSON")


def test_the_console_is_closed_to_the_public(clients: dict[str, Client]) -> None:
    for path, names in ROUTES:
        if path.startswith("/console/") and not path.startswith(OPEN):
            answer = clients["public"].get(filled(path, names, "x"))
            assert answer.status_code in {302, 401, 403, 404, 405}, (path, answer.status_code)

"""No request, however hostile, is answered by a crash; no console door opens without a log-in.

Doors are found by walking the URL resolver, so a new route cannot be forgotten.
"""

from __future__ import annotations

import pytest
from django.test import Client
from ximu_doors import all_routes, filled

from ximu.foundation.clock import now
from ximu.ideas.accounts.models import RoleGrant, User

NASTY = ["0", "-1", "9" * 40, "x", "..", "%00", "\u0000", "中文", "' OR 1=1--", "\ud7ff", "a" * 300, "<script>", "2018-13-40", "{{7*7}}"]
QUERIES = [{}, {"q": "甲", "as_of": "2018-05-02", "page": "1"}, {"q": "\u0000", "as_of": "xx", "page": "-1", "limit": "10e9", "offset": "-5"},
           {"as_of": "9999-99-99", "known_at": "0000-00-00", "page": "999999999999999999999", "unit": "%", "lang": "xx", "purpose": "x" * 500}]
OPEN = ("/console/login",)
ROUTES, AT_ONCE = sorted(all_routes(), key=lambda route: (route[0].endswith("/logout"), route)), 8
"""Signing out comes last: who has signed out finds every later door shut."""


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    """A client for the public and one for a person with the rights of several roles."""
    user = User.objects.create(login="staff", display_name="staff", person="staff", created_at=now(), created_by="system", one_time=False,
                               password_set_at=now())
    for role in ("coordinator", "entry", "reviewer", "publisher"):
        RoleGrant.objects.create(user=user, role=role, granted_at=now(), granted_by="system")
    staff = Client(raise_request_exception=False)
    staff.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {"public": Client(raise_request_exception=False), "staff": staff}


def walked(place: int, path: str, names: tuple[str, ...], clients: dict[str, Client]) -> None:
    """Four of the nasty values (all of them over the routes), bad queries, bad forms, broken JSON, an odd method. The console sends the
    public away before any door: there it asks once."""
    values = [NASTY[(place + step * 5) % len(NASTY)] for step in range(4)] if names else [""]
    for who, client in clients.items():
        whole = who == "staff" or not path.startswith("/console/")
        for value in values if whole else values[:1]:
            assert client.get(filled(path, names, value)).status_code < 500, (path, value)
        for query in QUERIES[1:] if whole else ():
            assert client.get(filled(path, names, values[0]), query).status_code < 500, (path, values[0], query)
        answer = client.post(filled(path, names, values[0]), {"reason": "\u0000", "due": "x", "file": "", "unit": values[0]})
        assert answer.status_code < 500, (path, values[0], "POST")
    method = ("put", "delete", "patch", "options")[place % 4]
    assert getattr(clients["staff"], method)(filled(path, names, "x")).status_code < 500, (path, method)
    answer = clients["staff"].post(filled(path, names, "x"), b'{"a": [' * 200, content_type="application/json")
    assert answer.status_code < 500, (path, "broken JSON")


@pytest.mark.parametrize("first", range(0, len(ROUTES), AT_ONCE), ids=[ROUTES[n][0] for n in range(0, len(ROUTES), AT_ONCE)])
def test_no_door_crashes(first: int, clients: dict[str, Client]) -> None:
    for place, (path, names) in enumerate(ROUTES[first:first + AT_ONCE], first):
        walked(place, path, names, clients)


def test_the_console_is_closed_to_the_public(clients: dict[str, Client]) -> None:
    for path, names in ROUTES:
        if path.startswith("/console/") and not path.startswith(OPEN):
            answer = clients["public"].get(filled(path, names, "x"))
            assert answer.status_code in {302, 401, 403, 404, 405}, (path, answer.status_code)

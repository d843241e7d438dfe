"""Which role may pass which door? Every console and API route, GET and POST, for the public and each role that exists.

A page in a menu is open to exactly the roles that hold the menu's right. Behind every other door of a room nobody is let in who
holds none of the room's rights (`permissions.toml`); what else is open stands in `OPEN` with its reason. A route of a room without
rights fails, so a new door cannot be forgotten. (ASVS 5 8.2.1-8.2.3.)
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from ximu_doors import all_routes

from ximu.config.tests import open_city
from ximu.faces.api.urls import api
from ximu.faces.console import menu
from ximu.foundation import clock, packs
from ximu.foundation.rooms import short_name, toml_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import account, with_password

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk, pytest.mark.row("S2", "M1.3")]
PUBLIC, STAFF = "public", "staff"
OPEN = {
    "/console/login": PUBLIC, "/console/login/code": PUBLIC, "/console/logout": PUBLIC, "/console/alive": STAFF, "/console/": STAFF,
    "/console/accounts/me": STAFF, "/console/accounts/roles": STAFF, "/console/accounts/password": STAFF, "/console/accounts/factor": STAFF,
    "/api/v1/accounts/me": PUBLIC, "/api/v1/accounts/roles": PUBLIC,
    "/api/v1/ledger/": PUBLIC, "/api/v1/disclosure/public": PUBLIC, "/api/v1/catalogue/": PUBLIC,
    "/api/v1/registry/resolve": PUBLIC, "/api/v1/registry/search": PUBLIC, "/api/v1/registry/units": PUBLIC,
    "/api/v1/casework/procedures": PUBLIC, "/api/v1/credit/issuers": PUBLIC, "/api/v1/d03/standards": PUBLIC,
}
"""Doors (or heads of doors) that need no right: one's own account, the matrix of roles, the log, the published lists and records,
the register of bodies, the declarations of procedures."""
NO_RIGHT = {
    ("GET", "/api/v1/today"): STAFF, ("GET", "/api/v1/casework/cases"): STAFF,
    ("POST", "/api/v1/disclosure/units/{uid}/certificates"): PUBLIC, ("POST", "/api/v1/following/asks"): PUBLIC,
    ("POST", "/api/v1/following/confirmations"): PUBLIC, ("POST", "/api/v1/following/stops"): PUBLIC,
    ("POST", "/api/v1/commitments/mine"): PUBLIC, ("POST", "/api/v1/d11/rate"): PUBLIC, ("POST", "/api/v1/d12/reports"): PUBLIC,
}
"""One's own work and one's own cases; what everybody may ask on the portal, and what a code opens that its holder was given."""
BESIDES = {"disclosure": ("records",), "records": ("disclosure",), "m2": ("casework", "records"),
           "m4": ("casework", "records", "disclosure"), "areas": tuple(short_name(folder) for folder in packs.folders())}
"""Rooms whose doors also open by the rights of the rooms on which they act."""
Door = tuple[str, str]


@cache
def holders(room: str) -> frozenset[str]:
    """The roles that hold any right of a room."""
    rooms = (room, *BESIDES.get(room, ()))
    return frozenset(role for folder, table in toml_of("permissions.toml") if short_name(folder) in rooms
                     for one in table.values() for role in one["roles"])


def room_of(path: str) -> str:
    return path.split("/")[3 if path.startswith("/api/") else 2]


def expected_roles(door: Door) -> frozenset[str]:
    """Who may at most be let in."""
    method, path = door
    everybody = frozenset(accounts.roles())
    if door in NO_RIGHT:
        return everybody | {"public"} if NO_RIGHT[door] == PUBLIC else everybody
    heads = [head for head in OPEN if path == head or (path.startswith(head) and head.count("/") > 2)]
    if heads and (method == "GET" or path.startswith("/console/")):
        kind = OPEN[max(heads, key=len)]
        return everybody | {"public"} if kind == PUBLIC else everybody
    if (page := menu_page(door)) is not None:
        return frozenset(role for p in accounts.permissions() if p.code in page.permission.split() for role in p.roles) \
            if page.permission else everybody
    return holders(room_of(path))


def menu_page(door: Door) -> menu.Page | None:
    return next((page for page in menu.pages() if door[0] == "GET" and reverse(page.url) == door[1]), None)


def api_doors() -> Iterator[Door]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        yield from ((method.upper(), path) for method in methods if method in {"get", "post", "put", "patch", "delete"})


def console_doors() -> list[Door]:
    return [(method, path) for path, _ in all_routes() if path.startswith("/console/") for method in ("GET", "POST")]


LEAVING = "/console/logout"
DOORS = sorted({*console_doors(), *api_doors()}, key=lambda door: (door[1] == LEAVING, door))
"""Signing out comes last: who has signed out finds every later door shut, and nothing is shown by it."""


def verdict(answer: Any) -> str:
    """`in`, `out` (for lack of rights) or `?` (asked in vain: nothing there, not now, not so)."""
    if answer.status_code == 302 and "/console/login" in answer.headers.get("Location", ""):
        return "out"
    refusal = getattr(answer, "refusal", None)
    code = refusal.code if refusal else json.loads(answer.content).get("code", "") if "json" in answer.get("Content-Type", "") and \
        answer.status_code >= 400 else ""
    if answer.status_code == 401 or code == "PERM-DENIED":
        return "out"
    return "in" if answer.status_code < 400 else "?"


class Visit:
    """One round: each role at each door, with identifiers that exist."""

    def __init__(self) -> None:
        number = open_city.opened("示罚〔2018〕1号")
        clerk = account("somebody", "entry")
        self.known = {"number": number, "edition": "2018-1", "item": "CF", "code": "CF", "old": "2017-1", "form": "csv", "unit": open_city.unit(),
                      "uid": open_city.unit(), "login": clerk.login, "account": clerk.uid, "kind": "notice", "index": "0"}
        guard = with_password(account("guard", "security_admin"))
        by = accounts.actor_for(guard, at=clock.now())
        self.pages, self.keys = {"public": Client()}, {"public": {}}
        self.program = Client(raise_request_exception=False)
        for role in accounts.roles():
            unit = open_city.unit() if accounts.roles()[role].bound else ""
            user = with_password(account(f"one-{role.replace('_', '-')}", role, unit=unit))
            self.pages[role] = Client(raise_request_exception=False)
            self.pages[role].force_login(user)
            if not role.endswith("_admin"):  # an administrator has no key: KEY-ROLE
                _, text = services.issue_key(user.uid, role, unit=unit, label="t", days=30, by=by, at=clock.now())
                self.keys[role] = {"Authorization": f"Bearer {text}"}

    def value(self, path: str, name: str) -> str:
        if "/accounts/" in path and name == "uid":
            return self.known["account"]
        if "/catalogue/editions/" in path and name == "number":
            return self.known["edition"]
        return self.known.get(name, "x")

    def knock(self, door: Door, role: str) -> str:
        method, path = door
        if path.startswith("/api/") and role not in self.keys:
            return "?"
        names = re.findall(r"{(\w+)}", path)
        address = path.format(**{name: self.value(path, name) for name in names})
        if path.startswith("/api/"):
            answer = self.program.generic(method, address, b"{}" if method != "GET" else b"", content_type="application/json",
                                          headers=self.keys[role])
            self.program.cookies.clear()
        else:
            answer = getattr(self.pages[role], method.lower())(address, headers={"accept": "application/json"})  # no page of a refusal is drawn
        return verdict(answer)


@pytest.fixture
def visit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Whom a key or an account stands for is asked of the tables once; that a right which ends is gone at once, `accounts` shows."""
    open_city.city(settings)
    settings.XIMU_CLOCK = ""
    made, by_key, by_account = Visit(), accounts.actor_for_key, accounts.actor_for
    keys, people = dict[str, Any](), dict[tuple[Any, str], Any]()

    def of_key(text: str, *, at: Any) -> Any:
        if text not in keys:
            keys[text] = by_key(text, at=at)
        return keys[text]

    def of_account(user: Any, *, at: Any, channel: str = "console") -> Any:
        if (user.pk, channel) not in people:
            people[user.pk, channel] = by_account(user, at=at, channel=channel)
        return people[user.pk, channel]

    monkeypatch.setattr(accounts, "actor_for_key", of_key)
    monkeypatch.setattr(accounts, "actor_for", of_account)
    return made


def test_every_door_belongs_to_a_room_with_rights_or_is_said_to_be_open() -> None:
    assert not [door for door in DOORS if not expected_roles(door)]


def test_each_role_passes_where_it_may_and_nowhere_else(visit: Visit) -> None:
    faults, inside = [], Counter[str]()
    for door in DOORS:
        may = expected_roles(door)
        for role in ("public", *accounts.roles()):
            found = visit.knock(door, role)
            inside[role] += found != "out" and door[0] == "POST" and door[1].startswith("/console/")
            if (found == "in" and role not in may) or (found == "out" and role in may and menu_page(door)):
                faults.append((*door, role, f"is {found}", f"expected {sorted(may)}"))
    assert not faults, "\n".join(map(str, faults))
    assert min(inside[role] for role in accounts.roles()) > 5 and inside["coordinator"] > 100, "nobody was signed out on the way"

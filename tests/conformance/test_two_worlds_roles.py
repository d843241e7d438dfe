"""Two worlds that differ in one hidden record look the same to every role that may not see it, byte for byte, through every door.

For six roles, and for each role of the house with XIMU_WALK=all, a signed-in person (of another unit, where a role is held for a unit) walks every route of console, API and
portal before and after the record comes into the world, with its number, its subject and its source in every place of an address;
every form is posted empty, too. Each request is undone, so that the worlds differ in the record alone.

May differ: the log itself (as in `test_two_worlds.py`), and the answers to what the coordinating office itself does (`ACTS_ON_ALL`).
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from ximu_doors import all_routes, filled
from ximu_worlds import READING, UNSEEN, World, content, differences

from ximu.config.tests import open_city
from ximu.faces.api.shell import api
from ximu.foundation import clock
from ximu.foundation.web import LanguageMiddleware
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as account_rules
from ximu.ideas.accounts import services as rights
from ximu.ideas.disclosure.queries import view_for
from ximu.ideas.records import queries as records
from ximu.ideas.records.models import Version
from ximu.ideas.records.rules import check_character
from ximu.ideas.records.services import ahead
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk, pytest.mark.row("M1.3")]
WORDS = "不得外传之内容"
ALL = os.environ.get("XIMU_WALK") == "all"
SECOND = "0123456789AC" + check_character("0123456789AC")
OF_THE_LOG = ("/log/", "/api/v1/ledger/")
RANDOM = ("/api/v1/m2/reminders ", "/api/v1/m2/talks ", "/console/accounts/factor ", "/console/casework/feed ",
          f"/console/disclosure/archives/{UNSEEN}/certificate ")
"""What is drawn anew at each request (numbers of new cases, secrets, keys): only the status is compared."""
LOG_SIZE = re.compile("透明日志[0-9]+条时".encode())
"""The yearly text names the size of the log at which it was made: what `/log/checkpoint` tells everybody."""
FIXED = clock.end_of(clock.city_day(open_city.LATER)).replace(microsecond=0)


@dataclass(frozen=True)
class Hidden:
    """A record that comes into the world: what it is about, and the roles whose work it is to see it."""

    item: str
    family: str
    key: str
    seen_by: frozenset[str] = frozenset()

    @property
    def subject(self) -> str:
        if self.family == "penalty":
            return open_city.unit()
        servant = registry.official_of("SL00007")
        assert servant is not None
        return servant.uid

    def bring(self) -> str:
        return open_city.effective(self.key, subject=self.subject, item=self.item, family=self.family, BZ=WORDS)


HIDDEN = (Hidden("CF", "penalty", "示罚〔2018〕隐7号", frozenset({"coordinator", "supervisor"})), Hidden("JL-CF", "discipline", "示纪〔2018〕隐8号"))
ACTS_ON_ALL = {"coordinator": (
    "/api/v1/disclosure/publications", "/api/v1/m2/records/", "/api/v1/m4/records/", "/api/v1/records/", "/console/disclosure/records/",
    "/console/m4/records/", "/console/m2/ ",
)}
"""The office draws up the notice of every record, decides on it and carries out what follows, whatever its family: it learns that the record
exists from the answer to its own acts and from its list of cases. What the record says it is not shown; that is compared for it, too."""
CITY_WIDE = frozenset({"coordinator", "supervisor", "system_admin", "security_admin", "audit_admin", "evaluator"})
EVERY_TIME = ("audit_admin", "delegate", "entry", "evaluator", "reviewer", "supervisor")
ROLES = sorted(accounts.roles()) if ALL else EVERY_TIME
"""One role of each manner of seeing walks with every run; all of them with XIMU_WALK=all, as `make long` does (decision 0096)."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def known_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who somebody is, is asked of the tables once for each person and way in: nobody's rights change on the way, and no hidden record is
    read for it."""
    monkeypatch.setattr(accounts, "actor_for_key", cache(accounts.actor_for_key))
    monkeypatch.setattr(accounts, "actor_for", cache(accounts.actor_for))
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)  # a copy of each context, which nobody reads


@pytest.fixture(autouse=True)
def city(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_API_PACE = 0  # the pace goes by the wall clock: a slow walk and a quick one would be refused at different doors
    open_city.city(settings)
    open_city.opened("示罚〔2018〕1号")
    monkeypatch.setattr(clock, "now", lambda: FIXED)
    numbers = iter([[UNSEEN], [SECOND]])
    monkeypatch.setattr(ahead, "draw", lambda _: iter(next(numbers)))


@dataclass(frozen=True)
class Person:
    """Somebody with one role: at the console by session, at the API by key."""

    client: Client
    key: str
    cookies: str

    def ask(self, method: str, address: str, body: Any) -> tuple[int, bytes, str]:
        """Status, body, headers; what the request wrote is undone."""
        words: dict[str, Any] = {"data": body} if method == "post" else {}
        if address.startswith("/api/"):
            words = {"headers": {"authorization": f"Bearer {self.key}"}} if self.key else {}
            if method == "post":
                words |= {"data": json.dumps(body), "content_type": "application/json"}
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(address, **words)
            found = content(answer)
            transaction.set_rollback(True)
        headers = "".join(f"{k}: {v}\n" for k, v in sorted(answer.headers.items()) if k not in {"Set-Cookie", "X-Request-Id", "Expires"})
        return answer.status_code, LOG_SIZE.sub(b"", found), headers


def signed_in(role: str) -> Person:
    table, stranger = apps.get_model("accounts", "User").objects, open_city.unit("caizheng")
    user = table.create(login=f"walker-{role}", display_name=role, person=f"walker-{role}", unit="" if role in CITY_WIDE else stranger, created_at=FIXED,
                        created_by="system", one_time=False, password_set_at=FIXED, uid=f"walk{role[:12]:0>12}")
    apps.get_model("accounts", "RoleGrant").objects.create(
        user=user, role=role, unit="" if role in CITY_WIDE else stranger, granted_at=FIXED, granted_by="system")
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookies = client.cookies.output(header="", attrs=[], sep=";")
    if not account_rules.may_hold_key(role):
        return Person(client, "", cookies)
    unit = "" if role in CITY_WIDE else stranger
    return Person(client, rights.issue_key(user.uid, role, unit=unit, label="x", days=30, by=SYSTEM, at=FIXED)[1],
                  cookies)


def may_see(role: str, number: str) -> bool:
    """Asked of the one policy itself, for the purpose that this role has without naming one."""
    unit = None if role in CITY_WIDE else open_city.unit("caizheng")
    try:
        records.facts_of(number, view=view_for(open_city.person(role, role, unit), at=FIXED), known_at=FIXED)
    except Refusal:
        return False
    return True


def made_up(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Any:
    """A value that fits an OpenAPI schema; every free text is the number of the hidden record."""
    if "$ref" in schema:
        return made_up(parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    if options := schema.get("anyOf") or schema.get("allOf") or schema.get("oneOf"):
        return made_up(options[0], parts)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: made_up(one, parts) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [made_up(schema.get("items", {}), parts)]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "null":
            return None
    return {"date": "2018-06-01", "date-time": "2018-06-01T00:00:00Z"}.get(schema.get("format", ""), UNSEEN)


@cache
def bodies() -> dict[str, Any]:
    """Address of the API (with its parameters in braces) → a body that its POST accepts in form."""
    told = api.get_openapi_schema()
    parts = told.get("components", {}).get("schemas", {})
    return {path: made_up(one["post"]["requestBody"]["content"]["application/json"]["schema"], parts)
            for path, one in told["paths"].items()
            if "application/json" in one.get("post", {}).get("requestBody", {}).get("content", {})}


FORM = {"reason": "x", "words": "x", "note": "x", "number": UNSEEN, "numbers": UNSEEN, "record": UNSEEN, "records": UNSEEN, "q": UNSEEN,
        "document": "x", "basis": "x", "proof": "x", "what": "commitment", "on": "2018-06-01", "purpose": ""}


Asked = tuple[str, str, Any]


@cache
def doors(subject: str) -> dict[str, Asked]:
    """Every route, by GET and by POST with a form (or body) that says what it may."""
    found, told = dict[str, Asked](), bodies()
    for path, names in all_routes():
        if path.startswith(OF_THE_LOG):
            continue
        found[f"{filled(path, names, UNSEEN)} post"] = ("post", filled(path, names, UNSEEN), told.get(path, FORM))
        for value in (UNSEEN, subject) if names else ("",):
            found[f"{filled(path, names, value)} get"] = ("get", filled(path, names, value), None)
    return found


def answer(person: Person, address: str, asked: Asked) -> tuple[int, bytes, str]:
    told = person.ask(*asked)
    return (told[0], b"", "") if address.startswith(RANDOM) else told


def walk(person: Person, subject: str, only: str = "/") -> World:
    """Nothing that a request does stays."""
    return {address: answer(person, address, asked) for address, asked in doors(subject).items() if address.startswith(only)}


class Walk:
    """One world, and what each answer was read from: a request that names no table that has changed since, and opens no file of the home,
    would be answered alike and is not asked again (with XIMU_WALK=all, as `make long` walks, every one is)."""

    def __init__(self, person: Person, subject: str) -> None:
        self.person, self.subject = person, subject
        self.read, self.cost = dict[str, set[str] | None](), dict[str, list[str]]()
        self.world = {address: self._asked(address) for address in doors(subject)}

    def _asked(self, address: str) -> tuple[int, bytes, str]:
        with READING.of(str(settings.XIMU_HOME)):
            found = answer(self.person, address, doors(self.subject)[address])
        self.read[address] = None if READING.file else READING.named
        self.cost[address] = READING.statements
        return found

    def again(self, changed: set[str]) -> tuple[World, list[str]]:
        """The other world, and the doors that were asked again."""
        todo = [a for a, read in self.read.items() if ALL or read is None or read & changed]
        return self.world | {a: self._asked(a) for a in todo}, todo


@pytest.mark.usefixtures("known_people")
@pytest.mark.parametrize("role", ROLES)
def test_hidden_records_change_no_byte_for_a_role_that_may_not_see_them(role: str) -> None:
    person, hidden = signed_in(role), [one for one in HIDDEN if role not in one.seen_by]
    walked = Walk(person, hidden[0].subject)
    before, cost = walked.world, dict(walked.cost)
    with READING.of(""):
        numbers = [one.bring() for one in hidden]
    assert numbers == [UNSEEN, SECOND][:len(hidden)]
    assert not any(may_see(role, number) for number in numbers)
    after, asked = walked.again(READING.named)
    assert len(after) > 1000, "the walk has found the doors"
    assert len(asked) > 50, "those that read records or the log"
    found = differences(before, after)
    assert not [one for one in found if not one.startswith(ACTS_ON_ALL.get(role, ("-",)))]
    slower = [one for one in asked if UNSEEN in one and cost[one] != walked.cost[one]]
    assert not [one for one in slower if not one.startswith(ACTS_ON_ALL.get(role, ("-",)))], "as long as if there were no such record"
    assert all(one.endswith(" post") or one.startswith("/console/m2/ ") for one in found), "what is read is the same for everybody"
    assert not [a for a, (_, body, _) in after.items() if WORDS.encode() in body or any(one.key.encode() in body for one in hidden)]


def count_in_a_header(request: HttpRequest, answer: HttpResponse) -> None:
    answer.headers["X-Total"] = str(Version.objects.count())


def a_word_in_a_refusal(request: HttpRequest, answer: HttpResponse) -> None:
    if UNSEEN in request.path and Version.objects.filter(number=UNSEEN).exists():
        answer.content += "<!-- 无权查看 -->".encode()


def another_answer_to_a_form(request: HttpRequest, answer: HttpResponse) -> None:
    if request.method == "POST" and request.POST.get("number") and Version.objects.filter(number=request.POST["number"]).exists():
        answer.status_code = 409


def a_count_of_the_family(request: HttpRequest, answer: HttpResponse) -> None:
    answer.headers["X-Of-Family"] = str(Version.objects.filter(family="discipline").count())


@pytest.mark.parametrize("leak", [count_in_a_header, a_word_in_a_refusal, another_answer_to_a_form, a_count_of_the_family])
def test_a_planted_leak_is_caught(monkeypatch: pytest.MonkeyPatch, leak: Callable[[HttpRequest, HttpResponse], None]) -> None:
    """The test of the test, for one role and one room."""
    person, (_, hidden), plain = signed_in("delegate"), HIDDEN, LanguageMiddleware.__call__

    def leaking(self: LanguageMiddleware, request: HttpRequest) -> HttpResponse:
        answer = plain(self, request)
        leak(request, answer)
        return answer

    before = walk(person, hidden.subject, only="/console/m3_supervision")
    monkeypatch.setattr(LanguageMiddleware, "__call__", leaking)
    leaky = walk(person, hidden.subject, only="/console/m3_supervision")
    assert len(before) > 10
    assert hidden.bring() == UNSEEN
    assert differences(leaky, walk(person, hidden.subject, only="/console/m3_supervision"))
    monkeypatch.setattr(LanguageMiddleware, "__call__", plain)
    assert not differences(before, walk(person, hidden.subject, only="/console/m3_supervision"))

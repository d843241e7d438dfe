"""The API describes itself and refuses in one shape."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

import pydantic
import pytest
from django.test import Client, RequestFactory
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from ximu.faces.api.inputs import in_chinese
from ximu.faces.api.urls import _invalid, _malformed, _unknown
from ximu.foundation import clock
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import account
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

OPEN = {f"/api/v1/{door}" for door in (
    "following/asks", "following/confirmations", "following/stops", "commitments/mine", "disclosure/units/{uid}/certificates", "d11/rate",
    "d12/reports")}
"""What changes something and needs no key."""


def key(*roles: str) -> dict[str, str]:
    """The header of a key whose keeper holds the roles (the first one is the key's)."""
    keeper = account("keeper", *roles)
    _, text = services.issue_key(keeper.uid, roles[0], unit="", label="test", days=3, by=SYSTEM, at=clock.now())
    return {"authorization": f"Bearer {text}"}


@pytest.mark.django_db
def test_it_describes_itself() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    schema = answer.json()
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for address, item in schema["paths"].items():
        for method, operation in item.items():
            assert {"400", "401", "403", "404", "409", "413", "422", "429"} <= set(operation["responses"])
            assert ({} in operation["security"]) == (method == "get" or address in OPEN), address
    for address in OPEN:
        told = Client().post(address.replace("{uid}", "none"), "{}", content_type="application/json")
        assert told.status_code in (404, 422), "it needs no key, as it says"


def test_bad_parameters_are_named() -> None:
    error = ValidationError([{"loc": ("query", "page"), "msg": "应为整数", "type": "int_parsing", "input": "x"}])
    answer = _invalid(RequestFactory().get("/api/v1/x"), error)
    assert answer.status_code == 422
    assert b'"API-INPUT"' in answer.content


def test_what_is_not_json_and_who_is_not_known_are_told_in_the_same_shape() -> None:
    request = RequestFactory().post("/api/v1/x")
    assert b'"API-BODY"' in _malformed(request, HttpError(400, "x")).content
    answer = _unknown(request, AuthenticationError())
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b'"AUTH-NEED"' in answer.content


@pytest.mark.django_db
def test_pages_have_a_next_one_until_the_last() -> None:
    header = {}
    for n in range(3):
        account(f"clerk{n}")
    header = key("entry")
    assert Client().get("/api/v1/accounts/accounts", headers=header).status_code == 403
    assert Client().get("/api/v1/accounts/accounts").status_code == 401
    assert Client().get("/api/v1/accounts/accounts?limit=0").status_code == 422


@pytest.mark.django_db
def test_an_unchanged_answer_is_not_sent_again() -> None:
    first = Client().get("/api/v1/accounts/roles")
    again = Client().get("/api/v1/accounts/roles", headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.django_db
def test_its_page_lists_every_operation() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for address in Client().get("/api/v1/openapi.json").json()["paths"]:
        assert address in page
    assert "//" not in page.replace("http://www.w3.org", "").split("<main", 1)[1].split("</main", 1)[0].replace("</", "")


def test_an_unknown_address_has_the_same_shape() -> None:
    answer = Client().get("/api/v1/nothing-here")
    assert (answer.status_code, answer.json()["code"]) == (404, "HTTP-404")


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address", "allowed"), [
    ("delete", "/api/v1/ledger/size", "GET"), ("put", "/api/v1/intake/deliveries", "GET, POST"), ("trace", "/api/v1/plan/matrix", "GET"),
])
def test_a_wrong_method_is_told_in_the_shape_of_every_refusal(method: str, address: str, allowed: str) -> None:
    answer = getattr(Client(), method)(address)
    told = answer.json()
    assert (answer.status_code, told["code"], sorted(answer["Allow"].split(", "))) == (405, "HTTP-405", sorted(allowed.split(", ")))
    assert "此地址" in told["message_zh"] and told["message_en"].isascii()


class Everything(BaseModel):
    whole: int = Field(ge=1, le=5)
    words: str = Field(min_length=2, max_length=3, pattern="^[a-z]+$")
    day: date
    some: list[int] = Field(max_length=1)
    yes: bool
    kind: Literal["a", "b"]
    many: dict[str, int]
    share: float = Field(gt=0, lt=1)


@pytest.mark.parametrize("given", [
    {}, {"whole": "x", "words": 1, "day": "x", "some": {}, "yes": "x", "kind": "c", "many": [], "share": "x"},
    {"whole": 0, "words": "a", "day": "2018-05-03T10:00:00", "some": [1, 2], "yes": None, "kind": None, "many": {"a": "x"}, "share": 0},
    {"whole": 6, "words": "abcd", "day": 1.5, "some": ["x"], "yes": 3, "kind": 1, "many": 1, "share": 1},
    {"whole": 1.5, "words": "12", "day": None, "some": None, "yes": [], "kind": [], "many": None, "share": float("nan")},
    {"whole": "9" * 5000},
])
def test_every_fault_of_a_parameter_has_a_chinese_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError) as refused:
        Everything(**given)
    for error in refused.value.errors():
        said = in_chinese(error)
        assert re.search("[\u4e00-\u9fff]", said) and said != "不符合要求" and "{" not in said.replace("{a", ""), error["type"]
        assert not re.search("[A-Za-z]{4,}", said.replace("true", "").replace("false", "")), said
    assert in_chinese({"type": "no_such_kind"}) == "不符合要求"


@pytest.mark.django_db
def test_a_program_reads_what_waits_as_the_home_page_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def waiting(actor: Actor, at: datetime) -> list[TodayItem]:
        return [TodayItem(Text("待审核", "to review"), Text(actor.label, "of the key"), "/console/x", date(2018, 4, 30), 16, "warn")]

    monkeypatch.setattr(accounts, "today", waiting, raising=False)
    assert Client().get("/api/v1/today").json()["code"] == "AUTH-NEED"
    [line] = [one for one in Client(headers=key("entry")).get("/api/v1/today").json() if one["url"] == "/console/x"]
    assert (line["kind_zh"], line["due"], line["count"], line["state"]) == ("待审核", "2018-04-30", 16, "warn")

"""Whatever comes in, the answer is a refusal and not a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, OperationalError
from django.test import Client, RequestFactory

from ximu.foundation import errors
from ximu.foundation.hostile import HostileMiddleware
from ximu.foundation.web import int_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/?q=%00", "/?%00=1", "/a%00b", "/?q=" + "%ED%A0%80", "/console/login?next=%00"])
def test_signs_that_no_database_keeps_are_refused_in_addresses(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code < 500
    if "%00" in address:
        assert (answer.status_code, answer.refusal.code) == (400, "INPUT-SIGN")


def test_they_are_refused_in_forms_cookies_and_json() -> None:
    client = Client()
    assert client.post("/console/login", {"login": "a\x00b", "password": "x"}).refusal.code == "INPUT-SIGN"
    client.cookies["sessionid"] = "abcdefgh\\000ijk"
    assert client.get("/").status_code < 500
    body = b'{"role": "\\ud800"}'
    assert Client().post("/api/v1/accounts/accounts/x/grants", body, content_type="application/json").json()["code"] == "INPUT-SIGN"
    broken = b'{"role": "\\ud800"'
    assert Client().post("/api/v1/accounts/accounts/x/grants", broken, content_type="application/json").json()["code"] == "INPUT-SHAPE"


@pytest.mark.parametrize(("referer", "back"), [
    ("http://testserver/console/login?next=/x", "/console/login?next=/x"), ("http://[", ""), ("http://elsewhere/console/", ""),
    ("http://testserver//elsewhere/", ""), ("http://testserver/\\elsewhere/", ""),
])
def test_a_refusal_leads_back_to_our_own_page_and_a_broken_referer_is_none(referer: str, back: str) -> None:
    answer = Client().post("/console/login", {"login": "\u202e", "password": "x"}, headers={"referer": referer})
    assert (answer.status_code, answer.context["back"]) == (422, back)


def told(answer: Any) -> str:
    return str(getattr(getattr(answer, "refusal", None), "code", ""))


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\x85"])
def test_signs_that_hide_what_is_said_are_refused_in_every_form_and_json_but_not_in_passwords_and_rows(sign: str) -> None:
    client, text = Client(), f"付清{sign}未"
    answer = client.post("/console/login", {"login": text, "password": "x"})
    assert (answer.status_code, answer.refusal.code, answer.refusal.field) == (422, "INPUT-SIGN", "login")
    assert told(client.post("/console/login", {"login": "a", "password": text})) != "INPUT-SIGN"
    where = "/api/v1/accounts/accounts/x/grants"
    for escaped in (True, False) if sign != "\x07" else (True,):
        body = json.dumps({"role": {"deep": [text]}}, ensure_ascii=escaped)
        for kind, sent in (("application/json", body), ("text/plain", body), ("application/json", f"[{body}]")):
            assert client.post(where, sent, content_type=kind).json()["code"] == "INPUT-SIGN", (kind, sent)
        rows = json.dumps({"rows": [{"a": text}]}, ensure_ascii=escaped)
        assert client.post(where, rows, content_type="application/json").json()["code"] != "INPUT-SIGN", "judged cell by cell"
    assert told(client.post("/console/login", {"login": "第一行\r\n\t第二行", "password": "x"})) != "INPUT-SIGN"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "9999-12-31T00:00:00Z"])
@pytest.mark.parametrize("address", ["/console/plan/", "/api/v1/plan/matrix", "/records/", "/"])
def test_a_day_that_no_reckoning_reaches_is_refused_wherever_it_is_asked(address: str, day: str) -> None:
    answer = Client().get(address, {"as_of": day})
    assert (answer.status_code, answer.refusal.code, answer.refusal.field) == (422, "DATE-RANGE", "as_of")


def test_what_is_sought_may_look_like_any_day() -> None:
    assert Client().get("/records/", {"q": "9999-12-31"}).status_code == 200


def test_a_body_over_the_limit_is_told_so() -> None:
    answer = Client().post("/console/login", {"login": "a" * (5 << 20)}, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(("error", "status", "code"), [
    (DataError("value too long"), 422, "INPUT-VALUE"), (OverflowError(), 422, "INPUT-VALUE"), (RecursionError(), 422, "INPUT-VALUE"),
    (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"), 422, "INPUT-VALUE"), (RequestDataTooBig(), 413, "INPUT-SIZE"),
    (TooManyFieldsSent(), 400, "INPUT-SHAPE"), (OperationalError("database is locked"), 503, "DB-BUSY"),
    (OperationalError("database or disk is full"), 507, "DISK-FULL"),
])
def test_what_cannot_be_kept_becomes_a_refusal(error: Exception, status: int, code: str) -> None:
    answer = HostileMiddleware.process_exception(RequestFactory().get("/api/v1/x"), error)
    assert answer is not None
    assert (answer.status_code, answer.refusal.code) == (status, code)


def test_an_error_of_ours_stays_an_error() -> None:
    assert HostileMiddleware.process_exception(RequestFactory().get("/"), KeyError("x")) is None


@pytest.mark.parametrize(("given", "wanted"), [("3", 3), ("", 1), ("-1", 1), ("9" * 5000, 1), ("٣", 1), ("0", 1), ("1e3", 1)])
def test_numbers_in_addresses_are_numbers_or_the_default(given: str, wanted: int) -> None:
    assert int_of(RequestFactory().get("/", {"page": given}), "page", 1) == wanted


@pytest.mark.parametrize(("view", "status", "code"), [
    (errors.bad_request, 400, "HTTP-400"), (errors.forbidden, 403, "HTTP-403"), (errors.not_found, 404, "HTTP-404"),
    (errors.broken, 500, "HTTP-500"), (errors.no_csrf, 403, "CSRF"),
])
@pytest.mark.parametrize("path", ["/x", "/console/x", "/api/v1/x"])
def test_error_pages_have_both_languages_and_every_skin(view: object, status: int, code: str, path: str) -> None:
    request = RequestFactory().get(path)
    request.session = {}  # type: ignore[assignment]
    answer = view(request)  # type: ignore[operator]
    assert answer.status_code == status
    assert code in answer.content.decode()


def test_pages_carry_the_headers_that_keep_others_out() -> None:
    answer = Client().get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"], answer["Referrer-Policy"]) == ("nosniff", "DENY", "same-origin")


def test_a_page_says_which_method_it_takes() -> None:
    answer = Client(headers={"accept-language": "zh"}).post("/records/")
    assert (answer.status_code, answer["Allow"], answer.refusal.code) == (405, "GET, HEAD", "HTTP-405")
    assert "GET, HEAD" in answer.content.decode()

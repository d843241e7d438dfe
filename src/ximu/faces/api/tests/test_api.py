"""The API describes itself and refuses in one shape."""

from __future__ import annotations

from django.test import Client, RequestFactory
from ninja.errors import ValidationError

from ximu.faces.api.urls import _invalid


def test_it_describes_itself() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_bad_parameters_are_named() -> None:
    error = ValidationError([{"loc": ("query", "page"), "msg": "应为整数", "type": "int_parsing", "input": "x"}])
    answer = _invalid(RequestFactory().get("/api/v1/x"), error)
    assert answer.status_code == 422
    assert b'"API-INPUT"' in answer.content

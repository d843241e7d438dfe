"""The desk in a browser's hands: a whole edition by forms, and pages that refuse what is not theirs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from lxml.html import fromstring

from ximu.foundation.uid import new_uid
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.catalogue import jobs, queries
from ximu.ideas.catalogue.rules import forms
from ximu.ideas.catalogue.rules.vocabulary import ROLES
from ximu.ideas.catalogue.tests import factories as f
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.1")]
ACTING: dict[str, Actor] = {}


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that acts as `ACTING["now"]`."""
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    monkeypatch.setattr("ximu.foundation.clock.now", lambda: datetime(2018, 4, 1, 2, tzinfo=UTC))
    f.register_bases()
    return client


def as_one(name: str, *permissions: str) -> None:
    ACTING["now"] = f.person(name, "desk", *permissions)


def test_a_whole_edition_by_forms(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = type("Unit", (), {"short_name": "示例局", "name": "示例市示例局"})
    monkeypatch.setattr(registry, "unit", lambda uid, as_of: unit if uid == f.ONE else None)
    base = "/console/catalogue"
    as_one("coordinator", "merge")
    assert desk.post(f"{base}/open", {"number": "2018-1", "in_force": "2018-05-01"}).status_code == 302
    as_one("clerk", "draft", "object")
    assert desk.get(f"{base}/editions/2018-1/new").status_code == 200
    new = {"list": "data", "code": "CF", "owner": f.ONE, "body": json.dumps(f.body_of("CF"))}
    draft = desk.post(f"{base}/editions/2018-1/new", new).headers["Location"]
    assert "提交审核" in desk.get(draft).content.decode()
    desk.post(f"{draft}/act", {"act": "revise", "body": json.dumps({**f.body_of("CF"), "update": "daily"})})
    desk.post(f"{draft}/act", {"act": "submit"})
    as_one("reviewer", "review")
    desk.post(f"{draft}/act", {"act": "return", "reason": "请补充"})
    as_one("clerk", "draft", "object")
    desk.post(f"{draft}/act", {"act": "submit"})
    desk.post(f"{draft}/act", {"act": "object", "reason": "周期过短"})
    as_one("coordinator", "merge")
    [objection] = queries.objections_of(draft.rsplit("/", 1)[1])
    desk.post(f"{base}/objections/{objection.uid}", {"upheld": "no", "words": "维持", "item": draft.rsplit("/", 1)[1]})
    as_one("reviewer", "review")
    desk.post(f"{draft}/act", {"act": "accept"})
    as_one("coordinator", "merge")
    assert "汇总" in desk.get(f"{base}/editions/2018-1").content.decode()
    desk.post(f"{base}/editions/2018-1/act", {"act": "merge"})
    as_one("publisher", "publish")
    desk.post(f"{base}/editions/2018-1/act", {"act": "publish"})
    assert queries.gate("CF", use="collect", on=date(2018, 5, 1)).body["update"] == "daily"
    page = desk.get(f"{base}/editions/2018-1").content.decode()
    assert queries.edition("2018-1").digest in page
    assert "行政相对人名称" in desk.get(f"{base}/editions/2018-1/items/CF").content.decode()


def test_pages_of_published_editions(desk: Client) -> None:
    f.published("2017-1", date(2017, 7, 1), ["CF", "XW-G-3", "YY-B-1"])
    f.published("2018-1", date(2018, 5, 1), ["CF", "XK", "XW-G-3", "YY-B-1"])
    as_one("clerk")
    for path in ("/", "/bases", "/editions/2018-1?list=behaviour", "/editions/2018-1/items/YY-B-1", "/editions/2018-1/changes/2017-1"):
        for language in ("zh", "en"):
            mark = "&" if "?" in path else "?"
            assert desk.get(f"/console/catalogue{path}{mark}lang={language}").status_code == 200, path
    assert desk.get("/console/catalogue/editions/2018-1/files/json").json()["number"] == "2018-1"
    assert desk.get("/console/catalogue/editions/2018-1/changes/2017-1/csv").status_code == 200


def test_two_owners_are_settled_on_the_desk(desk: Client) -> None:
    as_one("coordinator", "merge")
    desk.post("/console/catalogue/open", {"number": "2018-1", "in_force": "2018-05-01"})
    mine = f.accepted("2018-1", "CF")
    f.drafted("2018-1", "CF", owner=f.TWO, by=f.OTHER)
    assert "一项多主" in desk.get("/console/catalogue/editions/2018-1").content.decode()
    desk.post("/console/catalogue/editions/2018-1/act", {"act": "settle", "keep": mine, "reason": "归口"})
    assert [i.uid for i in queries.desk("2018-1")["items"]] == [mine]


def controls(page: str, button: str) -> dict[str, list[str]]:
    """What a browser would post from the form that has this act or, if it is empty, from the first one with a code."""
    form = next(one for one in fromstring(page).forms if any(b.get("value", "") == button for b in one.iter("button")) and one.get("method") == "post"
                and "name.zh" in one.fields)
    posted: dict[str, list[str]] = {}
    for name, value in form.form_values():
        posted.setdefault(name, []).append(value)
    return posted


@pytest.mark.parametrize("code", sorted(jobs.library()))
def test_the_form_of_an_item_says_the_whole_item(desk: Client, code: str) -> None:
    as_one("all", "draft", "merge", "review")
    desk.post("/console/catalogue/open", {"number": "2018-1", "in_force": "2018-05-01"})
    uid = f.drafted("2018-1", code)
    filled = controls(desk.get(f"/console/catalogue/drafts/{uid}").content.decode(), "revise")
    before = queries.draft_item(uid).body
    assert forms.body_from(queries.draft_item(uid).list, posted(filled), old=before) == before
    filled["name.en"] = ["Another name"]
    answer = desk.post(f"/console/catalogue/drafts/{uid}/act", {**filled, "act": "revise"})
    assert answer.status_code == 302, answer.content.decode()
    assert queries.draft_item(uid).body == {**before, "name": {**before["name"], "en": "Another name"}}


def posted(filled: dict[str, list[str]]) -> QueryDict:
    given = QueryDict(mutable=True)
    for name, values in filled.items():
        given.setlist(name, values)
    return given


@pytest.mark.parametrize("code", ["CF", "XW-G-1", "YY-B-1"])
def test_a_new_item_is_drafted_without_json(desk: Client, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = type("Unit", (), {"short_name": "示例局", "name": "示例市示例局"})
    monkeypatch.setattr(registry, "unit", lambda uid, as_of: unit if uid == f.ONE else None)
    as_one("all", "draft", "merge")
    desk.post("/console/catalogue/open", {"number": "2018-1", "in_force": "2018-05-01"})
    list_, body = jobs.library()[code]
    rows = len(body.get("schema", {}).get("fields", ()))
    page = desk.get(f"/console/catalogue/editions/2018-1/new?list={list_}").content.decode()
    filled = controls(page, "")
    model = controls(desk.get(f"/console/catalogue/drafts/{f.drafted('2018-1', code)}").content.decode(), "revise")
    assert set(filled) - {"list", "code", "owner"} <= set(model)
    assert "schema.3.name" in filled or not rows
    assert set(forms.ROLE_WORDS) == set(ROLES)
    answer = desk.post("/console/catalogue/editions/2018-1/new", {**filled, **model, "list": list_, "code": f"{code}-9", "owner": f.ONE})
    assert answer.status_code == 302, answer.content.decode()
    made = queries.draft_item(answer.headers["Location"].rsplit("/", 1)[-1]).body
    lost = {"pattern", "minimum", "maximum", "minLength"}
    for old, new in zip(body.get("schema", {}).get("fields", ()), made.get("schema", {}).get("fields", ()), strict=True):
        assert {k: w for k, w in old.get("constraints", {}).items() if k not in lost} == new.get("constraints", {})
    assert {k: w for k, w in made.items() if k != "schema"} == {k: w for k, w in body.items() if k != "schema"}


def test_rules_that_are_no_json_and_a_length_that_is_no_number_are_named(desk: Client) -> None:
    as_one("all", "draft", "merge")
    desk.post("/console/catalogue/open", {"number": "2018-1", "in_force": "2018-05-01"})
    uid = f.drafted("2018-1", "CF")
    filled = controls(desk.get(f"/console/catalogue/drafts/{uid}").content.decode(), "revise")
    act = f"/console/catalogue/drafts/{uid}/act"
    assert "LIST-JSON" in desk.post(act, {**filled, "schema.rules": "{", "act": "revise"}).content.decode()
    answer = desk.post(act, {**filled, "schema.0.length": "长", "act": "revise"}).content.decode()
    assert "LIST-ITEM" in answer
    assert "maxLength" in answer


def test_a_legal_text_is_registered_and_repealed_by_form(desk: Client) -> None:
    as_one("all", "merge")
    text = {"code": "SL-2018-1", "title": "示例市办法", "title_en": "Measures of the example city", "number": "示令〔2018〕1号", "level": "部门规章",
            "in_force_on": "2018-03-01", "repealed_on": "", "empowers": "", "to_be_confirmed": "yes"}
    assert desk.post("/console/catalogue/bases", text).status_code == 302
    assert queries.bases()["SL-2018-1"].to_be_confirmed
    page = desk.get("/console/catalogue/bases?code=SL-2018-1").content.decode()
    assert 'value="Measures of the example city"' in page
    assert desk.post("/console/catalogue/bases", {**text, "repealed_on": "2018-12-31"}).status_code == 302
    assert queries.bases()["SL-2018-1"].version == 2
    for wrong, code in (({"repealed_on": "soon"}, "DATE-FORM"), ({"repealed_on": "2018-01-01"}, "LIST-BASIS-FORM"), ({"level": "口头"}, "LIST-BASIS-FORM")):
        assert code in desk.post("/console/catalogue/bases", {**text, **wrong}).content.decode()
    as_one("reader")
    assert "PERM-DENIED" in desk.post("/console/catalogue/bases", text).content.decode()
    assert 'id="register"' not in desk.get("/console/catalogue/bases").content.decode()


@pytest.mark.parametrize(("path", "given", "code"), [
    ("/open", {"number": "2018-2", "in_force": "tomorrow"}, "DATE-FORM"), ("/editions/2018-1/act", {"act": "burn"}, "ACT-NONE"),
    ("/editions/2018-1/new", {"list": "data", "code": "CF", "owner": new_uid(), "body": "{}"}, "LIST-UNIT"),
    ("/drafts/DRAFT/act", {"act": "revise", "body": "{"}, "LIST-JSON"), ("/drafts/DRAFT/act", {"act": "revise", "body": "[]"}, "LIST-JSON"),
])
def test_bad_forms_are_refused_on_a_page(desk: Client, path: str, given: dict[str, str], code: str) -> None:
    as_one("all", "draft", "merge")
    desk.post("/console/catalogue/open", {"number": "2018-1", "in_force": "2018-05-01"})
    answer = desk.post(f"/console/catalogue{path.replace('DRAFT', f.drafted('2018-1', 'CF'))}", given)
    assert answer.status_code >= 400
    assert code in answer.content.decode()


def test_an_outsider_sees_no_desk(desk: Client) -> None:
    ACTING["now"] = f.person("outsider")
    for path in ("/", "/bases", "/editions/2018-1"):
        assert "PERM-DENIED" in desk.get(f"/console/catalogue{path}").content.decode()


def test_the_merge_desk_over_the_api(desk: Client) -> None:
    """A program finds drafts, settles a conflict, is refused for a repealed basis and publishes: it needs no page."""
    number, base = "2018-1", "/api/v1/catalogue"

    def post(path: str, status: int = 200, **body: Any) -> Any:
        answer = desk.post(f"{base}/{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    ACTING["now"] = f.person("stranger")
    assert {desk.get(f"{base}/{path}").json()["code"] for path in ("desks", "bases", f"desks/{number}", "drafts/x")} == {"PERM-DENIED"}
    as_one("coordinator", "merge")
    post("editions", number=number, in_force="2018-05-01")
    assert [one["number"] for one in desk.get(f"{base}/desks").json()] == [number]
    mine, theirs = f.accepted(number, "CF"), f.drafted(number, "CF", owner=f.TWO, by=f.OTHER)
    as_one("other", "draft")
    assert post(f"editions/{number}/items", 422, list="data", code="CF", owner="none", body=f.body_of("CF"))["code"] == "LIST-UNIT"
    as_one("coordinator", "merge")
    shown = desk.get(f"{base}/desks/{number}").json()
    assert [[one["uid"] for one in same] for same in shown["conflicts"]] == [[mine, theirs]] and shown["counts"]["accepted"] == 1
    assert post(f"editions/{number}/merge", 409)["code"] == "LIST-OWNER"
    post(f"editions/{number}/owner", keep=mine, reason="归口")
    assert desk.get(f"{base}/desks/{number}").json()["conflicts"] == []
    assert [step["act"] for step in desk.get(f"{base}/drafts/{theirs}").json()["steps"]] == ["draft", "drop"]
    post(f"editions/{number}/merge")
    [text] = [one for one in desk.get(f"{base}/bases").json() if one["code"] == "GBF-2015-51"]
    known = {name: text[name] for name in ("code", "title", "title_en", "number", "level", "in_force_on", "to_be_confirmed")}
    assert post("bases", **known) == {"done": False}
    assert post("bases", **{**known, "repealed_on": "2018-04-01"}) == {"done": True}
    as_one("publisher", "publish")
    refusal = post(f"editions/{number}/publish", 422)
    assert (refusal["code"], refusal["field"], refusal["value"]) == ("LIST-BASIS", "CF.bases", "GBF-2015-51")
    assert queries.editions() == []
    as_one("coordinator", "merge")
    post("bases", **known)
    as_one("publisher", "publish")
    assert len(post(f"editions/{number}/publish")["digest"]) == 64

"""Pages, API and command line show the register and pass acts on to the services."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.http import HttpResponse
from django.test import Client, RequestFactory

from ximu.foundation.profiles import uid_of
from ximu.ideas.registry import api, queries
from ximu.ideas.registry.commands import registry_group
from ximu.ideas.registry.tests.factories import load
from ximu.ideas.registry.views import acts, pages
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
READER = Actor("r", grants=(Grant("subject", frozenset({"registry.see"})),))


def example(key: str) -> str:
    return uid_of("example", key)


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    load()


def get(view: object, *args: str, by: Actor = SYSTEM, **query: str) -> str:
    return _answer(view, RequestFactory().get("/console/registry/", query), args, by).content.decode()


def post(view: object, *args: str, by: Actor = SYSTEM, **form: object) -> HttpResponse:
    return _answer(view, RequestFactory().post("/console/registry/", form), args, by)


def _answer(view: object, request: object, args: tuple[str, ...], by: Actor) -> HttpResponse:
    request.actor, request.user = by, None
    return view(request, *args)


def test_the_list_filters_and_finds_by_pinyin_and_former_name() -> None:
    assert "示例市财政局" in get(pages.index, as_of="2018-02-13", kind="department", level="municipal")
    assert "示例市财政局" in get(pages.index, q="sczj", as_of="2018-02-13")
    found = get(pages.index, q="计划生育", as_of="2019-03-01")
    assert "示例市卫生健康委员会" in found
    assert "示例市卫生和计划生育委员会" in found


def test_a_unit_page_shows_names_reforms_heirs_and_people_only_to_those_who_may() -> None:
    shown = get(pages.unit, example("syj"), as_of="2019-03-01")
    for words in ("示例市食品药品监督管理局", "示例市市场监督管理局", "主要承继单位", "2018年11月30日", "<svg"):
        assert words in shown
    assert "王伟" in get(pages.unit, example("czj"))
    assert "王伟" not in get(pages.unit, example("czj"), by=READER)
    for by, told in ((READER, False), (SYSTEM, True)):
        request = RequestFactory().get("/api/v1/registry/units/x")
        request.actor = by
        posts = api.one_unit(request, example("czj"), as_of=date(2018, 6, 1))["posts"]
        assert {"王伟" in str(posts), any(term["term"] for post in posts for term in post.get("terms", ()))} == {told}
    assert "登记变动" not in get(pages.unit, example("czj"), by=READER)


def test_the_public_sees_no_console_page() -> None:
    for view, args in ((pages.index, ()), (pages.unit, (example("czj"),)), (pages.vacancies, ()), (pages.phrases, ())):
        with pytest.raises(Refusal) as refused:
            get(view, *args, by=Actor("public"))
        assert refused.value.code == "PERM-DENIED"


def test_the_vacancies_are_listed() -> None:
    shown = get(pages.vacancies, as_of="2018-06-01")
    assert "示例市戊区统计局" in shown
    assert "财政局" not in shown


def test_a_reform_is_entered_by_form() -> None:
    post(acts.reform, example("tjj"), kind="merge", on="2019-06-01", heirs="市审计局|统计职能", basis="示例", sure="yes")
    assert queries.owner_of(example("tjj"), date(2019, 6, 1)) == example("sjj")
    post(acts.reform, example("czj"), kind="rename", on="2019-06-01", full="示例市财政金融局", short="市财政金融局")
    assert queries.name(example("czj"), as_of=date(2019, 6, 1)) == "示例市财政金融局"
    with pytest.raises(Refusal) as refused:
        post(acts.reform, example("czj"), kind="merge", on="13/2/2018", heirs="市审计局")
    assert refused.value.code == "DATE-FORM"


def test_units_posts_and_terms_are_entered_by_form() -> None:
    answer = post(acts.register, full="示例市甲区审计局", short="甲区审计局", kind="department", level="district", parent="甲区", since="2019-01-01")
    uid = answer.url.rsplit("/", 1)[-1]
    assert queries.unit(uid, as_of=date(2019, 1, 1)).district == example("q01")
    post(acts.add_name, uid, role="alias", text="甲审", since="2019-01-01")
    assert queries.find("甲审", as_of=date(2019, 2, 1)) == uid
    post(acts.open_post, uid, title="局长", role="first", since="2019-01-01")
    post_uid = queries.posts(uid)[0].uid
    post(acts.appoint, uid, post=post_uid, number="SL90001", name="测示例", since="2019-02-01")
    term, person = queries.holders(post_uid, date(2019, 2, 1))[0]
    assert person.number == "SL90001"
    post(acts.end_term, uid, term=term.uid, until="2019-05-01")
    assert queries.holders(post_uid, date(2019, 5, 1)) == []
    with pytest.raises(Refusal) as refused:
        post(acts.appoint, uid, post=uid_of("example", "post:czj-1"), number="SL90001", since="2019-02-01")
    assert refused.value.code == "POST-UNKNOWN"


def test_a_phrase_is_read_signed_and_compared_on_pages() -> None:
    assert "示例市水务局" in get(pages.phrases, phrase="其他市有关部门", named="市发展改革委、市财政局", as_of="2018-02-13")
    answer = post(acts.sign, phrase="各区", as_of="2018-02-13", named="", units=[example("q01"), example("q02")], reason="按通知")
    uid = answer.url.rsplit("/", 1)[-1]
    assert queries.signed(uid).units == [example("q01"), example("q02")]
    assert "示例市乙区人民政府" in get(pages.reading, uid, as_of="2019-03-01")
    with pytest.raises(Refusal) as refused:
        get(pages.reading, "none")
    assert refused.value.code == "READING-NONE"


def test_the_api_answers_what_the_queries_say() -> None:
    client = Client()
    found = client.get("/api/v1/registry/resolve", {"name": "市环保局", "as_of": "2019-03-01"}).json()
    assert (found["status"], found["candidates"][0]["uid"]) == ("exact", example("hj"))
    many = client.post("/api/v1/registry/resolve", json.dumps([{"name": "中和街道", "as_of": "2018-02-13"}]), content_type="application/json")
    assert [a["status"] for a in many.json()] == ["ambiguous"]
    assert len(client.get("/api/v1/registry/units", {"kind": "government", "level": "district"}).json()) == 16
    one = client.get(f"/api/v1/registry/units/{example('scjg')}", {"as_of": "2019-03-01"}).json()
    assert set(one["forebears"]) == {example(k) for k in ("scjg", "gsj", "zjj", "syj")}
    assert client.get("/api/v1/registry/units/none").status_code == 404
    assert client.get("/api/v1/registry/search", {"q": "caizheng", "as_of": "2018-02-13"}).json()
    assert len(client.get("/api/v1/registry/expand", {"phrase": "各区"}).json()["units"]) == 16
    assert client.get("/api/v1/registry/vacancies").status_code == 401
    made = client.post("/api/v1/registry/units", json.dumps({"kind": "department", "level": "municipal", "full": "x", "since": "2019-01-01"}),
                       content_type="application/json")
    assert made.status_code == 401


def test_the_command_line_answers_in_json() -> None:
    run = CliRunner().invoke(registry_group, ["resolve", "市环保局", "--as-of", "2018-02-13", "--json"])
    assert json.loads(run.output)["candidates"][0]["uid"] == example("hbj")
    run = CliRunner().invoke(registry_group, ["expand", "各区人民政府", "--as-of", "2018-02-13", "--json"])
    assert len(json.loads(run.output)["units"]) == 16
    run = CliRunner().invoke(registry_group, ["unit", "市食药监局", "--as-of", "2019-03-01", "--json"])
    assert json.loads(run.output)["owner"] == example("scjg")
    for args in (["units", "--kind", "court", "--json"], ["vacancies", "--json"], ["search", "财政", "--json"]):
        assert json.loads(CliRunner().invoke(registry_group, args).output)
    refused = CliRunner().invoke(registry_group, ["resolve", "x", "--as-of", "2018-13-40"])
    assert refused.exception.code == "DATE-FORM"

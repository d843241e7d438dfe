"""Schemas and items are read strictly; the law decides what may stand in a list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.catalogue import jobs, rules
from ximu.ideas.catalogue.rules import sheets
from ximu.ideas.catalogue.rules.forbidden import OUTRIGHT, WITHOUT_CONSENT, found
from ximu.ideas.catalogue.tests.factories import body_of, item, raw_schema
from ximu.kernel.refusal import Refusal

ON = date(2018, 5, 1)
BASES = {code: rules.Basis(code, 1, v["title"], v["number"], v["level"], v["in_force_on"], v["repealed_on"])
         for code, v in jobs.library_bases().items()}


def code_of(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


@pytest.mark.parametrize("code", sorted(jobs.library()))
def test_every_built_in_item_is_proper_and_lawful(code: str) -> None:
    list_, body = jobs.library()[code]
    rules.must_be_item(list_, code, body)
    rules.must_rest_on_law(rules.Item(list_, code, "u", "单位", "2018-1", body), BASES, on=ON)


def test_the_library_has_what_the_notice_asks() -> None:
    kinds = [list_ for list_, _ in jobs.library().values()]
    assert kinds.count("behaviour") >= 30
    areas = {a for list_, b in jobs.library().values() if list_ == "behaviour" for a in b["areas"]}
    assert {f"D{n:02d}" for n in range(1, 17)} <= areas
    families = {b["family"] for list_, b in jobs.library().values() if list_ == "data"}
    assert families == set(rules.FAMILIES)


@pytest.mark.parametrize("change", [
    {"odd": 1}, {"fields": []}, {"primaryKey": []}, {"primaryKey": ["C"]}, {"ximu:roles": {"subject": "A"}},
    {"ximu:roles": {"subject_name": "C"}}, {"ximu:rules": [{"check": "odd", "code": "X"}]},
    {"ximu:rules": [{"check": "not-after", "fields": ["A"], "code": "X"}]},
    {"ximu:rules": [{"check": "not-after", "fields": ["A", "C"], "code": "X"}]},
    {"ximu:rules": [{"check": "not-future", "field": "B", "code": "lower"}]},
    {"ximu:rules": [{"check": "not-future", "field": "B", "code": "X", "days": 3}]},
    {"ximu:rules": [{"check": "required-if", "field": "A", "code": "X"}]},
    {"ximu:rules": [{"check": "required-if", "field": "A", "when": {"field": "B"}, "code": "X"}]},
    {"ximu:rules": [{"check": "within-working-days", "fields": ["A", "B"], "days": 0, "code": "X"}]},
    {"ximu:rules": [{"check": "not-future", "field": "B", "code": "X", "severity": "fatal"}]},
])
def test_a_faulty_schema_is_refused(change: dict[str, Any]) -> None:
    assert code_of(lambda: rules.must_be_schema(raw_schema(**change))) == "LIST-SCHEMA"


@pytest.mark.parametrize("change", [
    {"unknown": 1}, {"name": "1A"}, {"name": "B"}, {"name": "line"}, {"title": ""}, {"title_en": None}, {"type": "text"}, {"ximu:kind": "phone"},
    {"ximu:level": "secret"}, {"ximu:personal": "yes"}, {"ximu:aliases": "旧名"}, {"ximu:separator": ";;"},
    {"ximu:personal": True, "ximu:level": "public"}, {"constraints": {"maxlength": 3}}, {"constraints": {"maxLength": 0}},
    {"constraints": {"enum": ["a", "a"]}}, {"constraints": {"pattern": "("}}, {"constraints": {"minimum": 1}},
    {"constraints": {"required": "yes"}}, {"type": "number", "constraints": {"minimum": "1"}},
])
def test_a_faulty_field_is_refused(change: dict[str, Any]) -> None:
    raw = raw_schema()
    raw["fields"][0].update(change)
    assert code_of(lambda: rules.must_be_schema(raw)) == "LIST-SCHEMA"


def test_a_proper_schema_is_read() -> None:
    schema = rules.Schema.of(body_of("CF")["schema"])
    assert schema.by_header["CF_XDR"] == schema.by_header["行政相对人名称"] == "CF_XDR_MC"
    assert schema.field_of_role("subject_name") == "CF_XDR_MC"
    assert schema.by_name["CF_CFLB"].separator == ";"
    assert schema.by_name["CF_XDR_ZJHM"].level == "closed"


def test_no_personal_field_of_the_library_is_public() -> None:
    for list_, body in jobs.library().values():
        for field in body["schema"]["fields"] if list_ == "data" else ():
            assert not (field.get("ximu:personal") and field["ximu:level"] == "public"), field["name"]


@pytest.mark.parametrize(("list_", "code", "change"), [
    ("data", "CF", {"extra": 1}), ("data", "CF", {"family": "gossip"}), ("data", "CF", {"subject_kinds": ["company"]}),
    ("data", "CF", {"uses": ["sell"]}), ("data", "CF", {"level": "shared"}), ("data", "CF", {"share_with": []}),
    ("data", "CF", {"publication_period": {"years": 0, "from": "end"}}), ("behaviour", "XW-D01-1", {"grade": "很坏"}),
    ("behaviour", "XW-D01-1", {"counts": {"zh": "x"}}), ("application", "YY-B-1", {"implementers": []}),
    ("application", "YY-B-1", {"matter": None}), ("data", "lower", {}),
])
def test_a_faulty_item_is_refused(list_: str, code: str, change: dict[str, Any]) -> None:
    body = {**body_of({"data": "CF"}.get(list_, code)), **change}
    assert code_of(lambda: rules.must_be_item(list_, code, body)) == "LIST-ITEM"


def test_a_breach_without_grade_is_refused() -> None:
    body = body_of("XW-D01-1")
    del body["grade"]
    assert code_of(lambda: rules.must_be_item("behaviour", "XW-D01-1", body)) == "LIST-ITEM"


@pytest.mark.parametrize("category", [*OUTRIGHT, *WITHOUT_CONSENT])
@pytest.mark.parametrize("place", ["name", "title", "alias"])
def test_what_the_law_forbids_cannot_be_named(category: str, place: str) -> None:
    body, words = body_of("CF"), f"当事人{category[:1]} {category[1:]}情况"
    field = body["schema"]["fields"][0]
    if place == "name":
        body["name"]["zh"] = words
    elif place == "title":
        field["title"] = words
    else:
        field["ximu:aliases"] = [words]
    with pytest.raises(Refusal) as refused:
        rules.must_be_item("data", "CF", body)
    assert refused.value.code == "LIST-FORBIDDEN"
    assert category in refused.value.zh


def test_written_consent_helps_only_where_the_law_says_so() -> None:
    for title, fine in (("不动产信息", True), ("血型", False)):
        body = body_of("CF")
        body["schema"]["fields"][0].update({"title": title, "ximu:consent": True})
        if fine:
            rules.must_be_item("data", "CF", body)
        else:
            assert code_of(lambda body=body: rules.must_be_item("data", "CF", body)) == "LIST-FORBIDDEN"


def test_public_money_is_not_personal_income() -> None:
    assert found("一般公共预算收入") == ("", False)
    assert found("个人收入") == ("收入", True)


@pytest.mark.parametrize(("bases", "word"), [
    ([], ""), ([{"basis": "NONE-1", "article": "一"}], "未在依据库登记"), ([{"basis": "GF-2018-424", "article": "一"}], "尚未生效"),
])
def test_an_item_needs_a_living_law(bases: list[dict[str, str]], word: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.must_rest_on_law(item("data", "CF", bases=bases), BASES, on=ON)
    assert refused.value.code == "LIST-BASIS"
    assert word in refused.value.zh


def test_a_repealed_law_carries_nothing() -> None:
    rules.must_rest_on_law(item("behaviour", "XW-D11-2"), BASES, on=date(2019, 5, 14))
    with pytest.raises(Refusal) as refused:
        rules.must_rest_on_law(item("behaviour", "XW-D11-2"), BASES, on=date(2019, 5, 15))
    assert (refused.value.code, "废止" in refused.value.zh) == ("LIST-BASIS", True)


def test_a_breach_needs_more_than_a_normative_document() -> None:
    low = item("behaviour", "XW-D01-1", bases=[{"basis": "GF-2018-424", "article": "一"}])
    assert code_of(lambda: rules.must_rest_on_law(low, BASES, on=date(2019, 1, 1))) == "LIST-BASIS"


def test_a_measure_that_no_law_allows_is_refused() -> None:
    low = item("application", "YY-B-4", bases=[{"basis": "GF-2018-424", "article": "一"}])
    assert code_of(lambda: rules.must_rest_on_law(low, BASES, on=date(2019, 1, 1))) == "LIST-ULTRA"
    narrow = {**BASES, "GWY-2016-76": rules.Basis("GWY-2016-76", 2, "意见", "", "国务院文件", date(2016, 12, 22), None, ("u-czj",))}
    mine = item("application", "YY-B-4", implementers=["u-czj"])
    theirs = item("application", "YY-B-4", implementers=["u-czj", "u-other"])
    rules.must_rest_on_law(mine, narrow, on=ON)
    assert code_of(lambda: rules.must_rest_on_law(theirs, narrow, on=ON)) == "LIST-ULTRA"


@pytest.mark.parametrize("number", ["2018", "2018-0", "18-1", "2018-100", "2018-1 ", "１2018-1"])
def test_a_faulty_number_is_refused(number: str) -> None:
    assert code_of(lambda: rules.number_parts(number)) == "LIST-NUMBER"


@pytest.mark.parametrize(("number", "day"), [("2019-1", date(2018, 5, 1)), ("2019-1", date(2017, 5, 1)), ("2018-1", date(2019, 1, 1)),
                                             ("2017-2", date(2019, 1, 1))])
def test_an_edition_may_not_overlap(number: str, day: date) -> None:
    assert code_of(lambda: rules.must_follow(number, day, {"2018-1": date(2018, 5, 1)})) == "LIST-OVERLAP"


@given(st.sets(st.dates(date(2016, 1, 1), date(2020, 12, 31)), min_size=1, max_size=8), st.dates(date(2015, 1, 1), date(2021, 12, 31)))
def test_a_day_is_judged_by_the_edition_in_force_on_it_whatever_comes_later(days: set[date], event: date) -> None:
    ordered = sorted(days)
    known: dict[str, date] = {}
    judges = []
    for place, day in enumerate(ordered):
        number = f"20{16 + place}-1"
        rules.must_follow(number, day, known)
        known[number] = day
        if day > event or place == len(ordered) - 1:
            judges.append(rules.in_force(known, on=event))
    assert len(set(judges)) == 1, "a later edition changed the judge of a past day"
    judge = judges[0]
    assert (judge is None) == (event < ordered[0])
    if judge is not None:
        assert known[judge] <= event
        assert not [d for d in ordered if known[judge] < d <= event]


def test_changes_are_named_per_field() -> None:
    one = {"list": "data", "code": "CF", "owner": "u", "owner_name": "甲", "body": body_of("CF")}
    two = {**one, "owner_name": "乙", "body": body_of("CF")}
    two["body"]["schema"]["fields"][0]["constraints"]["maxLength"] = 100
    [change] = rules.compare([one], [two])
    assert change.kind == "changed"
    assert change.fields == (("body.schema.fields.CF_XDR_MC.constraints.maxLength", 200, 100), ("owner_name", "甲", "乙"))
    assert [c.kind for c in rules.compare([one], [])] == ["removed"]
    assert [c.kind for c in rules.compare([], [one])] == ["added"]


def test_the_gate_knows_its_uses() -> None:
    ask = rules.Ask("CF", "sell", ON)
    assert code_of(lambda: rules.decide(ask, edition="2018-1", item=item("data", "CF"))) == "LIST-USE"


@given(st.dates(date(2017, 1, 1), date(2019, 12, 31)), st.integers(0, 400))
def test_a_basis_lives_from_its_first_to_before_its_repeal(begun: date, days: int) -> None:
    basis = rules.Basis("B", 1, "法", "", "法律", begun, begun + timedelta(days=400))
    assert basis.lives(begun + timedelta(days=days)) == (days < 400)


def test_what_changed_and_what_an_item_says_is_read_without_knowing_the_codes() -> None:
    fields = (("body.level", "shared", "public"), ("body.uses", ["collect"], ["collect", "publish"]),
              ("body.bases", [{"basis": "GWY-2016-76", "article": "四"}], None), ("body.schema.fields.BZ.ximu:level", "shared", "no-such"))
    change = rules.Change("changed", "data", "CF", {"zh": "行政处罚", "en": "Penalty"}, fields)
    told = [row[4:] for row in sheets.changes_table([change], bases={"GWY-2016-76": "关于加强政务诚信建设的指导意见"})[1]]
    assert [row[1:] for row in told] == [["政务共享", "社会公开"], ["归集", "归集、公开"], ["《关于加强政务诚信建设的指导意见》四", ""], ["政务共享", "no-such"]]
    assert "public" in str(sheets.changes_table([change], language="en")[1][0]).lower()
    body = body_of("CF") | {"share_with": ["credit-china", "elsewhere"], "to_be_confirmed": True}
    said = sheets.table_of({"items": [{"list": "data", "code": "CF", "owner": "unit000000000001", "owner_name": "示例", "body": body}],
                            "bases": [{"code": ref["basis"], "title": "甲法", "number": "", "level": "法律", "to_be_confirmed": False}
                                      for ref in body["bases"]]}, "data")[1][0]
    assert "“信用中国”网站、elsewhere" in said
    assert "。；" not in said[-1]

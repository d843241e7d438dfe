"""Agencies, contracts, items: every refusal; the key that outlived its contract; the faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.accounts import services as accounting
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.accounts.tests.factories import account
from ximu.ideas.areas.rules import Period, period_of
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s5_agencies import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("S5")]
AT, CODE = datetime(2018, 5, 2, 2, tzinfo=UTC), "91990000MA1FL1A013"


def person(name: str, role: str, unit: str = "") -> Actor:
    return Actor(name, unit or None, (accounts_rules.grant_of(role, unit, accounts.permissions()),), person=name)


OFFICE, CHECKER = person("office", "coordinator"), person("checker", "reviewer")
CLERK = person("clerk", "entry", uid_of("example", "czj"))


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: AT)


def code_of(call: Callable[..., Any], *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value.code


def agency() -> str:
    return services.register_agency(CODE, "示例信用评估甲公司", "示信备〔2018〕1号", by=OFFICE, at=AT)


def contract(**changes: Any) -> str:
    words = {"number": "示信合1", "agency": CODE, "unit": uid_of("example", "czj"), "task": "监测", "since": date(2018, 4, 1),
             "until": date(2018, 6, 30), "content": b"text"}
    return services.enter_contract(services.contracts.NewContract(**{**words, **changes}), by=changes.pop("by", OFFICE), at=AT)


def live_key() -> str:
    keeper = account("keeper", "entry", unit=uid_of("example", "czj"))
    return accounting.issue_key(keeper.uid, "entry", unit=uid_of("example", "czj"), label="甲公司", days=365, by=SYSTEM, at=AT)[0].uid


def test_what_is_entered_wrong_is_refused_and_nothing_is_kept() -> None:
    register = services.register_agency
    assert code_of(register, CODE[:-1] + "9", "甲", "备", by=OFFICE, at=AT) == "ID-USCC"
    assert code_of(register, CODE, " ", "备", by=OFFICE, at=AT) == "S5-FIELD"
    district = person("district", "coordinator", uid_of("example", "q01"))
    assert {code_of(register, CODE, "甲", "备", by=who, at=AT) for who in (CLERK, district)} == {"PERM-DENIED"}, "the register is the city's"
    agency()
    assert code_of(register, CODE, "甲", "备", by=OFFICE, at=AT) == "S5-DUP"
    product = services.list_product
    assert code_of(product, "无", "C1", "报告", "report", by=OFFICE, at=AT) == "AGENCY-NONE"
    assert code_of(product, CODE, "C1", "报告", "spell", by=OFFICE, at=AT) == "S5-KIND"
    assert code_of(product, CODE, "C1", "报告", "report", by=district, at=AT) == "PERM-DENIED"
    product(CODE, "C1", "报告", "report", by=OFFICE, at=AT)
    assert code_of(product, CODE, "C1", "报告", "report", by=OFFICE, at=AT) == "S5-DUP"
    for changes, code in (({"agency": "无"}, "AGENCY-NONE"), ({"task": ""}, "S5-FIELD"), ({"until": date(2018, 3, 1)}, "DATE-ORDER"),
                          ({"content": b""}, "EVID-DIGEST"), ({"unit": "nobody"}, "ORG-ENDED"), ({"key": "none"}, "KEY-STATE"),
                          ({"until": date(9999, 12, 31)}, "DATE-RANGE"), ({"task": "长" * 201}, "S5-FIELD")):
        assert code_of(contract, **changes) == code, changes
    assert not queries.contracts(OFFICE)
    contract()
    assert code_of(contract) == "S5-DUP" and code_of(queries.contract, "x") == "CONTRACT-NONE"
    assert ledger.verify_log().ok


def test_a_key_dies_with_its_contract_and_data_come_back_as_another_person_saw() -> None:
    agency()
    key = live_key()
    assert code_of(contract, key=key, unit=uid_of("example", "q01")) == "KEY-STATE", "a key of another unit"
    uid, ended = contract(key=key), datetime(2018, 7, 1, 2, tzinfo=UTC)
    back = {"on": date(2018, 7, 1), "proof": b"destroyed"}
    assert code_of(contract, number="二", key=key) == "KEY-STATE", "a key of another contract"
    assert code_of(services.give_back, uid, **back, by=OFFICE, at=AT) == "TIME-FUTURE"
    assert code_of(services.give_back, uid, on=date(2018, 3, 31), proof=b"x", by=OFFICE, at=ended) == "DATE-ORDER"
    assert code_of(services.give_back, uid, on=AT.date(), proof=b"x", by=OFFICE, at=AT) == "STATE-EDGE", "it still runs"
    assert (services.revoke_due(at=AT), services.revoke_due(at=ended), services.revoke_due(at=ended)) == (0, 1, 0)
    assert not accounts.keys().filter(uid=key, revoked_at=None).exists()
    assert code_of(services.give_back, uid, on=back["on"], proof=b"", by=OFFICE, at=ended) == "EVID-DIGEST"
    services.give_back(uid, **back, by=OFFICE, at=ended)
    assert code_of(services.give_back, uid, **back, by=OFFICE, at=ended) == "STATE-EDGE"
    assert code_of(services.check_return, uid, passed=True, by=OFFICE, at=ended) == "DUAL"
    services.check_return(uid, passed=False, by=CHECKER, at=ended)
    assert code_of(services.check_return, uid, passed=True, by=CHECKER, at=ended) == "STATE-EDGE", "it was sent back"
    services.give_back(uid, **back, by=OFFICE, at=ended)
    services.check_return(uid, passed=True, by=CHECKER, at=ended)
    assert queries.contract(uid).back.log_index is not None and ledger.verify_log().ok  # type: ignore[union-attr]
    assert [one.part for one in queries.lines(period(2018, ended))["S5-3"]] == [0]
    before = {one.key_found_on for one in queries.deals(datetime(2018, 6, 30, 9, tzinfo=UTC), date(2018, 7, 1))}
    assert before == {None}, "what the system found later was not known then"


def test_a_contract_ends_early_by_its_paper_and_its_key_with_it() -> None:
    agency()
    key = live_key()
    uid, today = contract(key=key), clock.city_day(AT)
    later = AT + timedelta(hours=1)
    words = {"content": b"ended", "by": OFFICE, "at": later}
    assert code_of(services.end_contract, uid, on=today - timedelta(days=1), **words) == "DATE-ORDER"
    assert code_of(services.end_contract, uid, on=date(2018, 6, 30), **words) == "DATE-ORDER", "that is no early end"
    assert code_of(services.end_contract, uid, on=today, **{**words, "content": b""}) == "EVID-DIGEST"
    assert code_of(services.end_contract, uid, on=today, **{**words, "by": CHECKER}) == "PERM-DENIED"
    services.end_contract(uid, on=today, **words)
    row = queries.contract(uid)
    assert (row.until, row.agreed_until) == (today, date(2018, 6, 30)) and not accounts.keys().filter(uid=key, revoked_at=None).exists()
    assert code_of(services.end_contract, uid, on=today, **words) == "STATE-EDGE"
    assert [one.until for known in (AT, later) for one in queries.deals(known, today)] == [date(2018, 6, 30), today], "as known then"
    after = AT + timedelta(days=1)
    assert services.revoke_due(at=after) == 0, "the key did not outlive it"
    services.give_back(uid, on=clock.city_day(after), proof=b"destroyed", by=OFFICE, at=after)
    assert queries.ENDED in queries.KINDS and list(queries.provider(row.ended_index or 0, (row.ended_index or 0) + 1))
    assert ledger.verify_log().ok


def test_a_return_entered_late_changes_no_older_figure_and_one_sent_back_stays_known() -> None:
    agency()
    uid = contract()
    entered, sent, again = (datetime(2018, 8, 1 + n, 2, tzinfo=UTC) for n in (0, 2, 4))

    def told(known: datetime) -> tuple[date | None, date | None]:
        [one] = queries.deals(known, date(2018, 8, 31))
        return one.returned_on, one.checked_on

    services.give_back(uid, on=date(2018, 7, 2), proof=b"x", by=OFFICE, at=entered)
    assert told(entered - timedelta(days=1)) == (None, None), "the proof of July came in August"
    assert [one.state for one in queries.lines(period(2018, entered - timedelta(days=1)))["S5-3"]] == ["unreturned"]
    services.check_return(uid, passed=False, by=CHECKER, at=sent)
    assert told(entered + timedelta(days=1)) == (date(2018, 7, 2), None) and told(sent) == (None, None)
    services.give_back(uid, on=date(2018, 7, 2), proof=b"y", by=OFFICE, at=again)
    services.check_return(uid, passed=True, by=CHECKER, at=again)
    assert told(again) == (date(2018, 7, 2), again.date()) and told(sent) == (None, None)
    assert ledger.verify_log().ok


def period(year: int, now: datetime) -> Period:
    return period_of(year, today=now.date(), known_at=now)


def test_who_carries_a_unit_after_a_reform_carries_its_contracts_and_their_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    agency()
    old, new = uid_of("example", "gsj"), uid_of("example", "scjg")
    uid = contract(unit=old)
    later = datetime(2019, 3, 1, 2, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    heir = person("heir", "entry", new)
    assert [one.uid for one in queries.contracts(heir)] == [uid]
    assert {one.unit for one in queries.lines(period(2018, later))["S5-3"]} == {new}
    services.give_back(uid, on=date(2018, 7, 2), proof=b"x", by=heir, at=later)


def test_rows_outside_their_contract_or_of_an_unlisted_product_stay_out_and_a_lead_is_not_judged(tmp_path: Path) -> None:
    agency()
    uid, path = contract(), tmp_path / "f.csv"
    head = "contract,item,unit_name,topic,observed_on,words,provenance"
    path.write_text("\n".join([head, "示信合1,1,示例市甲区人民政府,其他,2018-04-20,词,公告", "示信合1,2,示例市甲区人民政府,其他,2018-03-20,词,公告",
                               "无,3,示例市甲区人民政府,其他,2018-04-20,词,公告", "示信合1,4,示例市甲区人民政府,其他,2018-04-20,词,"]), "utf-8")
    told = services.deliver(queries.FEEDS, path, batch="b", by=OFFICE, at=AT)
    assert (told["new"], {(one["line"], one["code"]) for one in told["faults"]}) == (2, {(3, "CONTRACT-NONE"), (4, "CONTRACT-NONE")})
    assert code_of(services.deliver, queries.FEEDS, path, batch="c", by=CLERK, at=AT) == "PERM-DENIED"
    far = person("far", "evaluator", uid_of("example", "q01"))
    assert (5, "PERM-DENIED") in {(one["line"], one["code"]) for one in services.deliver(queries.FEEDS, path, batch="h", by=far, at=AT)["faults"]}
    judge = services.judge
    assert code_of(judge, uid, "4", "right", "查", by=CHECKER, at=AT) == "PROV-NONE"
    assert code_of(judge, uid, "9", "right", "查", by=CHECKER, at=AT) == "ITEM-NONE"
    assert code_of(judge, uid, "1", "maybe", "查", by=CHECKER, at=AT) == "S5-KIND"
    assert code_of(judge, uid, "1", "right", "", by=CHECKER, at=AT) == "S5-FIELD"
    assert code_of(judge, uid, "1", "wrong", "查", by=replace(CHECKER, unit=uid_of("example", "q01")), at=AT) == "CONFLICT"
    assert code_of(judge, uid, "1", "wrong", "查", by=person("own", "reviewer", uid_of("example", "q02")), at=AT) == "PERM-DENIED"
    judge(uid, "1", "right", "查", by=CHECKER, at=AT)
    assert code_of(judge, uid, "1", "wrong", "查", by=CHECKER, at=AT) == "S5-DUP"
    path.write_text("use,unit_name,product,service,used_on,effect\n1,示例市财政局,C9,x,2018-04-20,y\n", "utf-8")
    [fault] = services.deliver(queries.USES, path, batch="d", by=CLERK, at=AT)["faults"]
    assert (fault["line"], fault["field"], fault["code"]) == (2, "product", "PRODUCT-NONE") and "C9" in fault["zh"] and "C9" in fault["en"]
    services.list_product(CODE, "C9", "报告", "report", by=OFFICE, at=AT)
    assert services.deliver(queries.USES, path, batch="e", by=CLERK, at=AT)["new"] == 1
    path.write_text("use,unit_name,product,service,used_on,effect\n1,示例市甲区人民政府,C9,x,2018-04-20,y\n", "utf-8")
    q1 = person("q1", "entry", uid_of("example", "q01"))
    assert services.deliver(queries.USES, path, batch="g", by=q1, at=AT)["faults"][0]["field"] == "use", "a number that is another's"
    path.write_text("use,unit_name,product,service,used_on,effect\n2,示例市甲区人民政府,C9,x,2018-04-20,y\n", "utf-8")
    assert services.deliver(queries.USES, path, batch="f", by=CLERK, at=AT)["faults"][0]["code"] == "PERM-DENIED"


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Client]:
    acting: dict[str, Actor] = {}

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = acting["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)

    def as_(who: Actor) -> Client:
        acting["now"] = who
        return client

    return as_


def test_the_forms_and_the_api(desk: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def posted(path: str, body: dict[str, Any], who: Actor = OFFICE) -> int:
        return int(desk(who).post(path, body).status_code)

    assert posted("/console/s5/agencies", {"verb": "agency", "code": "123", "name": "甲", "filing": "备"}) == 422
    assert posted("/console/s5/agencies", {"verb": "agency", "code": CODE, "name": "示例甲公司", "filing": "备1"}) == 302
    uid = queries.agency(CODE).uid
    assert posted("/console/s5/agencies", {"verb": "product", "agency": uid, "code": "C1", "name": "报告", "kind": "report"}) == 302
    form = {"number": "示信合1", "agency": uid, "unit": "示例市财政局", "task": "监测", "since": "2018-04-01", "until": "2018-04-30"}
    assert posted("/console/s5/contracts", {**form, "file": SimpleUploadedFile("c.pdf", b"c")}) == 302
    page = f"/console/s5/contracts/{queries.contract('示信合1').uid}"
    assert posted(page, {"verb": "return", "on": "2018-05-02", "file": SimpleUploadedFile("p.pdf", b"p")}) == 302
    assert posted(page, {"verb": "passed"}) == 403 and posted(page, {"verb": "passed"}, CHECKER) == 302
    monkeypatch.setattr("ximu.notice.safeguards.s5_agencies.views.MOST", 0)
    assert "只列出最近0个" in desk(OFFICE).get("/console/s5/contracts").content.decode()
    for path in ("/console/s5/agencies", "/console/s5/contracts", page, "/console/s5/feeds", "/console/s5/", "/console/s5/figures/S5-3"):
        assert desk(OFFICE).get(path).status_code == 200, path
    assert desk(person("far", "entry", uid_of("example", "q09"))).get(page).status_code == 404
    for which, kept in (("text", b"c"), ("proof", b"p")):
        assert b"".join(desk(CHECKER).get(f"{page}/{which}").streaming_content) == kept  # type: ignore[attr-defined]
        assert desk(person("far", "entry", uid_of("example", "q09"))).get(f"{page}/{which}").status_code == 404
    assert desk(CHECKER).get(f"{page}/other").status_code == 404
    api = "/api/v1/s5/"
    assert desk(OFFICE).get(f"{api}agencies").json()["items"][0]["products"][0]["code"] == "C1"
    body = {**form, "number": "示信合2", "unit": uid_of("example", "czj"), "file": SimpleUploadedFile("c.pdf", b"d")}
    made = desk(OFFICE).post(f"{api}contracts", body)
    assert made.status_code == 201
    told = desk(OFFICE).get(f"{api}contracts?limit=1").json()
    assert (told["total"], len(told["items"]), told["next"]) == (2, 1, f"{api}contracts?limit=1&offset=1")
    assert desk(person("far", "entry", uid_of("example", "q09"))).get(f"{api}contracts").json()["total"] == 0
    two = f"{api}contracts/{made.json()['contract']}"
    assert desk(OFFICE).post(f"{two}/return?on=2018-05-02", {"file": SimpleUploadedFile("p", b"p")}).status_code == 204
    assert desk(OFFICE).post(f"{two}/check?passed=true").json()["code"] == "DUAL"
    assert desk(CHECKER).post(f"{two}/check?passed=true").status_code == 204
    said = {"item": "1", "outcome": "right", "reason": "查"}
    assert desk(CHECKER).post(f"{two}/verdicts", said, content_type="application/json").json()["code"] == "ITEM-NONE"
    three = desk(OFFICE).post(f"{api}contracts", {**body, "number": "示信合3", "until": "2018-06-30", "file": SimpleUploadedFile("c", b"e")})
    end = f"{api}contracts/{three.json()['contract']}/end?on=2018-06-01"
    assert desk(OFFICE).post(end, {"file": SimpleUploadedFile("p", b"p")}).status_code == 204
    page = f"/console/s5/contracts/{three.json()['contract']}"
    assert "原定至" in desk(OFFICE).get(page).content.decode() and desk(OFFICE).get(f"{page}/end").status_code == 200
    assert posted(page, {"verb": "end", "on": "2018-05-20", "file": SimpleUploadedFile("p", b"p")}) == 409
    product = {"code": "C2", "name": "评级", "kind": "rating"}
    assert desk(OFFICE).post(f"{api}agencies/{uid}/products", product, content_type="application/json").status_code == 201
    again = {"code": CODE, "name": "甲", "filing": "备"}
    assert desk(OFFICE).post(f"{api}agencies", again, content_type="application/json").json()["code"] == "S5-DUP"

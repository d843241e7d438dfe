"""A plan speaks of every item before it is published; only legislation stops the clock; what is missing is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ximu.config import wiring
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import jobs as plan_jobs
from ximu.notice.safeguards.s2_institutions import queries, rules, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("S2")]
AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
LATE = datetime(2019, 1, 7, 2, tzinfo=UTC)
CZJ, FGW = uid_of("example", "czj"), uid_of("example", "fgw")


def person(name: str) -> Actor:
    rights = frozenset({"institutions.see", "institutions.enter", "institutions.publish"})
    return Actor(name, CZJ, (Grant("entry", rights),), name)


NEW = services.NewVersion(CZJ, "plan", "市财政局政务诚信实施方案", "示财〔2018〕1号", date(2018, 6, 4), b"text")


@pytest.fixture
def loaded(db: None) -> None:
    city.load()
    plan_jobs.load_profile(SRC / "config" / "cities" / "example", by=SYSTEM, at=AT)


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def everything() -> list[rules.Said]:
    return [rules.Said(code, "not_applicable", "不涉及本单位") if code.startswith("D1") else rules.Said(code, "covered", "第二章")
            for code, _ in queries.items()]


def published() -> str:
    uid = services.enter(NEW, by=person("a"), at=AT)
    services.cover(uid, everything(), by=person("a"), at=AT)
    return services.publish(uid, by=person("b"), at=AT)


def standing(unit: str, on: date) -> queries.Standing:
    return next(one for one in queries.standings(on) if one.unit == unit)


def test_a_plan_names_its_gaps_until_it_speaks_of_every_item(loaded: None) -> None:
    uid = services.enter(NEW, by=person("a"), at=AT)
    gap = refused("PLAN-GAP", services.publish, uid, by=person("b"), at=AT)
    assert len(gap.extra["missing"]) == len(wiring.notice_items()) == 34
    said = everything()
    assert services.cover(uid, said[:-1], by=person("a"), at=AT) == [said[-1].item]
    assert refused("PLAN-GAP", services.publish, uid, by=person("b"), at=AT).extra["missing"] == [said[-1].item]
    refused("REASON", services.cover, uid, [rules.Said(said[-1].item, "not_applicable", " ")], by=person("a"), at=AT)
    refused("ITEM-NONE", services.cover, uid, [rules.Said("Z9", "covered", "")], by=person("a"), at=AT)
    refused("STANCE", services.cover, uid, [rules.Said(said[-1].item, "maybe", "")], by=person("a"), at=AT)
    assert services.cover(uid, said[-1:], by=person("a"), at=AT) == []
    refused("DUAL", services.publish, uid, by=person("a"), at=AT)
    services.publish(uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.publish, uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.cover, uid, said[:1], by=person("a"), at=AT)
    found = standing(CZJ, date(2019, 1, 7))
    assert (found.state, len(found.cells)) == ("done", 34)
    assert ledger.verify_log().ok


@pytest.mark.parametrize(("code", "change"), [
    ("DOC-KIND", {"kind": "poem"}), ("DOC-TITLE", {"title": " "}), ("EVID-DIGEST", {"content": b""}),
    ("ORG-ENDED", {"unit": "nosuchunit000000"}), ("PARAM-NONE", {"parameters": ("no_such",)}),
])
def test_bad_documents_are_refused(loaded: None, code: str, change: dict[str, Any]) -> None:
    before = ledger.size()
    refused(code, services.enter, replace(NEW, **change), by=person("a"), at=AT)
    assert (queries.documents(), ledger.size()) == ([], before)


def test_versions_follow_each_other_and_are_repealed(loaded: None) -> None:
    rule = replace(NEW, kind="rule", title="承诺管理办法", parameters=("plan_due",))
    one = services.enter(rule, by=person("a"), at=AT)
    refused("DOC-DUP", services.enter, rule, by=person("a"), at=AT)
    refused("DOC-KIND", services.cover, one, [], by=person("a"), at=AT)
    services.publish(one, by=person("b"), at=AT)
    two = services.enter(replace(rule, content=b"second", in_force_on=date(2018, 9, 3)), by=person("a"), at=AT)
    services.publish(two, by=person("b"), at=AT)
    document = queries.version(one).document
    assert [queries.in_force(document, day).number for day in (date(2018, 6, 4), date(2018, 9, 3))] == [1, 2]  # type: ignore[union-attr]
    refused("DATE-ORDER", services.repeal, two, on=date(2018, 9, 2), by=person("b"), at=AT)
    services.repeal(two, on=date(2018, 10, 8), by=person("b"), at=AT)
    refused("STATE-EDGE", services.repeal, two, on=date(2018, 10, 8), by=person("b"), at=AT)
    assert queries.in_force(document, date(2018, 10, 8)).number == 1  # type: ignore[union-attr]
    [due] = [p for p in queries.parameters(date(2018, 7, 2)) if p.name == "plan_due"]
    assert (due.rule_title, due.value, due.sure) == ("承诺管理办法", "2018-12-31", True)
    refused("DOC-NONE", queries.version, "nosuchversion000")
    refused("DOC-NONE", queries.document, "nosuchdocument00")


def test_only_legislation_stops_the_clock_and_needs_a_second_person(loaded: None) -> None:
    ask = {"ground": "legislation", "basis": "某条例修订草案已列入立法计划", "since": date(2018, 12, 3), "by": person("a"), "at": AT}
    refused("DELAY-GROUND", services.ask_delay, CZJ, **(ask | {"ground": "busy"}))
    refused("REASON", services.ask_delay, CZJ, **(ask | {"basis": ""}))
    refused("ORG-UNKNOWN", services.ask_delay, "nosuchunit000000", **ask)
    uid = services.ask_delay(CZJ, **ask)
    refused("DELAY-DUP", services.ask_delay, CZJ, **ask)
    assert standing(CZJ, date(2019, 1, 7)).state == "overdue", "a delay that nobody granted stops nothing"
    refused("DUAL", services.grant_delay, uid, by=person("a"), at=AT)
    services.grant_delay(uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.grant_delay, uid, by=person("b"), at=AT)
    assert standing(CZJ, date(2019, 1, 7)).state == "paused"
    refused("DATE-ORDER", services.end_delay, uid, until=date(2018, 12, 3), by=person("b"), at=AT)
    services.end_delay(uid, until=date(2019, 1, 2), by=person("b"), at=LATE)
    found = standing(CZJ, date(2019, 1, 7))
    assert (found.state, found.due) == ("at_risk", date(2019, 1, 30))
    refused("DELAY-NONE", services.grant_delay, "nosuchdelay00000", by=person("b"), at=AT)
    refused("STATE-EDGE", services.end_delay, uid, until=date(2019, 2, 2), by=person("b"), at=AT)


def test_each_unit_without_a_plan_is_told_once(loaded: None) -> None:
    published()
    assert services.warn_missing(by=person("b"), at=AT) == 0
    late = sum(one.state == "overdue" for one in queries.standings(date(2019, 1, 7)))
    assert services.warn_missing(by=person("b"), at=LATE) == late > 10
    assert services.warn_missing(by=person("b"), at=LATE + timedelta(days=1)) == 0
    told = queries.told()[0]
    assert cases.case_for(told.case).holder == told.unit
    assert CZJ not in {row.unit for row in queries.told()}


def test_pages_open(loaded: None) -> None:
    uid, now = published(), clock.now()
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "?state=overdue&as_of=2019-01-07", "parameters", "documents", "documents/enter", f"versions/{uid}"):
        assert client.get(f"/console/s2/{page}").status_code == 200, page
    assert client.get("/console/s2/?as_of=昨天").refusal.code == "DATE-FORM"
    entered = services.enter(replace(NEW, content=b"other"), by=SYSTEM, at=AT)
    assert b"".join(client.get(f"/console/s2/versions/{entered}/text").streaming_content) == b"other"  # type: ignore[attr-defined]
    far = Client()
    far.force_login(with_password(account("far", "entry", unit=FGW, number="N071", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    assert [far.get(f"/console/s2/versions/{one}/text").status_code for one in (uid, entered)] == [200, 403], "published, not yet published"
    item = queries.items()[0][0]
    sent = client.post(f"/console/s2/versions/{entered}/cover", {f"stance_{item}": "covered", f"words_{item}": "第一章"})
    assert sent.status_code == 302
    assert [one.item for one in queries.said(queries.version(entered))] == [item]
    assert Client().get("/api/v1/s2/coverage").status_code in (401, 403)

"""Months counted once, benefits opened by a second person, demonstrations by evidence; pages of both faces."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.commitments import rules as promising
from ximu.ideas.commitments import services as promises
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s3_streets import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("S3")]
AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
NEXT = datetime(2019, 1, 7, 2, tzinfo=UTC)
TOWN, OTHER, CZJ = uid_of("example", "q01j4"), uid_of("example", "q01j1"), uid_of("example", "czj")
RIGHTS = frozenset({"streets.see", "streets.offer", "streets.monitor", "streets.decide"})


def person(name: str) -> Actor:
    return Actor(name, TOWN, (Grant("entry", RIGHTS),), name)


NEW = services.NewBenefit(TOWN, "停车优惠", "停车首小时免费", "parking", "extra", "北桥镇信用惠民办法", date(2018, 3, 1))


@pytest.fixture
def loaded(db: None) -> None:
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def pledge(number: int, due: date, *, kept: bool, unit: str = TOWN) -> str:
    terms = promising.Terms(title="便民承诺", text="三个工作日内答复居民来信", due=due, deliverable="经核对的答复台账")
    uid = promises.register(promises.Promise("street_pledge", unit, terms, date(2018, 3, 1), reference=f"诺-{number}"), by=SYSTEM, at=AT)
    if kept:
        proof = promises.offer(uid, day=date(2018, 4, 2), value=Decimal(1), digest="ab" * 32, name="台账", by=SYSTEM, at=AT)
        promises.accept(uid, evidence=proof, by=replace(SYSTEM, person="second"), at=AT)
    return uid


def test_a_month_is_counted_once_for_all_by_one_rule(loaded: None) -> None:
    for number, kept in enumerate((True, True, False)):
        pledge(number, date(2018, 5, 15), kept=kept)
    row = services.monitor("2018-05", by=person("a"), at=AT)
    assert len(row.lines) == len(queries.streets(date(2018, 5, 31))) > 50
    mine = queries.line_of(row, TOWN)
    assert mine is not None
    assert (mine.due, mine.kept, mine.failed, mine.share) == (3, 2, 1, Decimal("66.67"))
    other = queries.line_of(row, OTHER)
    assert other is not None and (other.due, other.share) == (0, None)
    pledge(9, date(2018, 5, 16), kept=True)
    assert services.monitor("2018-05", by=person("b"), at=AT).digest == row.digest, "what is counted stays"
    assert services.monitor_due(by=SYSTEM, at=AT) == 0
    assert services.monitor_due(by=SYSTEM, at=NEXT) == 1
    refused("TIME-FUTURE", services.monitor, "2018-06", by=person("a"), at=AT)
    refused("MONTH-NONE", queries.month, "2018-01")
    assert ledger.verify_log().ok


def test_a_benefit_is_opened_by_a_second_person_and_counted_not_listed(loaded: None) -> None:
    refused("STREET-KIND", services.offer_benefit, replace(NEW, unit=CZJ), by=person("a"), at=AT)
    refused("BEN-EMPTY", services.offer_benefit, replace(NEW, text=" "), by=person("a"), at=AT)
    refused("BEN-RIGHT", services.offer_benefit, replace(NEW, text="失信居民不得就医"), by=person("a"), at=AT)
    uid = services.offer_benefit(NEW, by=person("a"), at=AT)
    count = {"month": "2018-05", "count": 3, "content": "甲,乙,丙".encode(), "by": person("a"), "at": AT}
    refused("STATE-EDGE", services.report_take_up, uid, **count)
    refused("DUAL", services.open_benefit, uid, by=person("a"), at=AT)
    services.open_benefit(uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.open_benefit, uid, by=person("b"), at=AT)
    refused("EVID-DIGEST", services.report_take_up, uid, **(count | {"content": b""}))
    refused("COUNT", services.report_take_up, uid, **(count | {"count": -1}))
    refused("TIME-FUTURE", services.report_take_up, uid, **(count | {"month": "2018-06"}))
    services.report_take_up(uid, **count)
    refused("TAKE-DUP", services.report_take_up, uid, **count)
    shown = queries.public_street(_View(), unit=TOWN, on=date(2018, 6, 4))
    assert shown["benefits"][0]["take_up"] == [{"month": "2018-05", "count": "<10"}]
    refused("DATE-ORDER", services.end_benefit, uid, until=date(2018, 2, 1), by=person("a"), at=AT)
    services.end_benefit(uid, until=date(2018, 6, 30), by=person("a"), at=AT)
    refused("STATE-EDGE", services.end_benefit, uid, until=date(2018, 6, 30), by=person("a"), at=AT)
    refused("BEN-NONE", services.open_benefit, "nosuchbenefit000", by=person("b"), at=AT)
    assert ledger.verify_log().ok


class _View:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


def test_a_demonstration_is_won_by_evidence_only(loaded: None) -> None:
    for number in range(3):
        pledge(number, date(2018, 5, 15), kept=True)
    for number in range(1, 13):
        services.monitor(f"2018-{number:02}", by=SYSTEM, at=NEXT)
    uid = services.apply(TOWN, 2018, by=person("a"), at=AT)
    refused("DEMO-DUP", services.apply, TOWN, 2018, by=person("a"), at=AT)
    refused("YEAR", services.apply, TOWN, 2017, by=person("a"), at=AT)
    refused("DEMO-YEAR", services.submit, uid, by=person("a"), at=AT)
    refused("DEMO-CRITERION", services.give_paper, uid, criterion="kept", content=b"100%", by=person("a"), at=AT)
    refused("EVID-DIGEST", services.give_paper, uid, criterion="participation", content=b"", by=person("a"), at=AT)
    paper = services.give_paper(uid, criterion="participation", content=b"minutes", by=person("a"), at=AT)
    refused("EVID-DUP", services.give_paper, uid, criterion="participation", content=b"minutes", by=person("a"), at=AT)
    refused("DUAL", services.decide_paper, paper, accept=True, reason="", by=person("a"), at=AT)
    refused("REASON", services.decide_paper, paper, accept=False, reason=" ", by=person("b"), at=AT)
    assert services.decide_paper(paper, accept=True, reason="", by=person("b"), at=AT) == "accepted"
    refused("STATE-EDGE", services.decide_paper, paper, accept=True, reason="", by=person("b"), at=AT)
    assert services.submit(uid, by=person("a"), at=NEXT) == 90, "no benefit was taken up"
    refused("STATE-EDGE", services.submit, uid, by=person("a"), at=NEXT)
    refused("DUAL", services.decide, uid, award=True, reason="", by=person("a"), at=NEXT)
    assert services.decide(uid, award=True, reason="", by=person("b"), at=NEXT) == "awarded"
    refused("STATE-EDGE", services.decide, uid, award=True, reason="", by=person("b"), at=NEXT)
    assert ledger.verify_log().ok


def test_below_the_pass_mark_nobody_can_award(loaded: None) -> None:
    uid = services.apply(OTHER, 2018, by=person("a"), at=AT)
    assert services.submit(uid, by=person("a"), at=NEXT) < 80
    refused("DEMO-SCORE", services.decide, uid, award=True, reason="", by=person("b"), at=NEXT)
    refused("REASON", services.decide, uid, award=False, reason="", by=person("b"), at=NEXT)
    assert services.decide(uid, award=False, reason="承诺不足", by=person("b"), at=NEXT) == "declined"
    refused("DEMO-NONE", queries.application, "nosuchapplicatio")
    refused("STREET-NONE", queries.public_street, _View(), unit=CZJ)


def test_pages_of_both_faces(loaded: None) -> None:
    services.monitor("2018-05", by=SYSTEM, at=AT)
    uid = services.apply(TOWN, 2018, by=SYSTEM, at=AT)
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "?month=2018-05", "benefits", "applications", f"applications/{uid}"):
        assert client.get(f"/console/s3/{page}").status_code == 200, page
    sent = client.post("/console/s3/benefits", {"unit": "北桥镇", "title": "停车", "text": "首小时免费", "service": "parking",
                                                "effect": "condition", "basis": "办法", "since": "2019-01-02"})
    assert sent.refusal.code == "BEN-RIGHT"
    assert client.post("/console/s3/applications", {"unit": "北桥镇", "year": "去年"}).refusal.code == "NUM-FORM"
    assert client.post("/console/s3/benefits", {"since": "昨天"}).refusal.code == "DATE-FORM"
    paper = services.give_paper(uid, criterion="participation", content=b"minutes", by=SYSTEM, at=AT)
    assert client.get(f"/console/s3/applications/{uid}/papers/{paper}")["Content-Disposition"].endswith('.txt"')
    far = Client()
    far.force_login(with_password(account("far", "entry", unit=CZJ, number="N071", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    assert far.get(f"/console/s3/applications/{uid}/papers/{paper}").refusal.code == "PERM-DENIED"
    assert client.get(f"/console/s3/applications/{uid}/papers/nosuchpaper00000").refusal.code == "DEMO-NONE"
    public = Client()
    assert "北桥镇" in public.get("/streets/").content.decode()
    assert public.get(f"/streets/{TOWN}/").status_code == 200
    assert public.get(f"/streets/{CZJ}/").status_code == 404
    assert public.get("/api/v1/s3/benefits").status_code in (401, 403)

"""A channel ends by two people: from then on nothing leaves, nothing is taken, and what is left behind is told."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from ximu.ideas.casework import queries as casework
from ximu.ideas.casework.services import sweep_effects
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import queries, services
from ximu.ideas.exchange.models import Channel, Forwarded, Package, Received, Row, Trace
from ximu.ideas.exchange.tests import test_registering as office
from ximu.ideas.exchange.tests.test_faces import ACTING, API, at_that_time, desk
from ximu.ideas.exchange.tests.test_services import (
    CODE,
    PEER,
    both,
    code_of,
    deliver_all,
    from_them,
    inbound,
    published,
    round_trip,
    waiting,
)
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM, Actor, Grant

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
__all__ = ["at_that_time", "desk"]
SENDER = Actor("sender", None, (Grant("publisher", frozenset({"exchange.send"}), None),), person="sender")
BOTH = frozenset({"exchange.send", "exchange.manage"})
FIRST, SECOND = (Actor(name, None, (Grant("coordinator", BOTH, None),), person=name) for name in ("first", "second"))
WHY = "对方系统下线"
AFTER = LATER + timedelta(hours=1)
PAGE = f"/console/exchange/{CODE}"


@pytest.fixture(autouse=True)
def city(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "desk" not in request.fixturenames:
        f.connect(monkeypatch)


def closed(by: Actor = SECOND) -> Channel:
    services.propose_closing(CODE, reason=WHY, by=SENDER, at=LATER)
    return services.close_channel(CODE, by=by, at=AFTER)


def test_one_proposes_with_a_reason_and_another_closes_for_good(tmp_path: Path) -> None:
    both(tmp_path)
    assert code_of(services.propose_closing, "nowhere", reason=WHY, by=FIRST, at=LATER) == "CHAN-NONE"
    assert code_of(services.propose_closing, CODE, reason=" ", by=FIRST, at=LATER) == "REASON"
    assert code_of(services.propose_closing, CODE, reason=WHY, by=PEER, at=LATER) == "PERM-DENIED"
    assert code_of(services.close_channel, CODE, by=SECOND, at=LATER) == "CLOSE-NONE"
    services.propose_closing(CODE, reason=WHY, by=FIRST, at=LATER)
    assert code_of(services.propose_closing, CODE, reason="再提", by=SENDER, at=LATER) == "CLOSE-TWICE"
    assert code_of(services.close_channel, CODE, by=FIRST, at=AFTER) == "DUAL"
    assert code_of(services.close_channel, CODE, by=SENDER, at=AFTER) == "PERM-DENIED"
    assert [one.count for one in queries.today(SECOND, LATER)] == [1]
    assert Channel.objects.get().active, "a proposal changes nothing"
    ended = services.close_channel(CODE, by=SECOND, at=AFTER)
    assert (ended.active, ended.reason, ended.closing_by, ended.closed_by, ended.closed_at) == (False, WHY, "first", "second", AFTER)
    assert queries.today(SECOND, LATER) == []
    for again in (services.close_channel, services.withdraw_closing):
        assert code_of(again, CODE, by=SECOND, at=AFTER) == "CHAN-CLOSED"
    assert code_of(services.propose_closing, CODE, reason=WHY, by=FIRST, at=AFTER) == "CHAN-CLOSED"
    assert ledger.verify_log().ok
    Channel.objects.update(sequence=7)
    assert not ledger.verify_log().ok, "the log says after which package it ended"


def test_a_proposal_is_taken_back_by_its_maker_or_by_who_could_confirm(tmp_path: Path) -> None:
    channel, _ = both(tmp_path)
    waiting(channel, 1)
    services.propose_closing(CODE, reason=WHY, by=SENDER, at=LATER)
    other = Actor("other", None, SENDER.grants, person="other")
    assert code_of(services.withdraw_closing, CODE, by=other, at=LATER) == "PERM-DENIED"
    kept = services.withdraw_closing(CODE, by=SENDER, at=LATER)
    assert (kept.active, kept.closing_at, kept.closing_by, kept.reason) == (True, None, "", "")
    assert code_of(services.withdraw_closing, CODE, by=SENDER, at=LATER) == "CLOSE-NONE"
    services.propose_closing(CODE, reason=WHY, by=SENDER, at=LATER)
    assert services.withdraw_closing(CODE, by=SECOND, at=LATER).closing_at is None
    assert services.pack(CODE, by=SYSTEM, at=LATER) is not None, "it works as before"


def test_what_moved_in_the_meantime_is_looked_at_again_and_the_table_knows_two_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel, _ = both(tmp_path)
    waiting(channel, 1)
    services.propose_closing(CODE, reason=WHY, by=FIRST, at=LATER)
    read = queries.proposed_to_close(CODE)
    services.pack(CODE, by=SYSTEM, at=LATER)
    monkeypatch.setattr(queries, "proposed_to_close", lambda code: read)
    before = ledger.head().size
    assert code_of(services.close_channel, CODE, by=SECOND, at=AFTER) == "CLOSE-STATE"
    assert (Channel.objects.get().active, ledger.head().size) == (True, before)
    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.update(active=False, closed_at=AFTER, closed_by="first", log_index=before)


def test_nothing_leaves_over_a_closed_channel_and_what_waited_is_dropped(tmp_path: Path) -> None:
    both(tmp_path)
    number = f.opened()
    deliver_all()
    assert queries.left(Channel.objects.get()) == queries.Left(1, 0, 0, 0, 0)
    closed()
    deliver_all(AFTER)
    assert Row.objects.get().state == "dropped"
    share = next(one for one in casework.effects_of(number) if one.target.startswith(CODE))
    assert (share.state, share.receipt) == ("stopped", "未发送，已撤")
    for verb in (services.pack, services.send):
        assert code_of(verb, CODE, by=SYSTEM, at=AFTER) == "CHAN-CLOSED"
    f.opened("示罚〔2018〕2号")
    deliver_all(AFTER)
    assert Row.objects.count() == 1, "what becomes public later is not queued"
    services.sweep(at=AFTER)
    assert (Package.objects.count(), list(tmp_path.glob("outgoing/*"))) == (0, [])


def test_what_the_receiver_holds_is_told_and_falls_to_a_person_when_it_ends(tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    number = f.opened()
    deliver_all()
    round_trip(peer, LATER)
    assert closed().active is False
    assert queries.left(channel) == queries.Left(0, 0, 0, 1, 0)
    disclosure.close(published().uid, reason="复核", by=f.PUBLISHER, at=AFTER)
    deliver_all(AFTER)
    line = next(one for one in casework.effects_of(number) if one.target.startswith(CODE))
    assert line.state == "open", "nobody recalls it by itself: it stands in the ledger at once"
    sweep_effects(at=AFTER + timedelta(days=1))
    assert not Row.objects.filter(op="recall").exists()


def test_a_recall_that_was_on_its_way_stands_open_and_a_late_receipt_is_still_taken(tmp_path: Path) -> None:
    _, peer = both(tmp_path)
    number = f.opened()
    deliver_all()
    round_trip(peer, LATER)
    disclosure.close(published().uid, reason="复核", by=f.PUBLISHER, at=LATER)
    deliver_all()
    assert queries.left(Channel.objects.get()) == queries.Left(1, 1, 0, 1, 0), "a recall that waits is told apart"
    services.pack(CODE, by=SYSTEM, at=LATER)
    services.send(CODE, by=SYSTEM, at=LATER)
    closed()
    assert services.escalate(at=AFTER + timedelta(days=90)) == 0, "nobody waits for it any more"
    sweep_effects(at=AFTER + timedelta(days=1))
    deliver_all(AFTER + timedelta(days=1))
    assert next(one for one in casework.effects_of(number) if one.target.startswith(CODE)).state == "open"
    peer.pass_over(at=AFTER)
    assert services.sweep(at=AFTER + timedelta(days=2)) == 1
    assert next(one for one in casework.effects_of(number) if one.target.startswith(CODE)).state == "stopped"
    assert queries.left(Channel.objects.get()) == queries.Left(0, 0, 0, 0, 0)


def test_nothing_is_taken_over_it_and_forwarded_matters_are_not_answered_over_it() -> None:
    channel = inbound()
    first = from_them()
    services.receive(CODE, first, by=PEER, at=LATER)
    Forwarded.objects.create(channel=channel, theirs="A1", digest="x", number="", case="case", received_at=LATER)
    assert queries.left(channel).unanswered == 1
    closed()
    digest = Received.objects.get().digest
    for data in (first, from_them(2, digest)):
        assert code_of(services.receive, CODE, data, by=PEER, at=AFTER) == "CHAN-CLOSED"
        assert code_of(services.answer_trial, CODE, data, by=PEER, at=AFTER) == "CHAN-CLOSED"
    assert list(Trace.objects.values_list("code", flat=True)) == ["CHAN-CLOSED"] * 2
    assert (Received.objects.count(), Row.objects.count()) == (1, 0)


def test_an_office_registers_no_key_for_a_closed_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.registry.queries.unit", lambda uid, **_: object())
    services.confirm(office.registered().uid, by=SECOND, at=LATER)
    asked = office.registered(office.NEW)
    services.propose_closing("court", reason=WHY, by=FIRST, at=LATER)
    services.close_channel("court", by=SECOND, at=AFTER)
    assert code_of(services.confirm, asked.uid, by=SECOND, at=AFTER) == "CHAN-CLOSED"
    services.decline(asked.uid, reason=WHY, by=SECOND, at=AFTER)
    assert code_of(office.registered, office.THIRD) == "CHAN-CLOSED"


def test_the_page_and_the_api_close_it_by_two(desk: Client, tmp_path: Path) -> None:
    channel, _ = both(tmp_path, kind="pull")
    Channel.objects.filter(pk=channel.pk).update(unit=PEER.unit)
    waiting(channel, 2)
    ACTING["now"] = FIRST
    assert "待打包2行不再发出" in desk.get(PAGE).content.decode()
    assert desk.post(f"{PAGE}/closing", {"act": ""}).status_code == 422
    assert desk.post(f"{PAGE}/closing", {"act": "propose", "reason": WHY}).status_code == 302
    own = desk.get(PAGE).content.decode()
    assert ("须由另一位" in own, 'value="confirm"' in own, WHY in own) == (True, False, True)
    assert desk.post(f"{PAGE}/closing", {"act": "confirm"}).status_code == 403
    assert desk.post(f"{PAGE}/closing", {"act": "withdraw"}).status_code == 302
    told = desk.post(f"{API}/closing", json.dumps({"reason": WHY}), content_type="application/json")
    assert (told.status_code, told.json()["left"]["waiting"]) == (201, 2)
    ACTING["now"] = SECOND
    assert desk.post(f"{API}/closing/withdraw").json()["closing_at"] is None
    desk.post(f"{API}/closing", json.dumps({"reason": WHY}), content_type="application/json")
    ACTING["now"] = FIRST
    assert 'value="confirm"' in desk.get(PAGE).content.decode()
    assert desk.post(f"{API}/closing/confirm").json()["active"] is False
    page = desk.get(PAGE).content.decode()
    assert ("已于" in page, WHY in page, "打包并发送" in page) == (True, True, False)
    assert "已停用" in desk.get("/console/exchange/").content.decode()
    assert desk.post(f"{PAGE}/pass").status_code == 409
    ACTING["now"] = PEER
    answers: list[Any] = [desk.get(f"{API}/packages"), desk.get(f"{API}/packages/1"), desk.post(f"{API}/check", "x", content_type="text/plain")]
    assert {one.json()["code"] for one in answers} == {"CHAN-CLOSED"}

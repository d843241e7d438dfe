"""A trial gets a signed echo and no effect; a reconciliation is signed by both sides or by none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import commands, queries, rules, services
from ximu.ideas.exchange.models import Balanced, Channel, Received, Trace
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.tests.test_faces import ACTING, API, at_that_time, desk, ran
from ximu.ideas.exchange.tests.test_services import CODE, OTHER, PEER, both, code_of, from_them, inbound, round_trip, waiting
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import Signer
from ximu.ideas.ledger.services import register_evidence
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
__all__ = ["at_that_time", "desk"]


def test_a_trial_gets_a_signed_echo_and_has_no_effect(desk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbound()
    ACTING["now"] = PEER
    data, key = from_them(), services.own().verifier()
    note = desk.post(f"{API}/echo", data, content_type="text/plain").content
    told = rules.echoed(note, key, rules.tried(data, OTHER.verifier())["digest"])
    assert (told["channel"], told["rows"]) == (CODE, 1)
    assert not Received.objects.exists() and not Trace.objects.exists()
    assert Channel.objects.get().in_sequence == 0
    for bad, code in ((data[:-1], "PKG-FORM"), (from_them(receiver="x"), "PKG-PEER"), (data.replace(b"CF", b"CG"), "PKG-DIGEST")):
        assert desk.post(f"{API}/echo", bad, content_type="text/plain").json()["code"] == code
    assert code_of(rules.echoed, note, key, "0" * 64) == "RCPT-WRONG"
    assert code_of(rules.echoed, note, OTHER.verifier(), told["package"]) == "PKG-FORGED"
    assert code_of(rules.echoed, services.receive(CODE, data, by=PEER, at=LATER), key, told["package"]) == "RCPT-FORM"

    def over_the_wire(url: str, *, content: bytes, headers: dict[str, str], **words: Any) -> httpx.Response:
        assert headers["authorization"] == "Bearer ximu_x"
        answer = desk.post(url.removeprefix("http://city"), content, content_type="text/plain")
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setattr(httpx, "post", over_the_wire)
    file, token = tmp_path / "p.ximu", tmp_path / "token"
    file.write_bytes(data)
    token.write_text("ximu_x\n")
    words = ("test", str(file), "--key", OTHER.verifier())
    offline = ran(commands.exchange_group, *words)
    online = ran(commands.exchange_group, *words, "--url", f"http://city{API}", "--token-file", str(token), "--receiver-key", key)
    assert online.pop("echo") == LATER.isoformat()
    assert online == offline, "the same verdict offline and online"
    ACTING["now"] = f.CLERK
    assert code_of(ran, commands.exchange_group, *words, "--url", f"http://city{API}", "--token-file", str(token), "--receiver-key",
                   key) == "PEER-REFUSED"

    def nobody(*args: Any, **words: Any) -> httpx.Response:
        raise httpx.ConnectError("no")

    monkeypatch.setattr(httpx, "post", nobody)
    assert code_of(ran, commands.exchange_group, *words, "--url", "http://city") == "ECHO-NONE"


def test_both_sides_sign_what_both_hold(desk: Client, tmp_path: Path) -> None:
    register_evidence("exchange", queries.evidence, kinds=queries.KINDS)
    channel, peer = both(tmp_path)
    waiting(channel, 4)
    round_trip(peer, LATER)
    side = (str(tmp_path), "--channel", CODE, "--sender-key", services.own().verifier())
    held, ours, signed = (tmp_path / name for name in ("held.json", "ours.note", "both.note"))
    held.write_text(json.dumps(ran(commands.peer_group, "state", *side)))
    assert ran(commands.exchange_group, "reconcile", CODE, "--theirs", str(held), "--sign", str(ours))["even"]
    ran(commands.peer_group, "countersign", *side, "--statement", str(ours), "--out", str(signed))
    told = ran(commands.exchange_group, "balanced", CODE, str(signed))
    assert (told["even"], told["ours"], told["theirs"]) == (True, 4, 4)
    assert ran(commands.exchange_group, "balanced", CODE, str(signed)) == told, "once"
    assert Balanced.objects.count() == 1
    assert ledger.verify_log().ok
    ACTING["now"] = f.COORDINATOR
    assert told["statement"][:16] in desk.get(f"/console/exchange/{CODE}").content.decode()
    Balanced.objects.update(note=Balanced.objects.get().note.replace('"ours":4', '"ours":5'))
    assert not ledger.verify_log().ok, "a statement altered afterwards is named"


def test_differences_stand_in_the_statement_by_number_and_are_signed_too(desk: Client, tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    Channel.objects.filter(pk=channel.pk).update(unit=PEER.unit)
    waiting(channel, 3)
    round_trip(peer, LATER)
    peer.store.execute("delete from held where record = 'Z000001'")
    ACTING["now"] = PEER
    note = desk.post(f"{API}/statement", json.dumps(peer.held()), content_type="application/json").content
    signed = peer.countersign(note)
    answer = desk.post(f"{API}/balances", signed, content_type="text/plain").json()
    assert (answer["even"], answer["ours"], answer["theirs"]) == (False, 3, 2)
    assert rules.statement(note, services.own().verifier())["missing"] == ["Z000001"]
    assert desk.post(f"{API}/statement", json.dumps({"x": "y" * 65}), content_type="application/json").json()["code"] == "RECON-LIST"


def test_nobody_signs_what_he_does_not_hold_and_half_a_signature_counts_for_nothing(tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    waiting(channel, 2)
    round_trip(peer, LATER)
    note = services.state(CODE, {**peer.held(), "Z9": "0" * 64}, by=SYSTEM, at=LATER)
    assert code_of(peer.countersign, note) == "RECON-WRONG"
    good = services.state(CODE, peer.held(), by=SYSTEM, at=LATER)
    peer.forward([rules.Objection("1", "Z000000", "x", date(2018, 6, 1))], at=LATER)
    assert code_of(peer.countersign, good) == "RECON-WRONG", "we have not taken what the peer says it sent"
    stranger = Peer(tmp_path / "stranger", channel=CODE, sender_key=services.own().verifier(), name="peer.example")
    empty = services.state(CODE, {}, by=SYSTEM, at=LATER)
    for bad, code in ((good, "RECON-FORM"), (stranger.countersign(empty), "PKG-FORGED"), (empty + b"x\n", "PKG-FORGED")):
        assert code_of(services.balanced, CODE, bad, by=SYSTEM, at=LATER) == code
    assert code_of(rules.statement, rules.echo(rules.opened(from_them(), OTHER.verifier()), services.own(), at=LATER),
                   services.own().verifier()) == "RECON-FORM"
    other = services.Setup("municipal", "pull", "", peer.signer.verifier())
    services.open_channel("second", setup=other, by=SYSTEM, at=LATER)
    twin = Peer(tmp_path / "twin", channel=CODE, sender_key=services.own().verifier())
    twin.signer = Signer(peer.signer.name, peer.signer.seed)
    assert code_of(services.balanced, "second", twin.countersign(empty), by=SYSTEM, at=LATER) == "PKG-PEER"
    assert not Balanced.objects.exists()
    assert replace(rules.Inbound(), sequence=1) != rules.Inbound()

"""An office registers the key that it holds; another person confirms; then a trial passes. By services, page, API and command."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import commands, queries, rules, services
from ximu.ideas.exchange.models import Channel, Registration
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.services.transport import RECEIPTS, folder_of
from ximu.ideas.exchange.tests.test_faces import ACTING, at_that_time, desk, ran
from ximu.ideas.exchange.tests.test_services import code_of
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import Signer
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
__all__ = ["at_that_time", "desk"]
COURT, ELSE = f.SOURCE, f.UNIT
KEY, NEW, THIRD = (Signer("court.example", bytes([n]) * 32) for n in (7, 8, 9))
RIGHTS = frozenset({"exchange.register", "exchange.peer"})
CLERK = Actor("clerk", COURT, (Grant("court_officer", RIGHTS, COURT),), person="clerk")
OTHER = Actor("other", ELSE, (Grant("court_officer", RIGHTS, ELSE),), person="other")
BOTH = Actor("both", COURT, (Grant("coordinator", RIGHTS | {"exchange.manage"}, None),), person="clerk")
DECIDER = f.COORDINATOR
PAGE, API = "/console/exchange/registrations", "/api/v1/exchange/registrations"


@pytest.fixture(autouse=True)
def units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "unit", lambda uid, **_: object() if uid in (COURT, ELSE) else None)
    monkeypatch.setattr(registry, "name", lambda uid, **_: f"单位{uid[-1]}")


def request(signer: Signer = KEY, **changes: str) -> bytes:
    plain = rules.Request("court", "municipal", "pull", "", COURT, services.own().name, signer.verifier())
    return rules.asked_for(replace(plain, **changes), signer)


def trial(signer: Signer = KEY) -> bytes:
    row = b'{"op":"put"}'
    head = rules.Head("court", signer.name, services.own().name, 1, "", "", "", "", LATER.isoformat())
    return rules.joined(rules.build(head, [row], signer)[0], [row])


def registered(signer: Signer = KEY, **changes: str) -> Registration:
    return services.register(request(signer, **changes), by=CLERK, at=LATER)


def test_a_key_speaks_when_a_second_person_has_confirmed_it_and_not_before() -> None:
    made = registered()
    assert (made.state, made.replaces, Channel.objects.count()) == ("asked", "", 0)
    assert code_of(services.answer_trial, "court", trial(), by=CLERK, at=LATER) == "CHAN-NONE"
    assert code_of(services.confirm, made.uid, by=CLERK, at=LATER) == "PERM-DENIED"
    assert code_of(services.confirm, made.uid, by=BOTH, at=LATER) == "DUAL"
    assert queries.today(DECIDER, LATER)[0].count == 1
    done = services.confirm(made.uid, by=DECIDER, at=LATER)
    channel = Channel.objects.get()
    assert (done.state, channel.code, channel.unit, channel.peer_key) == ("confirmed", "court", COURT, KEY.verifier())
    digest = rules.opened(trial(), KEY.verifier()).digest
    told = rules.echoed(services.answer_trial("court", trial(), by=CLERK, at=LATER), services.own().verifier(), digest)
    assert told["rows"] == 1
    assert code_of(services.answer_trial, "court", trial(NEW), by=CLERK, at=LATER) == "PKG-FORGED"
    assert code_of(services.confirm, made.uid, by=DECIDER, at=LATER) == "REG-STATE"
    assert queries.today(DECIDER, LATER) == []
    assert ledger.verify_log().ok
    Registration.objects.update(peer_key=NEW.verifier())
    assert not ledger.verify_log().ok, "another key than the one that was confirmed"


def test_a_new_key_takes_the_place_of_the_old_one_at_the_confirmation() -> None:
    services.confirm(registered().uid, by=DECIDER, at=LATER)
    again = registered(NEW)
    assert again.replaces == KEY.verifier()
    assert services.answer_trial("court", trial(), by=CLERK, at=LATER), "until then the old key speaks"
    services.confirm(again.uid, by=DECIDER, at=LATER)
    assert services.answer_trial("court", trial(NEW), by=CLERK, at=LATER)
    assert code_of(services.answer_trial, "court", trial(), by=CLERK, at=LATER) == "PKG-FORGED"
    assert code_of(registered) == "REG-KEY", "a key that has ended is not taken again"
    assert (Channel.objects.count(), ledger.verify_log().ok) == (1, True)
    last = registered(THIRD)
    Channel.objects.update(peer_key=KEY.verifier())
    assert code_of(services.confirm, last.uid, by=DECIDER, at=LATER) == "REG-STATE", "the key that it replaces is not there any more"
    assert Registration.objects.get(uid=last.uid).state == "asked", "nothing was changed"


@pytest.mark.parametrize(("changes", "code"), [
    ({"receiver": "elsewhere"}, "PKG-PEER"), ({"unit": ELSE}, "PERM-DENIED"), ({"profile": "none"}, "CHAN-PROFILE"),
    ({"channel": "a b"}, "CHAN-FORM"), ({"channel": "registrations"}, "CHAN-FORM"), ({"kind": "drop", "address": "/etc"}, "CHAN-FORM"),
    ({"kind": "push"}, "CHAN-FORM"), ({"address": "https://court.example/in"}, "CHAN-FORM"),
    ({"kind": "push", "address": "http://127.0.0.1:80"}, "CHAN-FORM"), ({"kind": "push", "address": "https://a:b@court.example"}, "CHAN-FORM"),
    ({"kind": "push", "address": "https://court.example:99999"}, "CHAN-FORM"), ({"key": "no key"}, "PKG-KEY"), ({"key": "k" * 201}, "REG-FORM"),
    ({"key": NEW.verifier()}, "PKG-FORGED"),
])
def test_what_is_asked_must_fit(changes: dict[str, str], code: str) -> None:
    assert code_of(registered, **changes) == code
    assert Registration.objects.count() == 0


def test_an_office_asks_for_a_folder_and_is_given_its_own(settings: Any, tmp_path: Path) -> None:
    """Packages go out and receipts come back; what is no plain file in it is not followed; a new key leaves the folder where it is."""
    settings.XIMU_HOME = tmp_path
    peer = Peer(folder_of("court"), channel="court", sender_key=services.own().verifier(), name="court.example")
    services.confirm(registered(peer.signer, kind="drop").uid, by=DECIDER, at=LATER)
    channel = Channel.objects.get()
    assert channel.address == str(tmp_path / "exchange" / "court")
    channel.rows.create(publication="p", op="put", number="Z1", version=1, made_at=LATER, body="{}", digest="x")
    services.pack("court", by=DECIDER, at=LATER)
    assert services.send("court", by=DECIDER, at=LATER).sent == 1
    receipts = folder_of("court") / RECEIPTS
    os.mkfifo(receipts / "00000000.receipt")
    (tmp_path / "elsewhere").write_bytes(b"not for you")
    (receipts / "00000009.receipt").symlink_to(tmp_path / "elsewhere")
    peer.pass_over(at=LATER)
    assert services.send("court", by=DECIDER, at=LATER).settled == 1
    services.confirm(registered(NEW, kind="drop").uid, by=DECIDER, at=LATER)
    channel.refresh_from_db()
    assert (channel.peer_key, channel.address) == (NEW.verifier(), str(folder_of("court")))


@pytest.mark.parametrize(("address", "code"), [
    ("https://127.0.0.1/in", "ADDR-CLOSED"), ("https://10.20.0.1/in", "ADDR-CLOSED"), ("https://[::ffff:a9fe:a9fe]/", "ADDR-CLOSED"),
    ("https://2130706433/", "ADDR-CLOSED"), ("https://localhost:8443/", "ADDR-CLOSED"), ("https://a\u0000b.example/", "ADDR-UNKNOWN"),
])
def test_nobody_registers_a_machine_of_ours(settings: Any, address: str, code: str) -> None:
    settings.XIMU_NETWORKS = ()
    assert code_of(registered, kind="push", address=address) == code
    setup = services.Setup("municipal", "push", address, KEY.verifier())
    assert code_of(services.open_channel, "court", setup=setup, by=DECIDER, at=LATER) == code
    assert (Registration.objects.count(), Channel.objects.count()) == (0, 0)


def test_a_listed_network_is_open_and_judged_again_at_each_sending(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name meant a machine of the government's network when it was registered, and another one a day later."""
    settings.XIMU_NETWORKS = (ip_network("10.20.0.0/16"),)
    meant = iter(["10.20.0.1", "192.168.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(0, 0, 0, "", (next(meant), port))])
    services.confirm(registered(kind="push", address="https://court.example/in").uid, by=DECIDER, at=LATER)
    channel = Channel.objects.get()
    channel.rows.create(publication="p", op="put", number="Z1", version=1, made_at=LATER, body="{}", digest="x")
    services.pack("court", by=DECIDER, at=LATER)
    assert services.send("court", by=SYSTEM, at=LATER).failed == "ADDR-CLOSED"


def test_only_a_whole_signed_line_is_a_request() -> None:
    good = request()
    line, signature = good.split(b"\n\n")
    for bad in (b"", b"\xff\xfe", b"x" * 5000, b"{}\n", line, line + b"\n" + signature, good.replace(b'":"', b'": "'), good + good):
        assert code_of(services.register, bad, by=CLERK, at=LATER) == "REG-FORM", bad[:40]
    assert code_of(services.register, good.replace(b'"channel":"court"', b'"channel":"curia"'), by=CLERK, at=LATER) == "PKG-FORGED"
    ours = services.own()
    assert code_of(services.register, request(ours), by=CLERK, at=LATER) == "REG-FORM", "our own key is nobody's"
    assert code_of(services.register, good, by=Actor("nobody"), at=LATER) == "PERM-DENIED"
    nowhere = Actor("n", None, (Grant("court_officer", RIGHTS, None),))
    assert code_of(services.register, request(unit="unitnowhere00000"), by=nowhere, at=LATER) == "ORG-UNKNOWN"
    assert services.register(good.replace(b"\n", b"\r\n"), by=CLERK, at=LATER).note == good.decode(), "as a form sends it"


def test_one_request_waits_for_a_channel_and_the_name_of_another_office_is_taken() -> None:
    first = registered()
    assert code_of(registered) == "REG-KEY"
    assert code_of(registered, NEW) == "REG-TWICE"
    assert code_of(services.withdraw, first.uid, by=OTHER, at=LATER) == "REG-NONE"
    assert code_of(services.withdraw, "nothing", by=CLERK, at=LATER) == "REG-NONE"
    assert list(queries.registrations(OTHER)) == []
    assert services.withdraw(first.uid, by=CLERK, at=LATER).state == "withdrawn"
    assert code_of(services.decline, first.uid, reason="x", by=DECIDER, at=LATER) == "REG-STATE"
    second = registered(NEW)
    assert code_of(services.decline, second.uid, reason=" ", by=DECIDER, at=LATER) == "REASON"
    assert services.decline(second.uid, reason="公钥与电话核对不符", by=DECIDER, at=LATER).reason == "公钥与电话核对不符"
    services.confirm(registered(KEY).uid, by=DECIDER, at=LATER)
    theirs = request(THIRD, unit=ELSE)
    assert code_of(services.register, theirs, by=OTHER, at=LATER) == "CHAN-TWICE"
    assert code_of(registered, THIRD, profile="credit-china") == "CHAN-TWICE", "the same office, but another kind of channel"


def test_the_page_and_the_api_do_the_same(desk: Client) -> None:
    ACTING["now"] = CLERK
    page = desk.get(PAGE).content.decode()
    assert services.own().verifier() in page.replace("&#x27;", "'")
    assert desk.post(PAGE, {"note": request().decode().replace("\n", "\r\n")}).status_code == 302
    assert desk.post(API, request(NEW), content_type="text/plain").json()["code"] == "REG-TWICE"
    uid = desk.get(API).json()["items"][0]["registration"]
    assert desk.post(f"{API}/{uid}/confirm").status_code == 403
    assert desk.post(f"/console/exchange/registrations/{uid}/decide", {"act": "withdraw"}).status_code == 302
    ACTING["now"] = OTHER
    assert desk.get(API).json()["total"] == 0
    assert "court" not in desk.get(PAGE).content.decode().split("<caption>")[1]
    ACTING["now"] = CLERK
    assert desk.post(API, request(NEW), content_type="text/plain").status_code == 201
    ACTING["now"] = DECIDER
    first, second = (one["registration"] for one in desk.get(API).json()["items"])
    assert "不予确认" in desk.get(PAGE).content.decode()
    assert desk.post(f"/console/exchange/registrations/{first}/decide", {"act": ""}).status_code == 422
    assert desk.post(f"{API}/{second}/decline", json.dumps({"reason": "x"}), content_type="application/json").json()["code"] == "REG-STATE"
    assert desk.post(f"/console/exchange/registrations/{first}/decide", {"act": "confirm"}).status_code == 302
    assert desk.get(API).json()["items"][0]["state"] == "confirmed"
    ACTING["now"] = Actor("public")
    assert [desk.get(PAGE).status_code, desk.get(API).status_code] == [403, 403]
    ACTING["now"] = CLERK
    assert desk.get("/api/v1/exchange/key").status_code == 200


def test_the_commands_of_an_office_write_what_is_handed_in(desk: Client, tmp_path: Path) -> None:
    folder, out, ours = tmp_path / "court", tmp_path / "request.txt", services.own().verifier()
    words = ("register", str(folder), "--name", "court.example", "--channel", "court", "--profile", "municipal", "--unit", COURT,
             "--receiver-key", ours, "--out", str(out))
    key = ran(commands.peer_group, *words)["key"]
    ACTING["now"] = CLERK
    with out.open("rb") as file:
        assert desk.post(PAGE, {"file": file}).status_code == 302
    assert ran(commands.exchange_group, "registrations")[0]["key"] == key
    services.confirm(Registration.objects.get().uid, by=DECIDER, at=LATER)
    package = tmp_path / "trial.ximu"
    side = (str(folder), "--name", "court.example", "--channel", "court", "--sender-key", ours)
    for _ in range(2):
        assert ran(commands.peer_group, "trial", *side, "--out", str(package))["sequence"] == 1, "a trial leaves no gap"
    echo = desk.post("/api/v1/exchange/channels/court/echo", package.read_bytes(), content_type="text/plain").content
    assert rules.echoed(echo, ours, ran(commands.exchange_group, "test", str(package), "--key", key)["digest"])
    bad: Any = CliRunner().invoke(commands.peer_group, [*words, "--kind", "push"])
    assert isinstance(bad.exception, Refusal)
    assert bad.exception.code == "CHAN-FORM"

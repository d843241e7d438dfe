"""The pages, the API and the commands of the exchange, with the reference peer over a folder and over HTTP."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.http import HttpResponse
from django.test import Client

from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import commands, queries, rules, services
from ximu.ideas.exchange.models import Channel, Package
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.tests.test_services import CODE, OTHER, PEER, both, from_them, inbound, waiting
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
ACTING: dict[str, Actor] = {}
API = f"/api/v1/exchange/channels/{CODE}"


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    f.connect(monkeypatch)
    return client


@pytest.fixture(autouse=True)
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.foundation.clock.now", lambda: LATER)


def ran(group: Any, *words: str) -> Any:
    done = CliRunner().invoke(group, [*words, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def test_a_peer_pulls_its_packages_and_hands_in_receipts(desk: Client, tmp_path: Path) -> None:
    channel, peer = both(tmp_path, kind="pull")
    Channel.objects.filter(pk=channel.pk).update(unit=PEER.unit)
    waiting(channel, 3)
    services.pack(CODE, by=SYSTEM, at=LATER)
    ACTING["now"] = PEER
    assert desk.get("/api/v1/exchange/key").json()["key"] == services.own().verifier()
    listed = desk.get(f"{API}/packages").json()
    assert (listed["total"], listed["items"][0]["rows"]) == (1, 3)
    data = desk.get(f"{API}/packages/1").content
    assert desk.post(f"{API}/check", data, content_type="text/plain").json()["code"] == "PKG-FORGED", "it is ours, not theirs"
    receipt = peer.take(data, at=LATER)
    assert desk.post(f"{API}/receipts", receipt, content_type="text/plain").json() == {"settled": True}
    assert desk.post(f"{API}/receipts", receipt, content_type="text/plain").json() == {"settled": False}
    assert desk.get(f"{API}/packages").json()["total"] == 0
    ACTING["now"] = Actor("public")
    assert desk.get(f"{API}/packages/1").status_code == 403


def test_an_office_hands_in_a_package_over_the_api(desk: Client) -> None:
    inbound()
    ACTING["now"] = PEER
    data = from_them()
    told = desk.post(f"{API}/check", data, content_type="text/plain").json()
    assert (told["rows"], told["sender"]) == (1, OTHER.name)
    first = desk.post(f"{API}/packages", data, content_type="text/plain")
    assert rules.read(first.content, services.own().verifier()).sequence == 1
    assert desk.post(f"{API}/packages", data, content_type="text/plain").content == first.content
    assert desk.post(f"{API}/packages", data[:-1], content_type="text/plain").json()["code"] == "PKG-FORM"
    ACTING["now"] = f.COORDINATOR
    assert "PKG-FORM" in desk.get("/console/exchange/").content.decode()


def test_the_console_shows_what_is_unacknowledged_and_sends(desk: Client, tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    waiting(channel, 2)
    ACTING["now"] = f.COORDINATOR
    assert CODE in desk.get("/console/exchange/").content.decode()
    assert desk.post(f"/console/exchange/{CODE}/pass").status_code == 302
    page = desk.get(f"/console/exchange/{CODE}?open=1").content.decode()
    assert "未回执" in page
    assert Package.objects.get().digest[:16] in page
    peer.pass_over(at=LATER)
    desk.post(f"/console/exchange/{CODE}/pass")
    assert Package.objects.get().digest[:16] not in desk.get(f"/console/exchange/{CODE}?open=1").content.decode()
    ACTING["now"] = f.CLERK
    assert desk.get("/console/exchange/").status_code == 403
    assert desk.post(f"/console/exchange/{CODE}/pass").status_code == 403


def test_the_commands_play_both_sides_over_a_folder(tmp_path: Path) -> None:
    theirs = ran(commands.peer_group, "key", str(tmp_path))["key"]
    ours = ran(commands.exchange_group, "open", CODE, "--profile", "credit-china", "--kind", "drop", "--address", str(tmp_path),
               "--peer-key", theirs)["key"]
    assert ours == ran(commands.exchange_group, "key")["key"]
    waiting(queries.channel(CODE), 4)
    assert ran(commands.exchange_group, "build", CODE)[0]["rows"] == 4
    assert ran(commands.exchange_group, "send", CODE)["sent"] == 1
    package = tmp_path / "outgoing" / "00000001.ximu"
    told = ran(commands.exchange_group, "test", str(package), "--key", ours)
    assert (told["rows"], told["channel"]) == (4, CODE)
    side = (str(tmp_path), "--channel", CODE, "--sender-key", ours)
    assert ran(commands.peer_group, "take", *side, "--fault", "late=1") == {"receipts": 0, "silent": 1, "refused": 0}
    assert ran(commands.peer_group, "take", *side) == {"receipts": 1, "silent": 0, "refused": 0}
    assert ran(commands.exchange_group, "send", CODE)["settled"] == 1
    assert ran(commands.exchange_group, "receipts", CODE)[0]["state"] == "done"
    held = tmp_path / "held.json"
    held.write_text(json.dumps(ran(commands.peer_group, "state", *side)))
    assert ran(commands.exchange_group, "reconcile", CODE, "--theirs", str(held)) == {
        "ours": 4, "theirs": 4, "missing": [], "extra": [], "different": [], "even": True}
    held.write_text("{}")
    assert ran(commands.exchange_group, "reconcile", CODE, "--theirs", str(held))["missing"] == [f"Z{n:06}" for n in range(4)]
    with pytest.raises(Refusal) as refused:
        ran(commands.exchange_group, "reconcile", CODE, "--theirs", str(tmp_path / "none.json"))
    assert refused.value.code == "RECON-LIST"
    held.write_text("[1]")
    with pytest.raises(Refusal, match="RECON-LIST"):
        ran(commands.exchange_group, "reconcile", CODE, "--theirs", str(held))
    assert ran(commands.exchange_group, "channels")[0]["unacknowledged"] == 0
    assert ran(commands.exchange_group, "sweep") == {"settled": 0}


def test_packages_are_pushed_over_http_and_a_refusal_is_kept(tmp_path: Path) -> None:
    channel, peer = both(tmp_path, kind="push")
    server = peer.server(0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        Channel.objects.filter(pk=channel.pk).update(address=f"http://127.0.0.1:{server.server_port}")
        waiting(channel, 2)
        services.pack(CODE, by=SYSTEM, at=LATER)
        done = services.send(CODE, by=SYSTEM, at=LATER)
        assert (done.sent, done.settled, done.failed) == (1, 1, "")
        assert ran(commands.exchange_group, "reconcile", CODE)["even"]
        Peer(tmp_path, channel=CODE, sender_key=peer.sender_key).store.execute("delete from taken")
        waiting_more(channel)
        services.pack(CODE, by=SYSTEM, at=LATER)
        assert services.send(CODE, by=SYSTEM, at=LATER).failed == "PEER-REFUSED"
    finally:
        server.shutdown()
        server.server_close()


def waiting_more(channel: Channel) -> None:
    channel.rows.create(publication="more", op="put", number="Z9", version=1, made_at=LATER, body="{}", digest="x")

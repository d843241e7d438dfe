"""What is public goes out once, is settled by the receiver's own receipt, and comes back when it is no longer public."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ximu.foundation import outbox
from ximu.ideas.casework import queries as casework
from ximu.ideas.casework.services import sweep_effects
from ximu.ideas.disclosure import queries as publications
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.disclosure.hooks import PublicationOpened
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import queries, rules, services
from ximu.ideas.exchange.models import Channel, Package, Received, Row, Trace
from ximu.ideas.exchange.services import sending, transport
from ximu.ideas.exchange.services.peering import Peer, PeerDown
from ximu.ideas.intake import queries as intake
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import Signer
from ximu.ideas.records import services as records
from ximu.ideas.records.services import Traces
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
CODE = "national"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    f.connect(monkeypatch)


def code_of(call: Callable[..., Any], *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)
    return refused.value.code


def both(folder: Path, *, kind: str = "drop", profile: str = "national-platform", **words: Any) -> tuple[Channel, Peer]:
    peer = Peer(folder, channel=CODE, sender_key=services.own().verifier(), **words)
    address = str(folder) if kind == "drop" else "" if kind == "pull" else "http://127.0.0.1:1"
    setup = services.Setup(profile, kind, address, peer.signer.verifier())
    return services.open_channel(CODE, setup=setup, by=SYSTEM, at=f.T0), peer


def published() -> Any:
    return publications.proposals(state="open")[0]


def deliver_all(at: datetime = LATER) -> None:
    """What the outbox does after the commit."""
    while outbox.sweep(at=at):
        pass


def round_trip(peer: Peer, at: datetime) -> None:
    services.pack(CODE, by=SYSTEM, at=at)
    services.send(CODE, by=SYSTEM, at=at)
    peer.pass_over(at=at)
    services.send(CODE, by=SYSTEM, at=at)


def test_a_publication_travels_and_its_end_recalls_it(tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    number = f.opened()
    deliver_all()
    row = Row.objects.get()
    assert (row.state, row.number, row.op) == ("waiting", number, "put")
    for secret in ("王小明", "11010519491231002X", "13812345678", "内部说明"):
        assert secret not in row.body
    round_trip(peer, LATER)
    assert Package.objects.get().state == "done"
    assert peer.held() == queries.held_there(channel) == {number: row.digest}
    share = next(line for line in casework.effects_of(number) if line.target.startswith(CODE))
    assert share.state == "live"
    after = LATER + timedelta(days=3)
    disclosure.close(published().uid, reason="复核", by=f.PUBLISHER, at=after)
    deliver_all(after)
    line = next(one for one in casework.effects_of(number) if one.uid == share.uid)
    assert line.state == "stopping", "a share has not ended before the receiver says so"
    round_trip(peer, after)
    line = next(one for one in casework.effects_of(number) if one.uid == share.uid)
    assert (line.state, "召回" in line.receipt) == ("stopped", True)
    assert peer.held() == queries.held_there(channel) == {}
    assert [op for _, op, _ in peer.effects()] == ["put", "recall"]
    assert ledger.verify_log().ok
    sweep_effects(at=after + timedelta(days=2))


def test_a_revoked_record_is_recalled_and_an_unanswered_recall_stands_open(tmp_path: Path) -> None:
    _, peer = both(tmp_path)
    number = f.opened()
    deliver_all()
    round_trip(peer, LATER)
    records.revoke(number, reason="决定被撤销", by=f.REVIEWER, at=LATER)
    deliver_all()
    for day in range(1, 5):
        sweep_effects(at=LATER + timedelta(days=day, hours=day))
        deliver_all(LATER + timedelta(days=day, hours=day))
    line = next(one for one in casework.effects_of(number) if one.target.startswith(CODE))
    assert line.state == "open", "listed as unconfirmed while the receiver is silent"
    assert Row.objects.filter(op="recall").count() == 1
    round_trip(peer, LATER + timedelta(days=6))
    line = next(one for one in casework.effects_of(number) if one.target.startswith(CODE))
    assert (line.state, peer.held()) == ("stopped", {})


def test_what_never_left_is_dropped_without_a_recall(tmp_path: Path) -> None:
    both(tmp_path)
    number = f.opened()
    deliver_all()
    disclosure.close(published().uid, reason="复核", by=f.PUBLISHER, at=LATER)
    deliver_all()
    assert [(row.op, row.state, row.body) for row in Row.objects.all()] == [("put", "dropped", "")]
    assert {line.state for line in casework.effects_of(number)} == {"stopped"}
    assert services.pack(CODE, by=SYSTEM, at=LATER) is None


def test_the_lists_decide_who_may_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(tmp_path)

    def no(*args: Any, **words: Any) -> None:
        raise Refusal("LIST-APPLY", zh="不得共享", en="may not be shared")

    monkeypatch.setattr("ximu.ideas.exchange.services.queueing.gate", no)
    number = f.opened()
    deliver_all()
    row = Row.objects.get()
    assert (row.state, row.code, row.body) == ("barred", "LIST-APPLY", "")
    assert services.pack(CODE, by=SYSTEM, at=LATER) is None
    assert not [line for line in casework.effects_of(number) if line.target.startswith(CODE)]


def test_an_erased_row_leaves_the_package_that_carried_it(tmp_path: Path) -> None:
    channel, peer = both(tmp_path)
    number = f.opened()
    deliver_all()
    made = services.pack(CODE, by=SYSTEM, at=LATER)
    assert made is not None
    services.forget(Traces(frozenset({number}), frozenset(), frozenset(), frozenset()), at=LATER)
    data = queries.bytes_of(made)
    assert "罚款" not in data.decode()
    receipt = rules.read(peer.take(data, at=LATER), peer.signer.verifier())
    assert receipt.outcomes == ("ROW-ERASED",)
    assert queries.held_there(channel) == {}


def waiting(channel: Channel, count: int) -> None:
    rows = [Row(channel=channel, publication=f"p{n:06}", op="put", number=f"Z{n:06}", version=1, made_at=LATER,
                body=canonical({"op": "put", "record": f"Z{n:06}", "item": "CF", "fields": {"CF_WSH": str(n)}}).decode())
            for n in range(count)]
    for row in rows:
        row.digest = rules.row_digest(row.body.encode())
    Row.objects.bulk_create(rows)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_of_600_messages_has_its_effect_once_whatever_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Late, doubled, lost, wrong and down on the other side; both sides killed before and after every step."""
    wrong = rules.faults(["late=0.1", "duplicate=0.2", "lost-receipt=0.2", "wrong-digest=0.1", "down=0.1"], seed=seed)
    channel, peer = both(tmp_path, kind="push", faults=wrong)
    waiting(channel, 600)
    dice = random.Random(seed)
    monkeypatch.setattr(sending, "profile", lambda code: replace(rules.profile(code), most_rows=12))

    def perhaps_killed() -> None:
        if dice.random() < 0.25:
            raise Killed

    clock_now = [LATER]

    def over_the_wire(channel: Channel, sequence: int, data: bytes) -> bytes:
        perhaps_killed()
        try:
            answer = peer.take(data, at=clock_now[0])
        except PeerDown as down:
            raise httpx.ConnectError("down") from down
        perhaps_killed()
        return answer

    stopping = sending.append
    applying = Peer._apply
    monkeypatch.setattr(transport, "hand_over", over_the_wire)
    monkeypatch.setattr(sending, "append", lambda *a, **w: (stopping(*a, **w), perhaps_killed())[0])
    monkeypatch.setattr(Peer, "_apply", lambda *a: (applying(*a), dice.random() < 0.01 and perhaps_killed())[0])
    killed = 0
    for step in range(3000):
        clock_now[0] = LATER + timedelta(hours=13 * step)
        try:
            services.pack(CODE, by=SYSTEM, at=LATER)
            services.send(CODE, by=SYSTEM, at=clock_now[0])
        except Killed:
            killed += 1
        if Package.objects.filter(state="done").count() == 50:
            break
    assert killed > 20, "the test must hurt"
    assert Row.objects.filter(state="accepted").count() == 600
    records = [record for record, _, _ in peer.effects()]
    assert records == [f"Z{n:06}" for n in range(600)], "each once, in order"
    found = rules.balance(queries.held_there(channel), peer.held())
    assert (found.ours, found.theirs, found.even) == (600, 600, True)


def test_without_a_receipt_it_waits_longer_and_is_escalated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, _ = both(tmp_path, kind="push")
    waiting(channel, 3)
    services.pack(CODE, by=SYSTEM, at=LATER)

    def down(*args: Any) -> bytes:
        raise httpx.ConnectError("down")

    monkeypatch.setattr(transport, "hand_over", down)
    assert services.send(CODE, by=SYSTEM, at=LATER).failed == "ConnectError"
    package = Package.objects.get()
    assert (package.state, package.attempts, package.due_at) == ("sent", 1, LATER + timedelta(minutes=1))
    assert services.send(CODE, by=SYSTEM, at=LATER).failed == "", "not before its time"
    services.send(CODE, by=SYSTEM, at=LATER + timedelta(minutes=1))
    assert Package.objects.get().due_at == LATER + timedelta(minutes=3)
    watcher = Actor("w", None, (Grant("coordinator", frozenset({"exchange.send"})),))
    assert (services.escalate(at=LATER + timedelta(days=3)), queries.today(watcher, LATER)) == (0, [])
    late = LATER + timedelta(days=3, minutes=1)
    assert services.escalate(at=late) == 1
    assert services.escalate(at=late) == 0
    assert queries.today(watcher, late)[0].count == 1
    assert queries.today(Actor("x"), late) == []


OTHER = Signer("court.example", b"\x07" * 32)
PEER_UNIT = f.SOURCE
PEER = Actor("peer", PEER_UNIT, (Grant("exchange_peer", frozenset({"exchange.peer"}), PEER_UNIT),))
EXAMPLE = Path(__file__).resolve().parents[5] / "examples" / "deliveries" / "penalties-2018-06.csv"
NUMBER = "行政处罚决定书文号"
CASE = next(csv.DictReader(EXAMPLE.read_text("gb18030").splitlines()))


def inbound() -> Channel:
    setup = services.Setup("national-platform", "pull", "", OTHER.verifier(), PEER_UNIT)
    return services.open_channel(CODE, setup=setup, by=SYSTEM, at=f.T0)


def from_them(sequence: int = 1, previous: str = "", rows: int = 1, **changes: Any) -> bytes:
    plain = rules.Head(CODE, OTHER.name, services.own().name, sequence, previous, "2017-1", "", "", LATER.isoformat())
    head = replace(plain, **changes)
    made = [canonical({"op": "put", "item": "CF", "fields": {**CASE, NUMBER: f"示罚〔2018〕{sequence}{n}号"}}) for n in range(rows)]
    return rules.joined(rules.build(head, made, OTHER)[0], made)


def test_an_inbound_package_goes_to_intake_once_and_gets_its_receipt() -> None:
    channel = inbound()
    data = from_them(rows=2)
    receipt = services.receive(CODE, data, by=PEER, at=LATER)
    told = rules.read(receipt, services.own().verifier())
    held = Received.objects.get()
    assert told.outcomes == ("SUBJ-NONE", "SUBJ-NONE"), "the row's own verdict: this test's registry is empty"
    assert (held.accepted, held.refused) == (0, 2)
    assert intake.delivery(held.deliveries[0]).summary["rows"] == 2
    assert services.receive(CODE, data, by=PEER, at=LATER) == receipt
    assert Received.objects.count() == 1
    second = services.receive(CODE, from_them(2, held.digest), by=PEER, at=LATER)
    assert services.receive(CODE, data, by=PEER, at=LATER) == receipt, "an old one gets its old receipt"
    assert rules.read(second, services.own().verifier()).sequence == 2
    assert ledger.verify_log().ok
    assert Channel.objects.get(pk=channel.pk).in_sequence == 2


def test_what_is_refused_changes_nothing_and_leaves_one_trace_each() -> None:
    inbound()
    good = from_them()
    services.receive(CODE, good, by=PEER, at=LATER)
    digest = Received.objects.get().digest
    cases = {
        "PKG-FORGED": good.replace(b'"sequence":1', b'"sequence":2'), "PKG-DIGEST": good[:-2] + b"x\n", "PKG-FORM": b"\xff\x00",
        "PKG-GAP": from_them(3, digest), "PKG-ORDER": from_them(2, "0" * 64), "PKG-REPLAY": from_them(1, rows=2),
        "PKG-PEER": from_them(2, digest, receiver="somebody else"),
        "PKG-TIME": from_them(2, digest, made_at=(LATER + timedelta(minutes=11)).isoformat()),
    }
    before = ledger.head().size
    for code, data in cases.items():
        assert code_of(services.receive, CODE, data, by=PEER, at=LATER) == code
    assert sorted(Trace.objects.values_list("code", flat=True)) == sorted(cases)
    assert (Received.objects.count(), ledger.head().size) == (1, before)
    stranger = Actor("s", "unitother0000001", (Grant("exchange_peer", frozenset({"exchange.peer"}), "unitother0000001"),))
    assert code_of(services.receive, CODE, good, by=stranger, at=LATER) == "PERM-DENIED"
    assert code_of(services.receive, "nowhere", good, by=PEER, at=LATER) == "CHAN-NONE"


def test_rows_that_intake_cannot_take_are_refused_each_with_its_code() -> None:
    inbound()
    head = rules.Head(CODE, OTHER.name, services.own().name, 1, "", "", "", "", LATER.isoformat())
    rows = [canonical({"op": "put", "item": "NICHTS", "fields": {"a": "1"}}), canonical({"op": "burn"}),
            canonical({"op": "put", "item": "CF", "fields": {"CF_WSH": "1"}})]
    note = rules.build(head, [*rows, b"{}"], OTHER)[0]
    told = rules.read(services.receive(CODE, rules.joined(note, [*rows, b""]), by=PEER, at=LATER), services.own().verifier())
    assert told.outcomes[:2] == ("LIST-NONE", "ROW-OP")
    assert told.outcomes[2]
    assert told.outcomes[3] == "ROW-ERASED"


def test_a_race_is_lost_by_one_of_two_and_channels_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, peer = both(tmp_path)
    again = services.Setup("municipal", "pull", "", peer.signer.verifier())
    assert code_of(services.open_channel, CODE, setup=again, by=SYSTEM, at=LATER) == "CHAN-TWICE"
    assert code_of(services.open_channel, "a b", setup=again, by=SYSTEM, at=LATER) == "CHAN-FORM"
    waiting(channel, 1)
    Channel.objects.filter(pk=channel.pk).update(active=False)
    assert code_of(services.pack, CODE, by=SYSTEM, at=LATER) == "CHAN-CLOSED"
    assert code_of(queries.package, channel, 9) == "PKG-NONE"
    (tmp_path / "bad.key").write_text("nonsense")
    assert code_of(services.key_in, tmp_path / "bad.key", "x") == "KEY-BROKEN"
    assert services.key_in(tmp_path / "new.key", "x") == services.key_in(tmp_path / "new.key", "x")
    assert code_of(rules.faults, ["fire"]) == "FAULT-NAME"


def test_the_municipal_site_gets_what_may_be_published(tmp_path: Path) -> None:
    channel, _ = both(tmp_path, profile="municipal")
    f.opened()
    deliver_all()
    assert Row.objects.get().state == "waiting"
    event = PublicationOpened(published().uid, published().number)
    assert services.queue(channel, event, at=LATER) is None, "once"

"""The log asks its witnesses over HTTP; a fork is cosigned by nobody; without fresh word what is final stops."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ximu.foundation import clock
from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.commands import log_group
from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.models import Witness as Registered
from ximu.ideas.ledger.tests.test_services import grow
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu_verify import open_note
from ximu_verify.tests.made import vkey
from ximu_verify.witness import Witness, serve

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def offices(settings, tmp_path: Path):
    """Three offices with their own clocks, folders and ports, known to the log."""
    settings.XIMU_HOME, settings.XIMU_ORIGIN = tmp_path / "home", "ximu.example/witnessed"
    time = [int(T0.timestamp())]
    made, servers = [], []
    for n in range(3):
        witness = Witness.create(tmp_path / f"w{n}", f"w{n}.example/1")
        witness.follow(queries.key())
        server = serve(witness, "127.0.0.1", 0, clock=lambda: time[0])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        services.trust_witness(str(witness.key), by=SYSTEM, at=T0, title=f"第{n}单位", url=f"http://127.0.0.1:{server.server_address[1]}")
        made.append(witness)
        servers.append(server)
    yield made, servers, time
    for server in servers:
        server.shutdown()
        server.server_close()


def code_of(act) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_growth_after_growth_is_cosigned_by_all(offices) -> None:
    witnesses, _, _ = offices
    for _ in range(5):
        grow(37, at=T0)
        assert [(a.status, a.cosigned) for a in services.gather(at=T0)] == [(200, True)] * 3
        note = queries.checkpoint()
        assert len(open_note(note, [queries.key(), *(str(w.key) for w in witnesses)]).verified) == 4


def test_a_log_that_was_rewritten_finds_no_witness(offices, tmp_path: Path) -> None:
    witnesses, _, _ = offices
    grow(40, at=T0)
    services.gather(at=T0)
    known = [w.known("ximu.example/witnessed") for w in witnesses]
    for path in (tmp_path / "home" / "checkpoints").glob("*/latest"):
        path.unlink()
    Run.objects.all().delete()
    Hashes.objects.all().delete()
    Head.objects.all().delete()
    grow(90, at=T0 + timedelta(hours=1))
    answers = services.gather(at=T0 + timedelta(hours=1))
    assert [(a.status, a.cosigned) for a in answers] == [(422, False)] * 3
    assert [w.known("ximu.example/witnessed") for w in witnesses] == known
    assert [[p.name.partition("-")[0] for p in w.evidence()] for w in witnesses] == [["fork"]] * 3


def test_a_witness_that_knows_more_than_we_remember_is_asked_again(offices) -> None:
    witnesses, _, _ = offices
    grow(10, at=T0)
    services.gather(at=T0)
    queries.watchers(at=T0)
    from_witness = witnesses[0].known("ximu.example/witnessed")
    grow(5, at=T0)

    Registered.objects.update(seen_size=0)
    assert all(a.cosigned for a in services.gather(at=T0))
    assert witnesses[0].known("ximu.example/witnessed").size == from_witness.size + 5


def test_four_hours_without_word_stop_what_is_final(offices) -> None:
    _, servers, time = offices
    grow(3, at=T0)
    queries.must_be_fresh(at=T0 + timedelta(hours=4))
    assert code_of(lambda: queries.must_be_fresh(at=T0 + timedelta(hours=4, seconds=1))) == "LOG-STALE"
    servers[2].shutdown()
    servers[2].server_close()
    later = T0 + timedelta(hours=6)
    time[0] = int(later.timestamp())
    assert [(a.status, a.cosigned) for a in services.gather(at=later)] == [(200, True), (200, True), (0, False)]
    queries.must_be_fresh(at=later)
    assert [w.fresh for w in queries.watchers(at=later)] == [True, True, False]
    grow(3, at=later + timedelta(hours=5))  # the log itself grows on


class Babbler(BaseHTTPRequestHandler):
    """A witness that answers without end, or what is no signature."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(2000):
                self.wfile.write(b"\xff" * 100_000)
            self.server.read_to_the_end = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_nobody_who_babbles_or_cannot_be_found_stops_the_others(offices) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Babbler)
    server.read_to_the_end = False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    places = [f"http://127.0.0.1:{server.server_address[1]}", "http://[", "nonsense", "http://\u0661", "http://a b/"]
    for number, url in enumerate(places):
        private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        services.trust_witness(vkey(f"odd{number}.example/w", private, b"\x04"), by=SYSTEM, at=T0, url=url)
    try:
        answers = services.gather(at=T0)
    finally:
        server.shutdown()
        server.server_close()
    assert [a.cosigned for a in answers] == [True] * 3 + [False] * 5
    assert not server.read_to_the_end


class Dripper(BaseHTTPRequestHandler):
    """A witness whose answer is never idle and never done: a letter of a header, or a byte of the text, again and again."""

    def do_POST(self) -> None:
        server, letters = self.server, b"x" * 200
        server.asked += 1
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: " if server.in_head else b"HTTP/1.1 200 OK\r\n\r\n")
            for letter in letters:
                self.wfile.write(bytes([letter]))
                server.pause.wait(0.1)
            self.wfile.write(b"\r\n\r\n")
            server.let_drip_to_the_end = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize("in_head", [True, False])
def test_who_lets_an_answer_drip_is_left_and_the_others_are_collected(offices, in_head: bool) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripper)
    server.in_head, server.asked, server.pause, server.let_drip_to_the_end = in_head, 0, threading.Event(), False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    services.trust_witness(vkey("slow.example/w", private, b"\x04"), by=SYSTEM, at=T0, url=f"http://127.0.0.1:{server.server_address[1]}")
    grow(3, at=T0)
    try:
        answers = services.gather(at=T0, seconds=4.0)
    finally:
        ended = server.let_drip_to_the_end
        server.pause.set()
        server.shutdown()
        server.server_close()
    assert [(a.status, a.cosigned) for a in answers] == [(200, True)] * 3 + [(0, False)]
    assert (server.asked, ended) == (1, False)


def test_a_retired_witness_counts_no_more(offices) -> None:
    for watcher in queries.watchers(at=T0):
        services.retire_witness(watcher.uid, by=SYSTEM, at=T0)
        assert code_of(lambda uid=watcher.uid: services.retire_witness(uid, by=SYSTEM, at=T0)) == "WITNESS-NONE"
    queries.must_be_fresh(at=T0 + timedelta(days=9))
    assert services.gather(at=T0) == []
    assert code_of(lambda: services.retire_witness("x", by=Actor(uid="x"), at=T0)) == "PERM-DENIED"


def test_the_commands(offices) -> None:
    _, _, time = offices
    time[0] = int(clock.now().timestamp())
    run = CliRunner().invoke(log_group, ["gather", "--json"])
    assert [a["cosigned"] for a in json.loads(run.stdout)] == [True] * 3
    listed = json.loads(CliRunner().invoke(log_group, ["witness", "list", "--json"]).stdout)
    assert [w["title"] for w in listed] == ["第0单位", "第1单位", "第2单位"]
    assert CliRunner().invoke(log_group, ["witness", "retire", listed[0]["uid"]]).exit_code == 0
    assert len(queries.watchers(at=T0)) == 2
    again = CliRunner().invoke(log_group, ["witness", "add", listed[1]["key"], "--json"])
    assert json.loads(again.stdout) == {"uid": listed[1]["uid"]}

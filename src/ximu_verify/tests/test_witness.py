"""A witness signs what grew, never what forked, and keeps the proof of who tried. Row 12 of the security promises."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ximu_verify import open_note
from ximu_verify.merkle import node_hash
from ximu_verify.tests.made import LOG, LOG_KEY, ORIGIN, b64, key_id, sha256, tree, vkey
from ximu_verify.witness import Refused, Witness, fetching, serve
from ximu_verify.witness.__main__ import run

LEAVES = [sha256(b"\x00%d" % n) for n in range(1100)]
OTHER = [*LEAVES[:50], sha256(b"\x00rewritten"), *LEAVES[51:]]


def signed(leaves: list[bytes], origin: str = ORIGIN, key: str = LOG_KEY, private=LOG) -> str:
    text = f"{origin}\n{len(leaves)}\n{b64(tree(leaves))}\n"
    return f"{text}\n— {origin} {b64(key_id(key) + private.sign(text.encode()))}\n"


def grown(old: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.2: SUBPROOF(old, leaves, true), written from the text."""
    def sub(m: int, d: list[bytes], whole: bool) -> list[bytes]:
        if m == len(d):
            return [] if whole else [tree(d)]
        k = 1 << (len(d) - 1).bit_length() - 1
        return [*sub(m, d[:k], whole), tree(d[k:])] if m <= k else [*sub(m - k, d[k:], False), tree(d[:k])]
    return sub(old, leaves, True) if 0 < old < len(leaves) else []


def request(old: int, leaves: list[bytes], proof: list[bytes] | None = None, note: str = "") -> bytes:
    lines = [f"old {old}", *map(b64, grown(old, leaves) if proof is None else proof)]
    return ("\n".join(lines) + "\n\n" + (note or signed(leaves))).encode()


@pytest.fixture
def witnesses(tmp_path: Path) -> list[Witness]:
    made = [Witness.create(tmp_path / f"w{n}", f"office{n}.example/w") for n in range(3)]
    for witness in made:
        witness.follow(LOG_KEY)
        witness.add(request(0, LEAVES[:100]), now=1000)
    return made


def status_of(witness: Witness, body: bytes) -> int:
    with pytest.raises(Refused) as caught:
        witness.add(body, now=2000)
    return caught.value.status


def test_a_thousand_honest_growths_are_cosigned(tmp_path: Path) -> None:
    witness = Witness.create(tmp_path, "w.example/1")
    witness.follow(LOG_KEY)
    roots: list[bytes] = []
    for size in range(1, 1001):
        leaves = LEAVES[:size]
        body = request(size - 1, leaves)
        line = witness.add(body, now=size)
        opened = open_note(body.decode().partition("\n\n")[2] + line, [LOG_KEY, str(witness.key)])
        roots.append(tree(leaves))
        assert [s.timestamp for s in opened.verified] == [None, size]
    assert witness.known(ORIGIN).size == 1000
    assert witness.known(ORIGIN).root == roots[-1]
    assert witness.evidence() == []


@pytest.mark.parametrize(("body", "status", "reason"), [
    (request(100, OTHER[:300]), 422, "fork"),
    (request(100, LEAVES[:300], [sha256(b"x")] * 4), 422, "fork"),
    (request(100, OTHER[:100]), 409, "fork"),
    (request(60, LEAVES[:80]), 409, "rollback"),
    (request(60, OTHER[:100]), 409, "fork"),
    (request(0, LEAVES[:60]), 409, "rollback"),
    (request(100, LEAVES[:60], []), 400, "rollback"),
], ids=["fork", "false proof", "equal-size fork", "old-size replay", "equal-size fork from an old size", "rollback", "rollback from ours"])
def test_no_witness_signs_and_each_keeps_the_evidence(witnesses: list[Witness], body: bytes, status: int, reason: str) -> None:
    for witness in witnesses:
        before = witness.known(ORIGIN)
        assert {status_of(witness, body) for _ in range(5)} == {status}
        (path,) = witness.evidence()
        told = path.read_text("utf-8")
        assert path.name.startswith(reason)
        assert b64(tree(LEAVES[:100])) in told
        assert witness.known(ORIGIN) == before


def test_strangers_are_told_what_is_wrong_and_leave_nothing(witnesses: list[Witness]) -> None:
    unknown = vkey("other.example/log", LOG)
    bad = signed(LEAVES[:120]).replace("\n120\n", "\n121\n")
    for body, status in (
        (request(100, LEAVES[:120], note=signed(LEAVES[:120], "other.example/log", unknown)), 404),
        (request(100, LEAVES[:120], note=bad), 403),
        (request(100, LEAVES[:120], note=signed(LEAVES[:120], key=vkey(ORIGIN, LOG, b"\x04"))), 403),
        (b"old 0100\n\n" + signed(LEAVES[:120]).encode(), 400), (b"old 100", 400), (b"\xff", 400), (b"", 400),
        (b"old 100\nAAAA\n\n" + signed(LEAVES[:120]).encode(), 400),
        (request(100, LEAVES[:120], [sha256(b"x")] * 64), 400), (request(100, LEAVES[:100], [sha256(b"x")]), 422),
    ):
        assert status_of(witnesses[0], body) == status
    assert witnesses[0].evidence() == []


def test_a_stranger_cannot_fill_the_disk_with_evidence(witnesses: list[Witness]) -> None:
    """A checkpoint is public: anybody may bring it again with another wrong proof, old size or line of a key that nobody knows."""
    for n in range(20):
        odd = signed(LEAVES[:300]) + f"— a.example/{n} {b64(bytes(68))}\n"
        assert status_of(witnesses[0], request(100, LEAVES[:300], [sha256(b"%d" % n)] * 4, note=odd)) == 422
        assert status_of(witnesses[0], request(n, LEAVES[:60], [])) == 409
    assert [path.name.partition("-")[0] for path in witnesses[0].evidence()] == ["fork", "rollback"]
    for size in (110, 120, 130):
        witnesses[0].add(request(size - 10, LEAVES[:size]), now=size)
        assert status_of(witnesses[0], request(0, LEAVES[:60], [])) == 409
    assert len(witnesses[0].evidence()) == 2, "an old checkpoint once, however often the log has grown since"


def test_a_stale_old_size_is_told_the_known_one_and_is_no_evidence(witnesses: list[Witness]) -> None:
    with pytest.raises(Refused) as caught:
        witnesses[0].add(request(0, LEAVES[:200]), now=1)
    assert (caught.value.status, caught.value.size, witnesses[0].evidence()) == (409, 100, [])


def test_the_same_size_may_be_cosigned_again_as_a_sign_of_life(witnesses: list[Witness]) -> None:
    line = witnesses[0].add(request(100, LEAVES[:100]), now=3000)
    assert open_note(signed(LEAVES[:100]) + line, [str(witnesses[0].key)]).verified[0].timestamp == 3000


def test_memory_outlives_the_program(witnesses: list[Witness]) -> None:
    again = Witness(witnesses[0].folder)
    assert again.known(ORIGIN).size == 100
    assert status_of(again, request(100, OTHER[:100])) == 409
    assert (again.folder / "key").stat().st_mode & 0o777 == 0o600


def test_it_speaks_tlog_witness_over_http(witnesses: list[Witness]) -> None:
    server = serve(witnesses[0], "127.0.0.1", 0, clock=lambda: 5000)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line = http.client.HTTPConnection("127.0.0.1", server.server_address[1])

    def post(body: bytes, path: str = "/add-checkpoint") -> tuple[int, str | None, str]:
        line.request("POST", path, body)
        answer = line.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()

    try:
        assert post(request(0, LEAVES[:200])) == (409, "text/x.tlog.size", "100\n")
        status, _, text = post(request(100, LEAVES[:200]))
        assert status == 200
        assert open_note(signed(LEAVES[:200]) + text, [str(witnesses[0].key)]).verified[0].timestamp == 5000
        assert post(request(200, OTHER[:200]))[0] == 409
        assert post(request(200, OTHER[:210]))[0] == 422
        assert post(b"x")[0] == 400
        assert post(b"x", "/other")[0] == 404
        line.request("GET", "/key")
        assert line.getresponse().read().decode().strip() == str(witnesses[0].key)
    finally:
        line.close()
        server.shutdown()
        server.server_close()


def test_a_strange_length_and_a_memory_that_fails_are_answered(witnesses: list[Witness]) -> None:
    server = serve(witnesses[0], "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for length, status in (("9" * 5000, 413), ("1" * 10, 413), ("-1", 411), ("１", 411), ("", 411), ("1e3", 411)):
            line = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
            line.putrequest("POST", "/add-checkpoint")
            line.putheader("Content-Length", length.encode("utf-8"))
            line.endheaders()
            assert line.getresponse().status == status
            line.close()
        (path,) = (witnesses[0].folder / "logs").glob("*/latest")
        path.write_text("nonsense", "utf-8")
        line = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
        line.request("POST", "/add-checkpoint", request(100, LEAVES[:200]))
        assert line.getresponse().status == 500
        line.close()
    finally:
        server.shutdown()
        server.server_close()


class Log(BaseHTTPRequestHandler):
    """A log whose answers are made up: `answers` by path."""

    def do_GET(self) -> None:
        raw = self.server.answers[self.path.partition("?")[0]]
        self.wfile.write(raw if raw.startswith(b"NO") else b"HTTP/1.0 200 OK\r\n\r\n" + raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(("proof", "code"), [
    (b"[]", 1), (b"null", 1), (b"{}", 1), (b"7", 1), (b'{"proof": 7}', 1), (b'{"proof": [7]}', 1), (b'{"proof": ["x"]}', 1), (b"", 1),
    (b'{"proof": null}', 1), (b"[" * 100_000, 1), (b"\xff", 1), (b'{"proof": {"a": 1}}', 1), (b"NO HTTP", 2), (b'{"proof": []}', 1),
])
def test_a_log_that_answers_nonsense_is_told_and_not_cosigned(witnesses: list[Witness], capsys, proof: bytes, code: int) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Log)
    server.answers = {"/log/checkpoint": signed(LEAVES[:200]).encode(), "/api/v1/ledger/consistency": proof}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        witnesses[0].follow(LOG_KEY, url=f"http://127.0.0.1:{server.server_address[1]}")
        assert run(["--folder", str(witnesses[0].folder), "look"]) == code
    finally:
        server.shutdown()
        server.server_close()
    assert "✘" in capsys.readouterr().err
    assert witnesses[0].known(ORIGIN).size == 100


class Dripping(Log):
    """A log that sends a byte now and then, so that no single wait is long."""

    def do_GET(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
            while not self.server.over.wait(0.1):
                self.wfile.write(b"x")


def test_a_log_that_lets_its_answer_drip_is_left(witnesses: list[Witness], capsys, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 2)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.over = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        witnesses[0].follow(LOG_KEY, url=f"http://127.0.0.1:{server.server_address[1]}")
        assert run(["--folder", str(witnesses[0].folder), "look"]) == 2
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
    assert "within 2 s" in capsys.readouterr().err


def test_a_note_goes_out_as_utf_8_in_every_locale(witnesses: list[Witness]) -> None:
    start = [sys.executable, "-m", "ximu_verify.witness", "--folder", str(witnesses[0].folder), "cosign"]
    given = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    ran = subprocess.run([*start, "-"], input=request(100, LEAVES[:200]), env=given, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(open_note(ran.stdout, [LOG_KEY, str(witnesses[0].key)]).verified) == 2
    closed = subprocess.run(["bash", "-c", '"$@" - <&-', "-", *start], env=given, capture_output=True, check=False)
    assert (closed.returncode, b"Traceback" in closed.stderr) == (1, False)


def test_a_port_that_is_none_is_unusable(witnesses: list[Witness]) -> None:
    assert run(["--folder", str(witnesses[0].folder), "serve", "--port", "99999"]) == 2


def test_the_command_line(tmp_path: Path, capsys) -> None:
    home = ["--folder", str(tmp_path / "w")]
    assert run([*home, "status"]) == 2
    assert run([*home, "init", "w.example/1"]) == 0
    assert run([*home, "follow", LOG_KEY, "--url", "http://127.0.0.1:1"]) == 0
    (tmp_path / "request").write_bytes(request(0, LEAVES[:7]))
    assert run([*home, "cosign", str(tmp_path / "request")]) == 0
    capsys.readouterr()
    (tmp_path / "request").write_bytes(request(7, OTHER[:60], [node_hash(LEAVES[0], LEAVES[1])]))
    assert run([*home, "cosign", str(tmp_path / "request")]) == 1
    assert run([*home, "status", "--json"]) == 0
    assert '"size": 7' in capsys.readouterr().out
    assert run([*home, "look"]) == 2

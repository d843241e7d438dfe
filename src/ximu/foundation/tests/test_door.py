"""The door takes a request whole and gives an answer whole; who is slow, or sends too much, gets a code and holds nobody up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from ximu.foundation import door, traceless
from ximu.foundation.door import Door, Patience

SOON = Patience(silence=0.05, grace=0.0, least=1 << 30)


class Echo:
    """Says back what it was given; keeps the environment."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer, self.seen, self.bodies = answer, [], []
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.seen.append(environ)
        self.bodies.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start("201 Created", [("Content-Type", "text/plain"), ("X-Words", "caf\xe9")])
        return self

    def __iter__(self) -> Any:
        yield self.bodies[-1] if self.answer is None else self.answer

    def close(self) -> None:
        self.closed += 1


def scope(path: str = "/a", *, raw: bytes | None = None, query: bytes = b"", headers: Iterable[tuple[bytes, bytes]] = ()) -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": path, "raw_path": raw if raw is not None else path.encode(), "query_string": query,
            "root_path": "", "http_version": "1.1", "scheme": "http", "server": ("h", 80), "client": ("192.0.2.1", 5), "headers": list(headers)}


def asked(inside: Any, *pieces: bytes | None, at: dict[str, Any] | None = None, patience: Patience | None = None) -> tuple[int, dict[bytes, bytes], bytes]:
    """One request; `None` among the pieces is a sender that says nothing more."""
    sent: list[Any] = []

    async def run() -> None:
        left = list(pieces)

        async def receive() -> Any:
            if left and left[0] is None:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: Any) -> None:
            sent.append(message)

        await Door(inside, threads=1, patience=patience)(at or scope(), receive, send)

    asyncio.run(run())
    assert [m["type"] for m in sent] == ["http.response.start"] + ["http.response.body"] * (len(sent) - 1)
    assert [m["more_body"] for m in sent[1:]] == [True] * (len(sent) - 2) + [False]
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m["body"] for m in sent[1:])


def test_a_request_in_pieces_comes_in_whole_and_the_answer_goes_out_whole() -> None:
    inside = Echo()
    status, headers, body = asked(inside, b"one ", b"two ", b"three")
    assert (status, headers[b"x-words"], body, inside.closed) == (201, "caf\xe9".encode("latin-1"), b"one two three", 1)
    assert inside.seen[0]["CONTENT_LENGTH"] == "13", "also where no length was told"


@pytest.mark.parametrize("size", [0, 1, door.PIECE, door.PIECE + 1, door.IN_MEMORY + 7])
def test_an_answer_of_any_size_is_the_same_bytes(size: int) -> None:
    answer = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert asked(Echo(answer), b"")[2] == answer


def test_the_environment_is_that_of_the_request() -> None:
    inside = Echo()
    asked(inside, b"", at=scope("/\u5355\u4f4d/\ufffd", raw=b"/%E5%8D%95%E4%BD%8D/%FF", query=b"q=%E8%AF%9A\xff",
                                headers=[(b"x-a", b"1"), (b"x-a", b"2"), (b"x_forwarded_for", b"6.6.6.6"), (b"transfer-encoding", b"chunked")]))
    seen = inside.seen[0]
    assert seen["PATH_INFO"].encode("latin-1") == "/单位/".encode() + b"\xff"
    assert (seen["QUERY_STRING"], seen["HTTP_X_A"], seen["REMOTE_ADDR"]) == ("q=%E8%AF%9A\xff", "1,2", "192.0.2.1")
    assert "HTTP_X_FORWARDED_FOR" not in seen and "HTTP_TRANSFER_ENCODING" not in seen


@pytest.mark.parametrize(("pieces", "patience"), [((b"a", None), Patience(silence=0.05)), ((b"a", b"b", b"c"), SOON)])
def test_who_is_silent_or_drips_is_refused_and_nothing_is_taken(pieces: tuple[Any, ...], patience: Patience) -> None:
    inside = Echo()
    status, headers, body = asked(inside, *pieces, patience=patience)
    assert (status, headers[b"connection"]) == (408, b"close")
    assert body.decode().splitlines()[0] == "BODY-SLOW"
    assert "过慢" in body.decode() and "slowly" in body.decode()
    assert not inside.seen


@pytest.mark.parametrize("told", [True, False])
def test_too_much_is_refused_before_or_while_it_is_read(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_BODY", 10)
    inside = Echo()
    status, _, body = asked(inside, b"123456", b"789012", at=scope(headers=[(b"content-length", b"12")] if told else []))
    assert (status, body.decode().splitlines()[0], inside.seen) == (413, "FILE-SIZE", [])


def test_a_report_is_never_put_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **words: Any) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr("tempfile.TemporaryFile", fail)
    content = b"r" * (door.IN_MEMORY * 3)
    assert asked(Echo(), content, at=scope(traceless.BENEATH))[2] == content
    with pytest.raises(AssertionError, match="a file was made"):
        asked(Echo(), content, at=scope("/console/intake/"))


def test_what_may_not_touch_a_disk_has_a_limit_for_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_HELD", 10)
    inside = Echo()
    status, _, body = asked(inside, b"123456", b"789012", at=scope(traceless.BENEATH))
    assert (status, body.decode().splitlines()[0], inside.seen) == (503, "SERVER-BUSY", [])


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *args: object) -> None: ...

        def write(self, piece: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(door, "SpooledTemporaryFile", lambda max_size: Full())
    status, _, body = asked(Echo(), b"x")
    assert (status, body.decode().splitlines()[0]) == (507, "DISK-FULL")


def test_a_slow_sender_does_not_keep_the_others_waiting() -> None:
    inside, done = Echo(), threading.Event()

    async def run() -> list[int]:
        found, gate, statuses = Door(inside, threads=1), asyncio.Event(), []

        def receiver(pieces: list[bytes], wait: bool) -> Any:
            async def receive() -> Any:
                if wait:
                    await gate.wait()
                return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}
            return receive

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        slow = [asyncio.create_task(found(scope(), receiver([b"s"], True), send)) for _ in range(20)]
        await found(scope("/quick"), receiver([b"q"], False), send)
        assert statuses == [201] and inside.bodies == [b"q"], "the quick one is answered while twenty others are still sending"
        gate.set()
        await asyncio.gather(*slow)
        done.set()
        return statuses

    assert asyncio.run(run()) == [201] * 21 and done.is_set()

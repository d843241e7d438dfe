"""Whoever sends a byte a second, or reads none, keeps nobody else waiting: a real server and many sockets."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlparse

import pytest

from tests.journeys.conftest import City

pytestmark = [pytest.mark.journey]
MANY = 24
"""More than the server has threads, by far."""
SENDERS = [
    b"POST /console/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin=a",
    b"POST /report/ HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n--x\r\n",
    b"POST /api/v1/openapi.json HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nX-Half: ",
]
READERS = [b"GET /static/vendor/echarts.min.js HTTP/1.1\r\nHost: h\r\n\r\n", b"GET /units/ HTTP/1.1\r\nHost: h\r\n\r\n" * 40]


@contextmanager
def held(city: City, requests: list[bytes]) -> Iterator[list[socket.socket]]:
    """Each of these requests many times, begun and left."""
    where = urlparse(city.url)
    with ExitStack() as stack:
        opened = []
        for request in requests:
            for _ in range(MANY):
                link = socket.socket()
                link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                link.settimeout(60)
                link.connect((where.hostname, where.port))
                link.sendall(request.replace(b"Host: h", f"Host: {where.netloc}".encode()))
                opened.append(stack.enter_context(link))
        yield opened


def asked(city: City, path: str) -> int:
    with urllib.request.urlopen(city.url + path, timeout=60) as answer:
        return int(answer.status)


@pytest.mark.parametrize("kind", range(len(SENDERS)))
def test_slow_senders_keep_nobody_waiting(city: City, kind: int) -> None:
    with held(city, [SENDERS[kind]]) as links:
        for _ in range(3):
            assert [asked(city, path) for path in ("/healthz", "/", "/console/login")] == [200, 200, 200]
            for link in links:
                link.sendall(b"1")


def test_slow_readers_keep_nobody_waiting(city: City) -> None:
    with held(city, READERS):
        for _ in range(3):
            assert [asked(city, path) for path in ("/healthz", "/", "/console/login")] == [200, 200, 200]

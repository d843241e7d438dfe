"""A client written from the C2SP texts alone (signed-note, tlog-checkpoint, tlog-tiles) reads our log over HTTP.

It uses nothing of the writer and nothing of `ximu_verify`: only paths, bytes, SHA-256 and Ed25519.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.rules import entry_bytes

pytestmark = pytest.mark.django_db
AT = datetime(2018, 5, 4, 8, 0, tzinfo=UTC)
Fetch = Callable[[str], bytes]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class Reader:
    """Follows a log whose verifier key is known."""

    def __init__(self, fetch: Fetch, key: str) -> None:
        self.fetch = fetch
        self.name, self.key_id, material = key.split("+", 2)
        raw = base64.b64decode(material)
        assert raw[0] == 1
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])

    def checkpoint(self) -> tuple[int, bytes]:
        text, block = self.fetch("checkpoint").decode().rsplit("\n\n", 1)
        line = next(line for line in block.splitlines() if line.startswith(f"— {self.name} "))
        raw = base64.b64decode(line.split(" ")[2])
        assert raw[:4].hex() == self.key_id
        self.public.verify(raw[4:], (text + "\n").encode())
        origin, size, root = text.split("\n")
        assert origin == self.name
        return int(size), base64.b64decode(root)

    def path(self, level: int | str, number: int, width: int) -> str:
        digits = str(number).zfill((len(str(number)) + 2) // 3 * 3)
        groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
        place = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
        return f"tile/{level}/{place}" + (f".p/{width}" if width < 256 else "")

    def hashes(self, level: int, size: int) -> list[bytes]:
        """All hashes of a level of a tree of `size`, tile by tile."""
        found: list[bytes] = []
        total = size // 256**level
        for number in range((total + 255) // 256):
            width = min(256, total - number * 256)
            data = self.fetch(self.path(level, number, width))
            assert len(data) == 32 * width
            found += [data[at:at + 32] for at in range(0, len(data), 32)]
        return found

    def entries(self, size: int) -> list[bytes]:
        found: list[bytes] = []
        for number in range((size + 255) // 256):
            width = min(256, size - number * 256)
            data, before = self.fetch(self.path("entries", number, width)), len(found)
            while data:
                length = int.from_bytes(data[:2], "big")
                found.append(data[2:2 + length])
                assert len(found[-1]) == length
                data = data[2 + length:]
            assert len(found) - before == width
        return found


def mth(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1 over leaf hashes."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha(b"\x01" + mth(hashes[:k]) + mth(hashes[k:]))


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    settings.XIMU_ORIGIN = "ximu.example/log"


def grow(*batches: int) -> None:
    for batch in batches:
        with transaction.atomic():
            services.append_many([entry_bytes("test.entry", {"n": n}, AT) for n in range(batch)], at=AT)


@pytest.fixture
def reader(client) -> Reader:
    def fetch(path: str) -> bytes:
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 200, path
        return answer.content

    return Reader(fetch, queries.key())


@pytest.mark.parametrize("batches", [(), (1,), (255,), (256,), (257,), (300, 1, 1, 300), (65_536,), (65_000, 5_000)])
def test_the_root_is_derived_again_from_what_the_log_serves(reader: Reader, batches: tuple[int, ...]) -> None:
    grow(*batches)
    size, root = reader.checkpoint()
    assert size == sum(batches)
    leaves = [sha(b"\x00" + entry) for entry in reader.entries(size)]
    assert mth(leaves) == root
    level, below = 0, leaves
    while below:
        assert reader.hashes(level, size) == below
        level += 1
        below = [mth(below[at:at + 256]) for at in range(0, len(below) - 255, 256)]


def test_partial_tiles_of_every_present_width_stay_readable(reader: Reader) -> None:
    grow(300)
    full = reader.fetch("tile/0/000")
    assert all(reader.fetch(f"tile/0/000.p/{width}") == full[:32 * width] for width in range(1, 256))
    assert len(reader.fetch("tile/entries/001.p/44")) > 0


@pytest.mark.parametrize("path", [
    "tile/0/001", "tile/0/001.p/45", "tile/0/002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
    "tile/0/0", "tile/0/0000", "tile/0/x000/000", "tile/0/000/000", "tile/00/000", "tile/1/000", "tile/1/000.p/2",
    "tile/2/000.p/1", "tile/64/000", "tile/-1/000", "tile/x/000", "tile/entries/001", "tile/entries/001.p/45",
    "tile/entries/x999/x999/x999/x999/x999/999", "tile/63/x999/x999/999", "tile/0/０００", "tile/0/000%0A", "nothing",
])
def test_what_does_not_exist_is_not_served(client, path: str) -> None:
    grow(300)
    assert client.get(f"/log/{path}").status_code == 404


def test_headers_and_methods(client) -> None:
    grow(256, 3)
    checkpoint = client.get("/log/checkpoint")
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint["Cache-Control"] == "public, max-age=5"
    for path in ("/log/tile/0/000", "/log/tile/entries/000"):
        answer = client.get(path)
        assert answer["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in client.get("/log/tile/0/001.p/3")["Cache-Control"]
    assert client.get("/log/key").content.decode().strip() == queries.key()
    assert client.get("/log/bundle/258.json").status_code == 200
    assert client.post("/log/checkpoint").status_code == 405
    plain, packed = (client.get("/log/tile/entries/000", headers={"accept-encoding": how}) for how in ("identity", "gzip"))
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content

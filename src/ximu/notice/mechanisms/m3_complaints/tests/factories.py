"""Handlers, forms and pictures for tests; all made up."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from typing import Any

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import Actor, Grant
from ximu.notice.mechanisms.m3_complaints import services

AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
JIANCHA, FGW, SHI, CZJ, HBJ, TOWN, DISTRICT = (uid_of("example", key) for key in ("jiancha", "fgw", "shi", "czj", "hbj", "q01j4", "q01"))
HANDLE = frozenset({"complaints.handle", "complaints.leads"})
ALL = HANDLE | {"complaints.oversee", "complaints.press"}


def person(name: str, unit: str = JIANCHA, rights: frozenset[str] = HANDLE) -> Actor:
    return Actor(name, unit, (Grant("staff", rights, unit),), name)


OVERSEER = Actor("overseer", JIANCHA, (Grant("discipline_officer", ALL),), "overseer")


def filed(text: str = "承诺三月付清工程款，至今未付。", *, at: datetime = AT, token: str = "", **given: Any) -> str:
    made = services.Filed("payment", text, **given)
    return services.file_report(made, token=token or services.form(on=clock.city_day(at)), at=at)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(turned: int, place: bytes = b"GPS-31.2304N") -> bytes:
    tiff = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)
    return segment(0xE1, b"Exif\0\0" + tiff + place)


def jpeg(*extra: bytes, tail: bytes = b"") -> bytes:
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01") + b"".join(extra) + segment(0xDB, b"\0" * 65) + scan + b"\xff\xd9" + tail

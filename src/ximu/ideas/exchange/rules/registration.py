"""How does an office that connects make itself known? One signed line: channel, way, address, key; who signs it holds the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from ximu.ideas.exchange.rules.package import ALGORITHM, read_key, sealed, verified
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

REGISTRATION = "ximu-registration/1"
SELF_SERVICE = ("pull", "push", "drop")
"""Where a folder lies is said by us, never asked for: its name is the code of the channel."""
MOST_BYTES, LONGEST_CODE, LONGEST_ADDRESS, LONGEST_KEY = 4096, 24, 300, 200
RESERVED = ("registrations",)
"""A page of ours has this name."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an office asks for. `unit` is whose channel it is, `receiver` the name of our key: a request to another city is none to us."""

    channel: str
    profile: str
    kind: str
    address: str
    unit: str
    receiver: str
    key: str


def good_code(code: str) -> bool:
    return 0 < len(code) <= LONGEST_CODE and code not in RESERVED and all(c.isascii() and (c.isalnum() or c == "-") for c in code)


def asked_for(request: Request, signer: Signer) -> bytes:
    """The signed text that is handed in."""
    return sealed(_line(request), signer)


def as_signed(note: bytes) -> bytes:
    """What was signed, without what a form or a mail has done to the ends of lines. Errors: `REG-FORM`."""
    if len(note) > MOST_BYTES:
        raise _form("size")
    return note.replace(b"\r\n", b"\n").strip() + b"\n"


def _line(request: Request) -> bytes:
    return canonical({"format": REGISTRATION, "algorithm": ALGORITHM, **{name: getattr(request, name) for name in Request.__slots__}})


def read_request(note: bytes, receiver: str) -> Request:
    """What a signed text asks, when the key that it names has signed it and it is meant for us.

    Errors: `REG-FORM`, `PKG-KEY`, `PKG-FORGED`, `PKG-PEER`, `CHAN-FORM`.
    """
    note = as_signed(note)
    request = _read(note.split(b"\n", 1)[0])
    name, _, _ = read_key(request.key)
    try:
        verified(note, request.key)
    except Refusal as refusal:
        raise _form("note") if refusal.code == "PKG-FORM" else refusal from refusal
    if request.receiver != receiver:
        raise Refusal("PKG-PEER", status=403, field="receiver", value=request.receiver[:60], rule=receiver, zh="登记书不是写给本平台的。",
                      en="This request is meant for another platform.")
    if name == receiver:
        raise _form("key")
    _reachable(request)
    return request


def _read(line: bytes) -> Request:
    try:
        told: dict[str, Any] = orjson.loads(line)
        request = Request(**{name: told[name] for name in Request.__slots__})
        fits = all(isinstance(getattr(request, name), str) for name in Request.__slots__) and _line(request) == line
    except (KeyError, TypeError, ValueError) as error:
        raise _form("line") from error
    if not fits or len(request.key) > LONGEST_KEY:
        raise _form("line")
    return request


def _reachable(request: Request) -> None:
    """A name or an address that we could use; packages are pushed to HTTPS only."""
    fits = good_code(request.channel) and request.kind in SELF_SERVICE and len(request.address) <= LONGEST_ADDRESS
    if fits and request.kind == "push":
        try:
            parts = urlsplit(request.address)
            fits = parts.scheme == "https" and bool(parts.hostname) and not (parts.username or parts.query or parts.fragment) \
                and (parts.port is None or parts.port > 0)
        except ValueError:
            fits = False
    if not fits or (request.kind != "push") == bool(request.address):
        raise Refusal("CHAN-FORM", field="channel", value=request.channel[:LONGEST_CODE], rule="a-z 0-9 -; pull | drop | push https://…",
                      zh="通道代码、方式或地址无效；自助登记的方式为拉取或文件交换（均不写地址，文件夹由平台给定）、推送（https网址）。",
                      en="Code, kind or address is not valid; one registers for pull or drop (no address: the folder is given by us) or "
                         "push (an https address).")


def _form(what: str) -> Refusal:
    return Refusal("REG-FORM", field="registration", value=what, rule=REGISTRATION, zh="不是合乎格式的登记书，应为签名的一行。",
                   en="This is no request of this format; it should be one signed line.")

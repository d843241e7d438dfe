"""Which machines may we call? Public addresses and the networks that the operator lists (`XIMU_NETWORKS`); nothing else.

A name is looked up once, each of its addresses is judged, and the connection goes to the address that was judged: the name cannot mean
another machine a moment later. A redirect is an answer like any other and is not followed; no proxy is asked.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

from ximu.kernel.lazily import Lazily
from ximu.kernel.refusal import Refusal

if TYPE_CHECKING:
    import httpx
else:
    httpx = Lazily("httpx")

Address = IPv4Address | IPv6Address
NEVER = tuple(map(ip_network, (
    "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32",
    "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32",
)))
"""No machine, the neighbours on the same wire, and where clouds tell a machine its secrets: not even when they are listed."""
TRANSLATED = ip_network("64:ff9b::/96")
COMPATIBLE = ip_network("::/96")
LOOK_UP_SECONDS = 5.0
SLOWEST = 4
"""So many times the seconds of one wait may a whole answer take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is what came of it, at most as much as was asked for."""

    status: int
    body: bytes


def meant(address: Address) -> Address:
    """The IPv4 address that lies within an IPv6 one (mapped, translated, 6to4, Teredo), else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and (address in TRANSLATED or (address in COMPATIBLE and int(address) > 1)):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def is_open(address: Address) -> bool:
    """May it be called? This machine itself only in a demonstration, and only when it is listed."""
    there = meant(address)
    if any(there in network for network in NEVER):
        return False
    listed = any(there in network for network in settings.XIMU_NETWORKS)
    return listed and settings.XIMU_LOOPBACK if there.is_loopback else listed or there.is_global


def open_address(url: str) -> str:
    """The address to which a call to this URL would go. Errors: `ADDR-CLOSED`, `ADDR-UNKNOWN`."""
    return _judged(_parsed(url))


def call(method: str, url: str, *, content: bytes = b"", kind: str = "", seconds: float, most: int) -> Answer:
    """Errors: `ADDR-CLOSED`, `ADDR-UNKNOWN`, httpx.HTTPError."""
    parsed = _parsed(url)
    there, host = parsed.copy_with(host=_judged(parsed)), parsed.raw_host.decode("ascii")
    words = {"host": parsed.netloc.decode("ascii"), "accept-encoding": "identity", **({"content-type": kind} if kind else {})}
    until = time.monotonic() + SLOWEST * seconds
    with (
        httpx.Client(trust_env=False, verify=httpx.create_ssl_context(), follow_redirects=False, timeout=seconds) as client,
        client.stream(method, there, content=content, headers=words, extensions={"sni_hostname": host}) as answer,
    ):
        body = b""
        for part in answer.iter_raw():
            body += part
            if len(body) >= most:
                break
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the whole answer takes too long")
    return Answer(answer.status_code, body[:most])


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _unknown(url) from error
    if parsed.scheme not in ("http", "https") or not parsed.raw_host:
        raise _unknown(url)
    return parsed


def _judged(parsed: httpx.URL) -> str:
    """The first address of a name whose addresses may all be called."""
    host = parsed.raw_host.decode("ascii")
    found = [ip_address(text) for text in _looked_up(host, parsed.port or (443 if parsed.scheme == "https" else 80))]
    if not found:
        raise _unknown(host)
    if not all(map(is_open, found)):
        raise Refusal("ADDR-CLOSED", field="address", value=host[:100], rule="XIMU_NETWORKS",
                      zh=f"地址“{host[:100]}”在不得连接的网络内；须是公网地址，或在管理员列出的网络内。",
                      en=f"The address “{host[:100]}” lies in a network that may not be called; it must be public or in a network "
                         "that the operator has listed.")
    return str(found[0])


def _looked_up(host: str, port: int) -> list[str]:
    """In the order in which the system prefers them; nothing when the name is unknown or nobody answers in time."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            """An unknown name."""

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(LOOK_UP_SECONDS)
    return list(found)


def _unknown(host: str) -> Refusal:
    return Refusal("ADDR-UNKNOWN", field="address", value=host[:100], rule="DNS", zh=f"查不到地址“{host[:100]}”所指的主机。",
                   en=f"No machine of the address “{host[:100]}” can be found.")

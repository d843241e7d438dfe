"""Only public addresses and listed networks are called, by the address that was judged, and no redirect is followed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ximu.foundation import reach
from ximu.kernel.refusal import Refusal

NAME = "court.example"


class Desk(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, str]] = []
    elsewhere = ""
    body = b"x" * 100

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.asked.append((self.path, self.headers["host"], self.headers["content-type"]))
        self.send_response(302 if self.elsewhere else 200)
        if self.elsewhere:
            self.send_header("location", self.elsewhere)
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    monkeypatch.setattr(Desk, "asked", [])
    monkeypatch.setattr(Desk, "elsewhere", "")
    server = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name means these addresses: another list at each look-up. What was looked up is returned."""
    given, asked = iter(answers), list[str]()

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in next(given)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def code_of(url: str) -> str:
    with pytest.raises(Refusal) as refused:
        reach.call("POST", url, seconds=2, most=10)
    assert (refused.value.field, bool(refused.value.zh), bool(refused.value.en)) == ("address", True, True)
    return refused.value.code


@pytest.mark.parametrize("address", [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3",
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::",
    "fe80::1", "fe80::1%1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
    "2001:0:0:0:0:0:80ff:fffe",
])
def test_without_a_list_nothing_but_public_addresses(settings: Any, address: str) -> None:
    settings.XIMU_NETWORKS, settings.XIMU_LOOPBACK = (), True
    assert not reach.is_open(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:114.114.114.114", "64:ff9b::7272:7272"])
def test_public_addresses_are_open(settings: Any, address: str) -> None:
    settings.XIMU_NETWORKS = ()
    assert reach.is_open(ip_address(address))


def test_listed_networks_are_open_but_what_is_never_open_stays_shut(settings: Any) -> None:
    settings.XIMU_NETWORKS = (ip_network("10.20.0.0/16"), ip_network("fd12::/16"), ip_network("0.0.0.0/0"), ip_network("::/0"))
    settings.XIMU_LOOPBACK = False
    for address in ("10.20.3.4", "::ffff:10.20.3.4", "fd12:3456::1"):
        assert reach.is_open(ip_address(address)), address
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0", "100.100.100.200", "fd00:ec2::254"):
        assert not reach.is_open(ip_address(address)), address
    settings.XIMU_NETWORKS = (ip_network("10.20.0.0/16"),)
    assert not reach.is_open(ip_address("10.21.0.1"))


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0/", "http://[::1]/", "http://[::ffff:7f00:1]/",
    "http://localhost/", "https://169.254.169.254/latest/meta-data", "http://10.0.0.1:22/", "http://①②⑦.0.0.1/",
])
def test_an_address_is_judged_however_it_is_written(settings: Any, url: str) -> None:
    settings.XIMU_NETWORKS = ()
    assert code_of(url) in ("ADDR-CLOSED", "ADDR-UNKNOWN")


@pytest.mark.parametrize("url", ["ftp://court.example/", "file:///etc/passwd", "https://", "//court.example", "https://a\x01b/", "https://" + "a" * 300 + "/"])
def test_what_is_no_address_is_said(url: str) -> None:
    assert code_of(url) == "ADDR-UNKNOWN"


def test_a_name_is_open_only_when_all_its_addresses_are(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_NETWORKS = ()
    names(monkeypatch, ["114.114.114.114", "10.0.0.1"], ["::ffff:127.0.0.1"], [], ["114.114.114.114"])
    assert code_of(f"https://{NAME}/") == "ADDR-CLOSED"
    assert code_of(f"https://{NAME}/") == "ADDR-CLOSED"
    assert code_of(f"https://{NAME}/") == "ADDR-UNKNOWN"
    assert reach.open_address(f"https://{NAME}/") == "114.114.114.114"


def test_the_address_that_was_judged_is_the_one_that_is_called(settings: Any, monkeypatch: pytest.MonkeyPatch, desk: HTTPServer) -> None:
    """A name that means another machine a moment later, and a proxy in the environment, lead nowhere else."""
    settings.XIMU_NETWORKS = (ip_network("127.0.0.1/32"),)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: look_up(host, *a, **k) if host == NAME else [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, a[0]))])
    answer = reach.call("POST", f"http://{NAME}:{desk.server_port}/in", content=b"a", kind="text/plain", seconds=5, most=10)
    assert (answer.status, answer.body, asked) == (200, b"x" * 10, [NAME])
    assert Desk.asked == [("/in", f"{NAME}:{desk.server_port}", "text/plain")]
    assert code_of(f"http://{NAME}:{desk.server_port}/in") == "ADDR-CLOSED"


def test_a_redirect_is_an_answer_and_not_followed(settings: Any, monkeypatch: pytest.MonkeyPatch, desk: HTTPServer) -> None:
    settings.XIMU_NETWORKS = (ip_network("127.0.0.1/32"),)
    monkeypatch.setattr(Desk, "elsewhere", f"http://127.0.0.1:{desk.server_port}/secret")
    answer = reach.call("POST", f"http://127.0.0.1:{desk.server_port}/in", seconds=5, most=10)
    assert (answer.status, [path for path, _, _ in Desk.asked]) == (302, ["/in"])


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name alone, and its key."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return certificate, private


def test_the_certificate_must_be_that_of_the_name(
    settings: Any, monkeypatch: pytest.MonkeyPatch, desk: HTTPServer, tmp_path: Path,
) -> None:
    settings.XIMU_NETWORKS = (ip_network("127.0.0.1/32"),)
    certificate, private = certified(tmp_path)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    desk.socket = context.wrap_socket(desk.socket, server_side=True)
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: look_up("127.0.0.1" if host.endswith(".example") else host, *a, **k))
    with pytest.raises(httpx.ConnectError):
        reach.call("POST", f"https://{NAME}:{desk.server_port}/in", content=b"a", seconds=5, most=10)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert reach.call("POST", f"https://{NAME}:{desk.server_port}/in", content=b"a", seconds=5, most=10).status == 200
    with pytest.raises(httpx.ConnectError):
        reach.call("POST", f"https://other.example:{desk.server_port}/in", content=b"a", seconds=5, most=10)

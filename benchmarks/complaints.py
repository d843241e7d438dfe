"""Are reports lost or doubled when many people report at once, and how much slower is it than what the receipt code costs alone?

    PYTHONPATH=src python benchmarks/complaints.py [--clients 50] [--reports 500]

The production server (one process per core) serves the made-up city from a temporary folder on SQLite; each client asks for a form,
sends it with a picture, and sends it once more as an impatient person does. Counted afterwards in the database. The bare cost is
the slow hash (Argon2id) of as many codes on as many processes: nobody can take a report by code for less. The number of reports
that are taken an hour (2000) bounds `--reports`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

TOKEN, CODE = re.compile(r'name="token" value="([^"]+)"'), re.compile(r"(?:\d{4} ){3}\d{4}")
LIMIT = 3.0
PICTURE_BYTES = 50_000


def picture() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    noise = b"".join(b"\0" + secrets.token_bytes(250) for _ in range(PICTURE_BYTES // 250))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 250, PICTURE_BYTES // 250, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"tEXt", b"Author\0x") + chunk(b"IDAT", zlib.compress(noise)) + chunk(b"IEND", b"")


def ask(port: int, method: str, body: bytes = b"", kind: str = "") -> str:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    link.request(method, "/report/", body, {"Content-Type": kind} if kind else {})
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {text[-300:]}")
    return text


def one(port: int, number: int, photo: bytes) -> tuple[str, str, float]:
    """(code, code of the second sending, seconds of the first)."""
    found = TOKEN.search(ask(port, "GET"))
    mark = secrets.token_hex(8)
    fields = {"topic": "payment", "text": f"第{number}件（示例）", "about": "示例市财政局", "token": found[1] if found else ""}
    body = b"".join(f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items())
    body += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode() + photo
    body += f"\r\n--{mark}--\r\n".encode()
    began = time.perf_counter()
    first = send(port, body, mark)
    took = time.perf_counter() - began
    return first, send(port, body, mark), took


def send(port: int, body: bytes, mark: str) -> str:
    answer = CODE.search(ask(port, "POST", body, f"multipart/form-data; boundary={mark}"))
    return answer[0] if answer else ""


def hashes(count: int) -> None:
    from ximu.kernel.codes import slow_hash

    for number in range(count):
        slow_hash(f"{number:016d}", secret=bytes(32))


def bare(count: int, cores: int) -> float:
    """Seconds of `count` slow hashes on `cores` processes that run already."""
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(hashes, [1] * cores))
        began = time.perf_counter()
        list(pool.map(hashes, [count // cores] * cores))
        return time.perf_counter() - began


def wait(port: int, server: subprocess.Popen[bytes]) -> None:
    pause, until = threading.Event(), time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            ask(port, "GET")
            return
        except (OSError, RuntimeError):
            pause.wait(0.2)
    raise RuntimeError("the server did not answer")


def measure(port: int, home: Path, clients: int, reports: int) -> dict[str, object]:
    photo = picture()
    before = counts(home)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(lambda n: one(port, n, photo), range(reports)))
    took = time.perf_counter() - began
    after = counts(home)
    told = Counter(code for code, _, _ in answers)
    cores = os.cpu_count() or 1
    alone = bare(reports, cores)
    waits = sorted(wait for _, _, wait in answers)
    found = {name: after[name] - before[name] for name in after}
    return {
        "clients": clients, "reports": reports, "lost": reports - found["report"], "doubled": sum(told.values()) - len(told),
        "other_code_when_sent_again": sum(a != b for a, b, _ in answers), "files": found["attachment"], "seconds": round(took, 2),
        "median_wait_s": round(waits[len(waits) // 2], 2), "longest_wait_s": round(waits[-1], 2), "bare_s": round(alone, 2),
        "ratio": round(took / alone, 2), "within": took / alone <= LIMIT and found["report"] == found["attachment"] == reports == len(told)}


def counts(home: Path) -> dict[str, int]:
    link = sqlite3.connect(home / "ximu.sqlite3")
    try:
        return {name: link.execute(f"SELECT count(*) FROM m3_complaints_{name}").fetchone()[0] for name in ("report", "attachment")}
    finally:
        link.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    asked.add_argument("--clients", type=int, default=50)
    asked.add_argument("--reports", type=int, default=500)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="ximu-complaints-") as folder, socket.socket() as probe:
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"XIMU_HOME": folder, "XIMU_CITY": "example", "XIMU_DEMO": "0"}
        ximu = [sys.executable, "-m", "ximu"]
        subprocess.run([*ximu, "up", "--no-serve", "--json"], env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        server = subprocess.Popen([*ximu, "serve", "--port", str(port), "--no-jobs"], env=env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            wait(port, server)
            print(json.dumps(measure(port, Path(folder), given.clients, given.reports)))
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()

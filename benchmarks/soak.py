"""Does a city stand for hours under load while something breaks every minute?

    PYTHONPATH=src:. python benchmarks/soak.py [--minutes 1440] [--pace 20] [--fault-seconds 60] [--verify-minutes 60] [--seed 1]

The made-up city is started as `make run` starts it, then served by `ximu serve` with two workers on SQLite. Readers ask pages, open data,
proofs and tiles at `pace` requests a second; the court's clerk delivers and commits judgments. At each fault one of these is drawn: a
worker is killed, a worker is stopped for five seconds, the whole server is killed and started again, another program holds the database
for three seconds, forty-eight clients send a byte and wait, hostile requests come. Judged are: no answer 5xx but 503 and 507; no failed
connection but beside a kill; every acknowledged delivery in the register exactly once, every other wholly or not at all; no traceback in
the server's log; `ximu log verify` sound each hour and at the end; the resident memory of workers that lived long, its second
quarter against its last (limit 1.05). Exit code 1 when one of them fails.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.journeys.conftest import ROOT, City, free_port, wait_for
from tests.journeys.courthouse import client, judgments, key_of, servers_of, upload

PAGES = ["/", "/units/", "/units/?q=财政", "/records/?q=合同", "/records/", "/promises/", "/lists/", "/plan/", "/hotline/", "/procurement/",
         "/log/", "/log/checkpoint", "/log/tile/0/000", "/healthz", "/sitemap.xml", "/feed.atom", "/data/", "/streets/", "/nowhere/",
         "/api/v1/openapi.json", "/console/login", "/report/"]
ROWS, MEMORY_LIMIT, LIVED_SAMPLES, SAMPLE_SECONDS, GRACE_SECONDS = 5, 1.05, 120, 5.0, 20.0
FAULTS = {"worker killed": 2, "worker stopped": 2, "server killed": 1, "database held": 3, "slow clients": 3, "hostile requests": 3}
"""How often each is drawn, of the sum."""
ALLOWED = {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.INSUFFICIENT_STORAGE}
HOSTILE = [b"GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: %s\r\n\r\n", b"\x16\x03\x01\x00\xff" * 40,
           b"GET / HTTP/1.1\r\nHost: %s\r\nX: " + b"a" * 70_000,
           b"POST /console/login HTTP/1.1\r\nHost: %s\r\nContent-Length: 99999999999\r\n\r\nx"]


@dataclass
class Soak:
    city: City
    key: str
    chance: random.Random
    server: subprocess.Popen[bytes] | None = None
    over: threading.Event = field(default_factory=threading.Event)
    killed_at: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    memory: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        with (self.city.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "ximu", "serve", "--port", self.city.url.rsplit(":", 1)[1], "--workers", "2"], env=self.city.env,
                cwd=ROOT, start_new_session=True, stdout=log, stderr=log)
        wait_for(f"{self.city.url}/healthz", self.server)

    def stop(self) -> None:
        if self.server:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(timeout=30)

    def judge(self, what: str, status: int) -> None:
        with self.lock:
            self.answers[str(status)] += 1
            if status >= httpx.codes.INTERNAL_SERVER_ERROR and status not in ALLOWED:
                self.wrong.append(f"{what}: {status}")

    def lost(self, what: str, fault: Exception) -> None:
        with self.lock:
            self.answers[type(fault).__name__] += 1
            if time.monotonic() - self.killed_at > GRACE_SECONDS:
                self.wrong.append(f"{what}: {type(fault).__name__}")

    def reads(self, seed: int, pause: float) -> None:
        chance = random.Random(seed)
        with httpx.Client(base_url=self.city.url, timeout=60) as http:
            while not self.over.wait(chance.expovariate(1 / pause)):
                path = chance.choice(PAGES)
                try:
                    self.judge(path, http.get(path).status_code)
                except httpx.HTTPError as fault:
                    self.lost(path, fault)

    def delivers(self, pause: float) -> None:
        number = 0
        with client(self.city.url, self.key) as http:
            while not self.over.wait(pause):
                number += 1
                try:
                    told = upload(http, judgments(ROWS, seed=5000 + number))
                    self.judge("upload", told.status_code)
                    if told.status_code >= httpx.codes.BAD_REQUEST:
                        continue
                    uid = told.json()["delivery"]["uid"]
                    self.sent.append(uid)
                    answer = http.post(f"/api/v1/intake/deliveries/{uid}/commit", json={"reason": ""})
                    self.judge("commit", answer.status_code)
                    if answer.status_code == httpx.codes.OK:
                        self.acknowledged.append(uid)
                except httpx.HTTPError as fault:
                    self.lost("delivery", fault)

    def workers(self) -> list[int]:
        return sorted(pid for pid in servers_of(self.city.home) if self.server and pid != self.server.pid)

    def breaks(self) -> None:
        fault = self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.faults[fault] += 1
        match fault:
            case "worker killed" if pids := self.workers():
                self.killed_at = time.monotonic()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.chance.choice(pids), signal.SIGKILL)
            case "worker stopped" if pids := self.workers():
                pid = self.chance.choice(pids)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    self.over.wait(5)
                    os.kill(pid, signal.SIGCONT)
            case "server killed":
                self.killed_at = time.monotonic()
                self.stop()
                self.start()
                self.killed_at = time.monotonic()
            case "database held":
                with contextlib.closing(sqlite3.connect(self.city.home / "ximu.sqlite3", isolation_level=None, timeout=60)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    self.over.wait(3)
                    other.execute("ROLLBACK")
            case _:
                self.bothers(slow=fault == "slow clients")

    def bothers(self, *, slow: bool) -> None:
        host, port = self.city.url.removeprefix("http://").rsplit(":", 1)
        with contextlib.ExitStack() as stack:
            for number in range(48):
                with contextlib.suppress(OSError):
                    link = stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
                    link.sendall(b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nl" if slow
                                 else HOSTILE[number % len(HOSTILE)].replace(b"%s", f"{host}:{port}".encode()))
            self.over.wait(8 if slow else 1)

    def verified(self) -> None:
        told = self.city.ximu("log", "verify", "--json")
        if told.returncode or not json.loads(told.stdout)["ok"]:
            self.wrong.append("log verify: " + (told.stdout + told.stderr)[:300])

    def samples(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            for pid, size in servers_of(self.city.home).items():
                self.memory[pid].append(size)

    def growth(self) -> list[float]:
        """Of each worker that lived long: the median of its last quarter over that of its second."""
        told = []
        for sizes in self.memory.values():
            if len(sizes) >= LIVED_SAMPLES:
                quarter = len(sizes) // 4
                told.append(round(statistics.median(sizes[-quarter:]) / max(1, statistics.median(sizes[quarter:2 * quarter])), 3))
        return told

    def counted(self) -> None:
        with contextlib.closing(sqlite3.connect(self.city.home / "ximu.sqlite3", timeout=60)) as database:
            for uid in dict.fromkeys(self.sent):
                [kept] = database.execute("SELECT count(*) FROM records_version WHERE batch = ?", [uid]).fetchall()
                if kept[0] != ROWS and (uid in self.acknowledged or kept[0]):
                    self.wrong.append(f"delivery {uid}: {kept[0]} of {ROWS} rows")


def loaded(home: Path, port: int) -> City:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
        "XIMU_HOME": str(home), "XIMU_CITY": "example", "XIMU_DEMO": "1", "XIMU_CLOCK": "2019-03-20T09:00:00"}
    with (home / "up.log").open("wb") as log:
        first = subprocess.Popen([sys.executable, "-m", "ximu", "up", "--port", str(port), "--json"], env=env, cwd=ROOT,
                                 start_new_session=True, stdout=log, stderr=log)
        wait_for(f"http://127.0.0.1:{port}/healthz", first, seconds=1800)
        os.killpg(first.pid, signal.SIGTERM)
        first.wait(timeout=60)
    return City(f"http://127.0.0.1:{port}", home, {}, env)


def ran(soak: Soak, given: argparse.Namespace) -> float:
    """The work, the faults and the checks between them; the minutes that it took."""
    threads = [threading.Thread(target=soak.reads, args=(n, 4 / given.pace)) for n in range(4)]
    threads += [threading.Thread(target=soak.delivers, args=(40 / given.pace,)), threading.Thread(target=soak.samples)]
    began = checked = time.monotonic()
    for one in threads:
        one.start()
    while time.monotonic() - began < given.minutes * 60:
        soak.over.wait(given.fault_seconds)
        soak.breaks()
        if time.monotonic() - checked > given.verify_minutes * 60:
            soak.verified()
            checked = time.monotonic()
    soak.over.set()
    for one in threads:
        one.join()
    return (time.monotonic() - began) / 60


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in {"minutes": 1440.0, "pace": 20.0, "fault-seconds": 60.0, "verify-minutes": 60.0, "seed": 1}.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ximu-soak-") as folder:
        city = loaded(Path(folder), free_port())
        soak = Soak(city, key_of(city), random.Random(given.seed))
        soak.start()
        try:
            minutes = ran(soak, given)
        finally:
            soak.over.set()
            soak.stop()
        soak.verified()
        soak.counted()
        lines = (city.home / "server.log").read_text("utf-8", "replace").splitlines()
        errors = Counter(line.strip()[:160] for line in lines if any(word in line for word in ("Traceback", "ERROR", "CRITICAL")))
        deaths = sum(errors.pop(f"[ERROR] Unexpected exit from worker-{n}", 0) for n in (1, 2))
        if deaths > soak.faults["worker killed"] + 2 * soak.faults["server killed"]:
            soak.wrong.append(f"{deaths} deaths of workers")
        growth = soak.growth()
        print(json.dumps({
            "minutes": round(minutes, 1), "answers": soak.answers, "faults": soak.faults, "delivered": len(soak.sent),
            "acknowledged": len(soak.acknowledged), "memory_growth": growth, "memory_limit": MEMORY_LIMIT,
            "memory_mib": {str(pid): [min(sizes), max(sizes)] for pid, sizes in soak.memory.items() if len(sizes) >= LIVED_SAMPLES},
            "log_lines": len(lines), "deaths": deaths, "log_errors": errors.most_common(12), "wrong": Counter(soak.wrong).most_common(20),
        }, ensure_ascii=False, indent=1))
        sys.exit(bool(soak.wrong or errors or any(one > MEMORY_LIMIT for one in growth)))


if __name__ == "__main__":
    main()

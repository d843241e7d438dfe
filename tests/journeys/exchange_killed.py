"""A sender and a receiver as processes of their own, each killed (SIGKILL) at random, with faults on the way; and what both hold afterwards.

Used by `test_exchange_kill.py` and `benchmarks/exchange_killed.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys import exchange_worker

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FAULTS = ("late=0.1", "duplicate=0.2", "lost-receipt=0.15", "wrong-digest=0.05", "down=0.1")
CHANNEL = exchange_worker.CHANNEL
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Both:
    """A city and a peer in one folder. `defect`: the receiver that forgets what it took."""

    folder: Path
    messages: int
    seed: int
    defect: bool = False
    lives: int = 0
    killed: dict[str, int] = field(default_factory=lambda: {"sender": 0, "receiver": 0})

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.home, self.there = self.folder / "city", self.folder / "peer"
        self.base = self.home / "city.sqlite3"
        self.home.mkdir()
        self.env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "XIMU_HOME": str(self.home), "DATABASE_URL": f"sqlite://{self.base}",
                    "DJANGO_SETTINGS_MODULE": "ximu.config.settings", "XIMU_DEMO": "1", "XIMU_NETWORKS": "127.0.0.1"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        theirs = json.loads(self._ximu("peer", "key", str(self.there), "--json"))["key"]
        self._run(exchange_worker.__file__, "fill", f"http://127.0.0.1:{self.port}", theirs)
        self.key = json.loads(self._ximu("exchange", "key", "--json"))["key"]

    def _run(self, *words: str) -> str:
        return subprocess.run([sys.executable, *words], env=self.env, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    def _ximu(self, *words: str) -> str:
        return self._run("-m", "ximu", *words)

    def receiver(self) -> subprocess.Popen[bytes]:
        self.lives += 1
        if self.defect:
            words = [exchange_worker.__file__, "receive", str(self.there), CHANNEL, self.key, str(self.port)]
        else:
            words = ["-m", "ximu", "peer", "serve", str(self.there), "--channel", CHANNEL, "--sender-key", self.key, "--port",
                     str(self.port), "--seed", str(self.seed * 1000 + self.lives)]
            words += [word for fault in FAULTS for word in ("--fault", fault)]
        return subprocess.Popen([sys.executable, *words], env=self.env, cwd=ROOT, **SILENT)

    def sender(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, exchange_worker.__file__, "send", str(self.messages)], env=self.env, cwd=ROOT, **SILENT)

    def effects(self) -> list[tuple[str, str]]:
        """Everything that ever took effect over there, in order."""
        try:
            with contextlib.closing(sqlite3.connect(self.there / "peer.sqlite3", timeout=30)) as made:
                return made.execute("select record, op from effect order by rowid").fetchall()
        except sqlite3.OperationalError:
            return []

    def accepted(self) -> int:
        with contextlib.closing(sqlite3.connect(self.base, timeout=30)) as made:
            return int(made.execute("select count(*) from exchange_row where state = 'accepted'").fetchone()[0])

    def run(self, *, kills: int) -> None:
        """Both work; one of them, drawn at random, dies and comes back, `kills` times, spread over the messages; then they finish."""
        wait = threading.Event()
        alive = {"receiver": self.receiver(), "sender": self.sender()}
        goals = sorted(self.chance.sample(range(self.messages * 19 // 20), kills))
        try:
            for goal in goals:
                while alive["sender"].poll() is None and len(self.effects()) < goal:
                    assert alive["receiver"].poll() is None, "the receiver ended by itself"
                    wait.wait(0.02)
                wait.wait(self.chance.uniform(0, 0.1))
                who = self.chance.choice(sorted(alive))
                self.killed[who] += alive[who].poll() is None
                alive[who].send_signal(signal.SIGKILL)
                alive[who].wait()
                alive[who] = self.receiver() if who == "receiver" else self.sender()
            while alive["sender"].poll() is None:
                assert alive["receiver"].poll() is None, "the receiver ended by itself"
                wait.wait(0.05)
        finally:
            for one in alive.values():
                one.kill()
                one.wait()

    def expected(self) -> list[tuple[str, str]]:
        made: list[tuple[str, str]] = []
        while len(made) < self.messages:
            made += [(one["number"], one["op"]) for one in exchange_worker.messages(len(made))]
        return made

    def reconciled(self) -> dict[str, Any]:
        """Their list against ours, by the commands that an integrator has; and the log of the city."""
        theirs = self.folder / "theirs.json"
        theirs.write_text(self._ximu("peer", "state", str(self.there), "--channel", CHANNEL, "--sender-key", self.key, "--json"), "utf-8")
        found: dict[str, Any] = json.loads(self._ximu("exchange", "reconcile", CHANNEL, "--theirs", str(theirs), "--json"))
        return found

    def log_is_sound(self) -> bool:
        return bool(json.loads(self._ximu("log", "verify", "--json"))["ok"])

"""Only the server is killed, as a machine without memory does: its web processes do not keep the port, and it starts again.

A server that is told to stop before its web processes are loaded stops, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, free_port, wait_for
from tests.journeys.courthouse import servers_of

pytestmark = pytest.mark.journey
PATIENCE_SECONDS = 30


def serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
        "XIMU_HOME": str(home), "XIMU_CITY": "shanghai", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-m", "ximu", "up", "--city", "shanghai", "--port", str(port)], env=env, cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def all_gone(home: Path, own: int) -> bool:
    until, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while servers_of(home).keys() - {own} and time.monotonic() < until:
        pause.wait(0.1)
    return not servers_of(home).keys() - {own}


def test_web_processes_end_with_their_server_and_it_starts_again(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/healthz"
    first = serve(tmp_path, port)
    wait_for(url, first)
    assert len(servers_of(tmp_path)) > 1, "a server and its web processes"
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert all_gone(tmp_path, first.pid), servers_of(tmp_path)
    second = serve(tmp_path, port)
    try:
        wait_for(url, second)
    finally:
        second.terminate()
        second.wait(timeout=30)
    third, until, pause = serve(tmp_path, port), time.monotonic() + PATIENCE_SECONDS * 4, threading.Event()
    try:
        while len(servers_of(tmp_path)) < 2 and third.poll() is None and time.monotonic() < until:
            pause.wait(0.05)
        assert len(servers_of(tmp_path)) > 1, "a server, and a web process that loads"
    finally:
        third.terminate()
        assert third.wait(timeout=30) == 0

"""Who looks after the jobs while the site is served? One process beside the server, started again when it dies; and nobody outlives it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

AGAIN_AFTER = 5.0
"""Seconds before a worker that died is started again."""
LOOK, GRACE = 0.25, 2.0
"""Seconds between two looks whether the server lives, and for a request to end when it does not."""
PATIENCE = 10.0
"""Seconds that a worker gets to finish its job when the server stops."""


@contextmanager
def worker(*, wanted: bool = True) -> Iterator[None]:
    """The worker lives as long as the block; it also ends by itself when this process was killed (`--parent`)."""
    if not wanted:
        yield
        return
    stop = threading.Event()
    command = [sys.executable, "-m", "ximu", "jobs", "work", "--parent", str(os.getpid())]
    keeper = threading.Thread(target=keep, args=(command, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(PATIENCE * 2)


def keep(command: list[str], stop: threading.Event, *, again_after: float = AGAIN_AFTER) -> int:
    """Run the command, again whenever it ends, until told to stop; how often it was started."""
    starts = 0
    while not stop.is_set():
        starts += 1
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while process.poll() is None and not stop.wait(1.0):
            pass
        if process.poll() is None:
            _end(process)
        stop.wait(again_after)
    return starts


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
        return
    process.kill()
    process.wait()


def end_with_server() -> None:
    """A web process ends when its server was killed: it would keep the port, and answer with old code beside the next one."""
    server = multiprocessing.parent_process()
    if server is not None and server.pid == os.getppid():
        threading.Thread(target=_follow, args=(server.pid,), daemon=True, name="follow").start()


def _follow(server: int) -> None:
    pause = threading.Event()
    while os.getppid() == server:
        pause.wait(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(GRACE)
    os._exit(1)

"""When the server is told to stop, it stops: at every moment, also while its web processes are still being loaded.

A web process is a fork and has the server's own handlers of signals until it serves: told to stop while it loads, it would note that in a
memory which nobody reads, and the server would wait for it for ever. So it begins with the system's handlers, which end it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from granian.server import MPServer

STOPPING = (signal.SIGTERM, signal.SIGINT)
LOOK = 0.25
"""Seconds between two looks whether the server was told to stop."""
PATIENCE = 60
"""Seconds that requests get to end when the server stops; then their processes are killed and their transactions undone."""
_held: list[Any] = []


class Bell(threading.Event):
    """Rings for a word that was noted, too: a handler that rang itself could wait for a lock that its own thread holds, and a bell that
    was rung while another matter was in hand could be silenced with it."""

    def __init__(self, noted: Callable[[], bool]) -> None:
        super().__init__()
        self.noted = noted

    def wait(self, timeout: float | None = None) -> bool:
        while not (self.noted() or super().wait(LOOK if timeout is None else timeout)):
            if timeout is not None:
                return False
        return True


class Server(MPServer):
    """Granian whose stop is never lost."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **{"workers_kill_timeout": PATIENCE} | settings)
        self.main_loop_interrupt = Bell(lambda: self.interrupt_signal or self.reload_signal)

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:
        self.interrupt_signal = True

    def signal_handler_reload(self, *_: Any, **__: Any) -> None:
        self.reload_signal = True

    def serve(self, *args: Any, **settings: Any) -> None:
        _watch_forks()
        super().serve(*args, **settings)


def _watch_forks() -> None:
    """For the life of this process. A signal that comes between fork and handler waits in the kernel."""
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_begin)


def _hold() -> None:
    _held.append(signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING))


def _release() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _held.pop())


def _begin() -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    _release()

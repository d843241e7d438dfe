"""A server that is told to stop stops, whatever its web processes are doing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from ximu.faces.operator.stopping import Bell
from ximu.foundation.rooms import SRC

SERVE = (
    "import sys; from granian.constants import Interfaces; from ximu.faces.operator.stopping import Server; "
    "Server('ximu.faces.operator.tests.loading:application', port=int(sys.argv[1]), interface=Interfaces.ASGINL, workers=2).serve()"
)
ENOUGH_SECONDS = 30


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_whose_web_processes_are_still_loading_stops(number: signal.Signals) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begun, says = os.pipe()
    env = os.environ | {"PYTHONPATH": str(SRC.parent), "XIMU_TEST_LOADING": str(says)}
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], env=env, pass_fds=[says], start_new_session=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(says)
    try:
        assert os.read(begun, 1) + os.read(begun, 1) == b"ll", "both processes are loading"
        server.send_signal(number)
        assert server.wait(timeout=ENOUGH_SECONDS) == 0
        assert os.read(begun, 1) == b"", "and nobody is left"
    finally:
        os.close(begun)
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_a_word_that_was_noted_is_heard_although_the_bell_was_silenced() -> None:
    noted: list[str] = []
    bell = Bell(lambda: bool(noted))
    waiting = threading.Thread(target=bell.wait, daemon=True)
    waiting.start()
    noted.append("stop")
    bell.clear()
    waiting.join(ENOUGH_SECONDS)
    assert not waiting.is_alive()
    assert Bell(lambda: False).wait(0) is False

"""A site that cannot listen says so before it prepares anything, and never shares its port with another."""

from __future__ import annotations

import errno
import json
import socket

import pytest
from click.testing import CliRunner

from ximu.config import commands as config
from ximu.faces.operator import commands, listening
from ximu.faces.operator.listening import place
from ximu.kernel.refusal import Refusal


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_in_use_is_refused_also_where_it_could_be_shared(shared: bool) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(shared))
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for call in (lambda: place("127.0.0.1", port), lambda: place("localhost", port)):
            with pytest.raises(Refusal) as refused:
                call()
            assert refused.value.code == "PORT-BUSY"
        for command in (commands.serve_command, config.up_command):
            ran = CliRunner().invoke(command, ["--port", str(port)])
            assert isinstance(ran.exception, Refusal)
            assert ran.exception.code == "PORT-BUSY"
    assert place("localhost", port) == "127.0.0.1"


@pytest.mark.parametrize("host", ["999.1.1.1", "nobody.invalid", "192.0.2.1", "\udcff", "a" * 300, "中" * 80])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(Refusal) as refused:
        place(host, 8000)
    assert refused.value.code == "HOST-BAD"
    assert json.dumps(refused.value.envelope(), ensure_ascii=False).encode()


def test_a_port_of_the_administrator_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    class Denied(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(listening.socket, "socket", Denied)
    with pytest.raises(Refusal) as refused:
        place("127.0.0.1", 80)
    assert refused.value.code == "PORT-DENIED"


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999", "8e3"])
def test_a_port_that_is_none_is_refused_at_once(port: str) -> None:
    for command in (commands.serve_command, config.up_command):
        assert CliRunner().invoke(command, ["--port", port]).exit_code == 2

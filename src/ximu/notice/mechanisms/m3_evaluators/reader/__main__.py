"""The sandbox's process: `python -m ximu.notice.mechanisms.m3_evaluators.reader ORDER.json SECONDS`, or `… probe HOST PORT`.

Limits that the kernel keeps come first (address space, time, size and number of files), then a network namespace of its own where the
machine allows it, then an audit hook, which nothing can take away again: no socket, no other program, no file written outside its folder.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADDRESS_BYTES, WRITTEN_BYTES, FILES = 4 << 30, 256 << 20, 256
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "ctypes.", "urllib.", "http.",
             "ftplib.", "smtplib.")


def confine(seconds: int) -> bool:
    """Limits and the network namespace; whether the machine gave one."""
    for what, most in ((resource.RLIMIT_AS, ADDRESS_BYTES), (resource.RLIMIT_FSIZE, WRITTEN_BYTES), (resource.RLIMIT_NOFILE, FILES),
                       (resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    return ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def guard(folder: Path) -> None:
    """From here on sockets, other programs and writing elsewhere are errors."""
    inside = str(folder.resolve())

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise PermissionError(f"{event} is closed in the sandbox")
        if event == "open" and isinstance(args[0], str) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) \
                and not str(Path(args[0]).absolute()).startswith(inside):
            raise PermissionError("the sandbox writes into its own folder only")

    sys.addaudithook(refuse)


def probe(host: str, port: int, how: str) -> int:
    """Try to get out, by the namespace alone (`namespace`), by the hook alone (`hook`) or as a computation would (`both`)."""
    if how != "hook":
        confine(10)
    if how != "namespace":
        guard(Path.cwd())
    try:
        with socket.create_connection((host, port), timeout=2):
            return 1
    except OSError:
        return 0


if __name__ == "__main__":
    if sys.argv[1] == "probe":
        sys.exit(probe(sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "both"))
    confine(int(sys.argv[2]))  # before libraries start their threads: a process with threads cannot leave the network

from ximu.kernel.refusal import Refusal  # noqa: E402
from ximu.notice.mechanisms.m3_evaluators.reader.computing import compute  # noqa: E402


def main(order_path: str) -> int:
    order = json.loads(Path(order_path).read_text("utf-8"))
    guard(Path(order_path).parent)
    try:
        found = compute(json.loads(Path(order["content"]).read_text("utf-8")), order["method"], order["pins"])
    except Refusal as refusal:
        sys.stdout.write(json.dumps({"refusal": {**refusal.envelope(), "status": refusal.status}}, ensure_ascii=False))
        return 2
    Path(order["out"]).write_bytes(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

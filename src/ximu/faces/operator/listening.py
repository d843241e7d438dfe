"""Can we listen there? Asked before anything is prepared: two sites that share a port would answer in turn, each with its own register."""

from __future__ import annotations

import errno
import socket

from ximu.kernel.refusal import Refusal


def place(host: str, port: int) -> str:
    """The numeric address of `host` at which the port is free. Errors: `HOST-BAD`, `PORT-BUSY`, `PORT-DENIED`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    except (OSError, UnicodeError) as error:
        raise _no_host(host) from error
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refusal("PORT-BUSY", status=409, field="--port", value=port, rule=host, zh=f"{host}的端口{port}已被占用。",
                              en=f"Port {port} at {host} is in use.") from error
            if error.errno == errno.EACCES:
                raise Refusal("PORT-DENIED", status=403, field="--port", value=port, rule="≥ 1024", zh=f"无权使用端口{port}。",
                              en=f"Port {port} may not be used by this account.") from error
            raise _no_host(host) from error
    return str(address[0])


def _no_host(host: str) -> Refusal:
    return Refusal("HOST-BAD", field="--host", value=host, rule="address of this machine", zh=f"“{host[:40]}”不是本机的地址。",
                   en=f"“{host[:40]}” is no address of this machine.")

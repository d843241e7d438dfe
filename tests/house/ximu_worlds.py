"""Two worlds are compared answer by answer; what the log's own length changes is taken away first."""

from __future__ import annotations

import json
import re
from typing import Any

from ximu.ideas.records.rules import check_character

UNSEEN = "0123456789AB" + check_character("0123456789AB")
"""The number that the hidden record will have; it is asked for before, too."""
World = dict[str, tuple[int, bytes, str]]
"""Address → status, body, headers."""


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def may_tell_the_size(address: str) -> bool:
    return address.startswith("/ ") or "/bundle" in address


def bare(address: str, answer: tuple[int, bytes, str]) -> tuple[int, bytes, str]:
    """What remains when the log's own length, and the token of a form, are taken away."""
    status, body, headers = answer
    if "/bundle" in address and body.startswith(b"{") and b'"digest"' in body:
        made = json.loads(body)
        body = json.dumps([made["entry"], made["index"], made.get("disclosed"), made["labels"]], sort_keys=True).encode()
    elif address.startswith("/ "):
        body = re.sub(rb'<strong><a href="/log/">[\d,]+</a></strong>', b"", body)
    token = b"csrfmiddlewaretoken" in body or address.startswith("/report/")
    if token:
        body = re.sub(rb'name="(csrfmiddlewaretoken|token)" value="[\w.-]+"', b"", body)
    if token or may_tell_the_size(address):
        headers = re.sub(r"(?m)^(ETag|Content-Length): .*\n", "", headers)
    return status, body, headers


def differences(one: World, two: World) -> list[str]:
    assert one.keys() == two.keys(), "the same doors were asked"
    return [address for address in one if bare(address, one[address]) != bare(address, two[address])]

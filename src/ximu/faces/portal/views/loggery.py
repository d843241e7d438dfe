"""The log for people: how large it is, how it grew, who else watches, how to verify and how to witness."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from ximu.ideas.ledger import queries

POINTS = 12
NEWEST = 10
COSIGNED_BYTES = 4 + 8 + 64


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    size = queries.size()
    note = queries.checkpoint()
    covered = queries.cosigned(0) if size else None
    return render(request, "portal/log.html", {
        "size": size, "note": note, "root": note.split("\n")[2], "origin": note.split("\n")[0], "key": queries.key(),
        "retired": queries.own_keys()[1:],
        "growth": _growth(size), "newest": _newest(size), "cosigners": _cosigners(covered[0] if covered else ""),
        "cosigned_size": int(covered[0].split("\n")[1]) if covered else 0,
    })


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/verifier.html", {"key": queries.key(), "script": ""})


@require_safe
def saved_verifier(request: HttpRequest) -> HttpResponse:
    """The verifier as one file without any address in it: it works from a memory stick, without network."""
    script = Path(finders.find("portal/verify.js")).read_text("utf-8")
    text = render_to_string("portal/verifier_saved.html", {"script": mark_safe(script)}, request)  # noqa: S308  our own file
    response = HttpResponse(text, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ximu-verify.html"'
    return response


def _growth(size: int) -> list[dict[str, Any]]:
    """Sizes evenly spread, each with the time of its last entry: the number of reads does not depend on the size."""
    steps = sorted({max(1, size * n // POINTS) for n in range(1, POINTS + 1)}) if size else []
    return [{"size": n, "at": _time(queries.entry_value(n - 1)["time"])} for n in steps]


def _newest(size: int) -> list[dict[str, Any]]:
    rows = queries.entries_between(max(0, size - NEWEST), size)
    return [{"index": index, "kind": queries.kind_words(value["kind"]), "at": _time(value["time"])}
            for index, value in ((i, json.loads(raw)) for i, raw in rows)][::-1]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _cosigners(note: str) -> list[dict[str, Any]]:
    """Name and time of each cosignature line (C2SP tlog-cosignature: key id, timestamp, signature)."""
    found = []
    for line in note.split("\n\n")[-1].splitlines():
        name, _, encoded = line.removeprefix("— ").partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(raw) == COSIGNED_BYTES:
            found.append({"name": name, "at": datetime.fromtimestamp(int.from_bytes(raw[4:12], "big"), UTC)})
    return found

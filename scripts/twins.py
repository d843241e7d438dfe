"""Which acts of the console has the API no twin for? `python scripts/twins.py`: for each room the addresses that take a form, with the verbs of
services that their views call and that no operation of the API calls (an act of a pack counts: `/api/v1/areas/{code}/acts/{verb}`)."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import django
from django.urls import URLResolver, get_resolver

VERB = re.compile(r"\b(?:services|[a-z_]*desk|versions|joint|relieving|leads|assessing|doing)\.([a-z_]+)\(")
MAN_ONLY = {
    "change_password", "issue_password", "begin_factor", "confirm_factor", "issue_key", "revoke_key", "issue_feed_key", "open_account",
    "add_seat", "change_phrase", "open_office", "restore_seat", "take_seat", "pages_in", "preview_term", "own", "contact_of", "promise_of",
    "must_handle", "must_be_bureau", "original", "mask", "score_table",
}
"""A person's own secrets, what only a keeper of reports opens, and what is only looked at."""


def views(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from views(one, path)
        else:
            yield path, inspect.unwrap(one.callback)


def source(function: Any) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def known_to_the_api() -> set[str]:
    api = import_module("ximu.faces.api.urls").api
    queries, services = (import_module(f"ximu.ideas.areas.{name}") for name in ("queries", "services"))

    found = {one.__name__ for area in queries.areas().values() for one in services.acts_of(area).values()}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                found |= set(VERB.findall(source(inspect.unwrap(operation.view_func))))
    return found | {"appraise", "file_method"}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ximu.config.settings")
    django.setup()
    known, rooms = known_to_the_api(), defaultdict[str, list[str]](list)
    for path, view in views(get_resolver()):
        text = source(view)
        takes = path.startswith("console/") and ("require_POST" in text or '"POST"' in text or "request.POST" in text)
        if takes and (alone := sorted(set(VERB.findall(text)) - known - MAN_ONLY)):
            rooms[re.sub(r"\.views.*", "", view.__module__)].append(f"{path}: {', '.join(alone)}")
    for room, lines in sorted(rooms.items()):
        sys.stdout.write("\n    ".join([room, *lines]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

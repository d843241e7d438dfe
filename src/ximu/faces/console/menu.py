"""Which pages may this person open? Every room's `menu.toml`, filtered by rights, in groups."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.urls import NoReverseMatch, reverse

from ximu.foundation.rooms import toml_of
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Page:
    """A line of the menu. `permission` names the rights of which one suffices, apart by blanks; empty: every member of staff."""

    name: Text
    url: str
    permission: str
    group: str
    order: int
    address: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: Text | None
    pages: tuple[Page, ...]


@cache
def pages() -> tuple[Page, ...]:
    found = [
        Page(Text(p["zh"], p["en"]), p["url"], p.get("permission", ""), p.get("group", ""), p.get("order", 100))
        for _, table in toml_of("menu.toml") for p in table.get("page", [])
    ]
    return tuple(sorted(found, key=lambda page: (page.order, page.url)))


@cache
def titles() -> dict[str, Text]:
    """Group code → its name, in the order of the menu. A group that is not named here shows its own code."""
    table = tomllib.loads((Path(__file__).parent / "groups.toml").read_text("utf-8"))
    return {code: Text(g["zh"], g["en"]) for code, g in table.items()}


@cache
def _address(url: str) -> str:
    """The doors of a process do not change while it runs."""
    try:
        return reverse(url)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=256)
def _open_to(grants: tuple[Grant, ...]) -> tuple[tuple[Page, str], ...]:
    actor = Actor("", None, grants)
    return tuple((page, _address(page.url)) for page in pages() if not page.permission or any(map(actor.can, page.permission.split())))


def groups_for(actor: Actor, path: str) -> tuple[Group, ...]:
    """The menu as this actor sees it; the page whose address is the longest head of `path` is `here`."""
    open_to = _open_to(actor.grants)
    here = max((a for _, a in open_to if a and path.startswith(a)), key=len, default="")
    by_group: dict[str, list[Page]] = {code: [] for code in titles()}
    for page, address in open_to:
        if address:
            shown = Page(page.name, page.url, page.permission, page.group, page.order, address, address == here)
            by_group.setdefault(page.group, []).append(shown)
    return tuple(
        Group(titles().get(code) or (Text(code, code) if code else None), tuple(found)) for code, found in by_group.items() if found
    )

"""Which public pages are there? `pages.toml`, as far as their addresses exist."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import NoReverseMatch, reverse

from ximu.kernel.words import Text

AREAS = "portal-areas"


@dataclass(frozen=True, slots=True)
class Page:
    name: Text
    address: str
    about: Text | None = None
    here: bool = False
    area: str = ""


@cache
def _lines() -> list[dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "pages.toml").read_text("utf-8"))["page"]


@cache
def address(url: str) -> str:
    try:
        return reverse(url)
    except NoReverseMatch:
        return ""


def every(path: str = "") -> list[Page]:
    """All pages; on the page of a key area `here` is the list of the areas."""
    found = [(line, address(line["url"])) for line in _lines()]
    line, here = max(((line, a) for line, a in found if a and path.startswith(a)), key=lambda one: len(one[1]), default=({}, ""))
    here = address(AREAS) if "area" in line else here
    return [
        Page(Text(line["zh"], line["en"]), at, Text(line["about_zh"], line["about_en"]) if "about_zh" in line else None, at == here,
             line.get("area", ""))
        for line, at in found if at
    ]


def pages_at(path: str) -> list[Page]:
    """The menu: pages of single areas stand behind the list of the areas."""
    return [page for page in every(path) if not page.area]

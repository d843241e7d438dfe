"""Which public pages are there? `pages.toml`, as far as their addresses exist."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import NoReverseMatch, reverse

from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Page:
    name: Text
    address: str
    about: Text | None = None
    here: bool = False


@cache
def _lines() -> list[dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "pages.toml").read_text("utf-8"))["page"]


def address(url: str) -> str:
    try:
        return reverse(url)
    except NoReverseMatch:
        return ""


def pages_at(path: str) -> list[Page]:
    found = [(line, address(line["url"])) for line in _lines()]
    here = max((a for _, a in found if a and path.startswith(a)), key=len, default="")
    return [
        Page(Text(line["zh"], line["en"]), at, Text(line["about_zh"], line["about_en"]) if "about_zh" in line else None, at == here)
        for line, at in found if at
    ]

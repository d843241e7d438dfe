"""Which notice is it? Title, document number and day of issue, read from the lines above the table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[［(（【](?P<year>\d{4})[〕\]］)）】]\s*(?P<n>\d{1,6})\s*号")
_DAY = re.compile(r"^(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日$")
_TITLE = re.compile(r"《(?P<title>[^《》]{4,80})》|(?P<table>[^#《》]{4,60}表)$")


@dataclass(frozen=True, slots=True)
class Heading:
    title: str = ""
    number: str = ""
    issued: date | None = None


def read(lines: Iterable[str]) -> Heading:
    """Brackets of the number are normalised to 〔〕 (GB/T 9704-2012 §7.2.5)."""
    title, number, issued = "", "", None
    for line in (re.sub(r"[#*\s]+", "", raw) for raw in lines):
        if not number and (found := _NUMBER.search(line)):
            number = re.sub(r"[〔\[［(（【]", "〔", re.sub(r"[〕\]］)）】]", "〕", found.group()))
        if issued is None and (day := _DAY.match(line)):
            issued = _date(day)
        if not title and (named := _TITLE.search(line)):
            title = named["title"] or named["table"]
    return Heading(title, number, issued)


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None

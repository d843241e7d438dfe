"""Which unit is meant by these words on that day? Exact words first, then spelling; a likeness only suggests."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ximu.ideas.registry.rules.book import Book, Name, spans
from ximu.kernel.lazily import Lazily

if TYPE_CHECKING:
    import pypinyin
else:
    pypinyin = Lazily("pypinyin")

DROPPED = str.maketrans("", "", " \t\r\n\u3000\"'“”‘’「」『』《》·•、,，。;；")
BRACKETED = re.compile(r"[(\[〔【<].*?[)\]〕】>]")
TAIL = re.compile(r"(?:人民政府|政府)$")
OFFICE = re.compile(r"街道办事处$")
SHORTER = (("委员会", "委"), ("办公室", "办"), ("和", ""), ("与", ""))
STAGES = ("text", "folded", "placed", "bare")
ASCII_NAME = re.compile(r"[a-z]+")


def fold(text: str) -> str:
    """Full-width to half-width, lower case, without spaces, quotes and separators."""
    return unicodedata.normalize("NFKC", text).lower().translate(DROPPED)


def rest_of(text: str) -> str:
    """The name without brackets, 人民政府 and 办事处, and with the usual shortenings."""
    rest = OFFICE.sub("街道", TAIL.sub("", BRACKETED.sub("", text)))
    if rest.startswith("人民政府") and len(rest) > 4:
        rest = rest[4:]
    for long, short in SHORTER:
        rest = rest.replace(long, short)
    return rest


@dataclass(frozen=True)
class Speller:
    """Knows the city's own name and its districts' names, which stand before a unit's name or are left out."""

    city: str
    districts: tuple[str, ...] = ()

    @cached_property
    def _before(self) -> re.Pattern[str]:
        names = sorted(map(re.escape, self.districts), key=len, reverse=True)
        return re.compile("|".join(names) or r"(?!)")

    @cached_property
    def _known(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {}

    def split(self, folded: str) -> tuple[str, str]:
        """(where, what): where is a district's name, `市`, or empty when the words do not say."""
        city, rest, where = fold(self.city), folded, ""
        for prefix in filter(None, (city, city.removesuffix("市"))):
            if rest.startswith(prefix):
                rest, where = rest[len(prefix):], "市"
                break
        else:
            if rest.startswith("市") and not rest.startswith("市场"):
                rest, where = rest[1:], "市"
        district = self._before.match(rest)
        if district:
            where, rest = district.group(), rest[district.end():]
        return where, rest_of(rest)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in the book that fits the words; `stage` says how far they had to be bent."""

    unit: str
    name: Name
    since: date
    until: date | None

    def valid(self, on: date) -> bool:
        return spans(self.since, self.until, on)


@dataclass(frozen=True)
class Index:
    """All names of a book, found by what they say at four stages, by pinyin and by code."""

    book: Book
    speller: Speller

    @cached_property
    def answered(self) -> dict[tuple[str, str, int], Any]:
        """Questions that were answered exactly, filled by `resolution.resolve_all`."""
        return {}

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        book = self.book
        return tuple(Hit(n.unit, n, n.since, book.name_until(n)) for n in book.names if n.unit in book.units)

    @cached_property
    def stages(self) -> dict[str, dict[str, list[Hit]]]:
        tables: dict[str, dict[str, list[Hit]]] = {s: defaultdict(list) for s in STAGES}
        for hit in self.hits:
            folded = fold(hit.name.text)
            where, rest = self.speller.split(folded)
            if not where:
                where = self._where(hit)
            tables["text"][hit.name.text].append(hit)
            tables["folded"][folded].append(hit)
            tables["placed"][f"{where}|{rest}"].append(hit)
            tables["bare"][rest or where].append(hit)
        return {stage: dict(table) for stage, table in tables.items()}

    def _where(self, hit: Hit) -> str:
        place = self.book.place_on(hit.unit, hit.since)
        if place.level == "municipal":
            return "市"
        return fold(self.book.name_on(place.district, hit.since, "short")) if place.district else ""

    @cached_property
    def codes(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for unit in self.book.units.values():
            if unit.code:
                table[unit.code].append(unit.uid)
        return dict(table)

    @cached_property
    def pinyin(self) -> dict[str, list[Hit]]:
        return self._sounds[0]

    @cached_property
    def initials(self) -> dict[str, list[Hit]]:
        return self._sounds[1]

    @cached_property
    def _sounds(self) -> tuple[dict[str, list[Hit]], dict[str, list[Hit]]]:
        full: dict[str, list[Hit]] = defaultdict(list)
        first: dict[str, list[Hit]] = defaultdict(list)
        for hit in self.hits:
            for text in {fold(hit.name.text), self.speller.split(fold(hit.name.text))[1]}:
                full[sound(text)].append(hit)
                first[initials(text)].append(hit)
        return dict(full), dict(first)

    @cached_property
    def bigrams(self) -> dict[str, list[int]]:
        table: dict[str, list[int]] = defaultdict(list)
        for place, hit in enumerate(self.hits):
            for pair in pairs(rest_of(fold(hit.name.text))):
                table[pair].append(place)
        return dict(table)


def sound(text: str) -> str:
    return "".join(pypinyin.lazy_pinyin(text)).lower()


def initials(text: str) -> str:
    return "".join(pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER)).lower()


def pairs(text: str) -> set[str]:
    return {text[i:i + 2] for i in range(len(text) - 1)} or {text}


def speller_of(book: Book) -> Speller:
    """Districts under all their names, so that 卢湾区 is still understood."""
    districts = {
        fold(n.text).removeprefix(fold(book.city)).removesuffix("人民政府")
        for n in book.names
        if n.role in {"short", "full"} and n.unit in book.units and book.units[n.unit].kind == "government"
        and book.place_on(n.unit, n.since).level == "district"
    }
    return Speller(book.city, tuple(sorted(d for d in districts if d)))

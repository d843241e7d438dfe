"""Which number has a row, and is any missing? A table that lost a row, a heading or a number is not numbered anew in silence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal

MECHANISMS = "M"
"""The chapter whose numbers hold several tasks each: M1.1, M1.2 …"""
MOST = 999
_HANZI = "零一二三四五六七八九"
_DIGITS = re.compile(r"(?:第|[Nn][Oo]\.?)?[(\[【]?(\d{1,4})(?:\.0)?[)\]】]?[项.,、]?")
_WORDS = re.compile(r"[(]?第?([一二三四五六七八九十]{1,3})[项)]?[.,、]?")
_TOLD = re.compile(r"(\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:项|个|条|大)")
_CHAPTER = re.compile(r"^\s*(?:第[一二三四五六七八九十]{1,3}[章节部]分?|[(（]?[一二三四五六七八九十]{1,3}[)）、.．])")


@dataclass(slots=True)
class Chapter:
    """Where the numbering stands: the present number and its part, the area that it names, and all numbers that were seen."""

    section: str = ""
    line: int = 0
    told: int = 0
    number: int = 0
    part: int = 0
    area: str = ""
    lost: bool = False
    seen: set[int] = field(default_factory=set)

    def code(self) -> str:
        return f"M{self.number}.{self.part}" if self.section == MECHANISMS else f"{self.section}{self.number}"

    def count(self, text: str, area: str, *, own: bool, area_own: bool) -> None:
        """Take the next row; `own` and `area_own` say that the cell is its own and not one merged with the row above.

        Errors: `PLAN-SECTION`, `PLAN-NUMBER`, `PLAN-DUP`.
        """
        if not self.section or self.lost:
            raise _no_chapter(area)
        if own and text:
            self._next(text, area)
        elif area_own and area and area != self.area:
            self.number, self.area = 0, area
            raise _bad_number("", "序号为空，而工作内容与上一行不同", "the number is empty, but the content is not that of the row above")
        elif not self.number:
            raise _bad_number("", "该行及其上方没有序号", "neither this row nor one above it has a number")
        elif self.section != MECHANISMS:
            raise _twice(self.number)
        else:
            self.part += 1

    def _next(self, text: str, area: str) -> None:
        number = number_of(text)
        if not number:
            self.number, self.area = 0, area
            raise _bad_number(text, f"序号“{text[:20]}”不能识别", f"the number “{text[:20]}” cannot be read")
        if number == self.number and self.section == MECHANISMS and area == self.area:
            self.part += 1  # a merged cell that was taken apart and filled
            return
        if number in self.seen:
            if number == 1 and area != self.area and (self.number > 1 or len(self.seen) == self.told):
                self.lost = True
                raise _no_chapter(area)
            raise _twice(number)
        self.number, self.part, self.area = number, 1, area
        self.seen.add(number)

    def gap(self) -> Refusal | None:
        """What the heading promises (“完善4项…”) or the numbers leave out."""
        most = self.told or max(self.seen, default=0)
        missing, beyond = sorted(set(range(1, most + 1)) - self.seen), sorted(n for n in self.seen if n > most)
        if not self.section or self.lost or not (missing or beyond):
            return None
        said = "、".join(map(str, missing)) or "无"
        more = "、".join(map(str, beyond))
        return Refusal(
            "PLAN-GAP", field="序号", value=said if missing else more, rule=f"1–{most}",
            zh=f"本章应有第1至{most}项，缺：{said}" + (f"，多出：{more}" if more else "") + "；其余各项已读取。",
            en=f"This chapter should have the numbers 1–{most}; missing: {said if missing else 'none'}"
               + (f"; beyond: {more}" if more else "") + ". The others were read.",
        )


def number_of(text: str) -> int:
    """1, 1., （1）, ①, １, 一, （一）, 第1项, 1.0; 0 for what is no number, and for 1.2, which is no number of the table."""
    if len(text) == 1 and not text.isdecimal() and text not in _HANZI + "十":
        value = unicodedata.numeric(text, 0)
        return int(value) if value == int(value) else 0
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    if found := _DIGITS.fullmatch(plain):
        return int(found[1]) if int(found[1]) <= MOST else 0
    found = _WORDS.fullmatch(plain)
    return _spoken(found[1]) if found else 0


def _spoken(text: str) -> int:
    """一 … 九十九."""
    if len(text) == 1:
        return 10 if text == "十" else _HANZI.index(text)
    tens, ten, ones = text.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return 10 * (_HANZI.index(tens) if tens else 1) + (_HANZI.index(ones) if ones else 0)


def is_chapter(text: str) -> bool:
    return bool(_CHAPTER.match(text))


def told_in(heading: str) -> int:
    """How many numbers a heading announces: “二、推进16个重点领域…” 16; 0 when it says nothing."""
    found = _TOLD.search(_CHAPTER.sub("", heading, count=1))
    return number_of(found[1]) if found else 0


def _bad_number(value: str, zh: str, en: str) -> Refusal:
    return Refusal("PLAN-NUMBER", field="序号", value=value, rule="1、2、3……", zh=f"{zh}，未导入。",
                   en=f"{en[0].upper()}{en[1:]}; the row was not imported.")


def _twice(number: int) -> Refusal:
    return Refusal(
        "PLAN-DUP", field="序号", value=number, rule="unique",
        zh=f"本章序号{number}重复，未导入。", en=f"Number {number} occurs twice in this section; the row was not imported.",
    )


def _no_chapter(area: str) -> Refusal:
    return Refusal(
        "PLAN-SECTION", field="工作内容", value=area[:60], rule="一、…机制 / 二、…领域 / 三、…保障",
        zh="该行不在任何一章之下（或序号重新开始而没有章的标题），不能编号。",
        en="The row stands under no section heading (or the numbers begin again without one), so it has no number.",
    )

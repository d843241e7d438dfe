"""What does one cell say? Days, money, numbers and document numbers in the ways that clerks write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, localcontext

from ximu.kernel.zone import CITY

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are typing errors; 2099-12-31 means long-term (发改办财金〔2018〕424号 field notes)."""
EXCEL_1900, EXCEL_1904 = date(1899, 12, 30), date(1904, 1, 1)
MOST_DECIMALS = 6
"""Amounts in 万元 carry six places, so that a fen is exact (双公示 field standard, CF_NR_FK)."""
LONGEST = 200
"""No day, number or code that is written with more characters."""
EXACT = 100
"""Digits with which amounts are counted: more than a cell can hold."""
_DAY_FORMS = (
    re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_CLOCK = re.compile(r"(?:[T\s]+|(?<=日))(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$")
_SERIAL = re.compile(r"(\d{4})\d(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+|(?!0)\d{1,3}([, ]\d{3})+)(\.\d+)?")
_UNITS = {"亿元": Decimal(10) ** 8, "万元": Decimal(10) ** 4, "万": Decimal(10) ** 4, "元": Decimal(1), "": None,
          "元整": Decimal(1), "万元整": Decimal(10) ** 4, "圆": Decimal(1)}
ERROR_VALUES = frozenset({
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA"})
"""What a spreadsheet shows instead of a value; saved as CSV they are words."""
_DOCUMENT = re.compile(r"^[^\d\[\]〔〕()（）【】\s]{1,40}〔(19|20)\d{2}〕第?\d{1,20}(-\d+)?号$")
_CASE = re.compile(r"[\[(（〔]((?:19|20)\d{2})[\])）〕]([^\[\]()（）〔〕\s]{2,40}号(?:之[一二三四五六七八九十]+)?)")
"""A court's case number, （2018）沪01行终5号 (法〔2015〕137号): the year comes first, in round brackets."""
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_YEAR_BRACKETS = re.compile(r"[\[(（【〔［﹝]\s*((?:19|20)\d{2})\s*[\])）】〕］﹞]")


@dataclass(frozen=True, slots=True)
class Read:
    """`value` in normal form, or the `code` of what is wrong; `note` is the code of a warning."""

    value: str | None
    code: str = ""
    note: str = ""


def narrow(text: str) -> str:
    """Full-width as half-width. What only looks like a digit (5², 3①) stays what it is: it is a mark beside the number, no part of it.
    Nothing of what is too long to be read."""
    return "".join(c if c.isnumeric() and not c.isdecimal() else unicodedata.normalize("NFKC", c) for c in text)


def _tight(text: str) -> str:
    """Without spaces, but for one where digits stand on both sides: `5 1` is not 51."""
    parts = text.split()
    return "".join(part + (" " if part[-1].isdecimal() and after[:1].isdecimal() else "") for part, after in zip(parts, [*parts[1:], ""]))


def read_day(text: str, *, serial_from: date = EXCEL_1900) -> Read:
    """ISO form of 2018-2-13, 2018/02/13, 20180213, 2018年2月13日, 2018.2.13 or an Excel serial number. A moment with a zone is read as the
    day that it was here.

    A serial number is refused where it may be a year or a year and a month (`2018`, `2018.10`, `20185`).
    Codes: `DATE-FORM` is no date at all, `DATE-NONE` a day that does not exist, `DATE-RANGE` one out of all reason.
    """
    plain = narrow(text).strip()
    clock = _CLOCK.search(plain)
    plain = _tight(plain[:clock.start()] if clock else plain)
    for form in _DAY_FORMS:
        if found := form.fullmatch(plain):
            try:
                day = date(*(int(g) for g in found.groups()))
                return _in_range(_here(day, clock) if clock else day)
            except ValueError:
                return Read(None, "DATE-NONE")
            except OverflowError:
                return Read(None, "DATE-RANGE")
    serial = _SERIAL.fullmatch(plain)
    if serial and not clock and not FIRST_DAY.year <= int(serial[1]) <= LAST_DAY.year:
        return _in_range(serial_from + timedelta(days=int(plain[:5])))
    return Read(None, "DATE-FORM")


def _here(day: date, clock: re.Match[str]) -> date:
    """The day in the city at a moment that may be told in another zone. ValueError for no time of a day."""
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if (hour, minute, second) == (24, 0, 0):
        hour = 23
    zone: tzinfo = UTC if clock[4] else CITY
    if clock[5]:
        away = timedelta(hours=int(clock[6]), minutes=int(clock[7]))
        zone = timezone(away if clock[5] == "+" else -away)
    return datetime(day.year, day.month, day.day, hour, minute, 59 if second == 60 else second, tzinfo=zone).astimezone(CITY).date()


def _in_range(day: date) -> Read:
    return Read(day.isoformat()) if FIRST_DAY <= day <= LAST_DAY else Read(None, "DATE-RANGE")


def plain_decimal(number: Decimal) -> str:
    """Without exponent, plus sign or trailing zeros; zero is 0."""
    shown = format(number, "f")
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown in {"-0", ""} else shown


def read_number(text: str) -> Read:
    """An exact decimal. Code: `NUM-FORM`."""
    plain = _tight(narrow(text))
    if len(plain) > 60 or not _NUMBER.fullmatch(plain):
        return Read(None, "NUM-FORM")
    return Read(plain_decimal(Decimal(_ungrouped(plain))))


def _ungrouped(number: str) -> str:
    return number.replace(",", "").replace(" ", "")


def read_integer(text: str) -> Read:
    """At most 18 digits. Code: `NUM-FORM`."""
    found = read_number(text)
    return found if found.value is None or ("." not in found.value and len(found.value) < 19) else Read(None, "NUM-FORM")


def read_money(text: str, *, unit: str) -> Read:
    """Exact amount in `unit` (元 or 万元). A suffix converts: `5万元` is 50000 元.

    Codes: `MONEY-FORM` is no amount, `MONEY-SCALE` has more places than a fen needs.
    """
    plain = _tight(narrow(text)).removeprefix("¥").removeprefix("￥").removeprefix("人民币")
    found = re.fullmatch(r"([+-]?[\d,. ]+)(亿元|万元整|万元|万|元整|元|圆)?", plain)
    if not found or len(plain) > 60 or not _NUMBER.fullmatch(found[1]):
        return Read(None, "MONEY-FORM")
    factor, own = _UNITS[found[2] or ""], _UNITS[unit]
    with localcontext(prec=EXACT):
        amount = Decimal(_ungrouped(found[1]))
        amount = amount * factor / own if factor is not None and own is not None else amount
        exponent = amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
            return Read(None, "MONEY-SCALE")
    return Read(plain_decimal(amount))


def read_document_number(text: str) -> Read:
    """GB/T 9704: 沪发改信〔2018〕5号. Other brackets, spaces and signs that nobody sees are put right; a loose shape is a warning only."""
    plain = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf").translate(_HALF_WIDTH)
    if found := _CASE.fullmatch(plain):
        return Read(f"（{found[1]}）{found[2]}")
    right = _YEAR_BRACKETS.sub(r"〔\1〕", plain)
    return Read(right, note="" if _DOCUMENT.fullmatch(right) else "DOC-FORM")


_TRUE = frozenset({"true", "1", "是", "yes", "y", "有"})
_FALSE = frozenset({"false", "0", "否", "no", "n", "无"})


def read_boolean(text: str) -> Read:
    plain = narrow(text).strip().casefold()
    return Read("true") if plain in _TRUE else Read("false") if plain in _FALSE else Read(None, "BOOL-FORM")

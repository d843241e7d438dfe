"""What people and programs type: a day, an hour, a whole number. One spelling of each, and one sentence when it is another."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from ximu.kernel.refusal import Refusal

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
HOUR = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
SHOWN, MOST_DIGITS = 20, 10
YES, NO = "是", "否"
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""What is asked or told of a day outside is a typing error; a year later or earlier must exist for every day that is taken."""
EARLIEST, LATEST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def day_of(text: str, field: str) -> date:
    """ISO 8601 calendar date, extended form only. Errors: `DATE-FORM`, `DATE-RANGE`."""
    found = text.strip()
    try:
        if DAY.fullmatch(found):
            day = date.fromisoformat(found)
            must_be_likely(found, field)
            return day
    except ValueError:
        pass
    raise Refusal("DATE-FORM", field=field, value=text[:SHOWN], rule="YYYY-MM-DD", zh=f"日期“{text[:SHOWN]}”无效，应写作2018-05-07。",
                  en=f"The day “{text[:SHOWN]}” is not valid; write it as 2018-05-07.")


def must_be_likely(text: str, field: str) -> None:
    """What is written as a day lies in a year from 1900 to 2199; other texts pass. Errors: `DATE-RANGE`."""
    if DAY.match(text) and not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise _unlikely(text[:SHOWN], field)


def _unlikely(text: str, field: str) -> Refusal:
    return Refusal("DATE-RANGE", field=field, value=text, rule=f"{FIRST_YEAR}–{LAST_YEAR}",
                   zh=f"日期“{text}”早于{FIRST_YEAR}年或晚于{LAST_YEAR}年。",
                   en=f"The day “{text}” is before {FIRST_YEAR} or after {LAST_YEAR}.")


def day_or_none(text: str, field: str) -> date | None:
    """None where nothing was typed. Errors: `DATE-FORM`, `DATE-RANGE`."""
    return day_of(text, field) if text.strip() else None


def near_day(day: date, field: str) -> date:
    """A day from which one may count on, and which no loop over days takes for ever to reach. Errors: `DATE-RANGE`."""
    if EARLIEST <= day <= LATEST:
        return day
    raise _unlikely(day.isoformat(), field)


def must_have_been(day: date, today: date, field: str) -> None:
    """Errors: `TIME-FUTURE`."""
    if day > today:
        raise Refusal("TIME-FUTURE", field=field, value=day.isoformat(), rule=f"≤ {today.isoformat()}", zh="日期不能在将来。",
                      en="This day is still to come.")


def near_span(since: date, until: date | None) -> None:
    """Errors: `DATE-RANGE`, `DATE-ORDER`."""
    near_day(since, "since")
    if until is not None and near_day(until, "until") < since:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"≥ {since}", zh="终止日期不能早于起始日期。",
                      en="The end is not before the beginning.")


def hour_of(text: str, field: str) -> time:
    """An hour of a day, as 09:30. Errors: `TIME-FORM`."""
    found = text.strip()
    try:
        if HOUR.fullmatch(found):
            return time.fromisoformat(found)
    except ValueError:
        pass
    raise Refusal("TIME-FORM", field=field, value=text[:SHOWN], rule="HH:MM", zh=f"时间“{text[:SHOWN]}”无效，应写作09:30。",
                  en=f"The hour “{text[:SHOWN]}” is not valid; write it as 09:30.")


def whole_of(text: str, field: str) -> int:
    """A whole number, not negative, of at most ten digits. Errors: `NUM-FORM`."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Refusal("NUM-FORM", field=field, value=text[:SHOWN], rule="0–9", zh=f"“{text[:SHOWN]}”不是整数。",
                      en=f"“{text[:SHOWN]}” is no whole number.")
    return int(text)


def yuan_of(text: str, most: int = 10**9) -> Decimal | None:
    """An amount of yuan as people write it, two decimals, from 0 to below `most`; None for anything else."""
    try:
        value = Decimal(unicodedata.normalize("NFKC", text).strip().removesuffix("元").replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < most and value == value.quantize(Decimal("0.01")) else None


HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tabs and ends of lines, and signs that turn the direction of writing: they hide what is said."""


def must_be_readable(text: str, field: str) -> None:
    """Errors: `INPUT-SIGN`."""
    if HIDDEN.search(text):
        raise Refusal("INPUT-SIGN", field=field, value="", rule="no control signs, no signs of direction",
                      zh=f"内容（{field}）含有看不见的控制字符或者改变书写方向的字符，请删去后重新填写。",
                      en=f"“{field}” holds hidden control signs or signs that turn the direction of writing; type it anew without them.")


def moment_of(text: str, field: str, zone: tzinfo) -> datetime:
    """A time as a form or a program writes it; without a zone it is one of `zone`. Errors: `DATE-FORM`, `DATE-RANGE`."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refusal("DATE-FORM", field=field, value=text[:SHOWN], rule="YYYY-MM-DDTHH:MM",
                      zh=f"时间“{text[:SHOWN]}”无效，应写作2018-05-07T09:30。",
                      en=f"The time “{text[:SHOWN]}” is not valid; write it as 2018-05-07T09:30.") from error
    near_day(found.date(), field)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def reason_of(text: str, *, most: int = 400) -> str:
    """Why something is done, in words. Errors: `REASON`."""
    if not text.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="须写明理由。", en="Say why.")
    return text.strip()[:most]


def text_of(value: Any) -> str:
    """A cell of a file as text: `YES` or `NO` for what JSON knows as true or false."""
    return (YES if value else NO) if isinstance(value, bool) else "" if value is None else str(value).strip()


def many_of(value: Any) -> list[str]:
    """Several in one cell, parted by `|`, or a list of them; each once."""
    parts = value if isinstance(value, list | tuple) else text_of(value).replace("｜", "|").split("|")
    return list(dict.fromkeys(part for one in parts if (part := text_of(one))))

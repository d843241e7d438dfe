"""What people and programs type: a day, a whole number. One spelling of each, and one sentence when it is another."""

from __future__ import annotations

import re
from datetime import date

from ximu.kernel.refusal import Refusal

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SHOWN, MOST_DIGITS = 20, 10
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def day_of(text: str, field: str) -> date:
    """ISO 8601 calendar date, extended form only. Errors: `DATE-FORM`."""
    found = text.strip()
    try:
        if DAY.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise Refusal("DATE-FORM", field=field, value=text[:SHOWN], rule="YYYY-MM-DD", zh=f"日期“{text[:SHOWN]}”无效，应写作2018-05-07。",
                  en=f"The day “{text[:SHOWN]}” is not valid; write it as 2018-05-07.")


def day_or_none(text: str, field: str) -> date | None:
    """None where nothing was typed. Errors: `DATE-FORM`."""
    return day_of(text, field) if text.strip() else None


def near_day(day: date, field: str) -> date:
    """A day from which one may count on, and which no loop over days takes for ever to reach. Errors: `DATE-FAR`."""
    if EARLIEST <= day <= LATEST:
        return day
    raise Refusal("DATE-FAR", field=field, value=day.isoformat(), rule=f"{EARLIEST} … {LATEST}",
                  zh=f"日期“{day}”过早或过晚，应在{EARLIEST}至{LATEST}之间。",
                  en=f"The day “{day}” is too early or too late; give one from {EARLIEST} to {LATEST}.")


def whole_of(text: str, field: str) -> int:
    """A whole number, not negative, of at most ten digits. Errors: `NUM-FORM`."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Refusal("NUM-FORM", field=field, value=text[:SHOWN], rule="0–9", zh=f"“{text[:SHOWN]}”不是整数。",
                      en=f"“{text[:SHOWN]}” is no whole number.")
    return int(text)

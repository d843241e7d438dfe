"""Which codes check? Whole columns at once; the doubtful few go to the kernel, which names the digit.

The vectorised part only ever says "surely right"; every other value is judged by `ximu.kernel`, so the
two can not disagree about what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from ximu.ideas.intake.rules.values import FIRST_DAY, LAST_DAY
from ximu.kernel import resident_id, uscc

CODE_LENGTH, DAY_LENGTH = 18, 10
_WRONG = 1 << 48
"""Added for a character that cannot stand in its place; all sums of right characters are lower."""
_INNER, _DAY, _PROVINCE = 1 << 16, 1 << 12, 1 << 40
_PROVINCES = np.zeros(100, dtype=bool)
_PROVINCES[[int(p) for p in resident_id.PROVINCES]] = True
_LEAP = np.array([year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) for year in range(10000)])
_YEARS = np.zeros(10000, dtype=np.int32)
_YEARS[FIRST_DAY.year:LAST_DAY.year + 1] = [(date(y, 1, 1) - date(1970, 1, 1)).days for y in range(FIRST_DAY.year, LAST_DAY.year + 1)]
_DAYS = np.full(10000, -1, dtype=np.int32)
"""Day of a leap year by month and day (MMDD), from 0."""
_DAYS[[day.month * 100 + day.day for day in (date(2000, 1, 1) + timedelta(days=n) for n in range(366))]] = np.arange(366)
LEAP_DAY = 59


def _table(places: Iterable[Mapping[str, int]]) -> np.ndarray:
    """What each byte adds in each place (places × 256)."""
    rows = []
    for values in places:
        row = np.full(256, _WRONG, dtype=np.int64)
        row[[ord(c) for c in values]] = list(values.values())
        rows.append(row)
    return np.array(rows)


def _uscc_place(at: int) -> dict[str, int]:
    """The check sum of all 18 characters, which is 0 modulo 31; and that of the inner code, 0 modulo 11."""
    weight = uscc.WEIGHTS[at] if at < CODE_LENGTH - 1 else 1
    inner = uscc.INNER_WEIGHTS[at - 8] if 8 <= at < 16 else 0
    found = {}
    for value, character in enumerate(uscc.ALPHABET):
        own = int(character, 36) * inner
        if at == 16:
            own = 10 if character == "X" else int(character) if character.isdigit() else _WRONG
        if character.isdigit() or not 2 <= at < 8:
            found[character] = weight * value + _INNER * own if own < _WRONG else _WRONG
    return found


def _resident_place(at: int) -> dict[str, int]:
    """The check sum of all 18 characters, which is 1 modulo 11; the day of birth and the province."""
    if at == CODE_LENGTH - 1:
        return {character: 10 if character == "X" else int(character) for character in resident_id.CHECK}
    day = 10 ** (13 - at) if 6 <= at < 14 else 0
    province = (10, 1)[at] if at < 2 else 0
    return {str(n): n * (resident_id.WEIGHTS[at] + _DAY * day + _PROVINCE * province) for n in range(10)}


def _day_place(at: int) -> dict[str, int]:
    return {"-": 0} if at in (4, 7) else {str(n): n * 10 ** (7 - at + (at > 4) + (at > 7)) for n in range(10)}


_USCC = _table(_uscc_place(at) for at in range(CODE_LENGTH))
_RESIDENT = _table(_resident_place(at) for at in range(CODE_LENGTH))
_WRONG_DAY = 1 << 28
_ISO_DAY = np.minimum(_table(_day_place(at) for at in range(DAY_LENGTH)), _WRONG_DAY).astype(np.uint32)


def _sums(column: pl.Series, table: np.ndarray, fits: pl.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """(positions, sums) of the values that have exactly as many bytes as the table has places; `fits` says which, where it is known."""
    if fits is None:
        fits = (column.str.len_bytes() == len(table)).fill_null(value=False)
    text = (column if fits.all() else column.filter(fits)).to_arrow(compat_level=pl.CompatLevel.oldest())
    begin = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset] if len(text) else 0
    codes = np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8)[begin:begin + len(text) * len(table)].reshape(-1, len(table))
    total = np.zeros(len(codes), dtype=table.dtype)
    for place, character in zip(table, np.ascontiguousarray(codes.T)):
        total += place.take(character)
    return np.flatnonzero(fits.to_numpy()), total


def surely_uscc(column: pl.Series, fits: pl.Series | None = None) -> np.ndarray:
    """True where a value is a right USCC, inner check included (GB 32100-2015 §4, GB 11714)."""
    right = np.zeros(len(column), dtype=bool)
    positions, total = _sums(column, _USCC, fits)
    right[positions] = (total < _WRONG) & (total.astype(np.uint16) % 31 == 0) & ((total >> 16).astype(np.uint16) % 11 == 0)
    return right


def surely_resident_id(column: pl.Series, fits: pl.Series | None = None, *, today: date) -> np.ndarray:
    """True where a value is a right resident identity number (GB 11643-1999)."""
    right = np.zeros(len(column), dtype=bool)
    positions, total = _sums(column, _RESIDENT, fits)
    known = total < _WRONG
    total *= known
    born = ((total >> 12) & ((1 << 28) - 1)).astype(np.uint32)
    year = born // 10000
    day = _DAYS.take(born - year * 10000)
    exists = (day >= 0) & ((day != LEAP_DAY) | _LEAP.take(year))
    living = (year >= resident_id.FIRST_YEAR) & (born <= today.year * 10000 + today.month * 100 + today.day)
    province = _PROVINCES.take(total >> 40)
    right[positions] = known & exists & living & province & ((total & (_DAY - 1)).astype(np.uint16) % 11 == 1)
    return right


def plain_days(column: pl.Series, fits: pl.Series | None = None) -> tuple[pl.Series, np.ndarray]:
    """The days written as 2018-02-13, from 1900 to 2199, null where a value is anything else; and which they are."""
    positions, total = _sums(column, _ISO_DAY, fits)
    total *= total < _WRONG_DAY
    year = total // 10000
    day, first, leap = _DAYS.take(total - year * 10000), _YEARS.take(year), _LEAP.take(year)
    right = (year >= FIRST_DAY.year) & (year <= LAST_DAY.year) & (day >= 0) & (leap | (day != LEAP_DAY))
    made = first + day - (~leap & (day > LEAP_DAY))
    days, sure = made, right
    if len(positions) < len(column):
        days, sure = np.zeros(len(column), dtype=np.int32), np.zeros(len(column), dtype=bool)
        days[positions], sure[positions] = made, right
    found = pl.Series(days, dtype=pl.Int32).cast(pl.Date)
    return found if sure.all() else found.set(pl.Series(~sure), None), sure

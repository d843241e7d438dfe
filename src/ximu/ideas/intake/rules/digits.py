"""Which codes check? Whole columns at once; the doubtful few go to the kernel, which names the digit.

The vectorised part only ever says "surely right"; every other value is judged by `ximu.kernel`, so the
two can not disagree about what is wrong.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from ximu.kernel import resident_id, uscc

CODE_LENGTH = 18
_USCC_VALUE = np.full(256, 255, dtype=np.uint8)
_USCC_VALUE[np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)] = np.arange(31, dtype=np.uint8)
_USCC_CHARACTER = np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)
_USCC_WEIGHTS = np.array(uscc.WEIGHTS, dtype=np.float32)
_INNER_WEIGHTS = np.array(uscc.INNER_WEIGHTS, dtype=np.float32)
_BASE36 = np.full(256, 0, dtype=np.uint8)
_BASE36[ord("0"):ord("9") + 1] = np.arange(10)
_BASE36[ord("A"):ord("Z") + 1] = np.arange(10, 36)
_INNER_CHARACTER = np.frombuffer(b"0X987654321"[::1], dtype=np.uint8)
_RIC_WEIGHTS = np.array(resident_id.WEIGHTS, dtype=np.float32)
_RIC_CHARACTER = np.frombuffer(resident_id.CHECK.encode(), dtype=np.uint8)
_PROVINCES = np.zeros(100, dtype=bool)
_PROVINCES[[int(p) for p in resident_id.PROVINCES]] = True
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0], dtype=np.int16)


def _matrix(column: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """(positions, bytes as n × 18) of the values that have exactly 18 bytes."""
    fits = (column.str.len_bytes() == CODE_LENGTH).fill_null(value=False)
    positions = fits.arg_true().to_numpy()
    text = "".join(column.filter(fits).to_list())
    flat = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    return positions, flat.reshape(-1, CODE_LENGTH)


def surely_uscc(column: pl.Series) -> np.ndarray:
    """True where a value is a right USCC, inner check included (GB 32100-2015 §4, GB 11714)."""
    right = np.zeros(len(column), dtype=bool)
    positions, codes = _matrix(column)
    if not len(positions):
        return right
    values = _USCC_VALUE[codes]
    known = (values < 31).all(axis=1)
    digits = (values[:, 2:8] < 10).all(axis=1)
    total = values[:, :17].astype(np.float32) @ _USCC_WEIGHTS
    expected = _USCC_CHARACTER[(-total.astype(np.int32)) % 31]
    inner = (_BASE36[codes[:, 8:16]].astype(np.float32) @ _INNER_WEIGHTS).astype(np.int32) % 11
    right[positions] = known & digits & (codes[:, 17] == expected) & (codes[:, 16] == _INNER_CHARACTER[inner])
    return right


def surely_resident_id(column: pl.Series, *, today: date) -> np.ndarray:
    """True where a value is a right resident identity number (GB 11643-1999)."""
    right = np.zeros(len(column), dtype=bool)
    positions, codes = _matrix(column)
    if not len(positions):
        return right
    digits = codes[:, :17] - ord("0")
    numeric = (digits < 10).all(axis=1)
    n = np.where(digits < 10, digits, 0).astype(np.int32)
    expected = _RIC_CHARACTER[(n.astype(np.float32) @ _RIC_WEIGHTS).astype(np.int32) % 11]
    year = n[:, 6] * 1000 + n[:, 7] * 100 + n[:, 8] * 10 + n[:, 9]
    month, day = np.minimum(n[:, 10] * 10 + n[:, 11], 13), n[:, 12] * 10 + n[:, 13]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    exists = (month > 0) & (day > 0) & (day <= _MONTH_DAYS[month] + (leap & (month == 2)))
    born = year * 10000 + month * 100 + day
    living = (year >= resident_id.FIRST_YEAR) & (born <= today.year * 10000 + today.month * 100 + today.day)
    province = _PROVINCES[n[:, 0] * 10 + n[:, 1]]
    right[positions] = numeric & exists & living & province & (codes[:, 17] == expected)
    return right

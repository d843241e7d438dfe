"""Which form have the cells of a kind of field usually? Asked of whole columns; what is off it is read cell by cell (`cells`).

`plain` knows the commonest form by the quickest means, of cells that were not made tidy yet; `usual` all forms, of the tidy cells that
are left.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from ximu.ideas.intake.rules import digits
from ximu.ideas.intake.rules.schema import FieldSpec
from ximu.ideas.intake.rules.values import FIRST_DAY, LAST_DAY

PLAIN_AMOUNT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
PLAIN_DOCUMENT = r"^[^\p{Cf}0-9\[\]〔〕()（）【】 　\t\n]+〔(19|20)[0-9]{2}〕第?[0-9]{1,20}号$"
BARE_AMOUNT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?$"
"""A plain amount that is kept as it is written."""
BARE_DOCUMENT = r"^[^\s\p{Cf}0-9\[\]〔〕()（）【】][^\p{Cf}0-9\[\]〔〕()（）【】 　\t\n]*〔(19|20)[0-9]{2}〕第?[0-9]{1,20}号$"
INTEGER = r"^(0|-?[1-9][0-9]{0,17})$"
BARE = {"money-yuan": BARE_AMOUNT, "money-wan": BARE_AMOUNT, "number": BARE_AMOUNT, "document-number": BARE_DOCUMENT, "integer": INTEGER}
ONE_LENGTH = {"uscc": digits.CODE_LENGTH, "organ-uscc": digits.CODE_LENGTH, "resident-id": digits.CODE_LENGTH, "date": digits.DAY_LENGTH}
FREE = frozenset({"string", "boolean"})
ONE_FORM = frozenset({"uscc", "organ-uscc", "resident-id", "integer"})
"""Kinds whose commonest form is the only usual one."""
SPACES = "".join(map(chr, (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
"""White_Space of Unicode, which Polars takes off too."""


def kind_of(spec: FieldSpec) -> str:
    if spec.kind in {"uscc", "organ-uscc", "resident-id", "document-number", "money-yuan", "money-wan"}:
        return spec.kind
    return "date" if spec.type == "date" else "code" if spec.enum else spec.type


def first_look(spec: FieldSpec) -> pl.Expr:
    """Free text without outer spaces; of any other kind, which cells may have the commonest form (never null)."""
    column, kind = pl.col(spec.name), kind_of(spec)
    if kind in FREE:
        return column.str.strip_chars()
    if kind in ONE_LENGTH:
        return (column.str.len_bytes() == ONE_LENGTH[kind]).fill_null(value=False)
    if kind == "code":
        tidy = pl.Series([one for one in spec.enum if one.strip() == one != ""], dtype=pl.String)
        return column.is_in(tidy.implode()).fill_null(value=False)
    return column.str.contains(BARE[kind]).fill_null(value=False)


def plain(spec: FieldSpec, column: pl.Series, seen: pl.Series, *, today: date) -> tuple[pl.Series, np.ndarray]:
    """As `usual`, of cells that may have outer spaces: sure is only what has none. `seen` is the first look."""
    match kind_of(spec):
        case "uscc" | "organ-uscc":
            return column, digits.surely_uscc(column, seen)
        case "resident-id":
            return column, digits.surely_resident_id(column, seen, today=today)
        case "date":
            return digits.plain_days(column, seen)
        case _:
            return column, seen.to_numpy()


def usual(spec: FieldSpec, column: pl.Series, *, today: date) -> tuple[pl.Series, np.ndarray]:
    """Tidy cells as they will be kept where they have a usual form, and which of them have."""
    match kind_of(spec):
        case "date":
            day = column.str.to_date("%Y-%m-%d", strict=False)
            day = day.set(~day.is_between(FIRST_DAY, LAST_DAY).fill_null(value=True), None)
            return day, day.is_not_null().to_numpy()
        case "money-yuan" | "money-wan" | "number":
            bare = column.str.strip_chars_end("0").str.strip_chars_end(".")
            sure = column.str.contains(PLAIN_AMOUNT)
            made = bare.zip_with(column.str.contains(".", literal=True).fill_null(value=False), column)
            return made, sure.fill_null(value=False).to_numpy()
        case "document-number":
            return column, column.str.contains(PLAIN_DOCUMENT).fill_null(value=False).to_numpy()
        case "code":
            return column, column.is_in(list(spec.enum)).fill_null(value=False).to_numpy()
        case _:
            return plain(spec, column, column.to_frame(spec.name).select(first_look(spec)).to_series(), today=today)

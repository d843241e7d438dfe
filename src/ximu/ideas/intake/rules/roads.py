"""Which form have the cells of a kind of field usually? Expressions over whole columns; what is off them is read cell by cell (`cells`)."""

from __future__ import annotations

import polars as pl

from ximu.ideas.intake.rules.schema import FieldSpec
from ximu.ideas.intake.rules.values import FIRST_DAY, LAST_DAY

PLAIN_AMOUNT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
PLAIN_DOCUMENT = r"^[^0-9\[\]〔〕()（）【】 　\t\n]+〔(19|20)[0-9]{2}〕第?[0-9]{1,20}号$"
INTEGER = r"^-?(0|[1-9][0-9]{0,17})$"


def kind_of(spec: FieldSpec) -> str:
    if spec.kind in {"uscc", "organ-uscc", "resident-id", "document-number", "money-yuan", "money-wan"}:
        return spec.kind
    return "date" if spec.type == "date" else "code" if spec.enum else spec.type


def fast(spec: FieldSpec) -> pl.Expr:
    """The column as it will be kept where its cells have the usual form."""
    column = pl.col(spec.name)
    match kind_of(spec):
        case "date":
            day = column.str.to_date("%Y-%m-%d", strict=False)
            return pl.when(day.is_between(FIRST_DAY, LAST_DAY)).then(day)
        case "money-yuan" | "money-wan" | "number":
            return pl.when(column.str.contains(".", literal=True)).then(
                column.str.strip_chars_end("0").str.strip_chars_end(".")).otherwise(column)
        case _:
            return column


def sure(spec: FieldSpec) -> pl.Expr:
    """Which cells have the usual form; null where empty."""
    column = pl.col(spec.name)
    match kind_of(spec):
        case "date":
            return pl.when(column.is_not_null()).then(pl.col("fast:" + spec.name).is_not_null())
        case "money-yuan" | "money-wan" | "number":
            return column.str.contains(PLAIN_AMOUNT)
        case "document-number":
            return column.str.contains(PLAIN_DOCUMENT)
        case "integer":
            return column.str.contains(INTEGER)
        case "code":
            return column.is_in(list(spec.enum))
        case "string":
            return pl.lit(value=True)
        case _:
            return pl.lit(value=False)

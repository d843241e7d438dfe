"""Which fields contradict each other? The rules of the item's schema, over whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ximu.ideas.intake.rules import digits, problems
from ximu.ideas.intake.rules.schema import Condition, CrossRule, ItemSchema
from ximu.kernel import resident_id, workdays
from ximu.kernel.refusal import Refusal

OPEN_WORDS = ("否", "未生效", "未终审", "上诉期内", "复议期内", "诉讼期内", "上诉中", "审理中", "open", "pending", "no", "false")
"""Values of a finality field that say: not final (行政诉讼法 第八十五条, 行政复议法 第二十条 run such periods)."""


@dataclass(frozen=True, slots=True)
class _Question:
    """Which rows are under the mask? They break the rule in that field."""

    mask: pl.Expr
    field: str
    by: CrossRule
    how: Mapping[str, object]


def check_rules(clean: pl.DataFrame, schema: ItemSchema, *, today: date) -> list[pl.DataFrame]:
    """Faults by rule, in the order of the rules; all are asked at once whether there is anything to name."""
    asked = [one for rule in schema.rules for one in _check(clean, rule, schema, today=today)] + _held(schema, today=today)
    questions = [one for one in asked if isinstance(one, _Question)]
    broken = iter(clean.select(one.mask.any().alias(str(n)) for n, one in enumerate(questions)).row(0) if questions else ())
    return [_named(clean, one) if isinstance(one, _Question) else one for one in asked if not isinstance(one, _Question) or next(broken)]


def _faults(mask: pl.Expr, field: str, by: CrossRule, **how: object) -> _Question:
    return _Question(mask.fill_null(value=False), field, by, how)


def _named(clean: pl.DataFrame, asked: _Question) -> pl.DataFrame:
    shown = clean.filter(asked.mask).select("line", pl.col(asked.field).cast(pl.String).alias("value"), *_extra(asked.how))
    return problems.frame_of(shown, asked.field, asked.by.code, severity=asked.by.severity, **_plain(asked.how))  # type: ignore[arg-type]


def _extra(how: Mapping[str, object]) -> list[pl.Expr]:
    expected = how.get("expected")
    return [expected] if isinstance(expected, pl.Expr) else []


def _plain(how: Mapping[str, object]) -> dict[str, object]:
    return {k: (pl.col(v.meta.output_name()) if isinstance(v, pl.Expr) else v) for k, v in how.items()}


def _when(condition: Condition | None, schema: ItemSchema) -> pl.Expr:
    if condition is None:
        return pl.lit(value=True)
    separator = schema.field(condition.field).separator
    column = pl.col(condition.field).cast(pl.String)
    if not separator:
        return column.is_in(list(condition.values))
    return column.str.split(separator).list.eval(pl.element().is_in(list(condition.values))).list.any()


def _check(clean: pl.DataFrame, rule: CrossRule, schema: ItemSchema, *, today: date) -> Sequence[_Question | pl.DataFrame]:
    first = rule.fields[0]
    when = _when(rule.when, schema)
    match rule.check:
        case "not-after":
            return [_faults(pl.col(first) > pl.col(rule.fields[1]), first, rule, rule=schema.field(rule.fields[1]).title)]
        case "not-future":
            return [_faults(pl.col(first) > today, first, rule, rule=today.isoformat())]
        case "required-if":
            return [_faults(when & pl.col(first).is_null(), first, rule, rule=_said(rule, schema))]
        case "empty-if":
            return [_faults(when & pl.col(first).is_not_null(), first, rule, rule=_said(rule, schema))]
        case "greater-than-zero-if":
            amount = pl.col(first).cast(pl.Float64, strict=False)
            return [_faults(when & (amount <= 0), first, rule, rule="> 0")]
        case "resident-id-if":
            return _resident_ids(clean.filter(when.fill_null(value=False)), rule, today=today)
        case _:
            return _late(clean, rule, today=today)


def _said(rule: CrossRule, schema: ItemSchema) -> str:
    return f"{schema.field(rule.when.field).title} = {'/'.join(rule.when.values)}" if rule.when else ""


def _resident_ids(rows: pl.DataFrame, rule: CrossRule, *, today: date) -> list[pl.DataFrame]:
    values = rows[rule.fields[0]]
    unsure = values.is_not_null() & ~pl.Series(digits.surely_resident_id(values, today=today))
    found = []
    for line, value in rows.filter(unsure).select("line", rule.fields[0]).iter_rows():
        verdict = resident_id.check(value, today=today)
        if not verdict.valid:
            found.append((line, rule.fields[0], value, rule.code, verdict.reason, verdict.expected, "", rule.severity))
    return [problems.from_rows(found)] if found else []


def _late(clean: pl.DataFrame, rule: CrossRule, *, today: date) -> list[_Question]:
    """Delivered more than so many working days after the decision; without a delivery day, as of today."""
    first, second = rule.fields
    due = {day: _due(day, rule.days) for day in clean[first].drop_nulls().unique().to_list()}
    known = {day: when for day, when in due.items() if when}
    if not known:
        return []
    expected = pl.col(first).replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Date).alias("due")
    late = expected < pl.col(second).fill_null(today)
    return [_faults(late, first, rule, rule=str(rule.days), expected=expected)]


def _due(day: date, days: int) -> date | None:
    """None where no calendar is known: then lateness is not asserted."""
    try:
        return workdays.BUNDLED.due(day, days).day
    except Refusal:
        return None


def _held(schema: ItemSchema, *, today: date) -> list[_Question]:
    """`FIN-OPEN`: the finality field says so, or the day on which it becomes final has not come or is not said."""
    rule = CrossRule("final", (), "FIN-OPEN", severity=problems.HELD)
    found = []
    if finality := schema.roles.get("finality"):
        found.append(_faults(pl.col(finality).cast(pl.String).str.to_lowercase().is_in(list(OPEN_WORDS)), finality, rule))
    if final_date := schema.roles.get("final_date"):
        unsaid = pl.col(final_date).is_null() if finality else pl.lit(value=False)
        found.append(_faults((pl.col(final_date) > today).fill_null(value=False) | unsaid, final_date, rule, rule=today.isoformat()))
    return found

"""What does an evaluator count? `[[measure]]` tables beside an ordinary method file; every column it reads must have been granted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.assessment.rules.method import Method
from ximu.kernel.refusal import Refusal

HOW = ("count", "sum", "mean", "share")
KEYS = {"column", "item", "how", "field", "where"}
UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Measure:
    """A column made of facts: how many, or the sum, mean of `field`, or the share (percent) of those that fit `where`."""

    column: str
    item: str
    how: str
    field: str = ""
    where: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.field, *(name for name, _ in self.where)} - {""})

    def fits(self, fact: Mapping[str, Any]) -> bool:
        return all(str(fact.get(name, "")) in allowed for name, allowed in self.where)


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure of one unit: the value, the facts (by place) and bodies beneath it, and what the two largest bodies gave."""

    value: Decimal | None
    n: int
    rows: tuple[int, ...]
    largest: tuple[Decimal, ...] = ()

    def plain(self) -> dict[str, Any]:
        return {"value": None if self.value is None else str(self.value), "n": self.n, "rows": list(self.rows),
                "largest": [str(one) for one in self.largest]}


def load(text: str) -> tuple[Method, tuple[Measure, ...]]:
    """The method and its measures. Errors: those of `loading` and `EVAL-MEASURE`."""
    tables = loading.parse(text)
    given = tables.pop("measure", [])
    measures = tuple(_measure(one) for one in given) if isinstance(given, list) else ()
    columns = [m.column for m in measures]
    if not isinstance(given, list) or len(set(columns)) < len(columns):
        raise _wrong("measure", str(columns)[:80])
    return loading.build(tables, digest=loading.digest_of(text)), measures


def _measure(table: Any) -> Measure:
    if not isinstance(table, dict) or set(table) - KEYS or table.get("how", "count") not in HOW or not table.get("column") \
            or not table.get("item"):
        raise _wrong("measure", str(table)[:80])
    how, where = table.get("how", "count"), table.get("where", {})
    if (how in ("sum", "mean") and not table.get("field")) or (how == "share" and not where) or not isinstance(where, dict):
        raise _wrong(str(table["column"]), how)
    told = tuple((name, frozenset(map(str, v if isinstance(v, list) else [v]))) for name, v in sorted(where.items()))
    return Measure(str(table["column"]), str(table["item"]), how, str(table.get("field", "")), told)


def _wrong(field: str, value: str) -> Refusal:
    return Refusal("EVAL-MEASURE", field=field, value=value, rule="column, item, how (count sum mean share), field, where",
                   zh=f"方法文件的[[measure]]写法不对：{value}。", en=f"The method file's [[measure]] is not right: {value}.")


def must_be_granted(method: Method, measures: Sequence[Measure], *, columns: Collection[str], items: Mapping[str, Collection[str]]) -> None:
    """Errors: `EVAL-FIELD` naming the first field that was not granted."""
    for one in measures:
        if one.item not in items:
            raise _closed(one.item, "", sorted(items))
        for name in sorted(one.reads):
            if name not in items[one.item]:
                raise _closed(one.item, name, sorted(items[one.item]))
    made = {*columns, *(one.column for one in measures)}
    wanted = [*frozen.wanted(method), *filter(None, [method.missing.group])]
    for name in wanted:
        if name not in made:
            raise _closed("", name, sorted(made))
    for name in filter(None, [method.columns.unit, method.columns.label, method.columns.time]):
        if name not in (UNIT, "name"):
            raise _closed("", name, [UNIT, "name"])


def _closed(item: str, field: str, granted: list[str]) -> Refusal:
    named = f"{item}.{field}" if item and field else item or field
    return Refusal("EVAL-FIELD", status=403, field=named, value=named, rule=" ".join(granted)[:400],
                   zh=f"方法读取了未授予的字段“{named}”。", en=f"The method reads “{named}”, which was not granted.")


def computed(one: Measure, facts: Sequence[Mapping[str, Any]], units: Sequence[str]) -> dict[str, Cell]:
    """The measure for each unit. Errors: `EVAL-NUM` for a value that is no number."""
    rows: dict[str, list[int]] = {unit: [] for unit in units}
    for place, fact in enumerate(facts):
        if fact["unit"] in rows and (one.how == "share" or one.fits(fact)):
            rows[fact["unit"]].append(place)
    return {unit: _cell(one, facts, tuple(found)) for unit, found in rows.items()}


def _cell(one: Measure, facts: Sequence[Mapping[str, Any]], rows: tuple[int, ...]) -> Cell:
    if one.how == "count":
        return Cell(Decimal(len(rows)), len(rows), rows)
    if one.how == "share":
        hits = sum(one.fits(facts[k]) for k in rows)
        return Cell(Decimal(100 * hits) / len(rows) if rows else None, len(rows), rows)
    amounts = [(str(facts[k].get("body", k)), _number(facts[k].get(one.field), one)) for k in rows]
    known = [(body, value) for body, value in amounts if value is not None]
    total = sum((value for _, value in known), Decimal(0))
    by_body: dict[str, Decimal] = {}
    for body, value in known:
        by_body[body] = by_body.get(body, Decimal(0)) + abs(value)
    made = total if one.how == "sum" else (total / len(known) if known else None)
    return Cell(made, len(known), rows, tuple(sorted(by_body.values(), reverse=True)))


def _number(value: Any, one: Measure) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refusal("EVAL-NUM", field=f"{one.item}.{one.field}", value=str(value)[:40], rule="number",
                      zh=f"“{one.item}.{one.field}”的值“{str(value)[:40]}”不是数字。",
                      en=f"“{str(value)[:40]}” in {one.item}.{one.field} is no number.")
    return found

"""What does a table ask for, for which periods, and do the figures that came add up? Plain values in; reasons out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from ximu.kernel.given import EARLIEST, LATEST, day_of
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

EVERY = {"month": Text("月报", "monthly"), "quarter": Text("季报", "quarterly"), "half": Text("半年报", "half-yearly"),
         "year": Text("年报", "yearly")}
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
KINDS = {"money-wan": (Text("万元", "10 000 yuan"), 2), "count": (Text("个", "number"), 0), "rate": (Text("%", "%"), 2)}
"""Kind of a figure → its unit and how many decimals it may have; only a rate may be below zero."""
CODE, LARGEST, MOST_COLUMNS = re.compile(r"[A-Z][A-Z0-9]{0,7}(-[A-Z0-9]{1,8})?"), Decimal(10) ** 13, 60
MEMBERS, MOST_WORDS = {"code", "zh", "en", "kind"}, 120


@dataclass(frozen=True, slots=True)
class Column:
    code: str
    name: Text
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """`sums`: total → its parts; `adds`: the table of the level beneath, whose figures of the same name add up to this one's."""

    code: str
    title: str
    every: str
    days: int
    reporters: tuple[str, ...]
    columns: tuple[Column, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    adds: str
    open: bool
    basis: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Change:
    code: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


def _bad(field: str, value: object, zh: str, en: str) -> NoReturn:
    raise Refusal("TABLE-BAD", field=field, value=str(value)[:40], rule="统计报表制度", zh=f"报表的“{field}”不合要求：{zh}。",
                  en=f"“{field}” of the table is not right: {en}.")


def read_table(raw: Mapping[str, Any]) -> Table:
    """A declaration, read strictly. Errors: `TABLE-BAD` names the field; `DATE-FORM`, `DATE-RANGE`."""
    known = {"code", "title", "every", "days", "reporters", "figures", "sums", "adds", "open", "basis", "since", "until"}
    if strangers := set(raw) - known:
        _bad(min(strangers), "", "没有这一项", "there is no such member")
    for name in ("code", "title", "every", "reporters", "figures", "basis", "since"):
        if not raw.get(name):
            _bad(name, "", "不能为空", "it is missing")
    for name in ("title", "every", "basis", "since", "until", "adds"):
        if not isinstance(raw.get(name) or "", str):
            _bad(name, "", "应为文字", "it is text")
    if not isinstance(raw.get("open", False), bool):
        _bad("open", "", "应为true或false", "it is true or false")
    if not isinstance(raw["code"], str) or not CODE.fullmatch(raw["code"]):
        _bad("code", raw["code"], "应为大写字母和数字，如GDTZ-1", "capitals and digits, like GDTZ-1")
    if raw["every"] not in EVERY:
        _bad("every", raw["every"], "应为" + "、".join(EVERY), "one of " + ", ".join(EVERY))
    days, reporters = raw.get("days", 10), raw["reporters"]
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 366:
        _bad("days", days, "应为0至366的整数", "a whole number from 0 to 366")
    if not isinstance(reporters, list) or not all(isinstance(one, str) and one.strip() for one in reporters):
        _bad("reporters", reporters, "应为单位名称或“各区人民政府”一类的列表", "a list of units or of words like 各区人民政府")
    columns = _columns(raw["figures"])
    codes = {one.code for one in columns}
    since = day_of(raw["since"], "since")
    until = day_of(raw["until"], "until") if raw.get("until") else None
    if until and until < since:
        _bad("until", until, "早于起始日", "it lies before the first day")
    return Table(raw["code"], raw["title"].strip()[:120], raw["every"], days, tuple(one.strip() for one in reporters), columns,
                 _sums(raw.get("sums", {}), codes), raw.get("adds") or "", raw.get("open", False), raw["basis"].strip()[:200], since, until)


def _columns(raw: Any) -> tuple[Column, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_COLUMNS or not all(isinstance(one, dict) for one in raw):
        _bad("figures", "", f"应为不超过{MOST_COLUMNS}项的列表", f"a list of at most {MOST_COLUMNS}")
    if not all(set(one) <= MEMBERS and all(isinstance(text, str) and len(text) <= MOST_WORDS for text in one.values()) for one in raw):
        _bad("figures", "", "每项只有代码、中英文名称和种类，均为文字", "each has code, zh, en and kind, all of them text")
    found = tuple(Column(one.get("code", ""), Text(one.get("zh", ""), one.get("en", "")), one.get("kind", "")) for one in raw)
    for one in found:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,19}", one.code) or one.kind not in KINDS or not one.name.zh or not one.name.en:
            _bad("figures", one.code, "每项须有代码、中英文名称和种类（" + "、".join(KINDS) + "）", "each has code, zh, en and kind")
    if len({one.code for one in found}) < len(found):
        _bad("figures", "", "代码重复", "a code stands twice")
    return found


def _sums(raw: Any, codes: set[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(raw, dict) or not all(isinstance(parts, list) and parts and all(isinstance(one, str) for one in parts)
                                            for parts in raw.values()):
        _bad("sums", "", "应为“合计：分项列表”", "an object of totals, each with the list of its parts")
    if strangers := {name for total, parts in raw.items() for name in (total, *parts)} - codes:
        _bad("sums", min(strangers), "没有这一指标", "there is no such figure")
    return tuple((total, tuple(parts)) for total, parts in raw.items())


def spans(table: Table, until: date) -> Iterator[Span]:
    """Whole periods that begin on or after the first day of the table and end by `until` and by its last day."""
    step = MONTHS[table.every]
    last = min(until, table.until or until, LATEST)
    month = max(table.since, EARLIEST).year * 12
    while True:
        span = _span(table.every, month, step)
        if span.last > last:
            return
        if span.first >= table.since:
            yield span
        month += step


def _span(every: str, month: int, step: int) -> Span:
    (year, first), (end_year, end) = divmod(month, 12), divmod(month + step - 1, 12)
    name = {"month": f"{year}-{first + 1:02}", "quarter": f"{year}-Q{first // 3 + 1}", "half": f"{year}-H{first // 6 + 1}",
            "year": str(year)}[every]
    return Span(name, date(year, first + 1, 1), date(end_year, end + 1, calendar.monthrange(end_year, end + 1)[1]))


def span_of(table: Table, name: str, *, today: date) -> Span:
    """A period of the table that has ended. Errors: `TABLE-PERIOD`."""
    for one in spans(table, today):
        if one.name == name:
            return one
    raise absent("TABLE-PERIOD", field="period", value=name[:12], zh="个报告期（须属于该报表且已经结束）",
                 en="period of this table that has ended")


def read_content(table: Table, given: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Every figure of the table: `value`, or why it is missing, with where its original record and its ledger lie.

    Errors: `FIGURE-BAD` for a stranger, a wrong number, or a blank without a reason; `SUM-TIE` with the difference.
    """
    if strangers := set(given) - {one.code for one in table.columns}:
        raise _figure(min(strangers), "", "不是该报表的指标", "is no figure of this table")
    content: dict[str, Any] = {"figures": {}, "records": {}, "ledgers": {}, "missing": {}}
    for one in table.columns:
        said = {name: str(value or "").strip()[:120] for name, value in given.get(one.code, {}).items()}
        if value := said.get("value", ""):
            content["figures"][one.code] = format(number(value, one), "f")
        elif said.get("missing"):
            content["figures"][one.code], content["missing"][one.code] = None, said["missing"]
        else:
            raise _figure(one.code, "", "没有填报；缺数须写明原因，缺数不是零", "is blank; say why it is missing, which is not zero")
        for name, kept in (("record", "records"), ("ledger", "ledgers")):
            if said.get(name):
                content[kept][one.code] = said[name]
    must_tie(table, content)
    return content


def number(text: str, column: Column) -> Decimal:
    """As its kind is written. Errors: `FIGURE-BAD`."""
    decimals = KINDS[column.kind][1]
    value = Decimal(0)
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
        fits = value.is_finite() and abs(value) < LARGEST and value == round(value, decimals) and (value >= 0 or column.kind == "rate")
    except ArithmeticError:
        fits = False
    if not fits:
        raise _figure(column.code, text, f"应为数，至多{decimals}位小数" + ("" if column.kind == "rate" else "，不小于0"),
                      f"is a number with at most {decimals} decimals" + ("" if column.kind == "rate" else ", from 0"))
    return round(value, decimals) + 0


def _figure(code: str, value: str, zh: str, en: str) -> Refusal:
    return Refusal("FIGURE-BAD", field=code[:20], value=value[:30], rule="报表指标", zh=f"指标“{code[:20]}”{zh}。",
                   en=f"The figure “{code[:20]}” {en}.")


def values(content: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {code: None if value is None else Decimal(value) for code, value in content.get("figures", {}).items()}


def must_tie(table: Table, content: Mapping[str, Any]) -> None:
    """A sum with a missing part is not judged. Errors: `SUM-TIE` with the difference."""
    known, names = values(content), {one.code: one.name.zh for one in table.columns}
    for total, parts in table.sums:
        whole, some = known[total], [known[part] for part in parts]
        if whole is None or any(one is None for one in some):
            continue
        added = sum((one for one in some if one is not None), Decimal(0))
        if added != whole:
            raise Refusal("SUM-TIE", field=total, value=format(whole, "f"), rule=" + ".join(parts),
                          extra={"parts": format(added, "f"), "difference": format(whole - added, "f")},
                          zh=f"“{names[total]}”填报{whole}，各分项之和为{added}，相差{whole - added}；未收取。",
                          en=f"“{total}” says {whole}, its parts add up to {added}: {whole - added} apart; nothing was taken.")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Figures that differ, by code."""
    old, new = values(before), values(after)
    return [Change(code, old.get(code), value) for code, value in sorted(new.items()) if old.get(code) != value]


def untraced(content: Mapping[str, Any]) -> list[str]:
    """Figures without an original record or without a ledger."""
    return [code for code, value in content.get("figures", {}).items()
            if value is not None and not (content["records"].get(code) and content["ledgers"].get(code))]

"""What do the lines behind an indicator add up to, and what is warned of? A pack brings lines; everything else follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from ximu.ideas.commitments.rules.figures import CENT, HUNDRED, Figure
from ximu.kernel.actor import Actor
from ximu.kernel.pack import Alarm, Indicator, Rule, alarms
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

CITY = ""
UNKNOWN = ("missing", "no-data", "not-delivered", "insufficient")
"""Exclusions that say that nothing is known: no figure is made of them, and no line so left out warns."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
FORMS = ("share", "count", "sum", "ratio", "compressed")
"""`params.form` of an indicator: per cent of the whole, how many lines count, what they add up to, part over whole, and 1 − part/whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing as an indicator sees it.

    `unit` is who carries it today. `part` and `whole` are what it adds to the two sides (1 and 0 for counting); `why` names the
    exclusion that keeps it out of both. `state` and `late_days` are what warning rules read, `words` why it is in that state.
    `link` is the address of its page in the console.
    """

    uid: str
    title: str
    unit: str
    kind: str
    state: str
    part: Decimal = Decimal(0)
    whole: Decimal = Decimal(1)
    why: str = ""
    late_days: int = 0
    on: date | None = None
    words: Text | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A year, judged on `as_of` (its last day or that of the area, or today before it) with what was known at `known_at`."""

    year: int
    first: date
    as_of: date
    today: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A table beside the figures; a cell is text, `Text`, a date, a number or None. `unit_column`: register uids; `left`: not shown."""

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    note: Text | None = None
    unit_column: int = -1
    left: int = 0


@dataclass(frozen=True)
class Area:
    """How a pack is shown and asked.

    `lines` answers, for a period, the lines behind each indicator of `pack.toml`; `things` further lines that only warning rules read.
    `states` names every state. `open_to_all`: the indicators whose figures everybody may read; `by_unit`: also those of single units;
    `of_people`: those that count matters of single persons or firms, so that a share over few of them is withheld (decision 0061).
    `method` is the pack's file by which assessment appraises its units, with columns such as `area:D10-4`.
    `sections` and `public_sections` are tables beside the figures, in the console and on the portal. `tabs` are the pack's own pages:
    (named address, words, permission). `whole`: who sees the whole city beside those who hold `see` for all of it.
    `figures`: where a figure is not what its lines add up to (promises, means of months, the highest of shares) the pack gives it itself.
    `until`: the day by which a year is judged; `usual`: the year that is shown when none is asked.
    """

    here: Path
    see: str
    lines: Callable[[Period], Mapping[str, Sequence[Line]]]
    states: Mapping[str, Text]
    things: Callable[[Period], Sequence[Line]] = field(default=lambda period: ())
    open_to_all: tuple[str, ...] = ()
    by_unit: bool = True
    of_people: tuple[str, ...] = ()
    figures: Callable[[Period], Mapping[tuple[str, str], Figure]] | None = None
    until: Callable[[int], date] = field(default=lambda year: date(year, 12, 31))
    usual: Callable[[date], int] = field(default=lambda today: today.year)
    sections: Callable[[Period, Any], Sequence[Section]] = field(default=lambda period, by: ())
    public_sections: Callable[[Period], Sequence[Section]] = field(default=lambda period: ())
    tabs: tuple[tuple[str, Text, str], ...] = ()
    whole: Callable[[Actor], bool] = field(default=lambda by: False)
    method: str = ""


def period_of(year: int, *, today: date, known_at: datetime, until: date | None = None) -> Period:
    """Errors: `YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{LAST_YEAR}", zh="年度不在可查询的范围内。",
                      en="The year is out of range.")
    first = date(year, 1, 1)
    return Period(year, first, max(first, min(until or date(year, 12, 31), today)), today, known_at)


def asked_on(year: int, *, as_of: date, known_on: date) -> date:
    """The day by which a question judges a year: an earlier day as it is; the whole year with what was told after its end."""
    return as_of if as_of < date(year, 12, 31) else max(as_of, known_on)


def figure(form: str, lines: Iterable[Line], unit: str = CITY) -> Figure:
    """By `form`, to two decimals, half up; None where there is nothing to divide by, and for a count or sum where nothing is known."""
    some = [one for one in lines if not unit or one.unit == unit]
    base = [one for one in some if not one.why]
    whole, part = (sum((getattr(one, side) for one in base), Decimal(0)) for side in ("whole", "part"))
    value: Decimal | None
    if form in ("count", "sum"):
        counted = Decimal(sum(1 for one in base if one.part)) if form == "count" else part
        value = counted if any(one.why not in UNKNOWN for one in some) else None
    else:
        share = part / whole if whole else None
        value = None if share is None else {"share": HUNDRED * share, "ratio": share, "compressed": HUNDRED * (1 - share)}[form]
    if value is not None and form != "count":
        value = value.quantize(CENT, ROUND_HALF_UP)
    return Figure(value, tuple(one.uid for one in base if one.part), tuple(one.uid for one in base),
                  {one.uid: one.why for one in some if one.why})


def figures(indicators: Mapping[str, Indicator], lines: Mapping[str, Sequence[Line]]) -> dict[tuple[str, str], Figure]:
    """(indicator, unit) → figure; the city under an empty uid. Every unit that any line names has every indicator."""
    units = dict.fromkeys(one.unit for some in lines.values() for one in some if one.unit)
    by_unit: dict[tuple[str, str], list[Line]] = {}
    for code, some in lines.items():
        for one in some:
            by_unit.setdefault((code, one.unit), []).append(one)
    found = {(code, CITY): figure(one.params["form"], lines[code]) for code, one in indicators.items()}
    return found | {(code, unit): figure(one.params["form"], by_unit.get((code, unit), ()))
                    for code, one in indicators.items() for unit in units}


def warned(rules: Sequence[Rule], values: Mapping[tuple[str, str], Figure], lines: Iterable[Line],
           *, units: Mapping[str, str] | None = None) -> list[Alarm]:
    """What the rules say of the figures of units and of single lines; each thing once for each rule, with its own reason.

    A rule with `late_days` wants more than so many; one without takes every line in its states."""
    told = alarms([rule for rule in rules if rule.figure], {key: one.value for key, one in values.items() if key[1] != CITY}, [],
                  units=units or {})
    seen: dict[tuple[str, str, str], Alarm] = {}
    listed = list(lines)
    for rule in rules:
        for one in listed if not rule.figure else ():
            late = one.late_days > rule.late_days if rule.late_days else True
            if late and one.state in rule.states and one.why not in UNKNOWN and (not rule.kinds or one.kind in rule.kinds):
                seen.setdefault((rule.code, one.unit, one.uid), Alarm(rule.code, rule.level, one.uid, one.unit, _reason(rule, one)))
    return told + list(seen.values())


def _reason(rule: Rule, one: Line) -> Text:
    late = (f"，逾期{one.late_days}天", f", {one.late_days} days late") if one.late_days else ("", "")
    why = (f"（{one.words.zh}）", f" ({one.words.en})") if one.words else ("", "")
    return Text(f"{rule.name.zh}：“{one.title}”{late[0]}{why[0]}。", f"{rule.name.en}: “{one.title}”{late[1]}{why[1]}.")


def valued(values: Mapping[tuple[str, str], Decimal | None], lines: Mapping[str, Sequence[Line]]) -> dict[tuple[str, str], Figure]:
    """Figures whose value the pack gives itself, each with the lines behind it."""
    found = {}
    for (code, unit), value in values.items():
        mine = [one for one in lines[code] if unit in (CITY, one.unit)]
        found[code, unit] = Figure(value, tuple(one.uid for one in mine if one.part and not one.why),
                                   tuple(one.uid for one in mine if not one.why), {one.uid: one.why for one in mine if one.why})
    return found


def in_term(rows: Iterable[Mapping[str, Any]], first: date, as_of: date, *, kind: str, key: str, done: str, title: str) -> list[Line]:
    """Rows with a term (`due`): what ran out in the period, or was done before, and whether it was done in time.

    `out` of a row names why it is left out; `done`, `key`, `title` are the columns of the day, the number, the words.
    """
    found = []
    for row in rows:
        closed = row[done] if row[done] and row[done] <= as_of else None
        here = first <= (min(row["due"], closed) if closed else row["due"]) <= as_of
        why = row.get("out") or ("not-due" if row["due"] > as_of and not closed else "" if here else "other-year")
        over = ((closed or as_of) - row["due"]).days
        state = _term_state(row, closed, over)
        found.append(Line(row[key], f"{row[title]} {row[key]}", row["unit"], kind, state, Decimal(state == "closed" and not why), why=why,
                          late_days=over if state == "overdue" else 0, on=closed, words=Text(f"期限{row['due']}", f"term {row['due']}")))
    return found


def _term_state(row: Mapping[str, Any], closed: date | None, over: int) -> str:
    if row.get("out"):
        return "passed"
    if closed:
        return "closed-late" if over > 0 else "closed"
    return "overdue" if over > 0 else "running"


def together(rows: Sequence[Mapping[str, Any]], summed: Sequence[str]) -> list[dict[str, Any]]:
    """Yearly data, one row for each unit: what it told itself (`own`), else the sum of what those told that were merged into it."""
    own, found = {row["unit"] for row in rows if row["own"]}, dict[str, dict[str, Any]]()
    for row in sorted(rows, key=lambda row: row["as_of"]):
        if row["own"] or row["unit"] not in own:
            before = found.get(row["unit"], dict.fromkeys(summed, 0))
            found[row["unit"]] = {**row, **{name: before[name] + row[name] for name in summed}}
    return list(found.values())

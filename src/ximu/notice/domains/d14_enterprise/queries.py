"""Demands and what is in them, the figures of a year by unit and district, warnings, and what the public reads."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ximu.foundation import clock, vault
from ximu.foundation.parameters import row_on
from ximu.foundation.resealing import Place, text_place
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules import begin
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import withheld_cells
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.pack import Alarm, Indicator, Rule, Thing, alarms, read_indicator, read_rules
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.spans import months_back
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.domains.d14_enterprise import rules
from ximu.notice.domains.d14_enterprise.models import Demand

HERE = Path(__file__).parent
DATASET, JUDGED = "demands", "d14_judged"
RECEIVED = "enterprise.received"
KINDS = (RECEIVED,)
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_SHOWN = 500
CITY = ""
NAME = Text("企业服务", "Enterprise service")


@cache
def indicators() -> dict[str, Indicator]:
    """The definitions beside this file; the text of each is its published method."""
    return {path.stem: read_indicator(tomllib.loads(path.read_text("utf-8")), name=path.stem)
            for path in sorted((HERE / "indicators").glob("*.toml"))}


@cache
def warning_rules() -> tuple[Rule, ...]:
    return tuple(read_rules(tomllib.loads((HERE / "warnings.toml").read_text("utf-8")), name="d14_enterprise/warnings.toml"))


def value(name: str, on: date) -> int:
    return int(row_on(HERE, name, on)["value"])


def last_day_of(start: date, term: str) -> date | None:
    """The last day of a term; none where no calendar knows the year."""
    try:
        return begin(cases.terms().on(term, start), start, cases.calendar()).due.day
    except Refusal:
        return None


def last_day(kind: str, start: date) -> date | None:
    return last_day_of(start, rules.TERMS[kind])


def of_case(case: str) -> Demand:
    """Errors: `D14-NONE`."""
    return _found(Demand.objects.filter(case=case).first(), case)


def case_of(uid: str) -> str:
    """The case of a demand. Errors: `D14-NONE`."""
    return _found(Demand.objects.filter(uid=uid).first(), uid).case


def demand(uid: str, *, actor: Actor) -> Demand:
    """Of the units for which the actor may see. Errors: `D14-NONE`."""
    row, units = Demand.objects.filter(uid=uid).first(), actor.units_with("d14.see")
    return _found(row if row is not None and (units is None or {row.unit, row.district} & units) else None, uid)


def _found(row: Demand | None, uid: str) -> Demand:
    if row is None:
        raise absent("D14-NONE", field="demand", value=uid[:16], zh="件企业诉求，或者您无权查看", en="demand, or you may not see it")
    return row


def earlier(mark: str, *, on: date) -> Demand | None:
    """The same firm's same matter, closed within the months of a relapse."""
    since = months_back(on, value("relapse_months", on))
    return Demand.objects.filter(mark=mark, closed_on__gte=since).order_by("-closed_on", "-pk").first()


def open_demands(units: Collection[str] | None) -> list[Demand]:
    """What is in hand, the nearest term first."""
    rows = Demand.objects.filter(closed_on=None)
    return list((rows if units is None else rows.filter(unit__in=units)).order_by("due_by", "pk")[:MOST_SHOWN])


def content(row: Demand) -> dict[str, str]:
    """For this room only: who asks, and what."""
    return dict(json.loads(vault.unseal(row.sealed, about=f"demand:{row.uid}")))


def read(row: Demand, *, actor: Actor) -> dict[str, str] | None:
    """Who asks, and what: to the unit that handles it and to nobody else."""
    return content(row) if belongs(actor, row.unit) and actor.can("d14.handle", row.unit) else None


def received_body(row: Demand) -> dict[str, Any]:
    return {"uid": row.uid, "case": row.case, "unit": row.unit, "district": row.district, "topic": row.topic,
            "raised": row.raised_on.isoformat()}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """Rows whose entry lies in the span, each as its entry should read."""
    for row in Demand.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(RECEIVED, received_body(row), row.received_at), f"企业诉求 {row.number}"


def sealed_places() -> list[Place]:
    return [text_place(Demand, "sealed", lambda row: f"demand:{row.uid}")]


@dataclass(frozen=True, slots=True)
class Figure:
    value: Decimal | None
    part: float
    whole: float
    base: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """`figures` has (indicator, scope) → figure, the scope a unit, `@` with a district, or `CITY`.

    `late` are open demands beyond their term.
    """

    first: date
    last: date
    as_of: date
    units: list[str]
    districts: list[str]
    figures: dict[tuple[str, str], Figure]
    late: list[Thing]
    method: str


def sheet(year: int, *, today: date, known_at: datetime, units: Collection[str] | None = None) -> Sheet:
    """The year's figures, judged on its last day, or today while it runs. Errors: `YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{LAST_YEAR}", zh="年度不在可查询的范围内。",
                      en="The year is out of range.")
    return sheet_of(date(year, 1, 1), date(year, 12, 31), as_of=max(date(year, 1, 1), min(date(year, 12, 31), today)),
                    known_at=known_at, units=units)


def _column(code: str) -> str:
    return code.lower().replace("-", "_")


def _sums(code: str) -> str:
    name, amount = _column(code), indicators()[code].params["by"] == "amount"
    hit = f"CASE WHEN {name} = 'counted' THEN 1 ELSE 0 END"
    ways = {"part": "paid" if amount else hit, "whole": "amount" if amount else "1", "base": "1"}
    return ", ".join(f"sum(CASE WHEN {name} IN ('counted', 'base') THEN {what} ELSE 0 END) AS {name}_{way}" for way, what in ways.items())


def judged(select: str, first: date, last: date, as_of: date, *, known_at: datetime, units: Collection[str] | None = None,
           **more: Any) -> Any:
    """`select` over the demands as judged; `{judged}` stands for them."""
    asked = {"first": first, "last": last, "judged_on": as_of, **more}
    text = select.replace("{judged}", f"({events.definition(JUDGED).sql})")
    return events.ask(text, asked, dataset=DATASET, known_at=known_at, units=units)


def sheet_of(first: date, last: date, *, as_of: date, known_at: datetime, units: Collection[str] | None = None) -> Sheet:
    codes = list(indicators())
    rows = judged(f"SELECT unit, district, {', '.join(map(_sums, codes))} FROM {{judged}} GROUP BY unit, district",  # noqa: S608
                  first, last, as_of, known_at=known_at, units=units).to_dicts()
    there = [registry.in_order({row[side] for row in rows if row[side]}) for side in ("unit", "district")]
    figures = {}
    for code in codes:
        for scope in (CITY, *there[0], *map(district_of, there[1])):
            part, whole, base = (sum(float(row[f"{_column(code)}_{way}"]) for row in rows if _of(row, scope))
                                 for way in ("part", "whole", "base"))
            figures[code, scope] = Figure(rules.share(part, whole), part, whole, int(base))
    late = judged("SELECT demand, unit, kind, due_by FROM {judged} WHERE closed_as = '' AND answered_on IS NULL AND due_by < $judged_on"
                  " ORDER BY due_by, demand", first, last, as_of, known_at=known_at, units=units)
    things = [Thing(one["demand"], one["demand"], one["unit"], one["kind"], "overdue", (as_of - one["due_by"]).days)
              for one in late.to_dicts()]
    return Sheet(first, last, as_of, there[0], there[1], figures, things, events.definition(JUDGED).method)


def district_of(uid: str) -> str:
    """The scope of a district: the demands of the firms in it, whichever unit handles them."""
    return f"@{uid}"


def _of(row: dict[str, Any], scope: str) -> bool:
    return not scope or bool(row["district"] == scope[1:] if scope.startswith("@") else row["unit"] == scope)


def warned(found: Sheet) -> list[Alarm]:
    values = {key: figure.value for key, figure in found.figures.items() if key[1] in found.units}
    return alarms(warning_rules(), values, found.late)


def indicator(code: str) -> Indicator:
    """Errors: `IND-NONE`."""
    if code not in indicators():
        raise absent("IND-NONE", field="code", value=code[:20], zh="个指标", en="indicator")
    return indicators()[code]


def opened(
    code: str, found: Sheet, *, scope: str, known_at: datetime, units: Collection[str] | None = None, skip: int = 0,
) -> list[dict[str, Any]]:
    """Demands behind a figure with their verdicts, one more than are shown at once: numbers, units, days, nobody's name.

    Errors: `IND-NONE`.
    """
    indicator(code)
    side = "district" if scope.startswith("@") else "unit"
    told = "demand, unit, district, raised_on, due_by, answered_on, closed_as"
    text = f"SELECT {told}, {_column(code)} AS verdict FROM {{judged}} {f'WHERE {side} = $scope' if scope else ''}"  # noqa: S608
    rows: list[dict[str, Any]] = judged(
        f"{text} ORDER BY raised_on, demand LIMIT {MOST_SHOWN + 1} OFFSET {max(skip, 0)}", found.first, found.last, found.as_of,
        known_at=known_at, units=units, **({"scope": scope.lstrip("@")} if scope else {})).to_dicts()
    return rows


def measured(code: str, asked: Asked) -> dict[str, Value]:
    """Source `demands:D14-2` of the methods of assessment; 不适用 where there is nothing to divide by. Errors: `IND-NONE`.

    A district answers for the firms in it, a department for what it handles.
    """
    indicator(code)
    found = sheet_of(asked.first, asked.last, as_of=asked.as_of, known_at=asked.known_at)
    scopes = {unit: district_of(unit) if unit in found.districts else unit for unit in asked.units}
    return {unit: Value("N/A" if (one := found.figures.get((code, scope))) is None or one.value is None else str(one.value))
            for unit, scope in scopes.items()}


def public_figures(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d14`: of the city, its units and districts; a rate that rests on few demands is withheld, and others beside it."""
    now = clock.now()
    found = sheet(year or clock.city_day(now).year, today=clock.city_day(now), known_at=now)

    def shown(code: str, scopes: list[str]) -> list[dict[str, Any]]:
        hidden = withheld_cells([found.figures[code, one].base for one in scopes])
        return [{"name": registry.name(one.lstrip("@"), as_of=found.as_of), "withheld": hide,
                 "value": None if hide else found.figures[code, one].value}
                for one, hide in zip(scopes, hidden, strict=True) if found.figures[code, one].base]

    def whole(code: str) -> dict[str, Any]:
        figure = found.figures[code, CITY]
        hidden = bool(figure.base) and withheld_cells([figure.base])[0]
        return {"city": None if hidden else figure.value, "withheld": hidden}

    return {"view": view.name, "year": found.first.year, "as_of": found.as_of, "name": NAME, "indicators": [
        {"code": code, "name": one.name, "unit": one.unit, "method": one.method, "source": one.source, **whole(code),
         "units": shown(code, found.units), "districts": shown(code, [district_of(area) for area in found.districts])}
        for code, one in indicators().items()]}

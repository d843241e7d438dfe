"""Verbs of debt: a delivery, an emergency response or an inquiry begun. Grades are decided in `ideas/assessment`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_whole
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import services as alarms
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import reason_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d05_debt.queries import area, book

DELIVER, RESPOND = "d05.deliver", "d05.respond"
LEVELS = {code: Text(f"{sign}级", f"level {sign}") for code, sign in zip("1234", "ⅠⅡⅢⅣ", strict=True)}


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Yearly figures, debts or the steps in which they were taken up; the whole file or nothing.

    Errors: `PERM-DENIED`, `D05-DEBT` and those of `intake.deliver_whole`: `BAL-TIE`, `RESTATE-BASIS`, `ROWS-BAD` …
    """
    by.must(DELIVER)

    def check(rows: list[tuple[int, dict[str, Any]]]) -> None:
        for unit in _debtors(dataset, rows, at):
            by.must(DELIVER, unit)

    told = deliver_whole(dataset, path, batch=batch, check=check, by=by, at=at, right=DELIVER)
    return {"dataset": dataset, "batch": batch, "rows": told.rows, "new": told.new, "corrected": told.corrected, "same": told.same,
            "manifest": told.manifest, "bad": 0, "faults": []}


def _debtors(dataset: str, rows: list[tuple[int, dict[str, Any]]], at: datetime) -> set[str]:
    """Whose debts the rows speak of; a step is one of a debt that is on the register. Errors: `D05-DEBT`."""
    if dataset != book.ACTS:
        return {row["unit"] for _, row in rows}
    known = {one["debt"]: one["unit"] for one in events.rows_of(book.LINES, known_at=at)}
    for line, row in rows:
        if row["debt"] not in known:
            raise Refusal("D05-DEBT", field="debt", value=row["debt"], rule="debt_lines", extra={"line": line},
                          zh=f"第{line}行：登记中没有债务“{row['debt']}”；整份文件未入库。",
                          en=f"Line {line}: the register has no debt “{row['debt']}”; nothing of the file was taken.")
    return {known[row["debt"]] for _, row in rows}


def respond(unit: str, *, level: str, reason: str, by: Actor, at: datetime) -> str:
    """Start the emergency response of a district; the case. Errors: `PERM-DENIED`, `D05-UNIT`, `D05-LEVEL`, `REASON`, `CASE-DUP`."""
    by.must(RESPOND, unit)
    if unit not in book.districts(clock.city_day(at)):
        raise Refusal("D05-UNIT", field="unit", value=unit[:16], rule="district", zh="应急处置由区人民政府启动。", en="It is a district's.")
    if level not in LEVELS:
        raise Refusal("D05-LEVEL", field="level", value=level[:10], rule=" ".join(LEVELS), zh="响应级别应为Ⅰ至Ⅳ级（1–4）。",
                      en="A level is 1 to 4 (I to IV).")
    reason = reason_of(reason)
    told = {"区": registry.name(unit, as_of=clock.city_day(at)), "响应级别": LEVELS[level].zh}
    opening = Opening(about=unit, key=unit, subject=unit, source=unit, values={"level": level, "told": told})
    return casework.open_case("debt_emergency", opening=opening, given=Given(reason), by=by, at=at, checked=True)


def inquire(number: str, *, reason: str, by: Actor, at: datetime) -> str:
    """Begin to ask who answers for a debt: the steps as traced now, gaps counted, nobody named in the case. Errors: `PERM-DENIED`,
    `D05-NONE` (also where the debt of another is not shown), `REASON`, `CASE-DUP`."""
    debt, day = book.debt(number, known_at=at, units=by.units_with(area.SEE))[0], clock.city_day(at)
    by.must(RESPOND, debt["unit"])
    reason = reason_of(reason)
    steps = book.trace(number, today=day, known_at=at)
    told = {"债务": f"{number} {debt['title']}"[:200], "缺项": f"{sum(bool(one.gap) for one in steps)}项"} | {
        one.step: registry.GAPS[one.gap].zh if one.gap else f"{registry.name(one.act.unit, as_of=one.act.on)} {one.act.post} {one.act.on}"
        for one in steps if one.act or one.gap}
    opening = Opening(about=number, key=number, subject=debt["unit"], source=debt["unit"], values={"told": told})
    return casework.open_case("debt_accountability", opening=opening, given=Given(reason), by=by, at=at, checked=True)


def watch(*, at: datetime) -> int:
    """The bands of the ratios, for the last two years that are over; the pack's own rules are looked at like those of every area."""
    made = 0
    for year in (clock.city_day(at).year - 2, clock.city_day(at).year - 1) if events.span(book.FIGURES, known_at=at) else ():
        found = book.sheet(year, known_at=at)
        for code, rule in book.BANDED.items() if len(found.silent) < len(found.rows) else ():
            told = [band for (named, _), band in found.banded.items() if named == code]
            made += alarms.keep_bands(rule, told, pack=book.pack().manifest.row, by=SYSTEM, at=at)
    return made


DAILY, ACTS = {"debt_bands": watch}, {"inquire": inquire, "respond": respond}
LOADERS = {name: partial(deliver, name) for name in book.DATASETS}

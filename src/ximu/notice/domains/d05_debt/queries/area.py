"""Debt as a key area: what each figure is made of, what is warned of beside the bands, what everybody reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import FIRST_YEAR, Area, Line, Period, valued
from ximu.ideas.assessment.rules import grading
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments.rules.figures import Figure
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import CITY
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.domains.d05_debt import rules
from ximu.notice.domains.d05_debt.queries.book import FIGURES, HERE, WORDS, Sheet, decided, pack, sheet, title_of, told

SEE = "d05.see"
STATES = {"green": Text("绿", "green"), "yellow": Text("黄", "yellow"), "orange": Text("橙", "orange"), "red": Text("红", "red"),
          "no-data": Text("无数据", "no data"), "none": Text("当日无等级规则", "no rule that day"), "found": Text("认定成立", "stands")}


def _of(period: Period) -> Sheet:
    return _kept(period.year, period.as_of, period.known_at, ledger.head().root)


@lru_cache(maxsize=4)  # what was read stays while the log has no new entry
def _kept(year: int, as_of: date, known_at: datetime, root: bytes) -> Sheet:
    return sheet(year, known_at=known_at, today=as_of)


def lines(period: Period) -> dict[str, list[Line]]:
    found = _of(period)
    return {code: list(_shares(found, code) if "share" in one.params else _findings(found, one.params["count"]))
            for code, one in pack().indicators.items()}


def _shares(found: Sheet, code: str) -> Iterator[Line]:
    """One for each share of a district; the highest of them is its figure."""
    named = [[Text(" ＋ ".join(title_of(name).zh for name in one[side]), " + ".join(title_of(name).en for name in one[side]))
              for side in ("top", "base")] for one in pack().indicators[code].params["share"]]
    for row in found.rows:
        unit, figure, band = row["unit"], found.figures[code, row["unit"]], found.banded.get((code, row["unit"]))
        for at, (above, below) in enumerate(figure.parts or [(Decimal(0), Decimal(0))] * len(named)):
            words = Text(" ÷ ".join(one.zh for one in named[at]), " ÷ ".join(one.en for one in named[at]))
            yield Line(f"{unit}-{found.year}-{code}-{at + 1}", f"{found.year}年度", unit, "share", band.level if band else "none", above,
                       below, figure.excluded, on=row["as_of"], words=words, link=_page(unit, found.year))


def _page(unit: str, year: int) -> str:
    return reverse("d05:unit", args=[unit]) + f"?year={year}"


def _findings(found: Sheet, kinds: Sequence[str]) -> Iterator[Line]:
    left = rules.findings(kinds, found.debts, [row["unit"] for row in found.rows], year=found.year, as_of=found.as_of)[1]
    for debt in (one for one in found.debts if one["finding"] in kinds and one["found_on"] is not None):
        why = left.get(debt["debt"], "")
        yield Line(debt["debt"], f"{debt['title']} {debt['debt']}", debt["unit"], "finding", "found", Decimal(not why), why=why,
                   on=debt["found_on"], words=WORDS[debt["finding"]], link=reverse("d05:debt", args=[debt["debt"]]))


def figures(period: Period) -> dict[tuple[str, str], Figure]:
    return valued({key: one.value for key, one in _of(period).figures.items() if key[0] in pack().indicators}, lines(period))


def things(period: Period) -> list[Line]:
    """What warning rules look at: districts that are silent, apart, or must start a plan; debts past due; grades to be decided anew."""
    found = _of(period)
    return [*_districts(found, period.today), *_past_due(found), *_regraded(found, period)]


def _districts(found: Sheet, today: date) -> Iterator[Line]:
    late = date(found.year, 12, 31) + timedelta(days=value_on(HERE, "figures_due_days", today))
    started = {case.subject for case in cases.cases_of("debt_emergency", subjects=[row["unit"] for row in found.rows])
               if case.state != "unfounded" and case.opened_at >= clock.start_of(date(found.year, 1, 1))}
    for row in found.rows:
        unit, link = row["unit"], _page(row["unit"], found.year)
        if unit in found.silent and len(found.silent) < len(found.rows) and today > late:
            yield Line(f"silent-{found.year}", f"{found.year}年度", unit, "year", "silent", link=link,
                       words=Text(f"应于{late}前报送", f"due by {late}"))
        for column, difference in rules.apart(row, found.debts).items() if unit not in found.silent else ():
            words = title_of(column)
            yield Line(f"{column}-{found.year}", words.zh, unit, "year", "apart", link=link, words=Text(
                f"{words.zh}相差{difference}万元", f"{words.en} differs by {difference}"))
        if (interest := found.banded.get(("D05-3", unit))) and interest.level == "red" and unit not in started:
            yield Line("D05-3", f"{found.year}年度", unit, "year", "must-start", words=interest.words, link=link)


def _past_due(found: Sheet) -> Iterator[Line]:
    for one in found.debts:
        if one["outstanding"] and one["due_on"] <= found.as_of:
            yield Line(one["debt"], f"{one['title']} {one['debt']}", one["unit"], "debt", "overdue",
                       words=Text(f"于{one['due_on']}到期", f"due {one['due_on']}"), late_days=(found.as_of - one["due_on"]).days,
                       link=reverse("d05:debt", args=[one["debt"]]))


def _regraded(found: Sheet, period: Period) -> Iterator[Line]:
    """Of this year and the one before: what is learned late makes an old grade doubtful, too."""
    for at in (found, sheet(found.year - 1, known_at=period.known_at)) if found.year > FIRST_YEAR else (found,):
        for one in grading.compared(last.lines, at.lines) if (last := decided(at.year)) else []:
            if one.again:
                words = Text(f"原定{one.then}（{one.then_score}），现知{one.now}（{one.now_score}）",
                             f"decided {one.then} ({one.then_score}), known now {one.now} ({one.now_score})")
                link = reverse("assessment:grades", args=["D5"]) + f"?period={at.year}"
                yield Line(f"rating-{at.year}", f"{at.year}年度", one.unit, "grade", "regrade", words=words, link=link)


def public_debt(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d05`: debt against its limit and decided grades. Hidden debt, single debts and persons are for nobody outside."""
    now = clock.now()
    span = events.span(FIGURES, known_at=now)
    found = sheet(year or (span[1].year if span else clock.city_day(now).year), known_at=now)
    held = decided(found.year)
    grades = {line["unit"]: line["grade"] for line in held.lines} if held else {}
    shown = {"book": Text(told("factors")["book"]["zh"], told("factors")["book"]["en"])} | {
        code: pack().indicators[code].name for code in ("D05-2", "D05-3")}
    return {
        "view": view.name, "year": found.year, "as_of": found.as_of, "name": pack().manifest.name, "any": bool(span),
        "columns": [{"code": code, "name": name, "city": found.figures[code, CITY].value} for code, name in shown.items()],
        "indicators": [{"code": code, "name": one.name, "method": one.method, "source": one.source}
                       for code, one in pack().indicators.items() if code in shown],
        "rating": {"at": held.ended_at, "log_index": held.log_index, "method": held.method} if held else None,
        "units": [{"unit": row["unit"], "name": registry.name(row["unit"], as_of=found.as_of), "general": row["general"],
                   "special": row["special"], "grade": grades.get(row["unit"], ""),
                   "values": [found.figures[code, row["unit"]].value for code in shown]} for row in found.rows],
    }


AREA = Area(here=HERE, see=SEE, lines=lines, states=STATES, things=things, figures=figures, usual=lambda today: today.year - 1)
PAGES = {
    "debt_emergency": lambda case, by: [(Text("该区债务", "The district's debt"), reverse("d05:unit", args=[case.subject]))],
    "debt_accountability": lambda case, by: [(Text("债务与责任倒查", "The debt and who answered"), reverse("d05:debt", args=[case.about]))],
}

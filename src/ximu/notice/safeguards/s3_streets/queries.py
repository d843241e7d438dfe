"""How do streets and towns keep their word, what do they offer, and who is a demonstration town?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.commitments import queries as promises
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.safeguards.s3_streets import rules
from ximu.notice.safeguards.s3_streets.models import Application, Benefit, Month, Paper, TakeUp

HERE = Path(__file__).parent
PLEDGE = "street_pledge"
MONTHLY, OPENED, DECIDED = "streets.month", "streets.benefit", "streets.demonstration"
KINDS = (MONTHLY, OPENED, DECIDED)
WORDS = {row.value: row.label for row in Application.State}


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def services() -> dict[str, Any]:
    """The kinds of service that a benefit may touch, with those that are a basic right marked."""
    return _toml("services.toml")


@cache
def criteria() -> list[rules.Criterion]:
    return rules.read_criteria(_toml("criteria.toml"))


def criteria_source() -> str:
    return str(_toml("criteria.toml")["source"])


def value(name: str, on: date) -> int:
    return int(value_on(Path(__file__).parent, name, on))


def streets(on: date) -> list[Any]:
    """Living streets, towns and townships, in the order of the registry."""
    return [one for one in registry.units(as_of=on) if one.kind in rules.KINDS]


def figures(*, first: date, last: date, known_at: datetime) -> list[rules.Figures]:
    """All streets and towns over a span, judged on its last day as known then; promises follow their unit to its heir."""
    units = [one.uid for one in streets(last)]
    found = promises.judged(as_of=last, known_at=known_at, kinds=[PLEDGE])
    pledges = [rules.Pledge(promises.with_owner(j, last).unit, j.state, j.due) for j in found]
    return rules.measure(units, pledges, first=first, last=last)


def months(most: int = 24) -> list[Month]:
    return list(Month.objects.order_by("-month")[:most])


def month(name: str) -> Month:
    """Errors: `MONTH-NONE`."""
    found = Month.objects.filter(month=name).first()
    if found is None:
        raise absent("MONTH-NONE", field="month", value=name[:10], zh="个月的监测", en="monitoring of that month")
    return found


def line_of(row: Month, unit: str) -> rules.Figures | None:
    """A unit's figures of a month that was counted."""
    found = next((line for line in row.lines if line[0] == unit), None)
    return _figures(found) if found else None


def _figures(line: list[Any]) -> rules.Figures:
    return rules.Figures(*line[:6], None if line[6] is None else Decimal(line[6]))


def benefits(unit: str = "", *, open_only: bool = False) -> list[Benefit]:
    rows = Benefit.objects.order_by("unit", "-since")
    rows = rows.filter(unit=unit) if unit else rows
    return list(rows.filter(state=Benefit.State.OPEN) if open_only else rows)


def benefit(uid: str) -> Benefit:
    """Errors: `BEN-NONE`."""
    found = Benefit.objects.filter(uid=uid).first()
    if found is None:
        raise absent("BEN-NONE", field="benefit", value=uid, zh="项信用惠民措施", en="benefit")
    return found


def take_up(of: Benefit) -> list[TakeUp]:
    return list(of.take_up.order_by("month"))


def applications() -> list[Application]:
    return list(Application.objects.order_by("-year", "unit"))


def application(uid: str) -> Application:
    """Errors: `DEMO-NONE`."""
    found = Application.objects.filter(uid=uid).first()
    if found is None:
        raise absent("DEMO-NONE", field="application", value=uid, zh="项示范创建申请", en="application")
    return found


def paper_for(uid: str, paper: str, actor: Actor) -> Paper:
    """A file of an application, for the unit that applies and those who decide. Errors: `DEMO-NONE`, `PERM-DENIED`."""
    row = application(uid)
    if not actor.can("streets.decide"):
        actor.must("streets.offer", row.unit)
    found = row.papers.filter(uid=paper).first()
    if found is None:
        raise absent("DEMO-NONE", field="paper", value=paper[:16], zh="份材料", en="file")
    return found


def papers(of: Application) -> list[Paper]:
    return list(of.papers.order_by("pk"))


def values(unit: str, year: int, *, on: date, known_at: datetime) -> dict[str, Decimal | None]:
    """What the register shows of a street's year: the only values that criteria read. `on` bounds a year that still runs."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), on)
    mine = next((one for one in figures(first=first, last=last, known_at=known_at) if one.unit == unit), None)
    used = TakeUp.objects.filter(benefit__unit=unit, month__startswith=f"{year}-").aggregate(n=Sum("count"))["n"]
    counted = Month.objects.filter(month__startswith=f"{year}-")
    return {
        "due": Decimal(mine.due) if mine else None, "kept_share": mine.share if mine else None,
        "failed": Decimal(mine.failed) if mine else None, "take_up": Decimal(used) if used is not None else None,
        "months": Decimal(sum(any(line[0] == unit for line in row.lines) for row in counted)),
    }


def marks(of: Application, *, on: date, known_at: datetime) -> list[rules.Mark]:
    """As they stand now; those of a submitted application were frozen with it."""
    accepted = of.papers.filter(state=Paper.State.ACCEPTED).values_list("criterion", flat=True)
    return rules.marks(criteria(), values(of.unit, of.year, on=on, known_at=known_at), accepted)


def month_body(row: Month) -> dict[str, Any]:
    return {"month": row.month, "streets": len(row.lines), "digest": row.digest}


def benefit_body(row: Benefit) -> dict[str, Any]:
    return {"benefit": row.uid, "unit": row.unit, "service": row.service, "since": row.since.isoformat()}


def decided_body(row: Application) -> dict[str, Any]:
    return {"application": row.uid, "unit": row.unit, "year": row.year, "state": row.state, "score": row.score, "digest": row.digest}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about months, benefits and demonstrations."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for row in Month.objects.filter(**span):
        yield row.log_index, entry_bytes(MONTHLY, month_body(row), row.known_at), f"街镇监测 {row.month}"
    for one in Benefit.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(OPENED, benefit_body(one), one.opened_at), f"信用惠民 {one.title}"
    for made in Application.objects.filter(**span):
        yield made.log_index or 0, entry_bytes(DECIDED, decided_body(made), made.decided_at), f"示范创建 {made.year}"


def public_streets(view: View, *, on: date | None = None) -> dict[str, Any]:
    """The provider `streets`: the last month that was counted, for every street and town, with benefits and awards."""
    day = on or clock.today()
    last = next(iter(months(1)), None)
    awarded = {a.unit: a.year for a in Application.objects.filter(state=Application.State.AWARDED).order_by("year")}
    offers: dict[str, int] = {}
    for one in benefits(open_only=True):
        offers[one.unit] = offers.get(one.unit, 0) + 1
    counted = {line[0]: _figures(line) for line in last.lines} if last else {}
    rows = [{"uid": s.uid, "name": s.name, "district": registry.name(s.district, as_of=day, short=True) if s.district else "",
             "short": s.short_name, "district_uid": s.district, "figures": counted.get(s.uid),
             "benefits": offers.get(s.uid, 0), "awarded": awarded.get(s.uid)} for s in streets(day)]
    return {"view": view.name, "month": last.month if last else "", "log_index": last.log_index if last else None, "rows": rows}


def public_street(view: View, *, unit: str, on: date | None = None) -> dict[str, Any]:
    """The provider `street`: the months of one street or town, its benefits with their take-up, its awards. Errors: `STREET-NONE`."""
    day = on or clock.today()
    found = next((s for s in streets(day) if s.uid == unit), None)
    if found is None:
        raise absent("STREET-NONE", field="unit", value=unit[:16], zh="个街镇", en="street or town")
    smallest = value("smallest_cell", day)
    series = [{"month": row.month, "figures": mine} for row in reversed(months()) if (mine := line_of(row, unit))]
    offers = [{"title": b.title, "text": b.text, "service": Text(services()[b.service]["zh"], services()[b.service]["en"]),
               "since": b.since, "until": b.until, "basis": b.basis,
               "take_up": [{"month": t.month, "count": rules.shown_count(t.count, smallest)} for t in take_up(b)]}
              for b in benefits(unit) if b.state != Benefit.State.OFFERED]
    decided = Application.objects.filter(unit=unit, state__in=[Application.State.AWARDED, Application.State.DECLINED]).order_by("-year")
    names = {one.code: one.name for one in criteria()}
    judged = [{"year": a.year, "state": a.state, "score": a.score,
               "marks": [mark | {"name": names.get(mark["code"], Text(mark["code"], mark["code"]))} for mark in a.frozen]} for a in decided]
    return {"view": view.name, "uid": unit, "name": found.name, "months": series, "benefits": offers, "applications": judged}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Benefits to open, papers to look at, applications to decide."""
    if not actor.can("streets.decide"):
        return []
    found = [TodayItem(Text("信用惠民待公布", "benefit to be opened"), Text(b.title, b.title), reverse("s3:benefits"))
             for b in Benefit.objects.filter(state=Benefit.State.OFFERED)[:20]]
    waiting = Application.objects.filter(state=Application.State.SUBMITTED) | Application.objects.filter(papers__state=Paper.State.GIVEN)
    day = clock.city_day(at)
    for one in waiting.distinct()[:20]:
        name = registry.name(one.unit, as_of=day)
        found.append(TodayItem(Text("示范创建待办", "demonstration to be dealt with"), Text(name, name),
                               reverse("s3:application", args=[one.uid])))
    return found

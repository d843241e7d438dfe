"""Public safety in the made-up city: plans, a year of inspections on both clocks, missed duties, deliveries, the appraisal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.areas import services as appraising
from ximu.ideas.assessment import services as assessing
from ximu.ideas.events import services as events
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d10_safety import queries, services

RIGHTS = frozenset({"d10.plan", "d10.adopt", "d10.inspect", "d10.deliver"})
DELIVERED, APPRAISED = datetime(2019, 2, 25, 9, tzinfo=clock.CITY), datetime(2019, 3, 15, 10, tzinfo=clock.CITY)
FILES = {queries.ACCIDENTS: "accidents", queries.YEARS: "years", queries.SAMPLES: "samples", queries.HAZARDS: "hazards",
         queries.SPECIAL: "special"}
JUDGED = ((2018, 4, 5), (2018, 7, 5), (2018, 10, 10), (2019, 1, 5))
Row = dict[str, str]


def tell(todo: Story, city: str) -> None:
    home = CITIES / city / "d10"
    if not home.exists() or queries.plans_for(SYSTEM, DELIVERED.date()):
        return
    for row in rows_of(home / "plans.csv"):
        todo.add(_moment(row["drafted"]), lambda row=row: _draft(home, city, row))  # type: ignore[misc]
    for row in rows_of(home / "inspections.csv"):
        todo.add(_moment(row["entered"]), lambda row=row: _enter(row))  # type: ignore[misc]
    for row in rows_of(home / "deeds.csv"):
        todo.add(_moment(row["on"]), lambda row=row: _deed(row))  # type: ignore[misc]
    for day in JUDGED:
        at = datetime(*day, 6, tzinfo=clock.CITY)
        todo.add(at, lambda at=at: services.find_missed(at=at))  # type: ignore[misc]
    todo.add(DELIVERED, lambda: deliver(home))
    todo.add(APPRAISED, lambda: appraise(city, todo.person("coordinator", APPRAISED), todo.person("publisher", APPRAISED)))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CITY)


def by(unit: str, who: str = "a") -> Actor:
    return Actor(f"demo-safety-{who}", unit=unit, grants=(Grant("reviewer", RIGHTS, unit),), person=f"demo-safety-{who}")


def _draft(home: Path, city: str, row: Row) -> None:
    maker = uid_of(city, row["maker"])
    new = services.NewPlan(row["number"], row["title"], int(row["year"]), maker)
    made = services.draft(new, home / row["file"], by=by(maker), at=_moment(row["drafted"]))
    services.decide(made, adopt=True, by=by(maker, "b"), at=_moment(row["adopted"]))


def _enter(row: Row) -> None:
    at = _moment(row["entered"])
    unit = registry.owner_of(queries.duty(row["number"]).unit, clock.city_day(at))
    new = services.NewInspection(_moment(row["inspected"]), int(row["officers"]), row["result"], int(row["problems"]), row["note"])
    services.enter(row["number"], new, content=f"检查记录（示例） {row['number']} {row['inspected']}".encode(), by=by(unit), at=at)


def _deed(row: Row) -> None:
    one, at = queries.duty(row["number"]), _moment(row["on"])
    if row["verb"] == "withdraw":
        wrong = next(x for x in queries.inspections(one) if x.voided_at is None)
        services.withdraw(wrong.uid, reason=row["words"], by=by(one.unit, "b"), at=at)
    else:
        services.end(one.uid, ground=row["words"], document=row["document"], by=by(one.plan.maker, "b"), at=at)


def deliver(home: Path) -> None:
    for dataset, name in FILES.items():
        events.load(dataset, home / f"{name}.csv", batch=f"example-{name}", by=replace(SYSTEM, uid="demo-safety"), at=DELIVERED)


def appraise(city: str, coordinator: Actor, publisher: Actor) -> None:
    """The year by the area's own method; the extract of one district for the appraisal of its leaders."""
    at = APPRAISED
    method = appraising.file_method(queries.AREA, by=coordinator, at=at)
    assessing.adopt(method.uid, resolution="示政诚〔2019〕3号", accept=["METH-SRC"], by=coordinator, at=at)
    run = appraising.appraise(queries.AREA, 2018, by=coordinator, at=at)
    assessing.send_draft(run.uid, by=coordinator, at=at)
    assessing.finish(run.uid, by=publisher, at=at + timedelta(minutes=5))
    assessing.extract(run.uid, uid_of(city, "q01"), by=publisher, at=at + timedelta(minutes=6))

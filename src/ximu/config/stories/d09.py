"""Traffic enforcement in the made-up city: teams, decisions, reviews and complaints as they were delivered; the appraisal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.areas import services as appraising
from ximu.ideas.assessment import services as assessing
from ximu.ideas.events import queries as stored
from ximu.ideas.events import services as events
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d09_traffic import queries

OPENED = datetime(2017, 2, 6, 9, tzinfo=clock.CITY)
APPRAISED = datetime(2019, 3, 15, 11, tzinfo=clock.CITY)
DELIVERIES = [
    (datetime(2018, 7, 2, 9, tzinfo=clock.CITY), queries.CASES, "cases-1"),
    (datetime(2019, 1, 10, 9, tzinfo=clock.CITY), queries.CASES, "cases-2"),
    (datetime(2019, 1, 10, 10, tzinfo=clock.CITY), queries.CASES, "reused"),
    (datetime(2019, 1, 10, 11, tzinfo=clock.CITY), queries.REVIEWS, "reviews"),
    (datetime(2019, 1, 10, 12, tzinfo=clock.CITY), queries.COMPLAINTS, "complaints"),
]


def tell(todo: Story, city: str) -> None:
    home = CITIES / city / "d09"
    if not home.exists() or stored.span(queries.CASES):
        return
    todo.add(OPENED, lambda: open_teams(home, city))
    for at, dataset, name in DELIVERIES:
        todo.add(at, lambda at=at, dataset=dataset, name=name: deliver(home, dataset, name, at=at))  # type: ignore[misc]
    todo.add(APPRAISED, lambda: appraise(city, todo.person("coordinator", APPRAISED), todo.person("publisher", APPRAISED)))


def open_teams(home: Path, city: str) -> None:
    for row in rows_of(home / "teams.csv"):
        new = events.NewPoint(row["code"], row["name"], uid_of(city, row["unit"]), date.fromisoformat(row["since"]), row["basis"])
        events.open_point(queries.CASES, new, by=SYSTEM, at=OPENED)


def deliver(home: Path, dataset: str, name: str, *, at: datetime) -> dict[str, Any]:
    return events.load(dataset, home / f"{name}.csv", batch=f"example-{name}", by=SYSTEM, at=at)


def appraise(city: str, coordinator: Actor, publisher: Actor) -> None:
    at = APPRAISED
    method = appraising.file_method(queries.AREA, by=coordinator, at=at)
    assessing.adopt(method.uid, resolution="示政诚〔2019〕4号", accept=["METH-SRC"], by=coordinator, at=at)
    run = appraising.appraise(queries.AREA, 2018, by=coordinator, at=at)
    assessing.send_draft(run.uid, by=coordinator, at=at)
    assessing.finish(run.uid, by=publisher, at=at + timedelta(minutes=5))
    assessing.extract(run.uid, uid_of(city, "jtw"), by=publisher, at=at + timedelta(minutes=6))

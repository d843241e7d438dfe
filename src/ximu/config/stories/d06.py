"""A year of the made-up city's rivers: chiefs are appointed, patrols come in, problems are put right, the year is assessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.events import queries as events
from ximu.ideas.events import services as store
from ximu.ideas.events.services.pushing import push_rows
from ximu.ideas.registry import services as registry
from ximu.ideas.registry.rules.book import Post
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d06_rivers import services

BEGUN = datetime(2018, 1, 2, 9, tzinfo=clock.CITY)
BOOKED = datetime(2019, 1, 8, 9, tzinfo=clock.CITY)
JUDGED = datetime(2019, 3, 5, 9, tzinfo=clock.CITY)
YEAR = 2018
HOUR = timedelta(hours=1)
Act = tuple[datetime, Callable[[], Any]]


def desk(who: str = "a") -> Actor:
    rights = frozenset({"d06.see", "d06.deliver", "d06.patrol", "d06.appraise", "d06.decide", "events.append"})
    return Actor(f"demo-river-{who}", grants=(Grant("coordinator", rights),), person=f"demo-river-{who}")


def hand(unit: str, who: str) -> Actor:
    """Somebody of the unit that puts a problem right, or of the water bureau that checks it."""
    return Actor(f"demo-river-{who}", unit=unit, grants=(Grant("entry", frozenset({"d06.handle"}), unit),), person=f"demo-river-{who}")


def at_noon(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.CITY) + timedelta(hours=hour)


def acts(city: str) -> Iterator[Act]:
    """In the order of time, but for those of one moment."""
    home = CITIES / city / "d06"
    yield BEGUN, lambda: _appoint(home, city)
    for place, name in enumerate(("reaches", "charges"), 1):
        yield BEGUN + place * HOUR, lambda name=name, at=BEGUN + place * HOUR: _load(home, name, at)  # type: ignore[misc]
    rows = rows_of(home / "patrols.csv")
    days = [*sorted({row["patrolled_on"] for row in rows if row["level"] == "街镇级"}), f"{YEAR}-12-31"]
    for before, day in zip(["", *days], days, strict=False):
        some = [row for row in rows if before < row["patrolled_on"] <= day]
        if some:
            yield at_noon(day, 20), lambda day=day, some=some: push_rows(  # type: ignore[misc]
                some, services.LOADERS["river_patrols"], batch=f"示例-{day}", by=desk(), at=at_noon(day, 20))
    for row in rows_of(home / "deeds.csv"):
        yield at_noon(row["on"]), lambda row=row: _deed(city, row)  # type: ignore[misc]
    for place, name in enumerate(("tickets", "reports", "water", "patrols-bad")):
        yield BOOKED + place * HOUR, lambda name=name, at=BOOKED + place * HOUR: _load(home, name, at)  # type: ignore[misc]
    for name, day in (("charges-2018-07", "2018-07-05"), ("charges-2018-11", "2018-11-01")):
        yield at_noon(day, 8), lambda name=name, day=day: _load(home, name, at_noon(day, 8))  # type: ignore[misc]
    yield JUDGED, _appraise


def _load(home: Path, name: str, at: datetime) -> dict[str, Any]:
    dataset = "hotline" if name == "tickets" else f"river_{name.partition('-')[0]}"
    return store.load(dataset, home / f"{name}.csv", batch=f"示例-{name}", by=desk(), at=at)


def _appoint(home: Path, city: str) -> None:
    """A chief is a post of the register with its holder."""
    for row in rows_of(home / "holders.csv"):
        since = date.fromisoformat(row["since"])
        [post] = registry.open_posts([Post("", uid_of(city, row["unit"]), row["title"], "member", since)], by=SYSTEM, at=BEGUN)
        registry.appoint_person(post, number=row["number"], name=row["name"], since=since,
                                until=date.fromisoformat(row["until"]) if row["until"] else None, by=SYSTEM, at=BEGUN)


def _deed(city: str, row: dict[str, str]) -> None:
    """One person reports, another of the same unit or of the water bureau checks."""
    case, at = cases.case_for(cases.case_of_key("river_problem", row["patrol"])), at_noon(row["on"])
    fixed = row["verb"] == "report_fixed"
    by = hand(case.holder if row["verb"] != "drop" else uid_of(city, "swj"), "fixer" if fixed else "checker")
    files = [_paper(f"整改材料 {row['patrol']} {row['on']}")] if fixed else []
    casework.move(case.uid, row["verb"], given=Given(row["words"]), files=files, by=by, at=at)


def _paper(name: str) -> casework.Upload:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")


def _appraise() -> None:
    batch = services.propose(YEAR, by=desk("a"), at=JUDGED)
    services.decide(batch, approved=True, by=desk("b"), at=JUDGED + timedelta(hours=2))


def tell(todo: Story, city: str) -> None:
    if (CITIES / city / "d06" / "patrols.csv").exists() and not events.batches("river_patrols"):
        for at, act in acts(city):
            todo.add(at, act)

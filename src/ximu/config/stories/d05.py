"""Local government debt in the made-up city: two years as they were delivered, graded, restated, warned of and answered for."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as grades
from ximu.ideas.events import queries as events
from ximu.ideas.warnings import services as alarms
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d05_debt import queries, services
from ximu.notice.domains.d05_debt.queries import book

ROW = "D5"
HOUR = timedelta(hours=1)
BEGUN, FOUND, CLOSED, ANSWERED = (datetime(*day, 9, tzinfo=clock.CITY) for day in (
    (2018, 5, 8), (2018, 10, 22), (2019, 3, 8), (2019, 3, 11)))
WARNED = datetime(2019, 3, 18, 13, tzinfo=clock.CITY)
GRADED = BEGUN + timedelta(days=2)
DELIVERIES = (
    (BEGUN, "debt_figures", "figures-2017"), (BEGUN + HOUR, "debt_lines", "lines-2017"), (FOUND, "debt_figures", "figures-2017-restated"),
    (FOUND + HOUR, "debt_lines", "lines-2017-found"), (CLOSED, "debt_figures", "figures-2018"), (CLOSED + HOUR, "debt_lines", "lines-2018"),
    (CLOSED + 2 * HOUR, "debt_acts", "acts"),
)
"""When which file came in: 2017, what an audit found of it in October, 2018, and who took the debts up."""


def tell(todo: Story, city: str) -> None:
    home = CITIES / city / "d05"
    if not home.exists() or events.batches(book.ACTS):
        return
    for at, dataset, name in DELIVERIES:
        todo.add(at, lambda at=at, dataset=dataset, name=name: deliver(  # type: ignore[misc]
            home, dataset, name, by=todo.person("coordinator", at), at=at))
    todo.add(GRADED, lambda: grade(2017, coordinator=todo.person("coordinator", GRADED), publisher=todo.person("publisher", GRADED),
                                   at=GRADED))
    todo.add(ANSWERED, lambda: respond(city, by=todo.person("coordinator", ANSWERED), at=ANSWERED))
    todo.add(WARNED, lambda: warn(at=WARNED))


def deliver(folder: Path, dataset: str, name: str, *, by: Actor, at: datetime) -> None:
    services.deliver(dataset, folder / f"{name}.csv", batch=f"示例-{name}", by=by, at=at)


def grade(year: int, *, coordinator: Actor, publisher: Actor, at: datetime) -> None:
    """2017 is decided on what was known in May 2018; what the audit finds in October makes another grade, and both stay to be seen."""
    if assessment.gradings(ROW, str(year)):
        return
    uid = grades.propose_grades(ROW, str(year), basis="示财债〔2018〕40号", by=coordinator, at=at)
    grades.decide_grades(uid, by=publisher, at=at + HOUR)


def respond(city: str, *, by: Actor, at: datetime) -> None:
    """One of two districts whose interest is above the line starts its response; one debt is asked about."""
    services.respond(uid_of(city, "q07"), level="2", reason="专项债务付息支出占比超过10%，启动财政重整", by=by, at=at)
    services.inquire("YX-10-1", reason="审计认定违规举债，倒查责任", by=by, at=at)


def warn(*, at: datetime) -> int:
    """What the daily round would have found by then: the pack's rules for the last two years that are over, and the bands."""
    today = clock.city_day(at)
    found = [one for year in (today.year - 2, today.year - 1) for one in areas.raised(queries.AREA, year, today=today, known_at=at)]
    return alarms.keep(found, by=SYSTEM, at=at) + services.watch(at=at)

"""Local government debt: files come in, grades are previewed, warnings are raised every day; the made-up city's two years."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as grades
from ximu.ideas.casework import services as casework
from ximu.ideas.events import queries as events
from ximu.ideas.warnings import services as alarms
from ximu.ideas.warnings.services import Raised
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.words import Text
from ximu.notice.domains.d05_debt import queries, services

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


def connect() -> None:
    """Called by `config/wiring.py`."""
    assessment.register_grader(ROW, assessment.Grader(queries.pack().manifest.name, "d05.see", queries.preview))
    casework.register_daily("debt_warned", warn)
    casework.register_pages("debt_emergency", lambda case, by: [
        (Text("该区债务", "The district's debt"), reverse("d05:unit", args=[case.subject]))])
    casework.register_pages("debt_accountability", lambda case, by: [
        (Text("债务与责任倒查", "The debt and who answered"), reverse("d05:debt", args=[case.about]))])


def warn(*, at: datetime) -> int:
    """The pack's rules and the bands of the ratios, for the last two years that are over."""
    if events.span(queries.FIGURES, known_at=at) is None:
        return 0
    today, made = clock.city_day(at), 0
    for year in (today.year - 2, today.year - 1):
        found = queries.sheet(year, known_at=at)
        if len(found.silent) == len(found.rows):
            continue
        made += alarms.keep([Raised(ROW, one.rule, one.level, one.unit, one.about, str(year), one.reason)
                             for one in queries.warned(found, today=today)], by=SYSTEM, at=at)
        for code, rule in queries.BANDED.items():
            told = [band for (named, _), band in found.banded.items() if named == code]
            made += alarms.keep_bands(rule, told, pack=ROW, by=SYSTEM, at=at)
    return made


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


def there() -> bool:
    """Whether the story was told already: all files are in."""
    return bool(events.batches(queries.ACTS))

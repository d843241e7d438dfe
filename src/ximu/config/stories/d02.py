"""Partnership projects of the made-up city: what was delivered, one obligation proved, one breach that became final, one dropped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.commitments import services as promises
from ximu.ideas.events import queries as events
from ximu.kernel.actor import Actor, Grant
from ximu.notice.domains.d02_ppp import queries, services

OFFICE_HOUR = timedelta(hours=10)
BEGUN, HALF, PAID, CLOSED = (datetime(*day, 9, tzinfo=clock.CITY) for day in ((2018, 5, 8), (2018, 8, 2), (2018, 12, 19), (2019, 1, 8)))
FILES = (
    (BEGUN, "ppp_projects", "projects"), (BEGUN, "ppp_acts", "acts"), (BEGUN, "ppp_duties", "duties"),
    (BEGUN, "ppp_disclosures", "disclosures"), (PAID, "ppp_acts", "acts-2"), (HALF, "ppp_payments", "payments-1"),
    (CLOSED, "ppp_payments", "payments-2"), (CLOSED, "ppp_budgets", "budgets"), (CLOSED, "ppp_spending", "spending"),
)


def tell(todo: Story, city: str) -> None:
    """Each file when it came in, each act on its day; told once."""
    folder = CITIES / city / "d02"
    if not folder.exists() or events.span(queries.PROJECTS) is not None:
        return
    for place, (at, dataset, name) in enumerate(FILES):
        todo.add(at + timedelta(minutes=place), lambda at=at, dataset=dataset, name=name: services.deliver(  # type: ignore[misc]
            dataset, folder / f"{name}.csv", batch=f"示例-{name}", by=todo.person("coordinator", at), at=at))
    cases: dict[str, str] = {}
    for row in rows_of(folder / "deeds.csv"):
        todo.add(_on(row["on"]), lambda row=row: _prove(todo, row))  # type: ignore[misc]
    for row in rows_of(folder / "breaches.csv"):
        todo.add(_on(row["on"]), lambda row=row: _breach(todo, cases, row, city))  # type: ignore[misc]


def _on(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + OFFICE_HOUR


def _prove(todo: Story, row: dict[str, str]) -> None:
    """One offers the paper, another accepts it."""
    at, day = _on(row["on"]), date.fromisoformat(row["on"])
    uid = queries.uid_of_duty(queries.book(day, known_at=at), row["project"], row["duty"])
    paper = _paper(row["words"])
    evidence = promises.offer(uid, day=day, digest=paper.digest, name=row["words"], by=todo.person("coordinator", at), at=at)
    promises.accept(uid, evidence=evidence, by=todo.person("reviewer", at), at=at)


def _breach(todo: Story, cases: dict[str, str], row: dict[str, str], city: str) -> None:
    """Found by one, answered by the unit concerned, determined and made final by another."""
    at, by = _on(row["on"]), _person(todo, row["person"], _on(row["on"]), city)
    if row["verb"] == "find":
        new = services.NewBreach(row["project"], row["kind"], date.fromisoformat(row["occurred_on"]), row["words"], row["duty"])
        cases[row["ref"]] = services.find(new, evidence=_paper(f"违约材料 {row['project']}"), by=by, at=at)
        return
    values = dict(one.split("=") for one in row["values"].split("|") if one)
    files = [] if row["verb"] == "reply" else [_paper(f"{row['verb']} {row['ref']}")]
    casework.move(cases[row["ref"]], row["verb"], given=Given(row["words"], values=values), files=files, by=by, at=at)


def _person(todo: Story, login: str, at: datetime, city: str) -> Actor:
    """Clerks of districts that have no account of their own act for their unit."""
    if not login.endswith("-unit"):
        return todo.person(login, at)
    unit = uid_of(city, login.removesuffix("-unit"))
    return Actor(f"demo-ppp-{login}", unit, (Grant("entry", frozenset({"d02.answer"}), unit),), f"demo-ppp-{login}")


def _paper(name: str) -> Any:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")

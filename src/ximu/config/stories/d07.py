"""City management of the made-up city: duty list, inspections, matters from found to closed, projects, grid cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.places import queries as places
from ximu.ideas.places import services as placing
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d07_urban import services

Row = dict[str, str]
RIGHTS = frozenset({"places.keep", "places.inspect", "places.accept", "d07.see", "d07.enter", "d07.handle", "d07.check", "d07.office"})
DELIVERED = (("grid_cases", "grid-2018", "2019-01-02"), ("structures", "structures", "2019-01-02"),
             ("grid_cases", "grid-2019", "2019-03-05"))
MORNING = time(9)
PAPERS = ("report_done", "unfounded", "hand_back")


def tell(todo: Story, city: str) -> None:
    """Each act on its own day; nothing where the profile has no such files, or where the duty list stands already."""
    home = CITIES / city / "d07"
    if home.exists() and not places.duties().exists():
        _Told(todo, city, home).all()


def _on(day: str, at: time = MORNING) -> datetime:
    return datetime.combine(date.fromisoformat(day), at, clock.CITY)


class _Told:
    def __init__(self, todo: Story, city: str, home: Path) -> None:
        self.todo, self.city, self.home = todo, city, home
        self.lines: dict[str, str] = {}
        self.matters: dict[str, str] = {}

    def by(self, key: str, who: str = "clerk") -> Actor:
        """Somebody of a unit; of the office, two people for the whole city."""
        unit, person = uid_of(self.city, key), uid_of(self.city, f"urban:{key}:{who}")
        return Actor(person, unit, (Grant("entry", RIGHTS, None if key == "zjw" else unit),), person)

    def rows(self, name: str) -> list[Row]:
        return rows_of(self.home / f"{name}.csv")

    def add(self, at: datetime, act: Callable[..., Any], row: Row) -> None:
        """What fell due before goes up first, as it does by itself every day."""
        def one() -> None:
            services.escalate_due(at=at)
            act(row, at)
        self.todo.add(at, one)

    def all(self) -> None:
        for row in self.rows("duties"):
            self.add(_on(row["known"]), self._line, row)
            if row["until"]:
                self.add(_on(row["until"]) - timedelta(days=5), self._end, row)
        for row in self.rows("patrols"):
            self.add(_on(row["on"]) + timedelta(hours=1), self._inspect, row)
        for row in self.rows("matters"):
            self.add(datetime.fromisoformat(row["found_at"]).replace(tzinfo=clock.CITY), self._found, row)
        for row in self.rows("projects"):
            self.add(_on(row["listed_on"]), self._project, row)
        for row in self.rows("deeds"):
            self.add(datetime.fromisoformat(row["at"]).replace(tzinfo=clock.CITY), self._deed, row)
        for dataset, name, day in DELIVERED:
            self.add(_on(day), self._deliver, {"dataset": dataset, "name": name})

    def _line(self, row: Row, at: datetime) -> None:
        number = {name: int(row[name]) if row[name] else None for name in ("low", "high", "every")}
        new = placing.NewDuty(uid_of(self.city, row["unit"]), uid_of(self.city, row["district"]), date.fromisoformat(row["since"]),
                              row["basis"], (row["kinds"],) if row["kinds"] else (),
                              uid_of(self.city, row["street"]) if row["street"] else "", row["road"], number["low"], number["high"],
                              row["side"], row["site"], number["every"])
        self.lines[row["ref"]] = placing.list_duty(new, by=self.by("zjw"), at=at)

    def _end(self, row: Row, at: datetime) -> None:
        placing.end_duty(self.lines[row["ref"]], until=date.fromisoformat(row["until"]), by=self.by("zjw"), at=at)

    def _inspect(self, row: Row, at: datetime) -> None:
        placing.inspect(self.lines[row["duty"]], on=date.fromisoformat(row["on"]), note=row["note"], by=self.by(row["unit"]), at=at)

    def _found(self, row: Row, at: datetime) -> None:
        new = services.NewMatter(row["kind"], row["title"], row["place"], at, row["origin"], building=row["building"] == "yes")
        self.matters[row["ref"]] = services.report(new, by=self.by("zjw"), at=at)

    def _project(self, row: Row, at: datetime) -> None:
        self.matters[row["ref"]] = services.list_project(
            self.lines[row["site"]], title=row["title"], due_on=date.fromisoformat(row["due_on"]), by=self.by("zjw"), at=at)

    def _deed(self, row: Row, at: datetime) -> None:
        """The unit acts, a second person of the office names, checks and closes; a limit that passed is the system's."""
        unit = uid_of(self.city, row["unit"])
        case = next(one for one in cases.cases_of(row["procedure"], about=self.matters[row["ref"]])
                    if row["procedure"] != places.BORDER or one.source == unit)
        by = SYSTEM if row["verb"] == "lapse" else self.by(row["unit"], "second" if row["unit"] == "zjw" else "clerk")
        values = dict([row["values"].split("=")]) if row["values"] else {}
        files = [_paper(f"{row['ref']} {row['at'][:10]}")] if row["verb"] in PAPERS else []
        casework.move(case.uid, row["verb"], given=Given(row["words"], values=values), files=files, by=by, at=at)

    def _deliver(self, row: Row, at: datetime) -> None:
        services.load(row["dataset"], self.home / f"{row['name']}.csv", batch=row["name"], by=self.by("zjw"), at=at)


def _paper(name: str) -> casework.Upload:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")

"""Approvals of the made-up city: two versions of the catalogue, intermediaries and their ties, reports, the approvals of 2018."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d12_approval.queries import catalogue
from ximu.notice.domains.d12_approval.services import catalogue as versions
from ximu.notice.domains.d12_approval.services import register, reporting

Row = dict[str, str]
LISTED, COMPARED, DELIVERED = "2018-01-08", "2018-09-03", "2019-01-04"
WITH_PAPER = ("report_done", "keep", "end")


def tell(todo: Story, city: str) -> None:
    """Each act on its own day; nothing where the profile has no such year, or where it was told."""
    home = CITIES / city / "d12"
    if (home / "versions.csv").exists() and not catalogue.published().exists():
        _Told(home, city).all(todo)


def _on(day: str, hour: int = 10) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + timedelta(hours=hour)


class _Told:
    """The files of the profile, in the order of their days."""

    def __init__(self, home: Path, city: str) -> None:
        self.home, self.city = home, city
        self.reports: dict[str, str] = {}

    def by(self, who: str, unit: str, *rights: str) -> Actor:
        grants = (Grant("demo", frozenset(f"d12.{one}" for one in rights)),)
        return Actor(f"demo-d12-{who}", unit=unit, grants=grants, person=f"demo-d12-{who}")

    def all(self, todo: Story) -> None:
        for row in rows_of(self.home / "versions.csv"):
            todo.add(_on(row["drafted_on"]), lambda row=row: self._draft(row))  # type: ignore[misc]
            if row["notice_on"]:
                todo.add(_on(row["notice_on"]), lambda row=row: versions.give_notice(  # type: ignore[misc]
                    row["number"], by=self._drafter(), at=_on(row["notice_on"])))
            todo.add(_on(row["published_on"]), lambda row=row: versions.publish(  # type: ignore[misc]
                row["number"], in_force=date.fromisoformat(row["in_force"]), at=_on(row["published_on"]),
                by=self.by("publisher", uid_of(self.city, "fgw"), "publish")))
        for name, file, day in (("intermediary_services", "services", "2017-12-18"), ("intermediaries", "intermediaries", LISTED),
                                ("approvals", "approvals", DELIVERED)):
            todo.add(_on(day, 9), lambda name=name, file=file, day=day: register.LOADERS[name](  # type: ignore[misc]
                self.home / f"{file}.csv", batch=f"{self.city}-{name}", by=SYSTEM, at=_on(day, 9)))
        todo.add(_on(COMPARED), self._compare)
        for row in rows_of(self.home / "reports.csv"):
            todo.add(_on(row["reported_on"]), lambda row=row: self._report(row))  # type: ignore[misc]
        for row in rows_of(self.home / "deeds.csv"):
            todo.add(_on(row["on"], 14), lambda row=row: self._deed(row))  # type: ignore[misc]

    def _drafter(self) -> Actor:
        return self.by("drafter", uid_of(self.city, "sgb"), "catalogue")

    def _draft(self, row: Row) -> None:
        content = (self.home / f"catalogue-{row['number']}.csv").read_bytes()
        versions.draft(row["number"], content, basis=row["basis"], by=self._drafter(), at=_on(row["drafted_on"]))

    def _compare(self) -> None:
        register.load_signs((self.home / "signs.csv").read_bytes(), by=SYSTEM, at=_on(COMPARED))
        register.find_ties(at=_on(COMPARED))

    def _report(self, row: Row) -> None:
        """The code is for the citizen; the story remembers only which case it opened."""
        at = _on(row["reported_on"])
        code = reporting.report(kind=row["kind"], item=row["item"], unit=uid_of(self.city, row["unit"]), words=row["words"],
                                on=date.fromisoformat(row["on"]), at=at)[2]
        if code:
            self.reports[row["ref"]] = cases.cases_of("off_catalogue")[0].uid

    def _deed(self, row: Row) -> None:
        """The unit answers and reports; the office, another person, determines and checks."""
        parts = row["key"].split(":")
        key = ":".join([parts[0], uid_of(self.city, parts[1]), *parts[2:]]) if len(parts) > 1 else ""
        uid = self.reports[row["key"]] if not key else cases.case_of_key(row["procedure"], key)
        at, case = _on(row["on"], 14), cases.case_for(uid)
        unit = registry.owner_of(case.source, clock.city_day(at))
        office = self.by("office", catalogue.office(clock.city_day(at)) or uid_of(self.city, "sgb"), "decide")
        files = [_paper(f"{row['procedure']} {row['on']}")] if row["verb"] in WITH_PAPER else []
        casework.move(uid, row["verb"], given=Given(row["reason"]), files=files, at=at,
                      by=office if row["by"] == "office" else self.by(f"unit-{unit}", unit, "handle"))


def _paper(name: str) -> casework.Upload:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")

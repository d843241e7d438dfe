"""The audits of the made-up city: what was audited, found, answered, put right and announced, through the ordinary services only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d16_audit import queries, services

Row = dict[str, str]
RIGHTS = frozenset({"audits.work", "audits.handle"})
OFFICE_HOUR, LATER = timedelta(hours=10), timedelta(hours=2)


def audit(folder: Path, *, at: datetime) -> dict[str, int]:
    """Each act on its own day, by the bureau's two people and by the unit concerned; a second call adds nothing."""
    if queries.audits(SYSTEM, at.date()):
        return {"audits": 0, "findings": 0}
    _Told(folder, at).all()
    told = queries.audits(SYSTEM, at.date())
    return {"audits": len(told), "findings": sum(one.findings.count() for one in told)}


def _on(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + OFFICE_HOUR


class _Told:
    """The files of the profile, in the order of their days."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.city, self.home, self.at = folder.name, folder / "d16", at
        self.numbers: dict[str, str] = {}
        self.findings: dict[str, str] = {}

    def by(self, unit: str, who: str) -> Actor:
        return Actor(f"demo-audit-{who}", unit=unit, grants=(Grant("reviewer", RIGHTS, unit),), person=f"demo-audit-{who}")

    def bureau(self, who: str, at: datetime) -> Actor:
        return self.by(queries.bureau(clock.city_day(at)), who)

    def key(self, name: str) -> str:
        """A unit, a first post (`-1`), or the number of a project or fund."""
        unit = uid_of(self.city, name.removesuffix("-1"))
        known = unit in registry.book().units
        return name if not known else uid_of(self.city, f"post:{name}") if name.endswith("-1") else unit

    def all(self) -> None:
        acts: list[tuple[datetime, int, Row]] = []
        files = (("targets", "since"), ("audits", "opened_on"), ("findings", "found_on"), ("deeds", "on"), ("audits", "report_on"),
                 ("announcements", "on"))
        for place, (name, day) in enumerate(files):
            acts += [(_on(row[day]), place, row) for row in rows_of(self.home / f"{name}.csv") if row[day]]
        verbs = (self._target, self._audit, self._finding, self._deed, self._report, self._announce)
        for at, place, row in sorted(acts, key=lambda act: (act[0], act[1])):
            if at <= self.at:
                verbs[place](row, at)

    def _target(self, row: Row, at: datetime) -> None:
        services.list_target(services.NewTarget(
            row["kind"], self.key(row["key"]), row["name"], uid_of(self.city, row["unit"]), date.fromisoformat(row["since"]),
            date.fromisoformat(row["until"]) if row["until"] else None, int(row["every"]) if row["every"] else None),
            by=self.bureau("a", at), at=at)

    def _audit(self, row: Row, at: datetime) -> None:
        covers = tuple(self.key(one) for one in row["covers"].split("|"))
        self.numbers[row["number"]] = services.open_audit(
            services.NewAudit(row["number"], row["title"], covers, clock.city_day(at)), by=self.bureau("a", at), at=at)

    def _finding(self, row: Row, at: datetime) -> None:
        new = services.NewFinding(self.key(row["target"]), row["topic"], row["text"], row["criterion"], row["amount"])
        self.findings[row["ref"]] = services.find(self.numbers[row["audit"]], new, evidence=_paper(f"取证单 {row['ref']}"),
                                                  by=self.bureau("a", at), at=at)

    def _deed(self, row: Row, at: datetime) -> None:
        """The unit answers and reports, a second person of the bureau determines and checks; silence is the system's."""
        one = queries.finding(self.findings[row["ref"]])
        unit = registry.owner_of(one.unit, clock.city_day(at))
        said = row["verb"] in ("reply", "report_done")
        by = SYSTEM if row["verb"] == "silent" else self.by(unit, f"unit-{unit}") if said else self.bureau("b", at)
        files = [_paper(f"整改材料 {row['ref']} {row['on']}")] if row["verb"] == "report_done" else []
        values = dict([row["values"].split("=")]) if row["values"] else {}
        casework.move(one.case, row["verb"], given=Given(row["words"], values=values), files=files, by=by, at=at)

    def _report(self, row: Row, at: datetime) -> None:
        services.report_audit(self.numbers[row["number"]], on=clock.city_day(at), content=row["title"].encode(), by=self.bureau("a", at),
                              at=at + LATER)

    def _announce(self, row: Row, at: datetime) -> None:
        """One line for each finding that is not shown whole; the first line of an audit speaks for all of them."""
        uid = self.numbers[row["audit"]]
        if queries.announcement(queries.audit(uid)):
            return
        mine = [one for one in rows_of(self.home / "announcements.csv") if one["audit"] == row["audit"] and one["ref"]]
        marks = {self.findings[one["ref"]]: [(one["black"], one["reason"])] for one in mine if one["black"]}
        left = {self.findings[one["ref"]]: one["left_out"] for one in mine if one["left_out"]}
        services.announce(uid, marks=marks, left_out=left, ground=row["ground"], by=self.bureau("a", at), at=at)
        services.decide(uid, approve=True, reason="", by=self.bureau("b", at), at=at + LATER)


def _paper(name: str) -> casework.Upload:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")

"""The statistics of the made-up city: who reported, reviewed, approved and corrected what, what was checked and upheld."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.filings import queries as filed
from ximu.ideas.filings import services as filing_desk
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d15_statistics import queries, services

Row = dict[str, str]
RIGHTS = frozenset({"d15.work", "d15.handle", "d15.see", "filings.declare", "filings.report", "filings.review", "filings.approve",
                    "intake.deliver"})
OFFICE_HOUR, DAY = timedelta(hours=10), timedelta(days=1)
STEPS = ("report", "review", "approve")


def tell(todo: Story, city: str) -> None:
    """Each act on its own day. Without its files, or once told, nothing."""
    if (CITIES / city / "d15" / "tables.json").exists() and not filed.forms():
        _Told(todo, city).all()


def _on(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + OFFICE_HOUR


class _Told:
    """The files of the profile; `clerks` are three people of each unit, `bureau` two of the statistics bureau."""

    def __init__(self, todo: Story, city: str) -> None:
        self.todo, self.city, self.home = todo, city, CITIES / city / "d15"
        self.checks: dict[str, str] = {}
        self.findings: dict[str, str] = {}

    def by(self, unit: str, who: str) -> Actor:
        return Actor(f"demo-stat-{who}", unit=unit, grants=(Grant("reviewer", RIGHTS, unit),), person=f"demo-stat-{who}")

    def clerk(self, row: Row, verb: str) -> Actor:
        unit = uid_of(self.city, row["unit"])
        return self.by(unit, f"{row['unit']}-{verb}")

    def bureau(self, who: str, at: datetime) -> Actor:
        return self.by(queries.bureau(clock.city_day(at)), who)

    def each(self, name: str, act: Callable[[Row, datetime], Any]) -> None:
        for row in rows_of(self.home / f"{name}.csv"):
            at = _on(row["on"])
            self.todo.add(at, lambda row=row, at=at: act(row, at))  # type: ignore[misc]

    def all(self) -> None:
        begun = _on("2017-09-20")
        for raw in json.loads((self.home / "tables.json").read_text("utf-8")):
            self.todo.add(begun, lambda raw=raw: filing_desk.declare(  # type: ignore[misc]
                raw, keeper=queries.bureau(clock.city_day(begun)), by=self.bureau("a", begun), at=begun))
        for name, act in (("figures", self._figures), ("corrections", self._correction), ("pledges", self._pledge), ("checks", self._check),
                          ("findings", self._finding), ("deeds", self._deed)):
            self.each(name, act)

    def _given(self, row: Row) -> dict[str, dict[str, str]]:
        loose = row.get("loose", "").split(";")
        paper = f"{row['table']}/{row['period']}"
        return {code: {"value": value, "record": f"凭证 {paper}", "ledger": "" if code in loose else f"台账 {paper}"}
                for code, value in (one.split("=") for one in row["figures"].split(";"))}

    def _figures(self, row: Row, at: datetime) -> None:
        unit = uid_of(self.city, row["unit"])
        uid = filing_desk.report(row["table"], row["period"], unit, self._given(row), by=self.clerk(row, "report"), at=at)
        self._pass_on(uid, row, row["until"], at)

    def _pass_on(self, uid: str, row: Row, until: str, at: datetime) -> None:
        for place, verb in enumerate(STEPS[1:STEPS.index(until) + 1], 1):
            filing_desk.pass_on(uid, verb, by=self.clerk(row, verb), at=at + place * timedelta(hours=2))

    def _correction(self, row: Row, at: datetime) -> None:
        notice = filing_desk.Notice(row["notice"], row["reason"], _paper(row["notice"]).digest)
        uid = filing_desk.report(row["table"], row["period"], uid_of(self.city, row["unit"]), self._given(row), notice=notice,
                                 by=self.clerk(row, "report"), at=at)
        self._pass_on(uid, row, "approve", at)

    def _pledge(self, row: Row, at: datetime) -> None:
        services.sign(uid_of(self.city, f"post:{row['post']}"), on=clock.city_day(at), paper=_paper(f"责任书 {row['post']}").digest,
                      until=date.fromisoformat(row["until"]) if row["until"] else None, by=self.bureau("a", at), at=at)

    def _check(self, row: Row, at: datetime) -> None:
        found = filed.one_held(row["table"], row["period"], uid_of(self.city, row["unit"]), today=clock.city_day(at)).filing
        new = services.NewCheck(row["figure"], row["checked"], row["traced"] == "yes", clock.city_day(at), row["document"])
        self.checks[row["ref"]] = services.check(found.uid if found else "", new, paper=_paper(row["document"]).digest,
                                                 by=self.bureau("a", at), at=at)

    def _finding(self, row: Row, at: datetime) -> None:
        self.findings[row["ref"]] = services.open_finding(self.checks[row["check"]], offence=row["offence"], text=row["text"],
                                                          evidence=_paper(f"取证 {row['ref']}"), by=self.bureau("a", at), at=at)

    def _deed(self, row: Row, at: datetime) -> None:
        """The unit answers, a second person of the bureau decides; that time has run out is the system's."""
        one = queries.finding(self.findings[row["ref"]])
        said = self.by(one.unit, f"unit-{row['ref']}")
        by = {"lapse": SYSTEM, "reply": said}.get(row["verb"], self.bureau("b", at))
        values = dict(one.split("=") for one in row["values"].split(";")) if row["values"] else {}
        files = [_paper(f"决定 {row['ref']}")] if row["verb"] == "uphold" else []
        casework.move(one.case, row["verb"], given=Given(row["words"], values=values), files=files, by=by, at=at)


def _paper(name: str) -> casework.Upload:
    digest, size = casework.keep([f"{name}（示例）".encode()])
    return casework.Upload(digest, size, f"{name}.txt")

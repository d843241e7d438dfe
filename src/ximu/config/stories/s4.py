"""The made-up city's year of courses, a handbook, three procedures and headcounts (`s4/` of its profile)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.events import services as event_store
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.safeguards.s4_training import queries, services

TOLD = datetime(2019, 3, 15, 11, tzinfo=clock.CITY)
HOUR = timedelta(hours=10)


def tell(todo: Story, city: str) -> None:
    """All of it on the days of the files, once the rest is told."""
    if (CITIES / city / "s4").exists():
        todo.add(TOLD, lambda: play(city, watch=todo.person("discipline", TOLD), clerk=todo.person("coordinator", TOLD),
                                    publisher=todo.person("publisher", TOLD), until=TOLD))


def play(city: str, *, watch: Actor, clerk: Actor, publisher: Actor, until: datetime) -> None:
    """A second call adds nothing."""
    if queries.courses():
        return
    home = CITIES / city / "s4"
    for row in rows_of(home / "courses.csv"):
        services.open_course(services.courses.NewCourse(
            row["code"], row["title"], row["kind"], int(row["hours"]), uid_of(city, row["unit"]), date.fromisoformat(row["held_on"]),
            int(row["pass_mark"]) if row["pass_mark"] else None), by=clerk, at=_on(row["held_on"]))
    services.deliver_results(home / "results.csv", by=clerk, at=_on("2018-11-20"))
    book = services.publish("示例市公务员诚信手册", content="（示例）公务员诚信手册第一版".encode(), name="handbook.txt",
                            in_force_on=date(2018, 6, 1), by=publisher, at=_on("2018-05-28"))
    signed = rows_of(home / "signed.csv")
    for day in sorted({row["on"] for row in signed}):
        services.sign_on_paper(book, [row["number"] for row in signed if row["on"] == day], by=clerk, at=_on(day))
    for row in rows_of(home / "procedures.csv"):
        _procedure(city, row, watch)
    event_store.load("staff", home / "staff.csv", batch="示例-2018", by=SYSTEM, at=_on("2019-01-15"))


def _procedure(city: str, row: dict[str, str], watch: Actor) -> None:
    began = date.fromisoformat(row["opened_on"])
    uid = services.open_procedure(services.procedures.NewProcedure(
        row["number"], row["kind"], uid_of(city, row["unit"]), row["title"], row["basis"], began, date.fromisoformat(row["ends_on"])),
        by=watch, at=_on(row["opened_on"]))
    for number in row["named"].split():
        one = services.name_official(uid, number, notified_on=began, manner="书面告知（示例）", by=watch, at=_on(row["opened_on"]))
        services.check(one, by=watch, at=_on(row["opened_on"]) + timedelta(hours=1))
    if row["ended_on"]:
        hires, checked = (int(row[name]) if row[name] else None for name in ("hires", "checked"))
        proof = "（示例）查询汇总".encode() if checked else b""
        services.end(uid, hires=hires, checked=checked, proof=proof, by=watch, at=_on(row["ended_on"]))


def _on(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + HOUR

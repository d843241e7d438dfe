"""The made-up city's environmental year: stations, monthly files, targets and what became of them (`d08/` of its profile)."""

from __future__ import annotations

import hashlib
import heapq
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as assessing
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments import services as promising
from ximu.ideas.events import queries as events
from ximu.ideas.events import services as event_store
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d08_environment import queries

Row = dict[str, str]
OFFICE_HOUR = timedelta(hours=10)
READ_ON = (date(2018, 7, 10), date(2019, 1, 9), date(2019, 2, 21))
"""Days on which the daily pass is done, so that the series are read as they were known then."""
BEGAN, DISTRICTS = date(2018, 1, 3), 8
ALLOWED = "示环〔2018〕8号（虚构）"


def live(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Everything on its own day, up to `at`; a second call adds nothing."""
    if events.points(queries.DATASET) or not (folder / "d08").exists():
        return {"stations": 0, "promises": 0, "files": 0}
    todo: list[tuple[datetime, int, Callable[[datetime], Any]]] = []
    told = {"stations": 0, "promises": 0, "files": 0}
    for day, name, act in _acts(folder, by):
        moment = clock.start_of(day) + OFFICE_HOUR
        if moment <= at:
            heapq.heappush(todo, (moment, len(todo), act))
            told[name] = told.get(name, 0) + 1
    while todo:
        moment, _, act = heapq.heappop(todo)
        act(moment)
    return told


def _acts(folder: Path, by: Actor) -> Iterator[tuple[date, str, Callable[[datetime], Any]]]:
    city, place = folder.name, folder / "d08"
    for row in rows_of(place / "stations.csv"):
        yield BEGAN, "stations", lambda at, row=row: _open(city, row, by=by, at=at)  # type: ignore[misc]
        if row["until"]:
            closing = {"until": date.fromisoformat(row["until"]), "basis": row["ending"]}
            yield (closing["until"] + timedelta(days=2), "closed",  # type: ignore[operator]
                   lambda at, code=row["code"], closing=closing: event_store.close_point(queries.DATASET, code, by=by, at=at, **closing))
    values = rows_of(place / "air.csv")
    for day in sorted({row["arrived"] for row in values}):
        rows = [row for row in values if row["arrived"] == day]
        yield date.fromisoformat(day), "files", lambda at, rows=rows: deliver(rows, by=by, at=at)  # type: ignore[misc]
    for row in rows_of(place / "promises.csv"):
        yield date.fromisoformat(row["made_on"]), "promises", lambda at, row=row: _promise(city, row, by=by, at=at)  # type: ignore[misc]
    for row in rows_of(place / "deeds.csv"):
        yield date.fromisoformat(row["known"]), "deeds", lambda at, row=row: _deed(city, row, by=by, at=at)  # type: ignore[misc]
    for day in READ_ON:
        yield day, "read", lambda at: promising.measure_series(at=at)


def _open(city: str, row: Row, *, by: Actor, at: datetime) -> None:
    whole = uid_of(city, row["whole"]) if row["whole"] else ""
    new = event_store.NewPoint(row["code"], row["name"], uid_of(city, row["unit"]), date.fromisoformat(row["since"]), row["basis"], whole)
    event_store.open_point(queries.DATASET, new, by=by, at=at)


def deliver(rows: list[Row], *, by: Actor, at: datetime) -> dict[str, Any]:
    """A file of values through the ordinary loader."""
    columns = ("station", "item", "month", "value", "valid_days")
    text = "\n".join([",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]) + "\n"
    with tempfile.TemporaryDirectory(prefix="ximu-example-") as folder:
        path = Path(folder) / "values.csv"
        path.write_text(text, "utf-8")
        return event_store.load(queries.DATASET, path, batch=f"示例-{clock.city_day(at)}", by=by, at=at)


def _uid(city: str, reference: str) -> str:
    return uid_of(city, f"promise:{reference}")


def _promise(city: str, row: Row, *, by: Actor, at: datetime) -> None:
    uid = _uid(city, row["reference"])
    promising.register(promising.promise_of({**row, "domain": "D8"}, unit=uid_of(city, row["unit"]), uid=uid), by=by, at=at)


def _deed(city: str, row: Row, *, by: Actor, at: datetime) -> None:
    """The profile speaks for the people who acted: one offers, another decides."""
    uid, other = _uid(city, row["reference"]), replace(by, person=f"{by.human}-second")
    paper = hashlib.sha256(row["paper"].encode()).hexdigest()
    if row["what"] == "prove":
        evidence = promising.offer(uid, day=clock.city_day(at), value=Decimal(row["value"]), digest=paper, name=row["paper"], by=by, at=at)
        promising.accept(uid, evidence=evidence, by=other, at=at)
    elif row["what"] == "change":
        old = promises.facts(promises.row(uid)).terms
        wanted = Decimal(row["value"])
        words = {name: getattr(old, name).replace(f"{old.target.value}微克", f"{wanted}微克") for name in ("title", "text")}  # type: ignore[union-attr]
        terms = replace(old, target=replace(old.target, value=wanted), **words)  # type: ignore[arg-type]
        decision = promising.Decision("public_interest", row["paper"], paper, compensation="2019年度目标相应加严", words=row["words"])
        promising.change(uid, terms=terms, decision=decision, by=other, at=at)
    elif row["what"] == "withdraw":
        promising.withdraw(uid, decision=promising.Decision("agreed", row["paper"], paper, words=row["words"]), by=other, at=at)
    else:
        raise ValueError(f"deeds.csv: unknown {row['what']}")


def rate(city: str, *, coordinator: Actor, publisher: Actor, at: datetime) -> None:
    """The districts' credit evaluation in this area, by the pack's own method: computed, sent, made final, published."""
    if city != "example" or any(run.method.code == "d08" for run in assessment.runs()):
        return
    text = (queries.HERE / "credit.toml").read_text("utf-8")
    made = assessing.add_method(text, code="d08", by=coordinator, at=at)
    assessing.adopt(made.uid, resolution=ALLOWED, accept=["METH-SRC"], by=coordinator, at=at)
    day = date(2018, 12, 31)
    units = [uid_of(city, f"q{n:02}") for n in range(1, DISTRICTS + 1)]
    table = "\n".join(["unit,name", *(f"{unit},{registry.name(unit, as_of=day)}" for unit in units)]) + "\n"
    run = assessing.run(made.uid, table, period="2018", clocks=assessing.Clocks(day, at), by=coordinator, at=at, draws=100, seed=8)
    assessing.send_draft(run.uid, by=coordinator, at=at)
    assessing.finish(run.uid, by=publisher, at=at)
    assessing.publish(run.uid, by=publisher, at=at)


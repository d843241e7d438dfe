"""The hotline's tickets and the purchases of the made-up city: files through the ordinary intake, judged by the ordinary daily jobs.

The history comes first, then each Monday what arrived in the week; a tenth of the tickets come a week or two late, as in life.
"""

from __future__ import annotations

import json
import runpy
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from ximu.config import alarming
from ximu.foundation import clock
from ximu.ideas.events import queries, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d01_procurement import queries as procurement
from ximu.notice.domains.d01_procurement import services as procuring
from ximu.notice.domains.d01_procurement.rules import payments
from ximu.notice.domains.d01_procurement.rules.steps import STEPS

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
HOTLINE, PROCUREMENT = SCRIPTS / "hotline_example.py", SCRIPTS / "procurement_example.py"
ROWS, WEEKS_BACK = 45_000, 15
"""So many tickets; the example year ends on 30 June 2019, the demonstration begins in March."""
BEGAN = datetime(2018, 12, 31, 10, tzinfo=clock.CITY)
MONDAYS = tuple(BEGAN + timedelta(weeks=n) for n in range(12))
POSTED = date(2017, 9, 1)
CHALLENGES = (
    ("ocds-ximu01-2-04", "challenge", 4, 1, "rejected", 6), ("ocds-ximu01-2-04", "complaint", 14, 2, "upheld", 30),
    ("ocds-ximu01-3-05", "challenge", 5, 3, "partly", 8), ("ocds-ximu01-0-06", "challenge", 3, 4, "rejected", 5),
    ("ocds-ximu01-4-07", "challenge", 5, 5, "", 0),
)
BOUGHT = MONDAYS[-1] + timedelta(hours=1)
JUDGED = MONDAYS[-1] + timedelta(hours=2)


def tickets() -> dict[datetime, pl.DataFrame]:
    """Monday → the tickets that arrive on it; None of them without the script."""
    if not HOTLINE.exists():
        return {}
    made: pl.DataFrame = runpy.run_path(str(HOTLINE))["tickets"](ROWS, weeks_back=WEEKS_BACK)
    number = pl.col("ticket").str.extract(r"^T(\d+)$").cast(pl.Int64) % 50
    late = pl.when(number == 0).then(2).when(number < 5).then(1).otherwise(0)
    arrives = made.select(pl.col("called_on").dt.truncate("1w") + pl.duration(weeks=1) + pl.duration(weeks=late)).to_series()
    days = [monday.date() for monday in MONDAYS]
    return {monday: made.filter((arrives <= day) & (arrives > (date.min if n == 0 else days[n - 1])))
            for n, (monday, day) in enumerate(zip(MONDAYS, days, strict=True))}


def deliver_tickets(monday: datetime, frame: pl.DataFrame, *, by: Actor) -> None:
    _load("hotline", f"示例-{monday:%Y-%m-%d}", frame.write_csv(), ".csv", by=by, at=monday)


def deliver_purchases(*, by: Actor, at: datetime) -> None:
    if not PROCUREMENT.exists():
        return
    day, script = clock.city_day(at).isoformat(), runpy.run_path(str(PROCUREMENT))
    made: list[dict[str, Any]] = script["releases"](weeks_back=WEEKS_BACK)
    lines = [json.dumps(one, ensure_ascii=False) for one in made if one["date"][:10] <= day]
    _load("procurement", "示例-2019-03", "\n".join(lines), ".jsonl", by=by, at=at)


def name_posts(*, by: Actor, at: datetime) -> None:
    """Each buyer's first post answers for every step; in one district nobody was named, and that is to be seen."""
    script = runpy.run_path(str(PROCUREMENT)) if PROCUREMENT.exists() else {"UNITS": ()}
    for name in script["UNITS"][:-1]:
        unit = registry.named(name, as_of=BEGAN.date())
        post = next(iter(registry.posts(unit, as_of=POSTED)), None)
        for step in STEPS if post is not None else ():
            procuring.assign(unit, step=step, post=post.uid, since=POSTED, basis="采购内部控制制度（示例）", by=by, at=at)


def challenge(*, by: Actor, at: datetime) -> None:
    """A challenge that the buyer rejected and the supervisor upheld, one upheld in part, and one that waits for its answer."""
    day = clock.city_day(at)
    told = {one.ocid: one for one in procurement.book(day, known_at=at).processes}
    for ocid, kind, after, number, outcome, took in CHALLENGES:
        awarded = payments.day_of(told[ocid].compiled["awards"][0]["date"]) if ocid in told and told[ocid].compiled.get("awards") else None
        if awarded is None:
            continue
        raised = awarded + timedelta(days=after)
        uid = procuring.challenge(ocid, kind=kind, raised_on=raised, basis=f"示{'质' if kind == 'challenge' else '诉'}〔2018〕{number}号",
                                  by=by, at=at, on=day)
        if outcome:
            procuring.decide(uid, outcome=outcome, decided_on=raised + timedelta(days=took), decision=f"示复〔2018〕{number}号",
                             by=by, at=at, on=day)


def judge(*, at: datetime) -> None:
    """What the city's daily jobs do: how often each rule rings in quiet times, where silence is, what is unusual."""
    alarming.try_rules(at=at)
    alarming.note_silences(at=at)
    alarming.raise_alarms(at=at)


def there() -> bool:
    return bool(queries.batches("procurement"))


def _load(dataset: str, batch: str, content: str, suffix: str, *, by: Actor, at: datetime) -> None:
    with tempfile.TemporaryDirectory(prefix="ximu-example-") as folder:
        file = Path(folder) / f"example{suffix}"
        file.write_text(content, "utf-8")
        services.load(dataset, file, batch=batch, by=by, at=at)

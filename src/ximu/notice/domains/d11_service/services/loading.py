"""Files: items, cases, steps and checks of guides; ratings as a file or as a window or terminal pushes them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import queries as casework
from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_rows, sift_file, sift_rows
from ximu.kernel.actor import Actor
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.services.rating import RATE, bring

DELIVER, MOST_FAULTS = "d11.deliver", 1000
STARTS = {queries.CASES: "accepted_on", queries.STEPS: "started_on"}
Row = dict[str, Any]


def _judge(dataset: str, rows: list[tuple[int, Row]]) -> list[rules.Fault]:
    """What a dataset asks beyond its cells."""
    if dataset == queries.CASES:
        return rules.case_faults(rows)
    numbers = {row["case_no"] for _, row in rows if dataset == queries.STEPS}
    known, cases = events.rows_with(queries.STEPS, "case_no", numbers), queries.known_cases(numbers)
    return rules.step_faults(rows, known=known, cases=cases) if numbers else []


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> Row:
    """Good rows are kept, bad ones named: `SEQ` where a clock runs backwards, `STEP-NOCASE`, `PAUSE-WHY`, `CASE-RESULT`, `SUBJ-NONE`,
    `PERM-DENIED` for another unit's. Errors: `PERM-DENIED`, every `FILE-*` code, `EVT-BATCH`."""
    by.must(DELIVER)
    start, due = STARTS.get(dataset, ""), casework.day_counter()
    told = deliver_rows(dataset, path, batch=batch, judge=partial(_judge, dataset), by=by, at=at, right=DELIVER,
                        derive=lambda row: {"due_on": rules.term_of(row, row[start], due)} if start else {})
    return {**told, "faults": [one | dict(zip(("zh", "en"), queries.words()["faults"].get(one["code"], ()))) for one in told["faults"]]}


LOADERS = {name: partial(deliver, name) for name in queries.DATASETS}


def _told(good: list[Row], faults: list[Row], *, way: str, by: Actor, at: datetime) -> list[Row]:
    """The fate of each line, cells first."""
    fates = bring(good, way=way, by=by, at=at)
    return [{**one, "state": "refused"} for one in faults] + [{"line": row["line"], **one} for row, one in zip(good, fates, strict=True)]


def deliver_ratings(path: Path, *, by: Actor, at: datetime) -> Row:
    """CSV, XLSX or JSON: good rows kept, bad ones named; a numbered rating twice adds nothing. Errors: `PERM-DENIED`, `FILE-*`."""
    by.must(RATE)
    found = sift_file(path, queries.rating_schema(), today=clock.city_day(at))
    return _summed([one for good, faults in found for one in _told(good, faults, way="文件", by=by, at=at)])


def push(rows: list[Row], *, by: Actor, at: datetime) -> Row:
    """Ratings as a window or terminal sends them, by the same rules as a file. Errors: `PERM-DENIED`."""
    by.must(RATE)
    good, faults = sift_rows(rows, queries.rating_schema(), today=clock.city_day(at))
    return _summed(_told(good, faults, way="推送", by=by, at=at))


def _summed(fates: list[Row]) -> Row:
    states, bad = [one["state"] for one in fates], sorted((one for one in fates if one["state"] == "refused"), key=lambda one: one["line"])
    return {"rows": len({one["line"] for one in fates}), **{state: states.count(state) for state in ("counted", "held", "same")},
            "bad": len({one["line"] for one in bad}), "faults": bad[:MOST_FAULTS],
            "held_lines": [one["line"] for one in fates if one["state"] == "held"][:MOST_FAULTS]}

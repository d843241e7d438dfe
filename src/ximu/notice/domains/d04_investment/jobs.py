"""Loads the area's year of a city profile: `d04/promises.csv` and what became of them, `d04/deeds.csv`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.commitments import queries, services
from ximu.kernel.actor import Actor

Row = dict[str, str]
OFFICE_HOUR = timedelta(hours=10)


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Each promise on its own day, each deed on the day on which it became known; a second load adds nothing."""
    rows = rows_of(folder / "d04" / "promises.csv")
    known = set(queries.commitments(domain="D4", on=clock.city_day(at)).values_list("uid", flat=True))
    uids = {r["reference"]: uid_of(folder.name, f"promise:{r['reference']}") for r in rows}
    new = {r["reference"]: r for r in rows if uids[r["reference"]] not in known}
    events = [(r["made_on"], 0, r) for r in new.values()]
    events += [(d["known"], place, d) for place, d in enumerate(rows_of(folder / "d04" / "deeds.csv"), 1) if d["reference"] in new]
    for day, place, row in sorted(events, key=lambda e: (e[0], e[1])):
        moment = clock.start_of(date.fromisoformat(day)) + OFFICE_HOUR
        if moment > at:
            continue
        if place:
            _deed(uids[row["reference"]], row, by=by, at=moment)
        else:
            promise = services.promise_of({**row, "domain": "D4"}, unit=uid_of(folder.name, row["unit"]), uid=uids[row["reference"]])
            services.register(promise, by=by, at=moment)
    return {"promises": len(new)}


def _deed(uid: str, row: Row, *, by: Actor, at: datetime) -> None:
    """The profile speaks for the people who acted: one offers, another decides, the counterpart disputes."""
    other, counterpart = replace(by, person=f"{by.human}-second"), replace(by, person=f"{by.human}-counterpart")
    paper = hashlib.sha256(row["paper"].encode()).hexdigest()
    what = row["what"]
    if what == "prove":
        evidence = services.offer(uid, day=date.fromisoformat(row["day"]), value=Decimal(row["value"]), digest=paper, name=row["paper"],
                                  by=by, at=at)
        services.accept(uid, evidence=evidence, by=other, at=at)
    elif what == "dispute":
        services.dispute(uid, words=row["words"], digest=paper, by=counterpart, at=at)
    elif what == "uphold":
        dispute = next(d.uid for d in queries.facts(queries.row(uid)).disputes.values() if not d.outcome)
        services.answer(uid, dispute=dispute, outcome="upheld", reason=row["words"], digest=paper, by=other, at=at)
    elif what == "withdraw":
        services.withdraw(uid, decision=services.Decision("agreed", row["paper"], paper, words=row["words"]), by=other, at=at)
    else:
        raise ValueError(f"deeds.csv: unknown {what}")

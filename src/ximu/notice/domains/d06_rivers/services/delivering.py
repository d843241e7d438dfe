"""What comes in is judged row by row: the reach is known, the chief was in office, the track is on the reach, the photos are new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules.photos import must_be_new, photos_of
from ximu.ideas.events.services.pushing import Judging
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.registry.rules import charges
from ximu.ideas.warnings import services as alarms
from ximu.ideas.warnings.services import Tried
from ximu.kernel import wgs84
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d06_rivers.queries import store, year
from ximu.notice.domains.d06_rivers.rules import water

DELIVER, PATROL = "d06.deliver", "d06.patrol"
Row = dict[str, Any]


class _Desk:
    """One delivery under check: what was known before."""

    def __init__(self, dataset: str, by: Actor, at: datetime) -> None:
        self.dataset, self.by, self.at, self.day = dataset, by, at, clock.city_day(at)
        self.places = charges.by_place(store.known_charges(self.day, known_at=at))
        self.reaches, self.roster = dict[date, dict[str, store.Reach]](), events.rows_of(store.REACHES, known_at=at)
        self.tickets = _tickets(at) if dataset == store.REPORTS else {}
        rows, key = events.rows_of(dataset, known_at=at), events.dataset(dataset).key[0]
        self.owners = {row[key]: row["unit"] for row in rows} if dataset != store.CHARGES else {}
        self.walked = {row["patrol"]: (row["patrolled_on"], row["track"]) for row in rows if "track" in row}
        self.shown = {photo: row["patrol"] for row in rows if "photos" in row for photo in photos_of(row["photos"] or "")}

    def check(self, row: Row) -> None:
        """For one's own units only, also where an entry of another is replaced; to explain a flag, or to restate when and where a patrol
        went, is for those who may deliver."""
        own = self.dataset == store.PATROLS and not row["explained"]
        right = PATROL if own and self.walked.get(row["patrol"], went := (row["patrolled_on"], row["track"])) == went else DELIVER
        for uid in {row["unit"], self.owners.get(row[events.dataset(self.dataset).key[0]], row["unit"])}:
            if not store.sees(self.by, uid, right):
                self.by.must(right, uid)
        CHECKS[self.dataset](self, row)

    def reach(self, row: Row, on: date) -> store.Reach:
        """Errors: `REACH-NONE`."""
        if on not in self.reaches:
            self.reaches[on] = store.known_reaches(on, known_at=self.at, rows=[one for one in self.roster if one["since"] <= on])
        found = self.reaches[on].get(row["reach"])
        if found is None:
            raise absent("REACH-NONE", field="reach", value=row["reach"][:30], zh="个当日在册的河段", en="reach on the roster of that day")
        return found

    def patrol(self, row: Row) -> None:
        """Errors: `REACH-NONE`, `CHIEF-NONE`, `GEO-TRACK`, `TIME-ORDER`, `TIME-FUTURE`, `GEO-OUT`, `PHOTO-FORM`,
        `DUP-PHOTO`."""
        on = row["patrolled_on"]
        reach = self.reach(row, on)
        if store.charge_of(self.places, row) is None:
            raise absent("CHIEF-NONE", field="unit_name", value=row["unit_name"][:40], zh="名当日负责本河段的该单位该层级河长",
                         en="chief of that unit and level was in charge of the reach that day")
        fixes, corridor = wgs84.track_of(row["track"]), reach.corridor(on)
        wgs84.must_be_past(on, fixes, now=self.at.astimezone(clock.CITY))
        wgs84.must_be_there(wgs84.seen(fixes, reach.line, corridor=corridor), reach.name, corridor=corridor,
                              percent=store.setting("inside_percent", on))
        photos = photos_of(row["photos"] or "")
        must_be_new(row["patrol"], photos, self.shown)
        self.shown |= dict.fromkeys(photos, row["patrol"])

    def course(self, row: Row) -> None:
        """Errors: `GEO-LINE`, `GEO-LENGTH`."""
        wgs84.must_measure(wgs84.line_of(row["course"], field="course"), None if row["length_m"] is None else float(row["length_m"]),
                           percent=store.setting("length_percent", row["since"]))

    def sample(self, row: Row) -> None:
        """Errors: `REACH-NONE`, `WQ-EMPTY`."""
        self.reach(row, row["sampled_on"])
        if all(row[item] is None for item in water.MEASURED):
            raise Refusal("WQ-EMPTY", field="oxygen", value="", rule="≥ 1", zh="没有一个监测项目有数值。", en="No item was measured.")

    def report(self, row: Row) -> None:
        """Errors: `REACH-NONE`, `TICKET-DAY`."""
        self.reach(row, row["called_on"])
        day = self.tickets.get(row["ticket"], row["called_on"])
        if day != row["called_on"]:
            raise Refusal("TICKET-DAY", field="called_on", value=row["called_on"].isoformat(), rule=day.isoformat(),
                          zh="来电日期与热线数据中该工单的日期不符。", en="The hotline's data have another day for this ticket.")


CHECKS: dict[str, Callable[[_Desk, Row], Any]] = {
    store.PATROLS: _Desk.patrol, store.REACHES: _Desk.course, store.WATER: _Desk.sample, store.REPORTS: _Desk.report,
    store.CHARGES: lambda desk, row: desk.reach(row, row["since"])}


def _tickets(at: datetime) -> dict[str, date]:
    return dict(events.ask("SELECT ticket, called_on FROM hotline", {}, dataset="hotline", known_at=at).iter_rows())


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Good rows are kept, each bad one is named with its reason; a patrol that found something opens its case.

    Errors: `PERM-DENIED`, `FILE-*`, `EVT-BATCH`.
    """
    by.must(PATROL if dataset == store.PATROLS else DELIVER)
    desk = _Desk(dataset, by, at)
    judging = Judging(desk.check)
    with transaction.atomic():
        told = judging.explained(deliver_rows(dataset, path, batch=batch, by=by, at=at, judge=judging.judge, derive=lambda row: {
            "heard": row["ticket"] in desk.tickets} if dataset == store.REPORTS else {}))
        found = [row for row in judging.good if dataset == store.PATROLS and row["kind"]]
        return told | {"cases": [_open(row, desk, by=by, at=at) for row in found]}


def _open(row: Row, desk: _Desk, *, by: Actor, at: datetime) -> str:
    """The case of what a patrol found, once; its term runs from the day of the patrol."""
    if before := cases.case_of_key("river_problem", row["patrol"]):
        return before
    on, charge = row["patrolled_on"], store.charge_of(desk.places, row)
    due = on + timedelta(days=store.setting("RIV-FIX", on))
    told = {"河段": desk.reach(row, on).name, "问题类别": row["kind"], "发现日期": on.isoformat(), "期限": due.isoformat()}
    values = {"reach": row["reach"], "kind": row["kind"], "chief": charge.holder if charge else "", "found_on": on.isoformat(),
              "due": due.isoformat(), "told": told}
    opening = Opening(about=row["patrol"], key=row["patrol"], subject=row["unit"], source=row["unit"], office=store.bureau(desk.day),
                      values=values)
    return casework.open_case("river_problem", opening=opening, given=Given(f"巡河发现：{row['kind']}"), by=by, at=at, checked=True)


LOADERS: dict[str, Callable[..., dict[str, Any]]] = {name: partial(deliver, name) for name in CHECKS}


def keep_rates(*, at: datetime) -> int:
    """The false-alarm rate of each test stands beside its alarms: tried anew when patrols came in."""
    found = year.rates(clock.city_day(at))
    if found is None:
        return 0
    first, rates = found
    manifest = events.manifest(store.PATROLS).digest
    return alarms.keep_back_tests([Tried(year.pack().manifest.row, year.RULES[one.test], first, clock.city_day(at), one.history,
                                         one.history_rang, 12, manifest) for one in rates], by=SYSTEM, at=at)


DAILY = {"d06_rates": keep_rates}

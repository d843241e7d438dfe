"""A line enters the duty list or ends, is inspected; what the list leaves open is accepted by one side or decided by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.places import queries, rules
from ximu.ideas.places.models import Duty, Inspection
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import near_day
from ximu.kernel.refusal import Refusal

MOST_FOUND = 999


@dataclass(frozen=True, slots=True)
class NewDuty:
    """Units by their uid in the register; blank street, road, site: not limited by it."""

    unit: str
    district: str
    since: date
    basis: str
    kinds: tuple[str, ...] = ()
    street: str = ""
    road: str = ""
    low: int | None = None
    high: int | None = None
    side: str = ""
    site: str = ""
    every: int | None = None


def must_be_office(by: Actor, at: datetime, permission: str = queries.KEEP) -> None:
    """Errors: `PERM-DENIED`, `PLACE-OFFICE`."""
    by.must(permission)
    if not queries.works(by, permission, clock.city_day(at)):
        raise Refusal("PLACE-OFFICE", status=403, field="by", value=permission, rule="城市综合管理部门",
                      zh="该事项只能由城市综合管理部门办理。", en="Only the office in charge of city management may do this.")


def must_be_unit(field: str, uid: str, on: date) -> str:
    """A unit that the register knows and that lives that day. Errors: `ORG-UNKNOWN`, `ORG-ENDED`."""
    found = registry.unit(uid, as_of=on)
    if found is None:
        raise Refusal("ORG-UNKNOWN", field=field, value=uid[:16], rule="机构名录", zh="机构名录中没有该单位。",
                      en="The register knows no such unit.")
    if not found.living:
        raise Refusal("ORG-ENDED", status=409, field=field, value=found.name, rule=str(on), zh="该单位在起始日期尚未设立或者已经撤销。",
                      en="That unit did not exist on that day.")
    return uid


def list_duty(new: NewDuty, *, by: Actor, at: datetime) -> str:
    """Two units at one place are allowed: a border.

    Errors: `PERM-DENIED`, `PLACE-OFFICE`, `FIELD-NEED`, `FIELD-LONG`, `PLACE-DUTY`, `ORG-UNKNOWN`, `ORG-ENDED`, `DATE-RANGE`, `DUTY-DUP`.
    """
    must_be_office(by, at)
    near_day(new.since, "since")
    row = rules.Row("", new.unit, new.district, new.since, None, new.street, rules.plain(new.road), new.low, new.high, new.side,
                    rules.plain(new.site), tuple(dict.fromkeys(new.kinds)), new.every)
    rules.must_be_place(row)
    for field in ("unit", "district", *(["street"] if new.street else [])):
        must_be_unit(field, getattr(new, field), new.since)
    _must_lie_within(new)
    basis = rules.must_say("basis", new.basis, most=120)
    for field, most in (("road", 40), ("site", 60)):
        if text := getattr(row, field):
            rules.must_say(field, text, most=most)
    with transaction.atomic():
        made = Duty.objects.create(
            unit=row.unit, kinds=list(row.kinds), district=row.district, street=row.street, road=row.road, low=row.low, high=row.high,
            side=row.side, site=row.site, every=row.every, basis=basis, since=row.since, entered_at=at)
        made.refresh_from_db()
        [made.log_index] = ledger.append([Entry(queries.LISTED, queries.listed_body(made))], at=at)
        made.save(update_fields=["log_index"])
        _must_be_once(made)
    return made.uid


def _must_be_once(made: Duty) -> None:
    """Asked once the log is held: of two at the same time the second sees the first. Errors: `DUTY-DUP`."""
    row = queries.row_of(made)
    for one in Duty.objects.filter(unit=made.unit, district=made.district, street=made.street, until=None).exclude(pk=made.pk):
        if queries.row_of(one).place == row.place and sorted(one.kinds) == sorted(row.kinds):
            raise Refusal("DUTY-DUP", status=409, field="unit", value=one.uid, rule="once", zh="该单位的这一责任范围已经登记，尚未终止。",
                          en="This line stands already and has not ended.")


def _must_lie_within(new: NewDuty) -> None:
    """The district is a district, the street one of its streets. Errors: `PLACE-DUTY`."""
    names = queries.names()
    wrong = "district" if new.district not in names.districts.values() else \
        "street" if new.street and names.within.get(new.street) != new.district else ""
    if wrong:
        raise Refusal("PLACE-DUTY", field=wrong, value=getattr(new, wrong)[:16], rule="区；该区的街镇", zh="不是区，或者不是该区的街镇。",
                      en="This is no district, or no street or town of that district.")


def end_duty(uid: str, *, until: date, by: Actor, at: datetime) -> None:
    """The first day on which it no longer holds; a boundary that moves ends one line and begins another.

    Errors: `PERM-DENIED`, `PLACE-OFFICE`, `DUTY-NONE`, `DATE-RANGE`, `DATE-ORDER`, `STATE-EDGE`.
    """
    must_be_office(by, at)
    row = queries.duty(uid)
    near_day(until, "until")
    if until <= row.since:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"> {row.since}", zh="终止日期应在起始日期之后。",
                      en="The day on which it ends lies after the one on which it begins.")
    with transaction.atomic():
        if not Duty.objects.filter(pk=row.pk, until=None).update(until=until, ended_at=at):
            raise Refusal("STATE-EDGE", status=409, field="duty", value=row.uid, rule="once", zh="该责任范围已经终止。",
                          en="This line has ended already.")
        ledger.append([Entry("place.ended", {"duty": row.uid, "until": str(until), "by": by.uid})], at=at)


def inspect(duty: str, *, on: date, note: str, found: int = 0, by: Actor, at: datetime) -> str:
    """By the unit that carries the line that day; `found`: how many matters it found (entered where they belong).

    Errors: `PERM-DENIED`, `DUTY-NONE`, `TIME-FUTURE`, `PATROL-OUT`, `PATROL-DUP`, `FIELD-NEED`, `FIELD-LONG`, `NUM-FORM`.
    """
    by.must(queries.INSPECT)
    row = queries.duty(duty)
    if on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="on", value=on.isoformat(), rule="≤ today", zh="巡查日期不能晚于今天。",
                      en="An inspection cannot lie in the future.")
    if not queries.row_of(row).holds(on):
        raise Refusal("PATROL-OUT", field="on", value=on.isoformat(), rule=f"{row.since} – {row.until or ''}",
                      zh="该责任范围在这一天无效。",
                      en="The line did not hold on that day.")
    unit = registry.owner_of(row.unit, on)
    by.must(queries.INSPECT, unit)
    if not 0 <= found <= MOST_FOUND:
        raise Refusal("NUM-RANGE", field="found", value=found, rule=f"0–{MOST_FOUND}", zh="发现的事项数不在范围内。",
                      en="That many matters are not likely.")
    said = rules.must_say("note", note, most=200)
    try:
        with transaction.atomic():
            made = Inspection.objects.create(duty=row, unit=unit, on=on, found=found, note=said, entered_at=at)
            ledger.append([Entry("place.inspected", {"inspection": made.uid, "duty": row.uid, "on": str(on), "found": found,
                                                     "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("PATROL-DUP", status=409, field="on", value=on.isoformat(), rule="once a day", zh="该责任范围当日的巡查已经登记。",
                      en="The inspection of that day is on record.") from error
    return made.uid


class Desk(Protocol):
    """The room whose matters are placed: whether one has its unit, what follows when it gets one, and that nobody took it."""

    def holds(self, about: str) -> bool: ...
    def give(self, about: str, unit: str, *, by: Actor, at: datetime) -> None: ...
    def lapsed(self, about: str, *, at: datetime) -> None: ...


def offer(about: str, units: Sequence[str], *, told: dict[str, str], words: str, by: Actor, at: datetime,
          files: Sequence[casework.Upload] = ()) -> None:
    """To each unit of a border until one accepts; without any, to people who decide. In the caller's transaction, who asked for the right.

    Errors: `CASE-DUP`, `CAL-NONE`.
    """
    office = queries.office(clock.city_day(at))
    for unit in units:
        opening = casework.Opening(about=about, key=f"{about}:{unit}", subject=unit, source=unit, office=office, values={"told": told})
        casework.open_case(queries.BORDER, opening=opening, given=Given(words), files=files, by=by, at=at, checked=True)
    if not units:
        opening = casework.Opening(about=about, key=about, office=office, values={"told": told})
        casework.open_case(queries.UNPLACED, opening=opening, given=Given(words), files=files, by=by, at=at, checked=True)


def taken(about: str) -> Refusal:
    return Refusal("MATTER-TAKEN", status=409, field="matter", value=about, rule="one unit", zh="该事项已有责任单位。",
                   en="The matter has its unit already.")


@dataclass(frozen=True)
class PlaceConduct:
    """Somebody of the office names the unit. Errors: `ORG-UNKNOWN`, `ORG-ENDED`, `SUBJ-AMBIG`."""

    desk: Desk

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        registry.find(str(given.values.get("unit", "")).strip(), as_of=clock.city_day(at))

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        self.desk.give(case.about, registry.find(str(given.values["unit"]).strip(), as_of=clock.city_day(at)), by=by, at=at)


@dataclass(frozen=True)
class BorderConduct:
    """Both units have it until one accepts; where none does, people decide. Errors: `MATTER-TAKEN`."""

    desk: Desk

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "accept" and self.desk.holds(case.about):
            raise taken(case.about)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        others = cases.open_cases([queries.BORDER], about=case.about)
        if move.verb == "accept":
            self.desk.give(case.about, registry.owner_of(case.source, clock.city_day(at)), by=by, at=at)
            for other in others:
                casework.move(other.uid, "settle", by=SYSTEM, at=at)
        elif move.verb in ("decline", "lapse") and not others:
            self.desk.lapsed(case.about, at=at)
            offer(case.about, (), told=case.values.get("told", {}), words="交界事项无单位认领", by=by, at=at)


def conducts(desk: Desk) -> dict[str, Any]:
    """For the `CONDUCTS` of the pack whose matters are placed."""
    return {queries.UNPLACED: PlaceConduct(desk), queries.BORDER: BorderConduct(desk)}

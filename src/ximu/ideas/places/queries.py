"""The duty list as of a day and as known at a time: whose is a place, who keeps the list, what is each line called?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Max, Q, QuerySet

from ximu.foundation import city
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.places import rules
from ximu.ideas.places.models import Duty, Inspection
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules.reforms import owner_of
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

SEE, KEEP, INSPECT = "places.see", "places.keep", "places.inspect"
LISTED = "place.listed"
UNPLACED, BORDER = "place_unit", "place_border"
STREETS = ("street", "town")
Router = Callable[[str, date, str], rules.Routed]


def office(on: date) -> str:
    """Who keeps the duty list and checks: as the profile names it, by the unit that carries its duties; else the coordinating office."""
    uid = city.office("places") or cases.office()
    return registry.owner_of(uid, on) if uid in registry.book().units else ""


def works(actor: Actor, permission: str, on: date) -> bool:
    """For the office in charge: one of its people, or who holds the right for the whole city."""
    return actor.can(permission) and (actor.units_with(permission) is None or belongs(actor, office(on)))


def mine(actor: Actor, permission: str, on: date) -> set[str] | None:
    """Units for which this person holds the right, with those whose duties they carry; None for the office and the whole city."""
    if works(actor, permission, on):
        return None
    return {one for unit in actor.units_with(permission) or () for one in registry.forebears(unit, on)}


def owners() -> Callable[[str, date], str]:
    """Who carries the duties of a unit on a day, the register asked once; what it does not know, or not yet, carries its own."""
    known = registry.book()

    @cache
    def owner(uid: str, on: date) -> str:
        try:
            return owner_of(known, uid, on)
        except Refusal:
            return uid

    return owner


def city_name() -> str:
    """With which addresses may begin."""
    found = city.name()
    return found.zh if found else ""


def names() -> rules.Names:
    """Every name that a district, street or town ever had: addresses keep old names."""
    districts: dict[str, str] = {}
    streets: dict[str, list[str]] = {}
    within: dict[str, str] = {}
    known = registry.book()
    for uid, unit in known.units.items():
        place = known.place_on(uid, unit.since)
        texts = {one.text for one in known.names_of.get(uid, [])}
        if unit.kind == "government" and place.level == "district":
            districts |= dict.fromkeys(texts, uid)
        elif unit.kind in STREETS:
            within[uid] = place.district
            for text in texts:
                streets.setdefault(text, []).append(uid)
    return rules.Names(districts, {text: tuple(uids) for text, uids in streets.items()}, within)


def row_of(one: Duty, known_at: datetime | None = None) -> rules.Row:
    ended = one.until if known_at is None or (one.ended_at is not None and one.ended_at <= known_at) else None
    return rules.Row(one.uid, one.unit, one.district, one.since, ended, one.street, one.road, one.low, one.high, one.side, one.site,
                     tuple(one.kinds), one.every)


def rows(*, known_at: datetime | None = None) -> list[rules.Row]:
    """The whole list, ended lines too: each day asks for those that held."""
    known = Duty.objects.all() if known_at is None else Duty.objects.filter(entered_at__lte=known_at)
    return [row_of(one, known_at) for one in known.order_by("pk")]


def router(*, known_at: datetime | None = None) -> Router:
    """(kind, day, address) → units. Made once for many addresses; only the lines of the district that an address names are looked at."""
    listed, words, owner, head = rows(known_at=known_at), names(), owners(), city_name()

    @cache
    def within(district: str, on: date) -> list[rules.Row]:
        return [row for row in listed if row.holds(on) and (not district or owner(row.district, on) == owner(district, on))]

    @cache
    def routed(kind: str, on: date, place: str) -> rules.Routed:
        spot = rules.read(place, words, city=head)
        return rules.route(within(spot.district, on), spot, kind, on, owner)

    return routed


def whose(kind: str, place: str, on: date, *, known_at: datetime | None = None) -> rules.Routed:
    """Errors: `PLACE-KIND`, `PLACE-NONE` for an empty address."""
    if kind not in rules.KINDS:
        raise Refusal("PLACE-KIND", field="kind", value=kind[:20], rule=" ".join(rules.KINDS), zh="事项类别不在清单之内。",
                      en="There is no such kind of matter.")
    if not place.strip():
        raise Refusal("PLACE-NONE", field="place", value="", rule="required", zh="须写明地点。", en="A place is needed.")
    return router(known_at=known_at)(kind, on, place)


def duty(uid: str) -> Duty:
    """Errors: `DUTY-NONE`."""
    found = Duty.objects.filter(uid=uid).first()
    if found is None:
        raise absent("DUTY-NONE", field="duty", value=uid[:16], zh="条责任范围", en="line of the duty list")
    return found


def duties(*, unit: str = "", on: date | None = None) -> QuerySet[Duty]:
    """Lines that hold on a day, of one unit (as entered) or of all."""
    found = Duty.objects.order_by("pk")
    if on is not None:
        found = found.filter(since__lte=on).filter(Q(until=None) | Q(until__gt=on))
    return found.filter(unit=unit) if unit else found


def called(row: rules.Row, on: date) -> Text:
    """What a line covers, in words."""
    zh, en = [registry.name(row.district, as_of=on, short=True)], [registry.name(row.district, as_of=on, short=True)]
    if row.street:
        street = registry.name(row.street, as_of=on, short=True)
        zh, en = [*zh, street], [*en, street]
    if row.road:
        span = f"{row.low}–{row.high}号" if row.low is not None else ""
        side = rules.SIDES[row.side]
        zh.append(f"{row.road}{span}{side.zh if row.side else ''}")
        en.append(f"{row.road} {span.replace('号', '')} {side.en if row.side else ''}".strip())
    if row.site:
        zh, en = [*zh, row.site], [*en, row.site]
    return Text("".join(zh), " ".join(en))


def kinds_of(row: rules.Row) -> Text:
    words = [rules.KINDS[kind] for kind in row.kinds] or [Text("全部事项", "every kind")]
    return Text("、".join(one.zh for one in words), ", ".join(one.en for one in words))


@dataclass(frozen=True, slots=True)
class Inspected:
    """A line that asks for inspections, its unit of the day, and when it was last inspected by then."""

    row: rules.Row
    unit: str
    title: Text
    last: date | None


def inspected(on: date, *, known_at: datetime | None = None) -> list[Inspected]:
    """Lines that hold on the day and ask for inspections."""
    owner, known = owners(), {} if known_at is None else {"inspections__entered_at__lte": known_at}
    listed = Duty.objects.exclude(every=None).annotate(last=Max("inspections__on", filter=Q(inspections__on__lte=on, **known)))
    if known_at is not None:
        listed = listed.filter(entered_at__lte=known_at)
    return [Inspected(row, owner(row.unit, on), called(row, on), one.last)
            for one in listed.order_by("pk") if (row := row_of(one, known_at)).holds(on)]


def inspections(of: Duty) -> QuerySet[Inspection]:
    return of.inspections.order_by("-on")


def listed_body(row: Duty) -> dict[str, Any]:
    """What the log says of a line: all that is public of it."""
    return {"duty": row.uid, "unit": row.unit, "kinds": row.kinds, "district": row.district, "street": row.street, "road": row.road,
            "low": row.low, "high": row.high, "side": row.side, "site": row.site, "every": row.every, "basis": row.basis,
            "since": str(row.since)}


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about the duty list; connected by the pack that uses it."""
    for row in Duty.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(LISTED, listed_body(row), row.entered_at), f"责任清单 {row.uid}"


def inspections_in(first: date, last: date, *, known_at: datetime) -> list[Inspection]:
    return list(Inspection.objects.filter(on__gte=first, on__lte=last, entered_at__lte=known_at).order_by("on", "pk"))


def area_of(district: str, street: str) -> tuple[str, str]:
    """From names to uids. Errors: `PLACE-DUTY`."""
    known = names()
    found = known.districts.get(district.strip(), "")
    within = [uid for uid in known.streets.get(street.strip(), ()) if known.within.get(uid) == found]
    if not found or (street.strip() and len(within) != 1):
        raise Refusal("PLACE-DUTY", field="street" if found else "district", value=(street if found else district)[:40], rule="机构名录",
                      zh="名录中没有这个区，或者该区没有这个街镇。", en="The register knows no such district, or no such street in it.")
    return found, within[0] if street.strip() else ""


def listed(on: date) -> list[Duty]:
    """Lines that hold on a day, districts and streets in the order of the register."""
    found = list(duties(on=on))
    order = {uid: place for place, uid in enumerate(registry.in_order({one.district for one in found} | {one.street for one in found}))}
    return sorted(found, key=lambda one: (order[one.district], order[one.street] if one.street else -1, one.road, one.low or 0, one.site))


def shown(listed: Iterable[Duty], on: date) -> list[dict[str, Any]]:
    """Lines as a table shows them, the register asked once for all names."""
    owner, found = owners(), [(one, row_of(one)) for one in listed]
    units = {one.pk: owner(one.unit, on) for one, _ in found}
    called_as = registry.names_on((uid, on) for uid in units.values())
    return [{"uid": one.uid, "unit": units[one.pk], "name": called_as[units[one.pk], on], "place": called(row, on), "kinds": kinds_of(row),
             "codes": list(row.kinds), "since": row.since, "until": row.until, "every": row.every, "basis": one.basis}
            for one, row in found]


def district_of(place: str) -> str:
    """The district that an address names, or whose only street it names; empty where it says neither."""
    return rules.read(place, names(), city=city_name()).district


def compared(rows: list[dict[str, Any]], *, known_at: datetime) -> list[dict[str, Any]]:
    """Tickets by place and day (`district`, `street`, `called_on`, `unit`): `how` the list answers
    then, and whether the unit is the `same`."""
    routed, owner, within = router(known_at=known_at), owners(), names().within
    for row in rows:
        by_list = routed("", row["called_on"], f"{row['district']}{row['street']}")
        near = {*by_list.units, *(within.get(unit, "") for unit in by_list.units)}
        row |= {"how": by_list.how, "same": bool(row["unit"]) and owner(row["unit"], row["called_on"]) in near}
    return rows


def unlisted(rows: Iterable[dict[str, Any]], most: int = 100) -> list[dict[str, Any]]:
    """Places of compared tickets that no line covers, those with the most first."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["how"] == "none":
            found[row["district"], row["street"]] += row["n"]
    return [{"district": district, "street": street, "n": n} for (district, street), n in found.most_common(most)]


def by_district(rows: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Compared tickets of each district: to the unit that the list names or its district, to another, on a border, not in the list."""
    counted: dict[str, Counter[str]] = {}
    for row in rows:
        how = row["how"] if row["how"] != "one" else "same" if row["same"] else "other"
        counted.setdefault(row["district"] or "—", Counter())[how] += row["n"]
    return [(district, n["same"], n["other"], n["border"], n["none"])
            for district, n in sorted(counted.items(), key=lambda one: (-one[1].total(), one[0]))]


def table(on: date) -> dict[str, Any]:
    """The list as everybody may read it: a section of an area, whose first column names units."""
    columns = (Text("责任单位", "Unit in charge"), Text("地点", "Place"), Text("事项", "Kinds"), Text("自", "Since"),
               Text("巡查周期（天）", "Inspected every (days)"))
    rows = [(one["unit"], one["place"], one["kinds"], one["since"], one["every"]) for one in shown(listed(on), on)]
    return {"title": Text("责任清单：地点与责任单位", "Duty list: places and units"), "columns": columns, "rows": rows, "unit_column": 0,
            "note": Text("同一地点有两个单位的为交界，由双方共同负责，直至一方认领。",
                         "Two units at one place are a border: both have it until one accepts.")}

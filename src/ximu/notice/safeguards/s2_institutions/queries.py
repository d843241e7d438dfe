"""Which unit has which plan, rule and standard in force, what is missing, and which rule sets which number?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.foundation.rooms import short_name, toml_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.safeguards.s2_institutions import rules
from ximu.notice.safeguards.s2_institutions.models import Cover, Delay, Document, Missing, Version

PUBLISHED = "institution.published"
_items: list[Callable[[], Sequence[tuple[str, str]]]] = []
_obliged: list[Callable[[date], Sequence[str]]] = []


def register_notice(items: Callable[[], Sequence[tuple[str, str]]], obliged: Callable[[date], Sequence[str]]) -> None:
    """Called once by the wiring: the items of the notice (code, words), and the units that must have a plan as of a day."""
    _items[:], _obliged[:] = [items], [obliged]


def items() -> list[tuple[str, str]]:
    return [item for ask in _items for item in ask()]


def obliged(on: date) -> list[str]:
    return list(dict.fromkeys(unit for ask in _obliged for unit in ask(on)))


def value(name: str, on: date) -> Any:
    """A parameter of this room on a day; the earliest one before its first day."""
    return value_on(Path(__file__).parent, name, on)


def document(uid: str) -> Document:
    """Errors: `DOC-NONE`."""
    found = Document.objects.filter(uid=uid).first()
    if found is None:
        raise absent("DOC-NONE", field="document", value=uid, zh="份文件", en="document")
    return found


def version(uid: str) -> Version:
    """Errors: `DOC-NONE`."""
    found = Version.objects.select_related("document").filter(uid=uid).first()
    if found is None:
        raise absent("DOC-NONE", field="version", value=uid, zh="个版本", en="version")
    return found


def versions(of: Document) -> list[Version]:
    return list(of.versions.order_by("-number"))


def documents(*, unit: str = "", kind: str = "") -> list[Document]:
    rows = Document.objects.order_by("kind", "unit", "title")
    rows = rows.filter(unit=unit) if unit else rows
    return list(rows.filter(kind=kind) if kind else rows)


def in_force(of: Document, on: date) -> Version | None:
    """The newest version that holds that day."""
    rows = of.versions.filter(in_force_on__lte=on).exclude(state=Version.State.ENTERED).order_by("-in_force_on", "-number")
    return next((row for row in rows if row.repealed_on is None or on < row.repealed_on), None)


def said(of: Version) -> list[rules.Said]:
    return [rules.Said(c.item, c.stance, c.words) for c in of.covers.all()]


def gaps_of(of: Version) -> list[str]:
    return rules.gaps([code for code, _ in items()], said(of))


def delays(unit: str = "") -> list[Delay]:
    rows = Delay.objects.order_by("unit", "since")
    return list(rows.filter(unit=unit) if unit else rows)


def delay(uid: str) -> Delay:
    """Errors: `DELAY-NONE`."""
    found = Delay.objects.filter(uid=uid).first()
    if found is None:
        raise absent("DELAY-NONE", field="delay", value=uid, zh="项延期", en="delay")
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit that must have a plan: where it stands on a day, and what the plan says of each item (item → stance)."""

    unit: str
    name: str
    state: str
    due: date | None
    published: date | None
    version: str
    cells: dict[str, str]

    @property
    def words(self) -> Text:
        return rules.STATES[self.state]


def standings(on: date) -> list[Standing]:
    """All obliged units, in the order of the notice; three reads however many units there are."""
    plans: dict[str, Version] = {}
    rows = Version.objects.select_related("document").filter(document__kind="plan", in_force_on__lte=on).exclude(state="entered")
    for row in rows.order_by("in_force_on", "number"):
        if row.repealed_on is None or on < row.repealed_on:
            plans[registry.owner_of(row.document.unit, on=on)] = row
    covers: dict[int, dict[str, str]] = {}
    for one in Cover.objects.filter(version__in=[p.pk for p in plans.values()]):
        covers.setdefault(one.version_id, {})[one.item] = one.stance
    stops: dict[str, list[rules.Stop]] = {}
    for delayed in Delay.objects.exclude(granted_at=None):
        stops.setdefault(delayed.unit, []).append(rules.Stop(delayed.since, delayed.until))
    due, warn = value("plan_due", on), value("warn_days", on)
    return [_standing(unit, plans.get(unit), covers, stops.get(unit, []), on=on, due=due, warn=warn) for unit in obliged(on)]


def _standing(
    unit: str, plan: Version | None, covers: dict[int, dict[str, str]], stops: list[rules.Stop], *, on: date, due: date, warn: int,
) -> Standing:
    published = clock.city_day(plan.published_at) if plan and plan.published_at else None
    state, last = rules.state_of(due, stops, published=published, on=on, warn_days=warn)
    return Standing(unit, registry.name(unit, as_of=on), state, last, published, plan.uid if plan else "",
                    covers.get(plan.pk, {}) if plan else {})


NOWHERE = Text("—", "—")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A dated parameter as it holds on a day; `rule` is the registered document in force that sets it."""

    room: str
    name: str
    value: str
    unit: str
    since: date
    source: str
    sure: bool
    rule: str = ""
    rule_title: str = ""
    place: Text = NOWHERE

    @property
    def value_words(self) -> Text:
        return rules.worded(self.value)

    @property
    def unit_words(self) -> Text | None:
        if self.unit in rules.SAID_BY_VALUE:
            return None
        return rules.UNITS.get(self.unit) or (Text(self.unit, self.unit) if self.unit else None)


def parameters(on: date) -> list[Numbered]:
    """Every dated parameter of the software with its source and, where one is registered, the rule that sets it."""
    setting: dict[str, Version] = {}
    for row in Version.objects.select_related("document").filter(in_force_on__lte=on).exclude(state="entered").order_by("in_force_on"):
        if row.repealed_on is None or on < row.repealed_on:
            setting |= dict.fromkeys(row.parameters, row)
    terms = cases.terms()
    called = rules.PLACES | {short_name(path): Text(told["page"][0]["zh"], told["page"][0]["en"]) for path, told in toml_of("menu.toml")}
    return [_numbered(called.get(short_name(path)), short_name(path), name, table, terms, setting.get(name), on)
            for path, tables in toml_of("parameters.toml") for name, table in tables.items()]


def _numbered(place: Text | None, room: str, name: str, rows: list[dict[str, Any]], terms: Any, setting: Version | None,
              on: date) -> Numbered:
    """Limits of procedures come from casework, where the city may have set a later value."""
    doc, title = (setting.document.uid, setting.document.title) if setting else ("", "")
    place = place or Text(room, room)
    if name in terms.codes() and "unit" in rows[0]:
        term = terms.on(name, on)
        counted = (rules.unit_by_name(name) or term.unit) if term.unit == "count" else term.unit
        return Numbered(room, name, str(term.value), counted, term.since, term.source, term.sure, doc, title, place)
    row = rules.value_on(rows, on) or rows[0]
    sure = not row.get("to_be_confirmed", False)
    unit = str(row.get("unit", "")) or rules.unit_by_name(name)
    return Numbered(room, name, rules.worth(row), unit, row["since"], row["source"], sure, doc, title, place)


def told() -> list[Missing]:
    return list(Missing.objects.order_by("-told_at"))


def published_body(row: Version) -> dict[str, Any]:
    return {"document": row.document.uid, "version": row.uid, "unit": row.document.unit, "sort": row.document.kind, "number": row.number,
            "text": row.text, "in_force_on": row.in_force_on.isoformat(), "by": row.published_by,
            "covers": sorted([c.item, c.stance] for c in row.covers.all())}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about published versions."""
    for row in Version.objects.select_related("document").filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(PUBLISHED, published_body(row), row.published_at), f"{row.document.title} 第{row.number}版"


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Versions to publish, delays to decide; for a unit, its own plan that is missing."""
    if not actor.can("institutions.see"):
        return []
    found: list[TodayItem] = []
    if actor.can("institutions.publish"):
        found += [TodayItem(Text("制度文件待印发", "document to be published"), Text(v.document.title, v.document.title),
                            reverse("s2:version", args=[v.uid]))
                  for v in Version.objects.select_related("document").filter(state=Version.State.ENTERED)[:20]]
        found += [TodayItem(Text("立法延期待定", "delay to be decided"), Text(d.basis[:40], d.basis[:40]), reverse("s2:desk"))
                  for d in Delay.objects.filter(granted_at=None)[:20]]
    if (unit := actor.unit) and actor.can("institutions.enter", unit):
        mine = next((one for one in standings(clock.city_day(at)) if one.unit == unit), None)
        if mine and mine.state in {"overdue", "at_risk"}:
            found.append(TodayItem(mine.words, Text("本单位实施方案", "the unit's implementation plan"), reverse("s2:desk"),
                                   due=mine.due, state="overdue" if mine.state == "overdue" else ""))
    return found

"""What stands in the archive of a unit, a district or a civil servant? Counts betray nothing that the viewer may not see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.queries.history import facts
from ximu.ideas.records.queries.terms import city_day, retention_years
from ximu.ideas.records.rules import LIVE, Clause, Facts, RecordView, Shown
from ximu.ideas.records.rules.terms import oldest_end

PAGE = 50
MOST = 200
MOST_PAGES = 1_000_000
"""Further than anybody turns, and still a number that a database can skip by."""


@dataclass(frozen=True, slots=True)
class Row:
    facts: Facts
    shown: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    total: int
    page: int
    size: int
    as_of: date
    known_at: datetime

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Archive:
    subjects: tuple[str, ...]
    families: Mapping[str, int]
    timeline: Page


@dataclass(frozen=True, slots=True)
class Shape:
    """How many records of one sort there are; what a policy asks about a record, apart from its values."""

    item: str
    edition: str
    family: str
    kind: str
    state: str
    records: int


def _clause(clause: Clause, state: str) -> Q:
    found = Q(family__in=clause.families, kind__in=clause.kinds, **{f"{state}__in": clause.states})
    if clause.subjects is not None:
        found &= Q(subject__in=clause.subjects)
    if clause.sources is not None:
        found &= Q(source__in=clause.sources)
    return found


def _as_known(known_at: datetime) -> QuerySet[Version]:
    """The newest version of each record known then, with `then`: the state it had."""
    newer = Version.objects.filter(number=OuterRef("number"), version__gt=OuterRef("version"), known_at__lte=known_at)
    moved = Step.objects.filter(number=OuterRef("number"), version=OuterRef("version"), what=Step.What.MOVE, known_at__lte=known_at)
    return Version.objects.filter(~Exists(newer), known_at__lte=known_at).annotate(
        then=Coalesce(Subquery(moved.order_by("-log_index").values("after")[:1]), "entered", output_field=CharField()),
    )


def _visible(subjects: Collection[str] | None, view: RecordView, as_of: date, known_at: datetime) -> QuerySet[Version]:
    clauses = view.clauses()
    if not clauses:
        return Version.objects.none()
    rows = _as_known(known_at) if subjects is not None else Version.objects.filter(newest=True)
    if subjects is not None:
        rows = rows.filter(subject__in=subjects)
    state = "then" if subjects is not None else "state"
    seen = reduce(or_, (_clause(clause, state) for clause in clauses))
    oldest = oldest_end(retention_years(as_of), as_of)
    return rows.filter(seen, Q(end_date__isnull=True) | Q(end_date__gte=oldest), event_date__lte=as_of)


def _page(rows: QuerySet[Version], view: RecordView, *, page: int, size: int, clocks: tuple[date, datetime], state: str) -> Page:
    page, size = min(max(1, page), MOST_PAGES), min(max(1, size), MOST)
    total = rows.count()
    cut = rows.defer("salt")[(page - 1) * size:page * size]
    found = [facts(version, getattr(version, state)) for version in cut]
    return Page([Row(f, view.present(f)) for f in found], total, page, size, *clocks)


def records_of(
    subjects: str | Collection[str], *, view: RecordView, known_at: datetime, as_of: date | None = None, family: str = "",
    page: int = 1, size: int = PAGE,
) -> Page:
    """Records of one subject or several (a unit with its forebears, the units of a district), newest event first."""
    wanted = (subjects,) if isinstance(subjects, str) else tuple(subjects)
    on = as_of or city_day(known_at)
    rows = _visible(wanted, view, on, known_at)
    if family:
        rows = rows.filter(family=family)
    return _page(rows.order_by("-event_date", "number"), view, page=page, size=size, clocks=(on, known_at), state="then")


def archive(
    subjects: str | Collection[str], *, view: RecordView, known_at: datetime, as_of: date | None = None, family: str = "",
    page: int = 1, size: int = PAGE,
) -> Archive:
    """Timeline and counts by family, both over exactly what the viewer may see."""
    wanted = (subjects,) if isinstance(subjects, str) else tuple(subjects)
    on = as_of or city_day(known_at)
    counted = _visible(wanted, view, on, known_at).order_by().values_list("family").annotate(Count("log_index"))
    timeline = records_of(wanted, view=view, known_at=known_at, as_of=on, family=family, page=page, size=size)
    return Archive(wanted, dict(sorted(counted)), timeline)


def known_of(numbers: Collection[str], *, view: RecordView, known_at: datetime) -> set[str]:
    """Those of the numbers whose record this viewer may know of, as known then."""
    clauses, on = view.clauses(), city_day(known_at)
    if not clauses or not numbers:
        return set()
    oldest = oldest_end(retention_years(on), on)
    rows = _as_known(known_at).filter(reduce(or_, (_clause(clause, "then") for clause in clauses)), number__in=set(numbers))
    return set(rows.filter(Q(end_date__isnull=True) | Q(end_date__gte=oldest), event_date__lte=on).values_list("number", flat=True))


def work_list(
    state: str, *, view: RecordView, at: datetime, batch: str = "", source: str = "", page: int = 1, size: int = PAGE,
) -> Page:
    """Records that now wait in a state, oldest first."""
    rows = _visible(None, view, city_day(at), at).filter(state=state)
    narrowed: dict[str, Any] = {name: value for name, value in (("batch", batch), ("source", source)) if value}
    return _page(rows.filter(**narrowed).order_by("log_index"), view, page=page, size=size, clocks=(city_day(at), at), state="state")


def shapes(*, view: RecordView) -> list[Shape]:
    """The register as it is now, counted by sort, over what the viewer may see."""
    clauses = view.clauses()
    if not clauses:
        return []
    seen = reduce(or_, (_clause(clause, "state") for clause in clauses))
    counted = (Version.objects.filter(seen, newest=True).order_by()
               .values_list("item", "edition", "family", "kind", "state").annotate(Count("log_index")))
    return sorted((Shape(*row) for row in counted), key=lambda shape: (shape.item, shape.edition, shape.kind, shape.state))


def numbers_of(
    subjects: Collection[str], *, item: str, first: date, last: date, known_at: datetime,
) -> dict[str, list[str]]:
    """Subject → records of an item in effect, as known then, whose event fell in the span: what a score may count."""
    found: dict[str, list[str]] = {}
    rows = _as_known(known_at).filter(subject__in=subjects, item=item, event_date__range=(first, last), then__in=sorted(LIVE))
    for subject, number in rows.values_list("subject", "number"):
        found.setdefault(subject, []).append(number)
    return found

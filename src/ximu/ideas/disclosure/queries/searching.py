"""What does a search of the published records find, and how could it be narrowed? Counts are over what is public, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.publications import shown
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.registry import queries as registry

PAGE, MOST = 20, 100
MOST_PAGES = 1_000_000
"""Further than anybody turns, and still a number that a database can skip by."""
CITY = "city"
"""The facet of bodies that belong to no district."""
DIMENSIONS = ("family", "year", "district")


def public_search(
    text: str = "", *, on: date, subjects: Collection[str] | None = None, family: str = "", year: int = 0, district: str = "",
    page: int = 1, size: int = PAGE,
) -> dict[str, Any]:
    """Published records whose public words hold the text, newest event first. `district` is a uid or `city`."""
    rows = _narrowed(_worded(text, on, subjects), {"family": family, "year": year, "district": district}, on)
    page, size = min(max(1, page), MOST_PAGES), min(max(1, size), MOST)
    cut = rows.order_by("-event_date", "number")[(page - 1) * size:page * size]
    return {"total": rows.count(), "page": page, "size": size, "records": [shown(row) for row in cut]}


def public_facets(text: str = "", *, on: date, family: str = "", year: int = 0, district: str = "") -> dict[str, list[tuple[Any, int]]]:
    """For each dimension its values with how many records each would leave, the other choices kept; in three statements."""
    chosen = {"family": family, "year": year, "district": district}
    rows = {name: _narrowed(_worded(text, on, None), {**chosen, name: ""}, on).order_by() for name in DIMENSIONS}
    places = _districts(on)
    districts: Counter[str] = Counter()
    for subject, count in rows["district"].values_list("subject").annotate(Count("pk")):
        districts[places.get(subject, CITY)] += count
    return {
        "family": sorted(rows["family"].values_list("family").annotate(Count("pk"))),
        "year": sorted(rows["year"].annotate(year=ExtractYear("event_date")).values_list("year").annotate(Count("pk")), reverse=True),
        "district": sorted(districts.items(), key=lambda one: (-one[1], one[0])),
    }


def _worded(text: str, on: date, subjects: Collection[str] | None) -> QuerySet[Publication]:
    rows = open_on(on)
    if text.strip():
        rows = rows.filter(words__icontains=text.strip())
    return rows if subjects is None else rows.filter(subject__in=subjects)


def _narrowed(rows: QuerySet[Publication], chosen: Mapping[str, Any], on: date) -> QuerySet[Publication]:
    if chosen["family"]:
        rows = rows.filter(family=chosen["family"])
    if chosen["year"]:
        rows = rows.filter(event_date__gte=date(chosen["year"], 1, 1), event_date__lte=date(chosen["year"], 12, 31))
    if district := chosen["district"]:
        places = _districts(on)
        rows = rows.exclude(subject__in=list(places)) if district == CITY else rows.filter(
            subject__in=[uid for uid, place in places.items() if place == district])
    return rows


def _districts(on: date) -> dict[str, str]:
    """Each body that belongs to a district → the district's government, which belongs to itself; ended bodies too."""
    known, found = registry.book(), {}
    for uid, unit in known.units.items():
        place = known.place_on(uid, max(on, unit.since))
        if place.district:
            found[uid] = place.district
        elif place.level == "district":
            found[uid] = uid
    return found

"""What does a search of the published records find, and how could it be narrowed? Counts are over what is public, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from ximu.foundation.once import once
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.finding import Hit, Narrowed, hits
from ximu.ideas.disclosure.queries.publications import shown
from ximu.ideas.disclosure.queries.remembering import remembered
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.registry import queries as registry

PAGE, MOST = 20, 100
MOST_PAGES = 1_000_000
"""Further than anybody turns, and still a number that a database can skip by."""
CITY = "city"
"""The facet of bodies that belong to no district."""
DIMENSIONS = ("family", "year", "district")
Facets = dict[str, list[tuple[Any, int | None]]]


def public_search(
    text: str = "", *, on: date, subjects: Collection[str] | None = None, family: str = "", year: int = 0, district: str = "",
    page: int = 1, size: int = PAGE,
) -> dict[str, Any]:
    """Published records whose public words hold every part of the text, newest event first. `district` is a uid or `city`.

    Where more than `MOST_HITS` hold the words, `more` is true and the list is of those that were published last.
    """
    chosen, more = _narrowed(family, year, district, subjects, on), False
    page, size = min(max(1, page), MOST_PAGES), min(max(1, size), MOST)
    cut = slice((page - 1) * size, page * size)
    if text.strip():
        found, more = _found(text, chosen, on)
        total, keys = len(found), [one.pk for one in sorted(found, key=_newest)[cut]]
    else:
        asked = _chosen(open_on(on), chosen)
        total = remembered(("total", family, year, district, subjects and tuple(subjects)), on, asked.count)
        keys = list(asked.order_by("-event_date", "number").values_list("pk", flat=True)[cut])  # keys sort faster than whole rows
    kept = Publication.objects.in_bulk(keys)
    return {"total": total, "more": more, "page": page, "size": size, "records": [shown(kept[pk]) for pk in keys if pk in kept]}


def _newest(hit: Hit) -> tuple[int, str]:
    return -hit.event_date.toordinal(), hit.number


def _found(text: str, chosen: Narrowed, on: date) -> tuple[list[Hit], bool]:
    """Asked once for the list and for its facets."""
    return once(f"disclosure.hits {on} {text.strip()} {chosen}", lambda: hits(text, chosen, on=on))


def public_facets(text: str = "", *, on: date, family: str = "", year: int = 0, district: str = "") -> Facets:
    """For each dimension its values with how many records each would leave, the other choices kept.

    None instead of a number where more than `MOST_HITS` hold the words: the values of all that is public, to narrow the search by.
    """
    asked = {"family": family, "year": year, "district": district}
    found: Facets = {}
    for name in DIMENSIONS:
        others = {**asked, name: 0 if name == "year" else ""}
        chosen = _narrowed(others["family"], others["year"], others["district"], None, on)
        found[name] = _by_words(text, name, chosen, on) if text.strip() else remembered(
            ("facet", name, *others.values()), on, lambda chosen=chosen, name=name: _counted(_chosen(open_on(on), chosen), name, on))
    return found


def _by_words(text: str, name: str, chosen: Narrowed, on: date) -> list[tuple[Any, int | None]]:
    found, more = _found(text, chosen, on)
    if more:
        every = remembered(("facet", name, "", 0, ""), on, lambda: _counted(open_on(on), name, on))
        return [(value, None) for value, _ in every]
    if name == "district":
        return _of_districts(Counter(one.subject for one in found).items(), on)
    counted = Counter(one.family if name == "family" else one.event_date.year for one in found)
    return sorted(counted.items(), reverse=name == "year")


def _counted(rows: QuerySet[Publication], name: str, on: date) -> list[tuple[Any, int | None]]:
    rows = rows.order_by()
    if name == "family":
        return sorted(rows.values_list("family").annotate(Count("pk")))
    if name == "year":
        return sorted(rows.annotate(year=ExtractYear("event_date")).values_list("year").annotate(Count("pk")), reverse=True)
    return _of_districts(rows.values_list("subject").annotate(Count("pk")), on)


def _of_districts(subjects: Iterable[tuple[str, int]], on: date) -> list[tuple[Any, int | None]]:
    places = _districts(on)
    districts: Counter[str] = Counter()
    for subject, count in subjects:
        districts[places.get(subject, CITY)] += count
    return [(uid, count) for uid, count in sorted(districts.items(), key=lambda one: (-one[1], one[0]))]


def _narrowed(family: str, year: int, district: str, subjects: Collection[str] | None, on: date) -> Narrowed:
    if not district:
        return Narrowed(family, year, None if subjects is None else tuple(subjects))
    places = _districts(on)
    if district == CITY:
        return Narrowed(family, year, None if subjects is None else tuple(subjects), tuple(sorted(places)))
    inside = {uid for uid, place in places.items() if place == district}
    return Narrowed(family, year, tuple(sorted(inside if subjects is None else inside & {*subjects})))


def _chosen(rows: QuerySet[Publication], chosen: Narrowed) -> QuerySet[Publication]:
    if chosen.family:
        rows = rows.filter(family=chosen.family)
    if chosen.year:
        rows = rows.filter(event_date__gte=date(chosen.year, 1, 1), event_date__lte=date(chosen.year, 12, 31))
    rows = rows.exclude(subject__in=list(chosen.outside)) if chosen.outside else rows
    return rows if chosen.subjects is None else rows.filter(subject__in=list(chosen.subjects))


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

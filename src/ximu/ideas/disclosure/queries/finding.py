"""Which open publications hold these words? At most a few thousand are looked at, the newest published first, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.disclosure.rules import grams

MOST_HITS = 2000


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The choices beside the words; `subjects` None: any, `outside`: none of these."""

    family: str = ""
    year: int = 0
    subjects: Collection[str] | None = None
    outside: Collection[str] = ()


def facet_words(row: Publication) -> str:
    """What a publication can be narrowed by, as tokens beside its words."""
    return f"f{row.family} y{row.event_date.year} s{row.subject}"


def hits(words: str, chosen: Narrowed, *, on: date) -> tuple[list[int], bool]:
    """Keys of at most `MOST_HITS` publications open on the day, and whether there are more. `words` is not blank."""
    wanted = grams.terms(words)
    if not wanted or (chosen.subjects is not None and not chosen.subjects):
        return [], False
    keys = _sqlite(wanted, chosen) if connection.vendor == "sqlite" else _postgresql(wanted, chosen, on)
    more, keys = len(keys) > MOST_HITS, keys[:MOST_HITS]
    if connection.vendor == "sqlite":
        keys = list(open_on(on).filter(pk__in=keys).order_by("-pk").values_list("pk", flat=True))
    return keys, more


def _sqlite(wanted: Sequence[str], chosen: Narrowed) -> list[int]:
    parts = ["words : (" + " AND ".join(grams.phrase(term) for term in wanted) + ")"]
    if chosen.family:
        parts.append(f"facets : {_token('f', chosen.family)}")
    if chosen.year:
        parts.append(f"facets : {_token('y', str(chosen.year))}")
    if chosen.subjects is not None:
        parts.append("facets : (" + " OR ".join(_token("s", uid) for uid in sorted(chosen.subjects)) + ")")
    asked = " AND ".join(parts)
    if chosen.outside:
        asked = f"({asked}) NOT facets : (" + " OR ".join(_token("s", uid) for uid in sorted(chosen.outside)) + ")"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM disclosure_found WHERE disclosure_found MATCH %s ORDER BY rowid DESC LIMIT %s",
                       [asked, MOST_HITS + 1])
        return [row[0] for row in cursor.fetchall()]


def _token(kind: str, value: str) -> str:
    """A token of the facets; what could not be one finds nothing."""
    return f'"{kind}{value}"' if value.isascii() and value.isalnum() else '"none"'


def _postgresql(wanted: Sequence[str], chosen: Narrowed, on: date) -> list[int]:
    rows = open_on(on)
    for term in wanted:
        pattern = "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = rows.extra(where=["ximu_grams(words) @> %s::text[]", "lower(normalize(words, NFKC)) LIKE %s"],
                          params=[grams.pairs(term), pattern])
    rows = rows.filter(**_columns(chosen)).order_by("-pk")
    rows = rows.exclude(subject__in=list(chosen.outside)) if chosen.outside else rows
    return list(rows.values_list("pk", flat=True)[:MOST_HITS + 1])


def _columns(chosen: Narrowed) -> dict[str, Any]:
    found: dict[str, Any] = {"family": chosen.family} if chosen.family else {}
    if chosen.year:
        found |= {"event_date__gte": date(chosen.year, 1, 1), "event_date__lte": date(chosen.year, 12, 31)}
    if chosen.subjects is not None:
        found["subject__in"] = list(chosen.subjects)
    return found

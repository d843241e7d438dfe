"""Which open publications hold these words? At most a few thousand are looked at, the newest published first, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from ximu.ideas.casework.queries import paused_now
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.disclosure.rules import grams

MOST_HITS = 2000


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The choices beside the words; `subjects` None: any, `outside`: none of these."""

    family: str = ""
    year: int = 0
    subjects: tuple[str, ...] | None = None
    outside: tuple[str, ...] = ()


def facet_words(row: Publication) -> str:
    """What a publication can be narrowed by, as tokens beside its words."""
    return f"f{row.family} y{row.event_date.year} s{row.subject}"


class Hit(NamedTuple):
    """What a list and its facets need of a publication."""

    pk: int
    number: str
    family: str
    subject: str
    event_date: date


def hits(words: str, chosen: Narrowed, *, on: date) -> tuple[list[Hit], bool]:
    """At most `MOST_HITS` publications open on the day, the newest published first, and whether there are more. `words` is not blank."""
    wanted = grams.terms(words)
    if not wanted or (chosen.subjects is not None and not chosen.subjects):
        return [], False
    found = _sqlite(wanted, chosen, on) if connection.vendor == "sqlite" else _postgresql(wanted, chosen, on)
    return found[:MOST_HITS], len(found) > MOST_HITS


def _sqlite(wanted: Sequence[str], chosen: Narrowed, on: date) -> list[Hit]:
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
    held = sorted(paused_now())
    out = f"AND p.number NOT IN ({','.join(['%s'] * len(held))})" if held else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.id, p.number, p.family, p.subject, p.event_date FROM disclosure_found AS f"  # noqa: S608  no input in SQL
                       " JOIN disclosure_publication AS p ON p.id = f.rowid WHERE f.disclosure_found MATCH %s"
                       f" AND p.state = 'open' AND p.closes_on >= %s {out} ORDER BY f.rowid DESC LIMIT %s",
                       [asked, on.isoformat(), *held, MOST_HITS + 1])
        return [Hit(*row[:4], date.fromisoformat(str(row[4])[:10])) for row in cursor.fetchall()]


def _token(kind: str, value: str) -> str:
    """A token of the facets; what could not be one finds nothing."""
    return f'"{kind}{value}"' if value.isascii() and value.isalnum() else '"none"'


def _postgresql(wanted: Sequence[str], chosen: Narrowed, on: date) -> list[Hit]:
    rows = open_on(on)
    for term in wanted:
        pattern = "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = rows.extra(where=["ximu_grams(words) @> %s::text[]", "lower(normalize(words, NFKC)) LIKE %s"],
                          params=[grams.pairs(term), pattern])
    rows = rows.filter(**_columns(chosen)).order_by("-pk")
    rows = rows.exclude(subject__in=list(chosen.outside)) if chosen.outside else rows
    return [Hit(*row) for row in rows.values_list(*Hit._fields)[:MOST_HITS + 1]]


def _columns(chosen: Narrowed) -> dict[str, Any]:
    found: dict[str, Any] = {"family": chosen.family} if chosen.family else {}
    if chosen.year:
        found |= {"event_date__gte": date(chosen.year, 1, 1), "event_date__lte": date(chosen.year, 12, 31)}
    if chosen.subjects is not None:
        found["subject__in"] = list(chosen.subjects)
    return found

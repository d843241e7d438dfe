"""The search index follows the publications: what opens is found, what ends is not, and an erasure leaves nothing of it.

PostgreSQL indexes the column of words by itself; SQLite keeps a full-text table beside it, without the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.finding import facet_words
from ximu.ideas.disclosure.rules import grams

TABLE = "disclosure_found"


def found_from_now(row: Publication) -> None:
    """`row` is open and has its words. Inside the caller's transaction."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} (rowid, words, facets) VALUES (%s, %s, %s)",  # noqa: S608  our own name
                           [row.pk, grams.document(row.words), facet_words(row)])


def found_no_more(rows: Iterable[Publication]) -> None:
    """Before the words of these open rows are emptied: an index without text is told what it has to forget."""
    gone = [(row.pk, grams.document(row.words), facet_words(row)) for row in rows if row.state == Publication.State.OPEN]
    if gone and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {TABLE} ({TABLE}, rowid, words, facets) VALUES ('delete', %s, %s, %s)", gone)  # noqa: S608


def forget_for_good() -> None:
    """After an erasure: the parts of the index are joined anew, so that no deleted token is left in an older one."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")  # noqa: S608  our own name

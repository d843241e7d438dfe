"""Which of one side share an address, a telephone or a person with one of the other? Of each value only a keyed digest is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ximu.foundation import vault
from ximu.foundation.models import SignMark
from ximu.kernel.signs import Match, Sign, mark_of, matches


def sign(book: str, owner: str, kind: str, value: str, who: str = "") -> Sign:
    """The value does not leave this call. Errors: `LINK-SIGN`."""
    return Sign(owner, kind, mark_of(kind, value, vault.secret(book)), who)


def keep(book: str, made: Iterable[tuple[str, Sign]]) -> int:
    """(side, sign) of each; how many are new. In the transaction of the caller, who logs it."""
    rows = SignMark.objects.filter(book=book)
    before = rows.count()
    SignMark.objects.bulk_create([SignMark(book=book, side=side, owner=one.owner, who=one.who, kind=one.kind, mark=one.mark)
                                  for side, one in made], ignore_conflicts=True)
    return rows.count() - before


def shared(book: str, *, mine: str, theirs: str, known: Iterable[tuple[str, str]], owners: Collection[str]) -> list[Match]:
    """Pairs that are not `known`; of `mine` those of these `owners`."""
    sides: dict[str, list[Sign]] = {mine: [], theirs: []}
    for row in SignMark.objects.filter(book=book, side__in=sides).order_by("pk"):
        sides[row.side].append(Sign(row.owner, row.kind, row.mark, row.who))
    return matches([one for one in sides[mine] if one.owner in owners], sides[theirs], known)

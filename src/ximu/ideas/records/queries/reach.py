"""How far does a right reach that is held for a unit? To the records which that unit delivered, and no further."""

from __future__ import annotations

from collections.abc import Collection

from ximu.ideas.records.models import Version
from ximu.ideas.records.queries.history import absent
from ximu.ideas.records.rules import parse
from ximu.kernel.actor import Actor

MANY = 800


def must_reach(given: str | Collection[str], permission: str, by: Actor, *, or_subject: bool = False) -> None:
    """Each record was delivered by a unit for which the right is held (or, `or_subject`, is about one); for the city: every record.

    One answer for what does not exist and for what lies out of reach. Errors: `PERM-DENIED`, `REC-NUMBER`, `REC-NONE`.
    """
    by.must(permission)
    units = by.units_with(permission)
    if units is None:
        return
    wanted, within = [parse(number) for number in ([given] if isinstance(given, str) else given)], set[str]()
    for start in range(0, len(wanted), MANY):
        rows = Version.objects.filter(number__in=wanted[start:start + MANY], newest=True).values_list("number", "source", "subject")
        within |= {number for number, source, subject in rows if source in units or (or_subject and subject in units)}
    for number in wanted:
        if number not in within:
            raise absent(number)

"""For which records has nobody answered yet whether a lawful ground of exemption (容错) holds?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef

from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.queries.terms import parameters
from ximu.kernel.refusal import Refusal

MANY = 800


def unexamined(numbers: Collection[str], *, on: date) -> set[str]:
    """Those whose newest version lacks the examination; families that speak against nobody (`notice_exception`) need none."""
    asked = Step.objects.filter(number=OuterRef("number"), version=OuterRef("version"), what=Step.What.EXAMINE)
    wanted, found = list(numbers), set[str]()
    for start in range(0, len(wanted), MANY):
        rows = Version.objects.filter(~Exists(asked), number__in=wanted[start:start + MANY], newest=True)
        found |= {n for n, family in rows.values_list("number", "family") if parameters().exception(family, on) is None}
    return found


def not_examined(number: str) -> Refusal:
    return Refusal("EXM-ASK", status=409, field="number", value=number, rule="容错审查在先",
                   zh="尚未逐项审查容错免责情形并签字，先在“容错审查”中办理。",
                   en="Nobody has examined the grounds of exemption and signed; do so under “Exemption check” first.")

"""A poor rating is followed until somebody else than the unit says that it was put right; a burst waits for two people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation import apart, clock
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.models import Burst, Rating

CLOSES = {"confirm": "confirmed", "verify": "verified", "uphold": "dismissed"}


def follow(row: Rating, *, by: Actor, at: datetime) -> str:
    """Open the case of a poor rating; empty where no calendar knows the year (`follow_missing` comes back to it)."""
    told = {"办件": row.case, "事项": row.item[:200], "评价": rules.LEVELS[row.level].zh, "评价渠道": row.window}
    opening = Opening(about=row.uid, key=row.uid, source=row.unit, values={"told": told})
    case = casework.open_or_join("poor_rating", opening=opening, given=Given(), by=by, at=at)
    if case:
        due = cases.case_for(case).due
        Rating.objects.filter(uid=row.uid).update(followed=case, contact_due=due, fix_due=due and cases.last_day_of("POOR-FIX", due))
    return case


def examine(burst: Burst, *, by: Actor, at: datetime) -> str:
    """Open the case of a burst, held by the coordinating office; empty where no calendar knows the year."""
    unit = queries.roster()[burst.window].unit
    told = {"评价渠道": burst.window, "暂扣日期": clock.city_day(burst.held_at).isoformat()}
    opening = Opening(about=burst.uid, key=burst.uid, source=unit, values={"told": told})
    case = casework.open_or_join("rating_burst", opening=opening, given=Given(), by=by, at=at)
    Burst.objects.filter(pk=burst.pk).update(case=case)
    return case


def follow_missing(*, at: datetime) -> int:
    """Poor ratings and bursts that have no case yet because a calendar was missing. How many were opened."""
    rows = Rating.objects.filter(level__lt=rules.GOOD, followed="").exclude(burst__state__in=("held", "void")).order_by("pk")
    held = Burst.objects.filter(state="held", case="").order_by("pk")
    return apart.each("ratings", [*rows[:queries.MOST_SHOWN], *held[:queries.MOST_SHOWN]],
                lambda one: bool((examine if isinstance(one, Burst) else follow)(one, by=SYSTEM, at=at)))


class PoorRating:
    """Whoever rated is not named in a step; the first term of putting right stands, whatever is sent back."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        """Errors: `D11-NAMED`, `D11-WAY`."""
        row = queries.rating(case.about)
        contact, way = queries.opened(row, "contact"), str(given.values.get("way", ""))
        if contact and contact in given.reason:
            raise queries.refuse("D11-NAMED", "reason")
        if move.verb == "contact" and (not way or (not contact and way != "page")):
            raise queries.refuse("D11-WAY", "way", way)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        row = queries.rating(case.about)
        Rating.objects.filter(pk=row.pk).update(**_changes(row, case, move.verb, clock.city_day(at)))


def _changes(row: Rating, case: Any, verb: str, day: date) -> dict[str, Any]:
    if verb == "contact":
        return {"contacted_on": row.contacted_on or day, "fix_due": min((one for one in (row.fix_due, case.due) if one), default=None)}
    if verb in ("fix", "not_solved", "send_back", "reject"):
        return {"fixed_on": day if verb == "fix" else None}
    return {"closed_on": day, "closed_as": CLOSES[verb]} if verb in CLOSES else {}


class RatingBurst:
    """Two people who neither brought the ratings nor belong to a unit that is rated; poor ones that are released are followed from then."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        """Errors: `DUAL`."""
        facts = list(Rating.objects.filter(burst__uid=case.about).values_list("unit", "received_by").distinct())
        if any(belongs(by, unit) for unit, _ in facts) or by.human in accounts.people_of({who for _, who in facts}):
            raise queries.refuse("DUAL", "by", status=403)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        open_one = Burst.objects.filter(uid=case.about, state="held")
        if move.target not in ("released", "void") or not open_one.update(state=move.target, decided_at=at):
            return
        poor = Rating.objects.filter(burst__uid=case.about, level__lt=rules.GOOD, followed="")
        for row in poor if move.target == "released" else ():
            follow(row, by=by, at=at)


def contact_of(uid: str, *, purpose: str, by: Actor, at: datetime) -> str:
    """For the unit in charge only, for a purpose, and it stays on record. Errors: `D11-NONE`, `D11-CONTACT`, `D11-PURPOSE`."""
    row = queries.rating(uid, actor=by)
    if not queries.handles(row, by) or row.closed_on:
        raise queries.refuse("D11-CONTACT", "by", status=403)
    if len(purpose.strip()) < 4:
        raise queries.refuse("D11-PURPOSE", "purpose", purpose)
    with transaction.atomic():
        append([Entry("service.looked", {"rating": row.uid, "by": by.uid})], at=at)
    return queries.opened(row, "contact")


CONDUCTS = {"poor_rating": PoorRating(), "rating_burst": RatingBurst()}

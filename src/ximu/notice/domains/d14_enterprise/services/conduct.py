"""What a move of the case does to the demand: in the same transaction, by conditional update."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework.rules import Given, Move
from ximu.kernel.actor import Actor
from ximu.notice.domains.d14_enterprise import queries, rules
from ximu.notice.domains.d14_enterprise.models import Demand

KINDS = {"accept_general": "一般", "accept_hard": "疑难"}
CLOSES = {"confirm": "企业确认", "confirm_filed": "企业确认", "hear": "说明情况", "hear_filed": "说明情况", "close_alone": rules.ALONE,
          "withdraw": "撤回"}


class EnterpriseDemand:
    """A promise within the term; no firm's name in a step; closed by the firm, or counted apart."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        """Errors: `D14-NAMED`, `D14-PROMISE`, `D14-AMOUNT`, `D14-OUTCOME`."""
        row, day = queries.of_case(case.uid), clock.city_day(at)
        rules.must_not_name(queries.content(row)["firm"], f"{given.reason}{''.join(map(str, given.values.values()))}")
        if kind := KINDS.get(move.verb):
            rules.must_promise(str(given.values.get("promised_on", "")), today=day, last=queries.last_day(kind, day) or day)
        if move.verb == "answer":
            rules.must_have_outcome(str(given.values.get("outcome", "")))
            rules.money(str(given.values.get("paid", "")), "paid")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        row, day = queries.of_case(case.uid), clock.city_day(at)
        Demand.objects.filter(pk=row.pk).update(fed=False, **_changes(row, case, move.verb, given, day))


def _changes(row: Demand, case: Any, verb: str, given: Given, day: date) -> dict[str, Any]:
    if kind := KINDS.get(verb):
        return {"kind": kind, "accepted_on": day, "due_by": case.due, "promised_on": date.fromisoformat(given.values["promised_on"])}
    if verb == "answer":
        paid: Decimal | None = rules.money(str(given.values.get("paid", "")), "paid")
        return {"answered_on": day, "outcome": given.values["outcome"], "solved": "", **({} if paid is None else {"paid": paid})}
    if verb == "cannot":
        return {"answered_on": day, "outcome": "无法办理", "explained_on": day, "solved": ""}
    if verb in ("not_solved", "not_solved_filed"):
        return {"answered_on": None, "outcome": "", "explained_on": None, "solved": "否", "reopened": row.reopened + 1}
    if closed := CLOSES.get(verb):
        return {"closed_on": day, "closed_as": closed, "rating": str(given.values.get("rating", "")),
                **({"solved": "是"} if closed == "企业确认" else {})}
    return {}


CONDUCTS = {"enterprise_demand": EnterpriseDemand()}

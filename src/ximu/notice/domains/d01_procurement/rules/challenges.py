"""How did challenges to the buyer and complaints to the supervisor end (D01-4), and in which time were they to be answered?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d01_procurement.rules import law

KINDS = {"challenge": Text("质疑", "challenge to the buyer"), "complaint": Text("投诉", "complaint to the supervisor")}
OUTCOMES = {"upheld": Text("全部成立", "upheld"), "partly": Text("部分成立", "partly upheld"), "rejected": Text("不成立", "rejected"),
            "dismissed": Text("不予受理", "not taken up"), "withdrawn": Text("撤回", "withdrawn")}
DECIDED = frozenset({"upheld", "partly", "rejected"})
GRANTED = frozenset({"upheld", "partly"})
STATES = {"open": Text("办理中", "open"), "overdue": Text("逾期未答复", "answer overdue"), "in_time": Text("按期办结", "decided in time"),
          "late": Text("逾期办结", "decided late")}


@dataclass(frozen=True, slots=True)
class Challenge:
    """`outcome` is empty and `decided` None while it is open on the day; `due` None for a year without a calendar."""

    uid: str
    ocid: str
    kind: str
    raised: date
    due: date | None
    decided: date | None
    outcome: str
    state: str
    basis: str = ""
    decision: str = ""

    def plain(self) -> dict[str, Any]:
        return {"uid": self.uid, "ocid": self.ocid, "kind": self.kind, "raised": self.raised.isoformat(),
                "due": self.due.isoformat() if self.due else None, "decided": self.decided.isoformat() if self.decided else None,
                "outcome": self.outcome, "state": self.state}


def due_day(kind: str, raised: date) -> date | None:
    """Seven working days for a challenge, thirty for a complaint (`parameters.toml`); None where no calendar tells."""
    term = law.challenge_workdays(raised) if kind == "challenge" else law.complaint_workdays(raised)
    try:
        return BUNDLED.due(raised, term).day
    except Refusal:
        return None


def state_of(due: date | None, decided: date | None, on: date) -> str:
    if decided is not None:
        return "late" if due is not None and decided > due else "in_time"
    return "overdue" if due is not None and on > due else "open"


def counted(listed: Iterable[Challenge]) -> tuple[int, int]:
    """(decided, upheld in whole or part): what was withdrawn or not taken up was not decided."""
    ended = [one.outcome for one in listed if one.outcome in DECIDED]
    return len(ended), sum(outcome in GRANTED for outcome in ended)


def overturned(listed: Iterable[Challenge]) -> list[Challenge]:
    """Complaints upheld on a purchase whose buyer had rejected a challenge before."""
    rows = list(listed)
    rejected = {one.ocid: one.decided for one in sorted(rows, key=lambda one: one.decided or date.max, reverse=True)
                if one.kind == "challenge" and one.outcome == "rejected" and one.decided}
    return [one for one in rows if one.kind == "complaint" and one.outcome in GRANTED and one.decided is not None
            and one.ocid in rejected and rejected[one.ocid] <= one.decided]

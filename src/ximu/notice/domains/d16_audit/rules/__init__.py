"""What counts as audited, put right, announced, found again? Plain values in; every row that was looked at comes out with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from ximu.ideas.areas.rules import Line
from ximu.kernel.refusal import Refusal
from ximu.kernel.spans import months_on
from ximu.kernel.words import Text

KINDS = {"unit": Text("单位", "Units"), "post": Text("领导岗位", "Leading posts"), "project": Text("项目", "Projects"),
         "fund": Text("资金", "Funds")}
STATES = {
    "covered": Text("周期内已审计", "audited in its cycle"), "waiting": Text("首个周期内，尚未审计", "not audited, in its first cycle"),
    "never": Text("从未审计", "never audited"),
    "late": Text("超过周期", "cycle is over"),
    "overdue": Text("整改超期", "overdue"), "closed": Text("已销号", "closed"), "open": Text("整改中", "being put right"),
    "dropped": Text("不作为问题", "not upheld"), "heard": Text("征求意见、待定性", "not determined"),
    "pending": Text("公布期限内", "to be announced"),
    "unpublished": Text("未公布", "not announced"), "announced": Text("已公布", "announced"), "withheld": Text("不予公布", "withheld"),
    "running": Text("在审", "under way"),
    "first": Text("首次", "first time"), "again": Text("再次发生", "found again"), "gone": Text("不在列", "not listed"),
}
Owner = Callable[[str, date], str]


@dataclass(frozen=True, slots=True)
class Target:
    uid: str
    kind: str
    title: str
    unit: str
    since: date
    until: date | None
    every: int


@dataclass(frozen=True, slots=True)
class Audited:
    """`answer`: announced or withheld by decision, empty where nothing was decided."""

    uid: str
    title: str
    unit: str
    covers: tuple[str, ...]
    report_on: date | None
    answer: str = ""
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    uid: str
    title: str
    unit: str
    audit: str
    topic: str
    decided_on: date | None
    upheld: bool
    due: date | None
    closed_on: date | None
    amount: Decimal | None = None
    fixed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    targets: Sequence[Target]
    audits: Sequence[Audited]
    findings: Sequence[Found]
    owner: Owner
    publish_days: int


def years_after(day: date, years: int) -> date:
    return months_on(day, 12 * years)


def coverage(facts: Facts, first: date, as_of: date) -> list[Line]:
    """On the day: audited within the cycle by an audit whose report is out. Never audited is never covered.

    Where no audit is on record at all there are no data, which is not the same as nothing covered.
    """
    seen: dict[str, date] = {}
    for one in facts.audits:
        if one.report_on and one.report_on <= as_of:
            seen.update({key: max(one.report_on, seen.get(key, one.report_on)) for key in one.covers})
    lines = [_covered(one, seen.get(one.uid), as_of) for one in facts.targets]
    return lines if facts.audits else [replace(one, why=one.why or "no-data") for one in lines]


def _covered(one: Target, last: date | None, as_of: date) -> Line:
    over = (as_of - years_after(last or one.since, one.every)).days
    why = "not-begun" if one.since > as_of else "ended" if one.until and one.until <= as_of else ""
    state = "gone" if why else "covered" if last and over < 0 else "waiting" if over < 0 else "late" if last else "never"
    return Line(one.uid, one.title, one.unit, one.kind, state, Decimal(state == "covered"), why=why, late_days=max(over, 0), on=last)


def rectified(facts: Facts, first: date, as_of: date, *, by_amount: bool = False) -> list[Line]:
    """Findings whose time to be put right ended in the period: closed by the audit bureau, by number or by amount."""
    return [_rectified(one, first, as_of, by_amount) for one in facts.findings]


def _rectified(one: Found, first: date, as_of: date, by_amount: bool) -> Line:
    decided = one.decided_on is not None and one.decided_on <= as_of
    if not decided or not one.upheld or one.due is None:
        return Line(one.uid, one.title, one.unit, "finding", "dropped" if decided else "heard", why="not-upheld")
    done, over = one.closed_on is not None and one.closed_on <= as_of, (as_of - one.due).days
    state = "closed" if done else "overdue" if over > 0 else "open"
    why = "" if first <= one.due <= as_of else "not-due"
    if by_amount and not why and one.amount is None:
        why = "no-amount"
    whole = (one.amount or Decimal(0)) if by_amount else Decimal(1)
    part = (min(one.fixed or Decimal(0), whole) if by_amount else whole) if done else Decimal(0)
    return Line(one.uid, one.title, one.unit, "finding", state, part, whole, why, 0 if done else max(over, 0), one.closed_on)


def announced(facts: Facts, first: date, as_of: date) -> list[Line]:
    """Audits whose time to be announced ended in the period; what may not be announced was so decided by two people."""
    found = []
    for one in facts.audits:
        out = one.report_on is not None and one.report_on <= as_of
        due = one.report_on + timedelta(days=facts.publish_days) if one.report_on and out else None
        answer = one.answer if one.answered_on and one.answered_on <= as_of else ""
        state = "running" if not out else answer or ("unpublished" if due and as_of > due else "pending")
        why = "not-reported" if due is None else "withheld" if answer == "withheld" else "" if first <= due <= as_of else "not-due"
        late = max((as_of - due).days, 0) if due and not answer else 0
        part = Decimal(answer == "announced")
        found.append(Line(one.uid, one.title, one.unit, "audit", state, part, why=why, late_days=late, on=one.answered_on))
    return found


def repeated(facts: Facts, first: date, as_of: date) -> list[Line]:
    """Findings upheld in the period; one is found again when an earlier audit found the same of the same unit or of one whose duties it
    carried that day."""
    known = [one for one in facts.findings if one.upheld and one.decided_on and one.decided_on <= as_of]
    found = []
    for one in facts.findings:
        day = one.decided_on
        why = "not-upheld" if day is None or day > as_of or not one.upheld else "not-in-period" if day < first else ""
        again = not why and day is not None and earlier_of(one, known, facts.owner) is not None
        found.append(Line(one.uid, one.title, one.unit, "finding", "again" if again else "first", why=why, part=Decimal(again), on=day))
    return found


def earlier_of(one: Found, known: Iterable[Found], owner: Owner) -> Found | None:
    """The newest earlier finding of the same topic, of another audit, in the same line of succession on the later day."""
    day = one.decided_on
    same = [e for e in known if day and e.decided_on and e.decided_on < day and e.audit != one.audit and e.topic == one.topic
            and owner(e.unit, day) == owner(one.unit, day)]
    return max(same, key=lambda e: (e.decided_on or date.min, e.uid), default=None)


MEASURES: Mapping[str, Callable[[Facts, date, date], list[Line]]] = {
    "coverage": coverage, "rectified": rectified, "announced": announced, "repeated": repeated,
    "rectified_amount": lambda facts, first, as_of: rectified(facts, first, as_of, by_amount=True),
}


MOST_YEARS = 20
"""No cycle is longer."""


def edge(value: str, zh: str, en: str) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=value, rule="opened → reported → proposed → decided", zh=zh, en=en)


def reported(audit: str) -> Refusal:
    return edge(audit, "审计报告已经出具，不能再提出问题、再次出具。", "The report is out: no finding is added, no report issued again.")


def no_target(key: str) -> Refusal:
    return Refusal("AUD-TARGET", field="target", value=key[:40], rule="审计对象", zh="审计对象不在清单之内，或缺少编号、名称。",
                   en="This is no target of the audit universe, or its number or name is missing.")


def must_be_target(kind: str, key: str, name: str, every: int | None) -> None:
    """Errors: `AUD-TARGET`, `AUD-CYCLE`."""
    entered = kind in ("project", "fund")
    if kind not in KINDS or not 0 < len(key.strip()) <= 40 or (entered and not name.strip()) or len(name.strip()) > 120:
        raise no_target(key)
    if every is not None and not 1 <= every <= MOST_YEARS:
        raise Refusal("AUD-CYCLE", field="every", value=every, rule=f"1–{MOST_YEARS}", zh=f"审计周期为1至{MOST_YEARS}年。",
                      en=f"A cycle has 1 to {MOST_YEARS} years.")


def target_of(unit: str, covered: Iterable[Target]) -> Target | None:
    """Which target of an audit is meant where only the unit is named: the unit itself, else the only one that it carries."""
    mine = [one for one in covered if one.unit == unit]
    itself = [one for one in mine if one.uid == unit]
    return itself[0] if itself else mine[0] if len(mine) == 1 else None

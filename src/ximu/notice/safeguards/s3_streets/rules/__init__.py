"""How a street's word is measured, what a benefit may not do, and when a criterion is met. Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = frozenset({"street", "town", "township"})
EFFECTS = {
    "extra": Text("额外便利", "adds a convenience"), "condition": Text("作为享受条件", "makes a service conditional"),
    "exclude": Text("限制或取消", "restricts or takes away"),
}
DENIAL = re.compile(r"不得|不予|取消|停止|停办|暂停|限制|拒绝|剥夺|禁止|降低标准")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
CENT = Decimal("0.01")
KEPT, PART, FAILED = "kept", "part_kept", ("overdue", "broken")


@dataclass(frozen=True, slots=True)
class Figures:
    """A unit's pledges at the end of a month or year. `share` in percent, of those that fell due; None where none did."""

    unit: str
    open: int
    due: int
    kept: int
    part: int
    failed: int
    share: Decimal | None

    def line(self) -> list[Any]:
        return [self.unit, self.open, self.due, self.kept, self.part, self.failed, None if self.share is None else str(self.share)]


@dataclass(frozen=True, slots=True)
class Pledge:
    unit: str
    state: str
    due: date


def month_end(month: str) -> date:
    """Last day of `YYYY-MM`. Errors: `MONTH-FORM`."""
    found = MONTH.fullmatch(month)
    if not found:
        raise Refusal("MONTH-FORM", field="month", value=month[:20], rule="YYYY-MM", zh=f"月份“{month[:20]}”应写作2018-05。",
                      en=f"Write the month “{month[:20]}” as 2018-05.")
    year, number = int(found[1]), int(found[2])
    return (date(year, 12, 31) if number == 12 else date(year, number + 1, 1) - timedelta(days=1))


def measure(units: Sequence[str], pledges: Iterable[Pledge], *, first: date, last: date) -> list[Figures]:
    """One rule for all: pledges that fell due between `first` and `last`, as judged on `last`; the others are open or not counted.

    Share = kept / due, a partly kept pledge counts as not kept (it is shown beside it).
    """
    mine: dict[str, list[Pledge]] = {unit: [] for unit in units}
    for pledge in pledges:
        if pledge.unit in mine:
            mine[pledge.unit].append(pledge)
    return [_figures(unit, held, first, last) for unit, held in mine.items()]


def _figures(unit: str, held: Sequence[Pledge], first: date, last: date) -> Figures:
    due = [p for p in held if first <= p.due <= last and p.state not in ("withdrawn", "changed")]
    kept, part = sum(p.state == KEPT for p in due), sum(p.state == PART for p in due)
    failed = sum(p.state in FAILED for p in due)
    share = (Decimal(kept) * 100 / len(due)).quantize(CENT, ROUND_HALF_UP) if due else None
    return Figures(unit, sum(p.state in ("registered", "running") for p in held), len(due), kept, part, failed, share)


def must_not_deny(service: str, effect: str, words: str, catalogue: Mapping[str, Mapping[str, Any]]) -> None:
    """A benefit adds and never takes. Errors: `BEN-SERVICE`, `BEN-EFFECT`, `BEN-RIGHT`."""
    if service not in catalogue:
        raise Refusal("BEN-SERVICE", field="service", value=service[:30], rule=" ".join(catalogue), zh="信用惠民目录中没有这类服务。",
                      en="There is no such service in the list of benefits.")
    if effect not in EFFECTS:
        raise Refusal("BEN-EFFECT", field="effect", value=effect[:20], rule=" ".join(EFFECTS), zh="须写明惠民措施的作用。",
                      en="Say what the benefit does.")
    name = catalogue[service]["zh"]
    if effect != "extra":
        raise _right("effect", effect, name, catalogue[service]["en"])
    named = next((one for one in catalogue.values() if one["basic"] and any(word in words for word in one["words"])), None)
    basic = named or (catalogue[service] if catalogue[service]["basic"] else None)
    if basic is not None and (hit := DENIAL.search(words)):
        raise _right("text", hit[0], basic["zh"], basic["en"])


def _right(field: str, value: str, zh: str, en: str) -> Refusal:
    return Refusal("BEN-RIGHT", field=field, value=value, rule="extra",
                   zh=f"信用惠民只能增加便利，不得使“{zh}”成为有条件的或受限制的服务。",
                   en=f"A benefit may only add; it may not make “{en}” conditional or restrict it.")


@dataclass(frozen=True, slots=True)
class Criterion:
    """`measure` names a computed value with a bound; `paper` asks for an accepted file instead."""

    code: str
    name: Text
    weight: int
    measure: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """`value` None: nothing shows it, so it is not met."""

    code: str
    value: Decimal | None
    met: bool
    points: int


def read_criteria(raw: Mapping[str, Any]) -> list[Criterion]:
    """Errors: ValueError for weights that do not add up to 100, a criterion without a measure or a paper, a measure without a bound."""
    found = []
    for one in raw["criterion"]:
        bound = {key: Decimal(str(one[key])) for key in ("least", "most") if key in one}
        made = Criterion(
            one["code"], Text(one["zh"], one["en"]), one["weight"], one.get("measure", ""), paper=one.get("paper", False),
            **bound)
        if made.paper == bool(made.measure) or (made.measure and not bound):
            raise ValueError(f"{made.code}: a measure with a bound, or a paper")
        found.append(made)
    if sum(one.weight for one in found) != 100 or len({one.code for one in found}) != len(found):
        raise ValueError("criteria: weights must add up to 100, codes must differ")
    return found


def marks(criteria: Sequence[Criterion], values: Mapping[str, Decimal | None], papers: Iterable[str]) -> list[Mark]:
    """`values` come from the register, `papers` are the codes for which a file was accepted. Nothing else counts."""
    accepted = set(papers)
    return [_mark(one, values.get(one.measure) if one.measure else None, one.code in accepted) for one in criteria]


def _mark(one: Criterion, value: Decimal | None, accepted: bool) -> Mark:
    if one.paper:
        return Mark(one.code, None, accepted, one.weight if accepted else 0)
    met = value is not None and (one.least is None or value >= one.least) and (one.most is None or value <= one.most)
    return Mark(one.code, value, met, one.weight if met else 0)


def shown_count(count: int, smallest: int) -> str:
    """A count as the public sees it: small ones are told as a bound, so that nobody can be recognised."""
    return str(count) if count == 0 or count >= smallest else f"<{smallest}"

"""What is somebody's year worth where parts may not apply? Weights, deductions, a grade: each line says what it gives, and they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ximu.kernel.words import Text

CENT = Decimal("0.01")
NOT_RATED = "NR"
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one part: so many of so many. `state`: `known`; `none` where the part does not apply; `missing` where data lack."""

    part: int = 0
    whole: int = 0
    state: str = "known"


@dataclass(frozen=True, slots=True)
class Given:
    """A line of the explanation; `points` is what it adds to (or takes from) the score."""

    code: str
    name: Text
    words: Text
    points: Decimal


@dataclass(frozen=True, slots=True)
class Rated:
    grade: str
    score: Decimal | None
    lines: tuple[Given, ...]
    method: str

    def plain(self) -> dict[str, Any]:
        return {"grade": self.grade, "score": None if self.score is None else str(self.score), "method": self.method, "lines": [
            {"code": one.code, "name": {"zh": one.name.zh, "en": one.name.en}, "why": {"zh": one.words.zh, "en": one.words.en},
             "points": str(one.points)} for one in self.lines]}


def rated(method: Mapping[str, Any], facts: Mapping[str, Fact], counts: Mapping[str, int]) -> Rated:
    """A part that does not apply hands its weight to the others in proportion; one whose data lack
    makes no grade, for missing is neither zero nor full marks. Deductions stop at their caps, the score at 0."""
    parts = method["part"]
    if any(facts[one["code"]].state == "missing" for one in parts):
        return Rated(NOT_RATED, None, tuple(_line(one, facts[one["code"]], Decimal(0)) for one in parts), method["version"])
    weights = {one["code"]: Decimal(str(one["weight"])) for one in parts if facts[one["code"]].state == "known"}
    total = sum(weights.values(), Decimal(0))
    if not total:
        return Rated(NOT_RATED, None, tuple(_line(one, facts[one["code"]], Decimal(0)) for one in parts), method["version"])
    lines = []
    for one in parts:
        fact, weight = facts[one["code"]], weights.get(one["code"], Decimal(0))
        share = Decimal(fact.part) / fact.whole if weight else Decimal(0)
        lines.append(_line(one, fact, _cents(HUNDRED * share * weight / total)))
    reached = sum((line.points for line in lines), Decimal(0))
    for one in method.get("deduction", ()):
        taken = min(counts.get(one["code"], 0) * Decimal(str(one["each"])), Decimal(str(one["cap"])), reached)
        reached -= taken
        lines.append(Given(one["code"], Text(one["zh"], one["en"]), Text(
            f"{counts.get(one['code'], 0)}次，每次扣{one['each']}分，至多{one['cap']}分",
            f"{counts.get(one['code'], 0)}, {one['each']} points each, at most {one['cap']}"), -taken))
    return Rated(_grade(method["grade"], reached), reached, tuple(lines), method["version"])


def _line(one: Mapping[str, Any], fact: Fact, points: Decimal) -> Given:
    words = {"none": Text("不适用，权重按比例分给其他部分", "does not apply; its weight goes to the others"),
             "missing": Text("缺少数据，不评定", "no data: not rated")}.get(
        fact.state, Text(f"{fact.part}/{fact.whole}，权重{one['weight']}", f"{fact.part} of {fact.whole}, weight {one['weight']}"))
    return Given(one["code"], Text(one["zh"], one["en"]), words, points)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _grade(grades: Sequence[Mapping[str, Any]], score: Decimal) -> str:
    return next((str(one["label"]) for one in grades if score >= Decimal(str(one["lowest"]))), str(grades[-1]["label"]))


def method_on(methods: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any]:
    """The method that held on a day; before the first the first."""
    ordered = sorted(methods, key=lambda one: one["since"])
    return ([one for one in ordered if one["since"] <= day] or ordered[:1])[-1]

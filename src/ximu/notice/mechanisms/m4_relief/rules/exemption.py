"""Which grounds are lawful, who sits on the panel, which earlier cases are alike and why?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

OUTCOMES = {"exempt": Text("免责", "Exempted"), "mitigate": Text("减责", "Mitigated"), "deny": Text("不成立", "Denied")}
LIKE_ENOUGH = 0.6
"""Share of features that must be equal for a case to count as like."""
MOST_LIKE = 5


class Checklist:
    """The dated grounds and the conditions that all must hold."""

    def __init__(self, table: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._grounds, self._conditions = table["ground"], table["condition"]

    def grounds(self, on: date) -> dict[str, Text]:
        return {g["code"]: Text(g["zh"], g["en"]) for g in self._grounds if _holds(g, on)}

    def every(self) -> dict[str, Text]:
        """All grounds that are or were in force."""
        return {g["code"]: Text(g["zh"], g["en"]) for g in self._grounds}

    def conditions(self, on: date) -> dict[str, Text]:
        return {c["code"]: Text(c["zh"], c["en"]) for c in self._conditions if _holds(c, on)}

    def ask(self, ground: str, answered: Collection[str], *, on: date) -> None:
        """Errors: `EXM-GROUND` without a ground in force that day, or when a condition is not answered for."""
        known = self.grounds(on)
        if ground not in known:
            raise Refusal("EXM-GROUND", field="ground", value=ground, rule=" ".join(known), zh="申请免责须选择当日有效的法定情形。",
                          en="A claim of exemption needs a lawful ground in force that day.")
        if missing := [words.zh for code, words in self.conditions(on).items() if code not in answered]:
            raise Refusal("EXM-GROUND", field="conditions", value="、".join(missing), rule="三项条件",
                          zh=f"免责须同时具备：{'、'.join(missing)}。", en="All conditions of the checklist must be answered for.")

    def examine(self, answers: Mapping[str, str], *, on: date) -> None:
        """Every ground in force on the day of the act is answered with `no`.

        Errors: `EXM-ASK` naming the grounds that were left out; `EXM-HOLDS` when one holds: then the panel decides, not the examiner.
        """
        known = self.grounds(on)
        if left := [words for code, words in known.items() if answers.get(code) not in ("no", "yes")]:
            raise Refusal("EXM-ASK", field="answers", value="、".join(w.zh for w in left), rule="yes / no",
                          zh=f"容错审查须逐项作答，尚缺：{'、'.join(w.zh for w in left)}。",
                          en=f"Every ground of exemption is answered; missing: {'; '.join(w.en for w in left)}.")
        if held := [words for code, words in known.items() if answers[code] == "yes"]:
            raise Refusal("EXM-HOLDS", status=409, field="answers", value="、".join(w.zh for w in held), rule="评议组决定",
                          zh=f"认为“{'、'.join(w.zh for w in held)}”成立的，请打开该记录提请容错免责评议，由评议组决定。",
                          en=f"If “{'; '.join(w.en for w in held)}” holds, open the record and ask for an exemption: a panel decides.")


def _holds(row: Mapping[str, Any], on: date) -> bool:
    return bool(row["since"] <= on and ("until" not in row or on < row["until"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may sit: a pseudonymous code and the unit."""

    human: str
    unit: str


def fit(candidate: Candidate, *, units: Collection[str], people: Collection[str]) -> Refusal | None:
    """Nobody of the subject's or the source's division, nobody who entered or claimed."""
    if candidate.unit in units:
        return Refusal("CONFLICT", status=403, field="member", value=candidate.unit, rule="same-division",
                       zh="评议人与主体或报送单位同一部门，应当回避。",
                       en="A reviewer of the subject's or the source's division must stand aside.")
    if candidate.human in people:
        return Refusal("CONFLICT", status=403, field="member", value="", rule="entered, opened", zh="录入人和申请人不能担任评议人。",
                       en="Who entered the record or made the claim cannot review it.")
    return None


def draw_panel(
    candidates: Iterable[Candidate], *, seed: str, size: int, units: Collection[str], people: Collection[str],
) -> list[Candidate]:
    """`size` people from different units, in the order of SHA-256(seed ‖ code): anybody who has seed and list can draw again.

    Errors: `PANEL-FEW` when too few are free of conflict.
    """
    free = [c for c in set(candidates) if fit(c, units=units, people=people) is None]
    free.sort(key=lambda c: (hashlib.sha256(f"{seed}\x00{c.human}".encode()).digest(), c.unit))
    chosen, used, seated = list[Candidate](), set[str](), set[str]()
    for candidate in free:
        if candidate.unit not in used and candidate.human not in seated and len(chosen) < size:
            chosen.append(candidate)
            used.add(candidate.unit)
            seated.add(candidate.human)
    for candidate in free:
        if len(chosen) < size and candidate.human not in seated:
            chosen.append(candidate)
            seated.add(candidate.human)
    if len(chosen) < size:
        raise Refusal("PANEL-FEW", status=409, field="members", value=len(chosen), rule=f"{size}", zh=f"无利害关系的评议人不足{size}人。",
                      en=f"Fewer than {size} reviewers are free of conflict.")
    return chosen


def majority(votes: Mapping[str, str], size: int) -> str:
    """What the panel found; the milder one of two that stand equal. Errors: `EXM-VOTES` until all have voted."""
    if len(votes) < size:
        raise Refusal("EXM-VOTES", status=409, field="votes", value=len(votes), rule=f"{size}",
                      zh=f"评议人尚未全部表决（{len(votes)}/{size}）。",
                      en=f"Not all reviewers have voted ({len(votes)} of {size}).")
    counted = Counter(votes.values())
    return max(OUTCOMES, key=lambda outcome: (counted[outcome], -list(OUTCOMES).index(outcome)))


@dataclass(frozen=True, slots=True)
class Like:
    """An earlier case without names: what came of it, how alike it is, and in which features."""

    outcome: str
    share: float
    same: tuple[str, ...]
    reason: str


def like_cases(features: Mapping[str, str], earlier: Iterable[tuple[Mapping[str, str], str, str]]) -> list[Like]:
    """The most alike first, each with the features that make it so."""
    found = []
    for known, outcome, reason in earlier:
        same = tuple(name for name, value in features.items() if value and known.get(name) == value)
        share = len(same) / max(1, len(features))
        if share >= LIKE_ENOUGH:
            found.append(Like(outcome, share, same, reason))
    return sorted(found, key=lambda like: (-like.share, like.outcome))[:MOST_LIKE]


def must_argue(outcome: str, like: Sequence[Like], departure: str) -> None:
    """Errors: `EXM-DEPART` when most of the like cases ended otherwise and no reason is given for departing."""
    other = [case for case in like if case.outcome != outcome]
    if len(other) * 2 > len(like) and not departure.strip():
        usual = Counter(case.outcome for case in other).most_common(1)[0]
        raise Refusal("EXM-DEPART", field="departure", value=outcome, rule=f"{usual[1]}/{len(like)}",
                      zh=f"{len(like)}件类案中{usual[1]}件为“{OUTCOMES[usual[0]].zh}”，作出不同结论须说明理由。",
                      en=f"{usual[1]} of {len(like)} like cases ended “{OUTCOMES[usual[0]].en}”; give the reason for departing.")

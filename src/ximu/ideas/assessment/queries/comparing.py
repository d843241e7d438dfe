"""Two runs held against each other: what changed a unit's score, by cause, by part, by record; and who is near it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.queries.runs import method_row, previous, run_row
from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.causes import Side, Split, causes, parts
from ximu.kernel.refusal import Refusal

NEAR = 2
"""Peers above and below in the ranking that a report card shows."""


@lru_cache(maxsize=16)
def _split(before: str, after: str) -> dict[str, Split]:
    """By uid: what a run was given and gave never changes, so the split of a pair is computed once."""
    sides = [Side(loading.load(run.method.text), run.data) for run in (run_row(before), run_row(after))]
    return causes(*sides)


def changed(uid: str, unit: str, *, other: str = "") -> dict[str, Any]:
    """What made a unit's score differ from that of another run, by default the final one of the year before.

    `causes` and `parts` each add up to `change` exactly. Errors: `SCORE-NONE`, `SCORE-EARLIER`, `SCORE-GAP` when one side does not rate it.
    """
    run = run_row(uid)
    before = run_row(other) if other else previous(run)
    found = _split(before.uid, run.uid).get(unit)
    if found is None:
        raise Refusal("SCORE-GAP", status=409, field="unit", value=unit[:80], rule="rated by both",
                      zh="两次考核没有都给该单位评分，无法比较。", en="The unit was not rated by both runs; they cannot be compared.")
    sides = [json.loads(one.result)["reasons"][unit] for one in (before, run)]
    told = found.plain()
    for cause in told["causes"]:
        cause |= moved(before, run, cause["column"], unit)
    return {**told, "period": run.period, "period_before": before.period, "run": run.uid, "run_before": before.uid,
            "method": run.method.version, "method_before": before.method.version, "same_method": run.method.digest == before.method.digest,
            "parts": parts(*sides)}


@dataclass(frozen=True, slots=True)
class BackTest:
    """One past year under another version: each unit's score and rank as they were and as they would have been, with the causes."""

    period: str
    run: str
    version: str
    lines: list[dict[str, Any]]
    why: Refusal | None = None

    @property
    def moved(self) -> int:
        """Units whose rank changes."""
        return sum(line["rank_before"] != line["rank_after"] for line in self.lines)

    def plain(self) -> dict[str, Any]:
        return {"period": self.period, "run": self.run, "version": self.version, "moved": self.moved, "units": self.lines,
                "refusal": self.why.envelope() if self.why else None}


def backtest(uid: str) -> list[BackTest]:
    """A version of a method on every past final year of its code, newest first: whose rank would have changed, and by what.

    A year whose data lack a column of the new version says so. Errors: `METH-NONE`.
    """
    row = method_row(uid)
    past = Run.objects.select_related("method").filter(method__code=row.code, state__in=[Run.State.FINAL, Run.State.PUBLISHED])
    return [_tested(run, row.text) for run in past.order_by("-period")]


def _tested(run: Run, text: str) -> BackTest:
    try:
        found = causes(Side(loading.load(run.method.text), run.data), Side(loading.load(text), run.data))
    except Refusal as refusal:
        return BackTest(run.period, run.uid, run.method.version, [], refusal)
    labels = json.loads(run.result)["labels"]
    lines = [{**split.plain(), "label": labels[unit]} for unit, split in found.items()]
    return BackTest(run.period, run.uid, run.method.version, sorted(lines, key=lambda line: (line["rank_after"] or 0, line["unit"])))


def moved(before: Run, after: Run, column: str, unit: str) -> dict[str, list[str]]:
    """The facts beneath a column that one run counted and the other did not."""
    old, new = (set(run.facts.get(column, {}).get(unit, ())) for run in (before, after))
    return {"facts_new": sorted(new - old), "facts_gone": sorted(old - new)}


def peers(run: Run, unit: str) -> list[dict[str, Any]]:
    """The unit, its neighbours in the ranking, the best and the middle one: total and parts of each. Errors: `INDEX-UNIT`."""
    told = json.loads(run.result)
    order = sorted((u for u, seen in told["published"].items() if seen["rank"] is not None),
                   key=lambda u: (told["published"][u]["rank"], u))
    if unit not in order:
        return []
    place = order.index(unit)
    chosen = {0, len(order) // 2, *range(max(0, place - NEAR), min(len(order), place + NEAR + 1))}
    return [{"unit": u, "label": told["labels"][u], **told["published"][u], "own": u == unit,
             "parts": [{"code": p["code"], "name_zh": p["name_zh"], "name_en": p["name_en"], "points": p.get("contribution")}
                       for p in told["reasons"][u]["parts"]]} for k, u in enumerate(order) if k in chosen]

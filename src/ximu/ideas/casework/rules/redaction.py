"""Which places of a paper are blacked out, for which reason, and who gets the original all the same?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.ideas.casework.rules.machine import Parties
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

MOST_REGIONS, WHOLE = 200, 100.0
RELATIONS = ("giver", "holder", "source", "office", "subject", "opener", "superior")


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    name: Text
    law: str


@dataclass(frozen=True, slots=True)
class Region:
    """`page` from 1; edges in percent of the page, from its left and from its top."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    reason: str


@dataclass(frozen=True, slots=True)
class Redacting:
    """The rules of one day."""

    version: str
    since: date
    source: str
    originals: frozenset[str]
    reasons: Mapping[str, Reason]


def redacting_of(table: Mapping[str, Any]) -> list[Redacting]:
    """Errors: ValueError for a relation that there is not."""
    made = [Redacting(v["version"], v["since"], v["source"], frozenset(v["originals"]),
                      {code: Reason(code, Text(r["zh"], r["en"]), r["law"]) for code, r in v["reason"].items()}) for v in table["version"]]
    if any(v.originals - set(RELATIONS) for v in made):
        raise ValueError("unknown relation")
    return sorted(made, key=lambda v: v.since)


def redacting_on(versions: Sequence[Redacting], on: date) -> Redacting:
    held = [v for v in versions if v.since <= on]
    return held[-1] if held else versions[0]


def gets_original(rules: Redacting, *, parties: Parties, units: Iterable[str], given_by: str, human: str) -> bool:
    """Any of the reader's relations to the case is one of those that get the original."""
    known = set(units)
    held = {name for name in ("holder", "source", "office", "subject", "opener", "superior") if getattr(parties, name) in known}
    return bool((held | ({"giver"} if given_by == human else set())) & rules.originals)


def regions_of(given: Sequence[Mapping[str, Any]], rules: Redacting, *, pages: int) -> list[Region]:
    """Errors: `REDACT-REGION` for none, too many, a page that there is not, edges outside or crossed; `REDACT-REASON`."""
    if not 1 <= len(given) <= MOST_REGIONS:
        raise _region("regions", len(given), f"1–{MOST_REGIONS}", "遮盖处的数目不在允许范围内。",
                      "There must be at least one region, and not too many.")
    return [_region_of(one, rules, pages) for one in given]


def _region_of(one: Mapping[str, Any], rules: Redacting, pages: int) -> Region:
    try:
        page = int(one["page"])
        left, top, right, bottom = (float(one[edge]) for edge in ("left", "top", "right", "bottom"))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _region("regions", "", "0–100", "遮盖处须写明页码和四边的百分比数值。",
                      "A region needs a page and four edges as numbers.") from None
    if not 1 <= page <= pages:
        raise _region("page", page, f"1–{pages}", "没有这一页。", "There is no such page.")
    sound = all(math.isfinite(edge) for edge in (left, top, right, bottom))
    if not (sound and 0 <= left < right <= WHOLE and 0 <= top < bottom <= WHOLE):
        raise _region("regions", f"{left} {top} {right} {bottom}", "0 ≤ left < right ≤ 100, 0 ≤ top < bottom ≤ 100",
                      "遮盖处的四边须在页面之内，左小于右，上小于下。",
                      "The edges must lie within the page, left before right, top above bottom.")
    reason = str(one.get("reason", ""))
    if reason not in rules.reasons:
        raise Refusal("REDACT-REASON", field="reason", value=reason[:20], rule=", ".join(rules.reasons),
                      zh="每处遮盖须从事由表中选定事由。",
                      en="Each region needs a reason from the list.")
    return Region(page, left, top, right, bottom, reason)


def _region(field: str, value: object, rule: str, zh: str, en: str) -> Refusal:
    return Refusal("REDACT-REGION", field=field, value=value, rule=rule, zh=zh, en=en)


BLACK = "■■■"


def blacked(text: str, marks: Iterable[tuple[str, str]], reasons: Mapping[str, object]) -> tuple[str, list[str]]:
    """The text with the marked passages blacked out, and the reason of each. Errors: `REDACT-PASSAGE`, `REDACT-REASON`."""
    said = []
    for passage, reason in marks:
        if not passage.strip() or passage not in text:
            raise Refusal("REDACT-PASSAGE", field="passage", value="", rule="原文", zh="要遮盖的文字不在问题、依据或单位意见之中。",
                          en="The passage to be blacked out is not in the text.")
        must_have_reason(reason, reasons)
        text = text.replace(passage, BLACK)
        said.append(reason)
    return text, said


def must_have_reason(reason: str, reasons: Mapping[str, object]) -> None:
    """Errors: `REDACT-REASON`."""
    if reason not in reasons:
        raise Refusal("REDACT-REASON", field="reason", value=reason[:20], rule=", ".join(reasons), zh="遮盖、不公布须从事由表中选定事由。",
                      en="What is blacked out or withheld needs a reason from the list.")

"""Which leads are there, how far are they, and what became of those of each source?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads.rules import ORIGINS, Told

FINAL = ("unfounded", "dismissed", "closed", "exempted", "recorded")


def body(named: str, *, on: date) -> str:
    """The government body that is meant (uid or name). Errors: `SUBJ-NONE`, `SUBJ-AMBIG` with those that are near."""
    if registry.unit(named, as_of=on):
        return named
    found = registry.resolve(named, as_of=on)
    if found.status == "exact":
        return found.candidates[0].uid
    near = "、".join(c.name for c in found.candidates[:3])
    if found.status == "ambiguous":
        raise Refusal("SUBJ-AMBIG", field="unit", value=named[:60], rule=near, zh=f"“{named[:60]}”可能指：{near}。请写明全称。",
                      en=f"“{named[:60]}” may mean: {near}. Give the full name.")
    raise Refusal("SUBJ-NONE", field="unit", value=named[:60], rule="registry",
                  zh=f"机构名录中没有“{named[:60]}”；只受理涉及政府机构的线索。",
                  en=f"The registry has no “{named[:60]}”; leads are about government bodies only.")


def lead_of(key: str) -> str:
    """The case of a reference that is known, open or closed; empty for a new one."""
    return cases.case_of_key("lead", key) if key else ""


def must_be_about(uid: str, unit: str, told: Told) -> None:
    """A reference names one lead, about one body. Errors: `LEAD-DUP`."""
    case = cases.case_for(uid)
    if case.subject != unit:
        raise Refusal("LEAD-DUP", status=409, field="reference", value=told.reference, rule=case.number,
                      zh=f"编号“{told.reference}”已是办件{case.number}的线索，涉及另一单位。",
                      en=f"Reference “{told.reference}” is the lead of case {case.number}, about another body.")


def leads(by: Actor, *, state: str = "") -> list[Any]:
    """Those that this person may know of, the most urgent first."""
    rows = cases.inbox(by, tab="open", kind="lead") if state not in FINAL else cases.inbox(by, tab="closed", kind="lead")
    return list((rows.filter(state=state) if state else rows)[:300])


@dataclass(frozen=True, slots=True)
class Chain:
    """Of one source: how many came, and what became of them."""

    origin: str
    came: int
    open: int
    unfounded: int
    closed: int
    exempted: int
    recorded: int
    late: int


def chains() -> list[Chain]:
    """The whole chain by source, over all leads."""
    found: dict[str, Counter[str]] = {}
    for case in cases.cases_of("lead"):
        counts = found.setdefault(str(case.values.get("origin", "other")), Counter())
        counts[case.state] += 1
        counts["late"] += case.late
    return [_chain(origin, found[origin]) for origin in ORIGINS if origin in found]


def _chain(origin: str, counts: Counter[str]) -> Chain:
    came = sum(counts.values()) - counts["late"]
    ended = sum(counts[state] for state in FINAL)
    return Chain(origin, came, came - ended, counts["unfounded"] + counts["dismissed"], counts["closed"], counts["exempted"],
                 counts["recorded"], counts["late"])

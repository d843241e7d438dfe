"""Is this a promise at all, and may this unit make it? Vague ones are refused with the missing part named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ximu.ideas.commitments.rules.kinds import PARTS, Kind, Procedure
from ximu.ideas.commitments.rules.terms import DIRECTIONS, Terms
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

_SIGNS = re.compile(r"[\s，。；、：！？,.;:!?（）()“”\"]")
NO_BUDGET = "AMT-BUDGET"
BEYOND = "ULTRA"


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding that does not refuse the promise but stays with it."""

    code: str
    words: Text


def missing_parts(kind: Kind, terms: Terms, *, counterpart: bool, procedure: Procedure) -> list[str]:
    """The parts without which nobody could say later whether the promise was kept, most telling first."""
    return list(dict.fromkeys(_missing(kind, terms, counterpart, procedure)))


def _missing(kind: Kind, terms: Terms, counterpart: bool, procedure: Procedure) -> Iterator[str]:
    says = says_something(terms.deliverable, procedure)
    if terms.target is None:
        if "target" in kind.needs:
            yield "target"
        elif not says:
            yield "deliverable" if "deliverable" in kind.needs else "outcome"
    else:
        yield from _missing_in_target(kind, terms)
    for part, there in (("due", terms.due), ("title", terms.title.strip()), ("text", terms.text.strip())):
        if not there:
            yield part
    if "deliverable" in kind.needs and terms.target is None and not says:
        yield "deliverable"
    for part, there in (("counterpart", counterpart), ("basis", terms.basis.strip()), ("amount", terms.amount is not None)):
        if part in kind.needs and not there:
            yield part


def _missing_in_target(kind: Kind, terms: Terms) -> Iterator[str]:
    target = terms.target
    if target is None:
        return
    for part, there in (("indicator", target.indicator.strip()), ("measure", target.measure.strip()), ("value", target.value is not None),
                        ("direction", target.direction in DIRECTIONS)):
        if not there:
            yield part
    if "baseline" in kind.needs and target.baseline is None:
        yield "baseline"
    if "source" in kind.needs and not target.source.strip():
        yield "source"


def says_something(text: str, procedure: Procedure) -> bool:
    """Is anything left when the words that promise nothing are taken away?"""
    left = _SIGNS.sub("", text)
    for word in procedure.vague:
        left = left.replace(word, "")
    return len(left) >= procedure.least


LONGEST = {"title": 200, "text": 4000, "deliverable": 1000, "basis": 400, "budget_line": 120, "condition": 1000}
MOST_YEARS = 60
"""The longest concession and the longest bond end within it; a day beyond it is a slip of the pen."""


def must_fit(terms: Terms, made_on: date) -> None:
    """Errors: `PROM-LONG`; `DATE-ORDER` for a day before the promise, or that nobody will live to see."""
    for name, most in LONGEST.items():
        if len(getattr(terms, name)) > most:
            raise Refusal("PROM-LONG", field=name, value=len(getattr(terms, name)), rule=f"≤ {most}", zh=f"内容过长，最多{most}字。",
                          en=f"Too long: {most} characters at most.")
    if terms.due and not made_on <= terms.due <= date(min(made_on.year + MOST_YEARS, date.max.year), 12, 31):
        raise Refusal("DATE-ORDER", field="due", value=terms.due.isoformat(), rule=f"made_on ≤ due ≤ +{MOST_YEARS}",
                      zh="到期日早于承诺日，或者过于遥远。", en="The due day lies before the day of the promise, or too far away.")


def must_be_clear(kind: Kind, terms: Terms, *, counterpart: bool, procedure: Procedure) -> None:
    """Errors: `PROM-VAGUE` naming the missing part (`field`) and all of them (`missing`), `AMT`, `DATE-ORDER`."""
    if missing := missing_parts(kind, terms, counterpart=counterpart, procedure=procedure):
        zh, en = "、".join(PARTS[p].zh for p in missing), ", ".join(PARTS[p].en for p in missing)
        raise Refusal(
            "PROM-VAGUE", field=missing[0], value=terms.title[:80], rule=f"kinds.toml {kind.code}", extra={"missing": missing},
            zh=f"承诺不明确，无法核验：缺少{zh}。", en=f"The promise is too vague to be checked; missing: {en}.",
        )
    if terms.amount is not None and terms.amount <= 0:
        raise Refusal("AMT", field="amount", value=str(terms.amount), rule="> 0", zh="金额应大于零（单位：元）。",
                      en="The amount must be above zero (CNY).")
    if terms.begins and terms.due and terms.begins > terms.due:
        raise Refusal("DATE-ORDER", field="due", value=terms.due.isoformat(), rule="begins ≤ due", zh="到期日早于起始日。",
                      en="The due day lies before the first day.")


def flags_of(terms: Terms, procedure: Procedure, *, unit_kind: str, unit_level: str) -> list[Flag]:
    """Beyond the unit's power (`ULTRA`), or money without a budget line (`AMT-BUDGET`). Errors: `PROM-MATTER`."""
    found = []
    for matter in terms.matters:
        if matter not in procedure.powers:
            raise Refusal("PROM-MATTER", field="matters", value=matter[:40], rule=" ".join(procedure.powers),
                          zh=f"没有“{matter[:40]}”这类承诺内容。", en=f"There is no matter “{matter[:40]}”.")
        power = procedure.powers[matter]
        if unit_kind not in power.kinds or unit_level not in power.levels:
            found.append(Flag(BEYOND, Text(f"“{power.name.zh}”超出该单位职权（{power.basis}）。",
                                           f"“{power.name.en}” is beyond the power of this unit ({power.basis}).")))
    if terms.amount is not None and not terms.budget_line.strip():
        found.append(Flag(NO_BUDGET, Text("承诺涉及金额，但没有对应的预算科目。", "The promise costs money but names no budget line.")))
    return found


def must_be_owned(flags: list[Flag], why: str) -> None:
    """A promise beyond the unit's power is stopped before it is signed, unless it was made already and somebody says why it is entered.

    Errors: `ULTRA`.
    """
    beyond = [f for f in flags if f.code == BEYOND]
    if beyond and not why.strip():
        raise Refusal(
            "ULTRA", field="matters", value="", rule="职权法定",
            zh="签署前请注意：" + "".join(f.words.zh for f in beyond) + "如承诺已经作出、需要如实登记，请写明理由。",
            en="Before signing: " + " ".join(f.words.en for f in beyond) + " If it was made already and must be entered, say why.",
        )

"""What do promises add up to? Shares and counts that can be opened to every promise that was counted, or left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ximu.kernel.refusal import Refusal

HUNDRED, CENT = Decimal(100), Decimal("0.01")
MEASURES = ("share", "count")
BY = ("number", "amount")
_SHARE, _COUNT = {"measure", "kinds", "by"}, {"measure", "kinds", "find"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What an indicator needs of one promise: judged on a day, as known at a time."""

    uid: str
    kind: str
    unit: str
    title: str
    made_on: date
    due: date
    state: str
    late_days: int = 0
    progress: Decimal = Decimal(0)
    amount: Decimal | None = None
    disputed: bool = False
    refuted: bool = False
    flags: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    reference: str = ""
    domain: str = ""
    due_asked: date | None = None
    loosened: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None: not computed, because nothing was due. Every promise that was looked at is in one of the three."""

    value: Decimal | None
    counted: tuple[str, ...]
    base: tuple[str, ...]
    excluded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spec:
    """A `share` of what was due and kept, by number or by amount; or a `count` of promises in which something was found."""

    measure: str
    kinds: frozenset[str]
    by: str = "number"
    find: tuple[str, ...] = ()


def read_spec(params: Mapping[str, Any]) -> Spec:
    """`form` is for the pages of key areas. Errors: `FIG-SPEC` for a key or a word that is not known."""
    measure = str(params.get("measure", ""))
    wanted = _SHARE if measure == "share" else _COUNT
    find = tuple(params.get("find", ()))
    if measure not in MEASURES or set(params) - {"form"} != wanted or params.get("by", "number") not in BY or set(find) - set(FINDINGS):
        raise Refusal("FIG-SPEC", field="params", value=measure[:40], rule=f"{sorted(wanted)}", zh="指标定义的参数不正确。",
                      en="The parameters of the indicator are not right.")
    return Spec(measure, frozenset(params["kinds"]), params.get("by", "number"), find)


def compute(spec: Spec, judged: Iterable[Judged], *, first: date, last: date) -> Figure:
    """The figure of the period `first` … `last` over promises judged on its last day (or later).

    Left out of a share: `not-due` in the period, ended by lawful procedure (`changed`), disputed and not answered (`disputed`),
    beyond the unit's power (`ultra`: keeping it would be unlawful), due without data (`no-data`), and without
    an amount where it is counted by amount (`no-amount`).
    """
    some = [j for j in judged if j.kind in spec.kinds]
    return _share(spec, some, first, last) if spec.measure == "share" else _count(spec, some, first, last)


def _share(spec: Spec, some: Sequence[Judged], first: date, last: date) -> Figure:
    excluded = {j.uid: why for j in some if (why := _left_out(spec, j, first, last))}
    base = [j for j in some if j.uid not in excluded]
    kept = [j for j in base if j.state == "kept"]
    whole, part = (sum((_weight(spec, j) for j in group), Decimal(0)) for group in (base, kept))
    value = (part / whole * HUNDRED).quantize(CENT, ROUND_HALF_UP) if whole else None
    return Figure(value, tuple(j.uid for j in kept), tuple(j.uid for j in base), excluded)


def _weight(spec: Spec, judged: Judged) -> Decimal:
    return Decimal(1) if spec.by == "number" else judged.amount or Decimal(0)


def _left_out(spec: Spec, judged: Judged, first: date, last: date) -> str:
    if not first <= judged.due <= last:
        return "not-due"
    if judged.state in ("changed", "withdrawn"):
        return "changed"
    if judged.state == "unmeasured":
        return "no-data"
    if "ULTRA" in judged.flags:
        return "ultra"
    if judged.disputed:
        return "disputed"
    return "no-amount" if spec.by == "amount" and judged.amount is None else ""


def _count(spec: Spec, some: Sequence[Judged], first: date, last: date) -> Figure:
    """Promises in which one of `find` was found. Left out: made outside the period (`not-made`); nothing found (`clean`)."""
    again = Counter(paper for j in some for paper in set(j.papers))
    excluded, found = {}, []
    for one in some:
        if not first <= one.made_on <= last:
            excluded[one.uid] = "not-made"
        elif any(FINDINGS[name](one, again) for name in spec.find):
            found.append(one.uid)
        else:
            excluded[one.uid] = "clean"
    return Figure(Decimal(len(found)), tuple(found), tuple(found), excluded)


FINDINGS: Mapping[str, Callable[[Judged, Mapping[str, int]], bool]] = {
    "refuted": lambda judged, again: judged.refuted,
    "repeated": lambda judged, again: any(again[paper] > 1 for paper in judged.papers),
    "ultra": lambda judged, again: "ULTRA" in judged.flags,
    "loosened": lambda judged, again: judged.loosened,
}
"""`refuted`: evidence that had been accepted was refuted by a dispute; `repeated`: one paper proves two promises; `ultra`: beyond power;
`loosened`: a later wording is easier to keep than the first."""

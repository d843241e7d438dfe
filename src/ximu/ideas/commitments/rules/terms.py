"""What exactly was promised? The terms of one version, the proofs, and how far they go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ximu.kernel.refusal import Refusal

ONE, NOTHING = Decimal(1), Decimal(0)
MOST = Decimal(10) ** 15
DIRECTIONS = ("up", "down")
SERIES = re.compile(r"^[a-z]+:[a-z0-9_]+/[a-z0-9_]+$")
"""How a source is written that is read by the platform itself: `events:DEFINITION/COLUMN`."""
LEAST_PLACES = -12


@dataclass(frozen=True, slots=True)
class Target:
    """`indicator` measured in `measure` shall go from `baseline` to `value`; `source` says where the figures come from."""

    indicator: str
    measure: str
    value: Decimal | None
    baseline: Decimal | None = None
    direction: str = "up"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a promise. `due` is the day that was asked for; where it is no working day the promise rolls forward."""

    title: str
    text: str
    due: date | None
    begins: date | None = None
    deliverable: str = ""
    target: Target | None = None
    basis: str = ""
    amount: Decimal | None = None
    budget_line: str = ""
    condition: str = ""
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """An accepted piece of evidence: on `day` the value was so; `value` is a measured value, or the share of the deliverable."""

    uid: str
    day: date
    value: Decimal
    valid_until: date | None = None


def series_of(terms: Terms) -> str:
    """The series from which the target is read, or nothing where a system or a person brings the values."""
    source = terms.target.source.strip() if terms.target else ""
    return source if SERIES.match(source) else ""


def to_json(terms: Terms) -> dict[str, Any]:
    return _plain({f.name: getattr(terms, f.name) for f in fields(terms)})


def _plain(value: Any) -> Any:
    if isinstance(value, Target):
        return _plain({f.name: getattr(value, f.name) for f in fields(value)})
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, Decimal):
        return format(value.normalize() if value else NOTHING, "f")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def from_json(raw: Mapping[str, Any]) -> Terms:
    """Errors: `DATE-FORM`, `NUM-FORM`; unknown keys are a TypeError (callers check theirs)."""
    target = raw.get("target")
    days = {name: day_of(raw.get(name), name) for name in ("due", "begins")}
    made = None if not target else Target(**{
        **target, "value": number_of(target.get("value"), "value"), "baseline": number_of(target.get("baseline"), "baseline")})
    amount, matters = number_of(raw.get("amount"), "amount"), tuple(raw.get("matters", ()))
    return Terms(**{**raw, **days, "target": made, "amount": amount, "matters": matters})


def day_of(value: object, field: str) -> date | None:
    if value is None or value == "" or isinstance(value, date):
        return value or None  # type: ignore[return-value]
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        shown = str(value)[:40]
        raise Refusal("DATE-FORM", field=field, value=shown, rule="YYYY-MM-DD", zh=f"“{shown}”不是日期，应为2018-02-13的样式。",
                      en=f"“{shown}” is no day; write it as 2018-02-13.") from error


def number_of(value: object, field: str) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > MOST or int(found.as_tuple().exponent) < LEAST_PLACES:
        raise Refusal("NUM-FORM", field=field, value=str(value)[:40], rule="number", zh=f"“{str(value)[:40]}”不是可用的数值。",
                      en=f"“{str(value)[:40]}” is no usable number.")
    return found


def progress_of(terms: Terms, value: Decimal) -> Decimal:
    """How far a value goes towards what was promised, from 0 to 1."""
    target = terms.target
    if target is None or target.value is None:
        return max(NOTHING, min(ONE, value))
    reached = value >= target.value if target.direction == "up" else value <= target.value
    if reached:
        return ONE
    start = target.baseline if target.baseline is not None else NOTHING
    way = target.value - start
    if (way > 0) != (target.direction == "up") or way == 0:
        return NOTHING
    return max(NOTHING, min(ONE, (value - start) / way))


def loosened(first: Terms, now: Terms) -> bool:
    """Is the later wording easier to keep: a later day, an easier value, or a yardstick that cannot be compared with the first?"""
    if first.due and now.due and now.due > first.due:
        return True
    if first.target is None or now.target is None:
        return first.target is not None
    one, other = first.target, now.target
    if (one.indicator, one.measure, one.direction, one.source) != (other.indicator, other.measure, other.direction, other.source):
        return True
    if one.value is None or other.value is None:
        return other.value is None and one.value is not None
    return other.value < one.value if one.direction == "up" else other.value > one.value


def standing(proofs: Iterable[Proof], day: date) -> Proof | None:
    """The newest proof that speaks on that day: made by then, not expired."""
    spoken = [p for p in proofs if p.day <= day and (p.valid_until is None or day <= p.valid_until)]
    return max(spoken, key=lambda p: (p.day, p.uid), default=None)


def progress_on(terms: Terms, proofs: Iterable[Proof], day: date) -> Decimal:
    found = standing(proofs, day)
    return NOTHING if found is None else progress_of(terms, found.value)

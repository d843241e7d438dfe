"""What was due to whom on which day, was it paid, and what interest does a small firm get?

A payment is a contract's milestone of type `payment` or `financing` with a due day. Its amount is the milestone's own `value`, else the sum
of the transactions that name it (`relatedImplementationMilestone`); without either it is not known and not guessed. It is met on `dateMet`,
else on the day on which those transactions reach its own amount (where it states none, with the last of them): a part that was paid is no
payment, what is left stays owed and bears the interest. A firm is small where `parties[].details.scale` says micro, small, medium or sme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Any

from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import release as ocds

SMALL = frozenset({"micro", "small", "medium", "sme"})
PAID = frozenset({"payment", "financing"})
STATES = {
    "paid": Text("按期支付", "paid in time"), "late": Text("逾期支付", "paid late"), "overdue": Text("逾期未付", "overdue"),
    "open": Text("未到期", "not yet due"),
}
OUTCOMES = {"owed": Text("应付", "owed"), "free": Text("不应付", "not owed")}
CENT = Decimal("0.01")
Paid = list[tuple[date, Decimal | None]]
"""Day and amount of each transaction that names a milestone."""


@dataclass(frozen=True, slots=True)
class Payment:
    """`interest` only for a small firm, in the payment's currency; None where the amount is not known, and so are `in_time`, what was paid
    by the due day, and `left`, what is not paid.

    `dispute` is the uid of the dispute that was open on the day.
    """

    ocid: str
    unit: str
    contract: str
    milestone: str
    due: date
    met: date | None
    state: str
    days_late: int
    amount: Decimal | None
    currency: str
    supplier: str
    small: bool
    interest: Decimal | None
    in_time: Decimal | None
    left: Decimal | None
    dispute: str = ""

    def vetoes(self, days: int) -> bool:
        """Owed to a small firm for more than `days` and not in dispute: a veto of D01-5."""
        return self.small and self.state == "overdue" and self.days_late > days and not self.dispute

    def plain(self) -> dict[str, Any]:
        return {
            "ocid": self.ocid, "unit": self.unit, "contract": self.contract, "milestone": self.milestone, "due": self.due.isoformat(),
            "met": self.met.isoformat() if self.met else None, "state": self.state, "days_late": self.days_late,
            "amount": None if self.amount is None else str(self.amount), "currency": self.currency, "supplier": self.supplier,
            "small": self.small, "interest": None if self.interest is None else str(self.interest),
            "left": None if self.left is None else str(self.left), "disputed": bool(self.dispute),
        }


def interest(amount: Decimal, days_late: int, *, per_day: Decimal) -> Decimal:
    """Interest due on a late payment to a small firm, in the currency of `amount`, to the cent."""
    return (amount * per_day * max(0, days_late)).quantize(CENT, ROUND_HALF_UP)


def payments(process: Any, unit: str, *, on: date, per_day: Callable[[date], Decimal]) -> Iterator[Payment]:
    """Of one compiled process as of a day; `per_day` is the rate of interest that holds on a due day."""
    small = {ocds.text(p, "id") for p in ocds.items(process, "parties") if (ocds.text(p, "details", "scale") or "").lower() in SMALL}
    suppliers = {str(ocds.at(a, "id")): ocds.ids(a, "suppliers") for a in ocds.items(process, "awards")}
    for contract in ocds.items(process, "contracts"):
        who = ocds.ids(contract, "suppliers") or suppliers.get(str(ocds.at(contract, "awardID")), [])
        paid = transactions(contract)
        seen: set[str] = set()
        for milestone in [*ocds.items(contract, "implementation", "milestones"), *ocds.items(contract, "milestones")]:
            name, due = str(ocds.at(milestone, "id")), day_of(ocds.text(milestone, "dueDate"))
            if ocds.text(milestone, "type") not in PAID or due is None or name in seen:
                continue
            seen.add(name)
            amount, currency = _amount(milestone, paid.get(name, []), contract)
            met = met_on(milestone, paid.get(name, []))
            met = met if met is not None and met <= on else None
            late = max(0, ((met or on) - due).days)
            state = ("late" if late else "paid") if met else ("overdue" if late else "open")
            is_small = any(one in small for one in who)
            in_time, left, burden = _course(milestone, paid.get(name, []), (amount, due, met), on) if amount is not None else (None,) * 3
            owed = interest(burden, 1, per_day=per_day(due)) if is_small and burden is not None else None
            yield Payment(ocds.text(process, "ocid") or "", unit, str(ocds.at(contract, "id")), name, due, met, state, late, amount,
                          currency, "、".join(who), is_small, owed, in_time, left)


def transactions(contract: Any) -> dict[str, Paid]:
    """By the milestone that they name, in order; an amount in another currency than the contract's is not known."""
    found: dict[str, Paid] = {}
    own = ocds.text(contract, "value", "currency")
    for one in ocds.items(contract, "implementation", "transactions"):
        name, day = ocds.at(one, "relatedImplementationMilestone", "id"), day_of(ocds.text(one, "date"))
        if name is not None and day is not None:
            foreign = own is not None and ocds.text(one, "value", "currency") not in {None, own}
            found.setdefault(str(name), []).append((day, None if foreign else _decimal(ocds.at(one, "value", "amount"))))
    return {name: sorted(paid, key=lambda one: one[0]) for name, paid in found.items()}


def met_on(milestone: Any, paid: Paid) -> date | None:
    """`dateMet`, else the day on which what was paid reaches its own amount; where that is not known, the day of the last transaction."""
    stated = day_of(ocds.text(milestone, "dateMet"))
    if stated is not None or not paid:
        return stated
    own = _own(milestone, paid)
    if own is None:
        return paid[-1][0]
    sums = accumulate(amount or Decimal(0) for _, amount in paid)
    return next((day for (day, _), total in zip(paid, sums, strict=True) if total >= own), None)


def _own(milestone: Any, paid: Paid) -> Decimal | None:
    """The milestone's own amount where every transaction can be held against it."""
    return _decimal(ocds.at(milestone, "value", "amount")) if all(amount is not None for _, amount in paid) else None


def _course(milestone: Any, paid: Paid, judged: tuple[Decimal, date, date | None], on: date) -> tuple[Decimal, Decimal, Decimal]:
    """(paid by the due day, left on `on`, days late × amount): part by part where the transactions tell, else as a whole."""
    left, due, met = judged
    by_parts = paid and ocds.text(milestone, "dateMet") is None and _own(milestone, paid) is not None
    parts = [(day, amount or Decimal(0)) for day, amount in paid if day <= on] if by_parts else [(met, left)] if met else []
    in_time = burden = Decimal(0)
    for day, amount in parts:
        part, late = min(amount, left), max(0, (day - due).days)
        in_time, burden, left = in_time + (Decimal(0) if late else part), burden + part * late, left - part
    return in_time, left, burden + left * max(0, (on - due).days)


def _amount(milestone: Any, paid: Paid, contract: Any) -> tuple[Decimal | None, str]:
    own = _decimal(ocds.at(milestone, "value", "amount"))
    currency = ocds.text(milestone, "value", "currency") or ocds.text(contract, "value", "currency") or ""
    known = [amount for _, amount in paid if amount is not None]
    return (own if own is not None else sum(known, Decimal(0)) if known else None), currency


def _decimal(value: Any) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Figures:
    """D01-1 to D01-5: announced in time, signed in time, paid in time by amount, challenges upheld, owed to small firms.

    A rate over nothing is None. `overturned` complaints were upheld after the buyer had rejected the challenge.
    `disputed_small` is the part of `owed_small` in dispute; `vetoes` counts payments to small firms that are overdue for longer than the
    law's bound and not in dispute. `other` payments are in another currency than the main one and not added; `unknown` ones have no amount.
    """

    processes: int
    signed_due: int
    signed: int
    due: Decimal
    paid: Decimal
    owed_small: Decimal
    interest: Decimal
    other: int
    unknown: int
    disputed_small: Decimal = Decimal(0)
    vetoes: int = 0
    announced_due: int = 0
    announced: int = 0
    decided: int = 0
    upheld: int = 0
    overturned: int = 0

    @property
    def announced_rate(self) -> float | None:
        return 100 * self.announced / self.announced_due if self.announced_due else None

    @property
    def upheld_rate(self) -> float | None:
        return 100 * self.upheld / self.decided if self.decided else None

    @property
    def signed_rate(self) -> float | None:
        return 100 * self.signed / self.signed_due if self.signed_due else None

    @property
    def paid_rate(self) -> float | None:
        return float(100 * self.paid / self.due) if self.due else None

    def plain(self) -> dict[str, Any]:
        return {"processes": self.processes, "signed_due": self.signed_due, "signed": self.signed, "signed_rate": self.signed_rate,
                "due": str(self.due), "paid": str(self.paid), "paid_rate": self.paid_rate, "owed_small": str(self.owed_small),
                "interest": str(self.interest), "disputed_small": str(self.disputed_small), "vetoes": self.vetoes,
                "other_currency": self.other, "amount_unknown": self.unknown, "announced_due": self.announced_due,
                "announced": self.announced, "announced_rate": self.announced_rate, "decided": self.decided, "upheld": self.upheld,
                "upheld_rate": self.upheld_rate, "overturned": self.overturned}


def figures(
    processes: Iterable[Any], paid: Iterable[Payment], *, on: date, signing_days: Callable[[date], int], veto_days: int, main: str = "CNY",
) -> Figures:
    """An award counts from the day by which its contract must be signed; a payment from the day it is due."""
    listed, given = list(processes), [one for one in paid if one.state != "open"]
    judged = [good for process in listed for good in _signed(process, on, signing_days)]
    own = [one for one in given if one.currency == main and one.amount is not None]
    total = Decimal(0)
    return Figures(
        len(listed), len(judged), sum(judged), sum((one.amount or total for one in own), total),
        sum((one.in_time or total for one in own), total),
        sum((one.left or total for one in own if one.state == "overdue" and one.small), total),
        sum((one.interest or total for one in own if one.small), total),
        sum(one.currency != main for one in given), sum(one.amount is None for one in given),
        sum((one.left or total for one in own if one.state == "overdue" and one.small and one.dispute), total),
        sum(one.vetoes(veto_days) for one in given),
    )


def _signed(process: Any, on: date, signing_days: Callable[[date], int]) -> Iterator[bool]:
    contracts = {str(ocds.at(c, "awardID")): day_of(ocds.text(c, "dateSigned")) for c in ocds.items(process, "contracts")}
    for award in ocds.items(process, "awards"):
        made = day_of(ocds.text(award, "date"))
        if ocds.text(award, "status") != "active" or made is None:
            continue
        term, signed = signing_days(made), contracts.get(str(ocds.at(award, "id")))
        if signed is not None:
            yield (signed - made).days <= term
        elif (on - made).days > term:
            yield False

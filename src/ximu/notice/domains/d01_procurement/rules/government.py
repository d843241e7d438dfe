"""Did the government keep its word in this procurement? Flags on the buyer: late pay, change after award, splitting, late signing.

Codes G001-G004 are this platform's own; each value comes with the facts and the threshold behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import law, payments
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One flag on one process: `value` and the facts that made it, in both languages."""

    code: str
    ocid: str
    buyer: str
    value: float
    facts: dict[str, Any]
    reason: Text


def evaluate(releases: Iterable[Any], settings: Settings, *, as_of: date | None) -> tuple[list[Finding], list[Text]]:
    """Findings of the enabled G-flags, and what could not be computed and why."""
    rows = [r for r in releases if ocds.text(r, "ocid") is not None]
    found: list[Finding] = []
    unsaid: list[Text] = []
    for release in rows:
        if "G001" in settings.flags:
            found.extend(_late_payments(release, _option(settings, "G001", "grace_days"), as_of))
        if "G002" in settings.flags:
            found.extend(_changed(release, _option(settings, "G002", "threshold")))
        if "G004" in settings.flags:
            found.extend(_late_signing(release, _option(settings, "G004", "threshold")))
    if "G003" in settings.flags:
        if "limit" not in settings.flags["G003"]:
            unsaid.append(Text(
                "G003未计算：没有设定拆分采购的限额标准（limit）。", "G003 was not computed: no limit is set for split purchases."))
        else:
            found.extend(_split(rows, settings))
    return found, unsaid


def _option(settings: Settings, code: str, name: str) -> float | None:
    """A threshold of the settings file, None: what the law says on the day."""
    value = settings.flags[code].get(name)
    return None if value is None else float(value)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _buyer(release: Any) -> str:
    return ocds.text(release, "buyer", "id") or ocds.text(release, "tender", "procuringEntity", "id") or ""


def _late_payments(release: Any, given: float | None, as_of: date | None) -> Iterable[Finding]:
    """G001: the most days by which a payment milestone was met late, or stands unmet on `as_of`."""
    worst: tuple[int, dict[str, Any]] | None = None
    for contract in ocds.items(release, "contracts"):
        paid = payments.transactions(contract)
        for milestone in [*ocds.items(contract, "milestones"), *ocds.items(contract, "implementation", "milestones")]:
            due, met = _day(ocds.text(milestone, "dueDate")), payments.met_on(milestone, paid.get(str(ocds.at(milestone, "id")), []))
            if ocds.text(milestone, "type") not in {"payment", "financing"} or due is None:
                continue
            until, grace = met or as_of, int(law.grace_days(due) if given is None else given)
            late = (until - due).days - grace if until else 0
            if late > 0 and (worst is None or late > worst[0]):
                worst = (late, {"contract": ocds.at(contract, "id"), "milestone": ocds.at(milestone, "id"), "due": due.isoformat(),
                                "met": met.isoformat() if met else None, "threshold": grace})
    if worst is not None:
        yield Finding("G001", release["ocid"], _buyer(release), float(worst[0]), worst[1], Text(
            f"付款节点{worst[1]['due']}到期，逾期{worst[0]}天。", f"A payment due on {worst[1]['due']} was {worst[0]} days late."))


def _changed(release: Any, given: float | None) -> Iterable[Finding]:
    """G002: the largest relative change between an award and its contract above the threshold."""
    awards = {str(ocds.at(a, "id")): a for a in ocds.items(release, "awards")}
    for contract in ocds.items(release, "contracts"):
        award = awards.get(str(ocds.at(contract, "awardID")))
        first, now = ocds.number(award, "value", "amount"), ocds.number(contract, "value", "amount")
        same = ocds.text(award, "value", "currency") == ocds.text(contract, "value", "currency")
        if award is None or not first or now is None or not same:
            continue
        share = (now - first) / first
        day = _day(ocds.text(contract, "dateSigned") or ocds.text(award, "date") or ocds.text(release, "date")) or date.max
        threshold = law.change_share(day) if given is None else given
        if abs(share) > threshold:
            yield Finding("G002", release["ocid"], _buyer(release), share, {
                "award": first, "contract": now, "threshold": threshold}, Text(
                f"合同金额{now:g}与中标金额{first:g}相差{share:.1%}。",
                f"The contract of {now:g} differs from the award of {first:g} by {share:.1%}."))


def _late_signing(release: Any, given: float | None) -> Iterable[Finding]:
    """G004: days from award to signature above the threshold."""
    awards = {str(ocds.at(a, "id")): a for a in ocds.items(release, "awards")}
    for contract in ocds.items(release, "contracts"):
        awarded = _day(ocds.text(awards.get(str(ocds.at(contract, "awardID"))), "date"))
        signed = _day(ocds.text(contract, "dateSigned"))
        if not awarded or not signed:
            continue
        days, threshold = (signed - awarded).days, int(law.signing_days(awarded) if given is None else given)
        if days > threshold:
            yield Finding("G004", release["ocid"], _buyer(release), float(days), {
                "awarded": awarded.isoformat(), "signed": signed.isoformat(), "threshold": threshold}, Text(
                f"中标后{days}天才签订合同（规定{threshold}天）。",
                f"The contract was signed {days} days after the award (limit {threshold})."))


def _split(rows: list[Any], settings: Settings) -> Iterable[Finding]:
    """G003: purchases of one buyer and class, each under the limit, together over it within the days, as often as that happens.

    What was cancelled was not bought; the limit is one of the main currency (the configured one, else each by itself).
    """
    options = settings.flags["G003"]
    limit, days, least = float(options["limit"]), int(options.get("days", 30)), int(options.get("minimum_processes", 3))
    groups: dict[tuple[str, str, str], list[tuple[date, float, str]]] = defaultdict(list)
    for release in (one for one in rows if not ocds.is_cancelled(one)):
        day = _day(ocds.text(release, "tender", "tenderPeriod", "startDate") or ocds.text(release, "date"))
        amount = ocds.number(release, "tender", "value", "amount")
        kinds = {c[:2] for i in ocds.items(release, "tender", "items") if (c := ocds.text(i, "classification", "id"))}
        currency = ocds.text(release, "tender", "value", "currency") or settings.general.get("currency", "")
        if day and amount is not None and amount < limit and _buyer(release) and settings.general.get("currency", currency) == currency:
            for kind in kinds:
                groups[(_buyer(release), kind, currency)].append((day, amount, release["ocid"]))
    for (buyer, kind, _), purchases in groups.items():
        left = sorted(purchases)
        while left:
            near = [one for one in left if one[0] <= left[0][0] + timedelta(days=days)]
            split = len(near) >= least and sum(one[1] for one in near) >= limit
            if split:
                yield from _split_findings(buyer, kind, near, limit)
            left = left[len(near) if split else 1:]


def _split_findings(buyer: str, kind: str, near: list[tuple[date, float, str]], limit: float) -> Iterable[Finding]:
    total = sum(p[1] for p in near)
    for _, _, ocid in near:
        yield Finding("G003", ocid, buyer, total / limit, {
            "class": kind, "processes": [p[2] for p in near], "total": total, "threshold": limit}, Text(
            f"同类采购{len(near)}次，每次低于限额{limit:g}，合计{total:g}。",
            f"{len(near)} purchases of one class, each under {limit:g}, together {total:g}."))

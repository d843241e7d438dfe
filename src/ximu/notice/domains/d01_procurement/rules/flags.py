"""Which contracting processes and bidders look odd? The published guide's red flags by their codes.

Definitions follow the Open Contracting Partnership's guide of red flags as computed by its tool Cardinal
(R003, R018, R024, R025, R028, R030, R035, R036, R038, R044, R048, R058). A flag is a reason to look, not a finding.
Results: group → identifier → code → value, the groups being OCID, Buyer, ProcuringEntity, Tenderer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ximu.notice.domains.d01_procurement.rules import fences
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.settings import Settings

GROUPS = ("OCID", "Buyer", "ProcuringEntity", "Tenderer")


@dataclass(slots=True)
class Tally:
    """What is gathered over all processes before ratios can be compared."""

    settings: Settings
    results: dict[str, dict[str, dict[str, float]]] = field(default_factory=lambda: {g: {} for g in GROUPS})
    meta: dict[str, dict[str, float]] = field(default_factory=dict)
    currency: str | None = None
    gaps: dict[str, tuple[float, str, str]] = field(default_factory=dict)
    won: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    disqualified: dict[str, dict[str, list[int]]] = field(default_factory=lambda: {g: defaultdict(lambda: [0, 0]) for g in GROUPS[1:]})
    classes: dict[str, tuple[set[str], set[str]]] = field(default_factory=lambda: defaultdict(lambda: (set(), set())))

    def flag(self, group: str, identifier: str, code: str, value: float) -> None:
        self.results[group].setdefault(identifier, {})[code] = value

    def note(self, code: str, name: str, value: float) -> None:
        self.meta.setdefault(code, {})[name] = round(value, 4)

    def same_currency(self, currency: str | None) -> bool:
        """The main currency is the configured one, else the first that is seen."""
        if currency is None:
            return False
        if self.currency is None:
            self.currency = self.settings.general.get("currency", currency)
        return currency == self.currency

    def price_is_compared(self, release: ocds.Release) -> bool:
        general, pipe = self.settings.general, self.settings.pipe
        return ocds.method_details_match(release, pipe(general.get("price_comparison_procurement_methods")),
                                         pipe(general.get("no_price_comparison_procurement_methods")))


def evaluate(releases: Iterable[Any], settings: Settings) -> Tally:
    """All enabled flags over compiled releases; values are decimals, absent where not flagged or not computable."""
    tally = Tally(settings)
    excluded = settings.pipe(settings.tables.get("exclusions", {}).get("procurement_method_details"))
    active = [step for codes, step in PER_PROCESS if any(code in settings.flags for code in codes)]
    for release in releases:
        ocid = ocds.text(release, "ocid")
        if ocid is None or ocds.is_cancelled(release) or not ocds.method_details_match(release, frozenset(), excluded):
            continue
        for step in active:
            step(tally, release, ocid)
    for code, finish in AT_THE_END:
        if code in settings.flags:
            finish(tally, settings.flags[code])
    return tally


def _r003(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Short submission period: whole days from start to end of the tender period below the threshold (15)."""
    options, tender = tally.settings.flags["R003"], ocds.at(release, "tender")
    methods = tally.settings.pipe(str(options["procurement_methods"])) if "procurement_methods" in options else frozenset()
    if methods and ocds.text(tender, "procurementMethod") not in methods:
        return
    start, end = (_moment(ocds.text(tender, "tenderPeriod", name)) for name in ("startDate", "endDate"))
    if start is None or end is None:
        return
    per_details = tally.settings.tables.get("R003.procurement_method_details", {})
    threshold = int(per_details.get(ocds.text(tender, "procurementMethodDetails") or "", options.get("threshold", 15)))
    seconds = (end - start).total_seconds()
    if int(seconds / 86400) < threshold:
        tally.flag("OCID", ocid, "R003", 1.0)


RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _moment(text: str | None) -> datetime | None:
    """RFC 3339 only: a moment without seconds or without an offset says nothing about whole days."""
    try:
        return datetime.fromisoformat(text.upper()) if text and RFC_3339.fullmatch(text) else None
    except ValueError:
        return None


def _r018(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Single bid received in a competitive procedure (open or selective)."""
    methods = tally.settings.pipe(str(tally.settings.flags["R018"].get("procurement_methods", "open|selective")))
    if methods and ocds.text(release, "tender", "procurementMethod") not in methods:
        return
    if ocds.number(release, "tender", "numberOfTenderers") == 1:
        tally.flag("OCID", ocid, "R018", 1.0)


def _gap(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """For R024 and R058: (second-lowest valid bid - winning bid) / winning bid, where the lowest valid bid won."""
    found = ocds.single_winner(release) if tally.price_is_compared(release) else None
    if found is None:
        return
    winner, bids = found
    own: float | None = None
    other: tuple[float, str] | None = None
    for who, bid in ocds.valid_single_bids(bids):
        amount = ocds.number(bid, "value", "amount")
        if amount is None or not tally.same_currency(ocds.text(bid, "value", "currency")):
            continue
        if who == winner:
            own = amount if own is None else min(own, amount)
        elif other is None or amount < other[0]:
            other = (amount, who)
    if own is not None and own > 0 and other is not None and other[0] >= own:
        tally.gaps[ocid] = ((other[0] - own) / own, winner, other[1])


def _r024(tally: Tally, options: dict[str, Any]) -> None:
    """Price close to winning bid: the gap is at or below the lower fence. Winner and runner-up are flagged with 0."""
    fence, first = _fence(tally, "R024", options, [g[0] for g in tally.gaps.values()], fences.lower, "lower_fence")
    if not (first > 0 and fence > 0):
        return
    for ocid, (gap, winner, second) in tally.gaps.items():
        if gap <= fence:
            tally.flag("OCID", ocid, "R024", gap)
            for who in (winner, second):
                tally.flag("Tenderer", who, "R024", 0.0)


def _r058(tally: Tally, options: dict[str, Any]) -> None:
    """Heavily discounted bid: the gap is at or above the upper fence. The winner is flagged with 0."""
    fence, _ = _fence(tally, "R058", options, [g[0] for g in tally.gaps.values()], fences.upper, "upper_fence")
    if not fence > 0:
        return
    for ocid, (gap, winner, _second) in tally.gaps.items():
        if gap >= fence:
            tally.flag("OCID", ocid, "R058", gap)
            tally.flag("Tenderer", winner, "R058", 0.0)


def _fence(
    tally: Tally, code: str, options: dict[str, Any], values: list[float], side: Callable[[float, float], float], name: str,
) -> tuple[float, float]:
    """(fence, first quartile): the configured threshold, or the fence of the data; a threshold passes the quartile guard."""
    if "threshold" in options:
        tally.note(code, name, float(options["threshold"]))
        return float(options["threshold"]), 1.0
    if not values:
        return float("nan"), float("nan")
    q1, q3 = fences.quartiles(values)
    fence = side(q1, q3)
    for label, value in (("q1", q1), ("q3", q3), (name, fence)):
        tally.note(code, label, value)
    return fence, q1


def _r025_count(tally: Tally, release: ocds.Release, ocid: str) -> None:
    found = ocds.single_winner(release)
    if found is None:
        return
    for who in {who for who, _ in ocds.valid_single_bids(found[1])}:
        tally.won[who][0] += who == found[0]
        tally.won[who][1] += 1


def _r025(tally: Tally, options: dict[str, Any]) -> None:
    """Excessive unsuccessful bids: a top tenderer whose share of won processes is a low outlier."""
    if not tally.won:
        return
    top = fences.quantile([float(n) for _, n in tally.won.values()], int(options.get("percentile", 75)) / 100)
    tally.note("R025", "upper_fence", top)
    fence, first = _fence(tally, "R025", options, [w / n for w, n in tally.won.values()], fences.lower, "lower_fence")
    if not (first > 0 and fence > 0):
        return
    for who, (won, valid) in tally.won.items():
        if valid >= top and won / valid <= fence:
            tally.flag("Tenderer", who, "R025", won / valid)


def _r028(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Identical bid prices by different tenderers."""
    if not tally.price_is_compared(release):
        return
    seen: dict[tuple[float, str], frozenset[str]] = {}
    for bid in ocds.submitted_bids(release):
        amount, currency = ocds.number(bid, "value", "amount"), ocds.text(bid, "value", "currency")
        who = frozenset(ocds.ids(bid, "tenderers"))
        if amount is None or currency is None or not who:
            continue
        other = seen.get((amount, currency))
        if other is not None and other != who:
            tally.flag("OCID", ocid, "R028", 1.0)
            for one in who | other:
                tally.flag("Tenderer", one, "R028", 1.0)
        seen[(amount, currency)] = who


def _r030(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Late bid won: a valid bid of an awarded supplier is dated after the submission deadline."""
    deadline = ocds.text(release, "tender", "tenderPeriod", "endDate")
    if deadline is None:
        return
    suppliers = {i for a in ocds.items(release, "awards") if ocds.text(a, "status") == "active" for i in ocds.ids(a, "suppliers")}
    for bid in ocds.items(release, "bids", "details"):
        received = ocds.text(bid, "date")
        if ocds.text(bid, "status") == "valid" and received is not None and _later(received, deadline):
            for who in suppliers.intersection(ocds.ids(bid, "tenderers")):
                tally.flag("OCID", ocid, "R030", 1.0)
                tally.flag("Tenderer", who, "R030", 1.0)


def _later(one: str, other: str) -> bool:
    """By instant where both are moments with an offset, else by the text as published."""
    first, second = _moment(one), _moment(other)
    return first > second if first is not None and second is not None else one > other


def _r035(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """All except winning bid disqualified; the value is the number of other tenderers with disqualified bids."""
    found = ocds.final_awards(release)
    if found is None:
        return
    suppliers = {i for award in found[0] for i in ocds.ids(award, "suppliers")}
    by_status: dict[str, set[str]] = {"valid": set(), "disqualified": set()}
    for bid in found[1]:
        by_status.get(ocds.text(bid, "status") or "", set()).update(ocds.ids(bid, "tenderers"))
    valid, others = by_status["valid"], by_status["disqualified"] - by_status["valid"]
    threshold = max(1, int(tally.settings.flags["R035"].get("threshold", 1)))
    if len(valid) == 1 and valid == suppliers and len(others) >= threshold:
        tally.flag("OCID", ocid, "R035", float(len(others)))
        tally.flag("Tenderer", next(iter(valid)), "R035", 0.0)


def _r036(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Lowest bid disqualified where an award is active and at least one valid bid states a price."""
    if not tally.price_is_compared(release) or not any(ocds.text(a, "status") == "active" for a in ocds.items(release, "awards")):
        return
    lowest: tuple[float, str | None] | None = None
    valid = False
    for bid in ocds.submitted_bids(release):
        amount, status = ocds.number(bid, "value", "amount"), ocds.text(bid, "status")
        if amount is None or not tally.same_currency(ocds.text(bid, "value", "currency")):
            continue
        if lowest is None or amount < lowest[0]:
            lowest = (amount, status)
        valid = valid or status == "valid"
    if valid and lowest is not None and lowest[1] == "disqualified":
        tally.flag("OCID", ocid, "R036", 1.0)


def _r038_count(tally: Tally, release: ocds.Release, ocid: str) -> None:
    bids = ocds.submitted_bids(release)
    lost = sum(ocds.text(b, "status") == "disqualified" for b in bids)
    for bid in bids:
        for who in ocds.ids(bid, "tenderers"):
            tally.disqualified["Tenderer"][who][0] += ocds.text(bid, "status") == "disqualified"
            tally.disqualified["Tenderer"][who][1] += 1
    for group, path in (("Buyer", ("buyer", "id")), ("ProcuringEntity", ("tender", "procuringEntity", "id"))):
        who_buys = ocds.text(release, *path)
        if bids and who_buys is not None:
            tally.disqualified[group][who_buys][0] += lost
            tally.disqualified[group][who_buys][1] += len(bids)


def _r038(tally: Tally, options: dict[str, Any]) -> None:
    """Excessive disqualified bids per buyer, procuring entity, tenderer. As in the published tool both minimums count bids."""
    least = {"Tenderer": int(options.get("minimum_submitted_bids", 2))}
    for group, counts in tally.disqualified.items():
        minimum = least.get(group, int(options.get("minimum_contracting_processes", 2)))
        ratios = {who: lost / n for who, (lost, n) in counts.items() if n >= minimum}
        if not ratios:
            continue
        fence = float(options["threshold"]) if "threshold" in options else _upper_of(tally, group, ratios)
        tally.note("R038", f"{group}_upper_fence", fence)
        for who, ratio in ratios.items():
            if fence > 0 and ratio >= fence:
                tally.flag(group, who, "R038", ratio)


def _upper_of(tally: Tally, group: str, ratios: dict[str, float]) -> float:
    q1, q3 = fences.quartiles(ratios.values())
    tally.note("R038", f"{group}_q1", q1)
    tally.note("R038", f"{group}_q3", q3)
    return fences.upper(q1, q3)


ADDRESS = ("streetAddress", "locality", "region", "postalCode", "countryName")
CONTACT = ("name", "email", "telephone", "faxNumber", "url")


def _r044(tally: Tally, release: ocds.Release, ocid: str) -> None:
    """Business similarities: tenderers with the same address, or the same first contact detail that both state."""
    parties = {i: p for p in ocds.items(release, "parties") if "tenderer" in ocds.items(p, "roles") and (i := ocds.text(p, "id"))}
    names = sorted(parties)
    for place, one in enumerate(names):
        for other in names[place + 1:]:
            if _alike(parties[one], parties[other]):
                tally.flag("OCID", ocid, "R044", 1.0)
                tally.flag("Tenderer", one, "R044", 1.0)
                tally.flag("Tenderer", other, "R044", 1.0)


def _alike(one: Any, other: Any) -> bool:
    first, second = _address(one), _address(other)
    if first is not None and first == second:
        return True
    for name in CONTACT:
        a, b = ocds.text(one, "contactPoint", name), ocds.text(other, "contactPoint", name)
        if a is not None and b is not None:
            return a == b
    return False


def _address(party: Any) -> tuple[str, ...] | None:
    if ocds.at(party, "address", "streetAddress") is None:
        return None
    return tuple(v.strip().lower() for name in ADDRESS if (v := ocds.text(party, "address", name)) is not None)


def _r048_count(tally: Tally, release: ocds.Release, ocid: str) -> None:
    digits = int(tally.settings.flags["R048"].get("digits", 2))
    for award in ocds.items(release, "awards"):
        suppliers = ocds.items(award, "suppliers")
        who = ocds.text(suppliers[0], "id") if len(suppliers) == 1 else None
        if ocds.text(award, "status") != "active" or who is None:
            continue
        for item in ocds.items(award, "items"):
            if (code := ocds.text(item, "classification", "id")) is not None:
                tally.classes[who][0].add(ocid)
                tally.classes[who][1].add(code[:digits])


def _r048(tally: Tally, options: dict[str, Any]) -> None:
    """Heterogeneous supplier: the number of distinct first-level classifications awarded is a high outlier."""
    minimum = int(options.get("minimum_contracting_processes", 20))
    variety = {who: float(len(codes)) for who, (processes, codes) in tally.classes.items() if len(processes) >= minimum}
    fence, _ = _fence(tally, "R048", options, list(variety.values()), fences.upper, "upper_fence")
    for who, value in variety.items():
        if value >= fence:
            tally.flag("Tenderer", who, "R048", value)


PER_PROCESS: tuple[tuple[tuple[str, ...], Callable[[Tally, ocds.Release, str], None]], ...] = (
    (("R003",), _r003), (("R018",), _r018), (("R024", "R058"), _gap), (("R025",), _r025_count), (("R028",), _r028), (("R030",), _r030),
    (("R035",), _r035), (("R036",), _r036), (("R038",), _r038_count), (("R044",), _r044), (("R048",), _r048_count),
)
AT_THE_END: tuple[tuple[str, Callable[[Tally, dict[str, Any]], None]], ...] = (
    ("R024", _r024), ("R025", _r025), ("R038", _r038), ("R048", _r048), ("R058", _r058),
)

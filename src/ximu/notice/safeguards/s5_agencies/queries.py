"""Agencies and contracts; what they delivered, what was used of theirs; the figures of row S5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from ximu.foundation import clock, packs
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.events import queries as events
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.rules.backtest import wilson
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text
from ximu.notice.safeguards.s5_agencies import rules
from ximu.notice.safeguards.s5_agencies.models import Agency, Contract, Product, Return, Verdict

HERE = Path(__file__).parent
CITY = ""
"""A right that is asked with it must be held for the whole city."""
SEE, USES, FEEDS, INDEX = "s5.see", "product_uses", "agency_feeds", "regional_index"
AGENCY, PRODUCT, CONTRACT, VERDICT, EXIT = ("agency.registered", "agency.product", "agency.contract", "agency.verdict", "agency.exit")
ENDED = "agency.ended"
KINDS = (AGENCY, PRODUCT, CONTRACT, VERDICT, EXIT, ENDED)
COVERED = (("government", "district"), ("department", "municipal"))


def pack() -> packs.Pack:
    return packs.load(HERE)


def _must(row: Any, code: str, value: str, zh: str, en: str) -> Any:
    if row is None:
        raise absent(code, field="uid", value=value[:20], zh=zh, en=en)
    return row


def agency(code: str) -> Agency:
    """By uid or credit code. Errors: `AGENCY-NONE`."""
    found = Agency.objects.filter(uid=code).first() or Agency.objects.filter(code=code).first()
    return _must(found, "AGENCY-NONE", code, "家信用服务机构", "agency")  # type: ignore[no-any-return]


def contract(uid: str) -> Contract:
    """By uid or number. Errors: `CONTRACT-NONE`."""
    rows = Contract.objects.select_related("agency").prefetch_related("returns")
    return _must(rows.filter(uid=uid).first() or rows.filter(number=uid).first(), "CONTRACT-NONE", uid,  # type: ignore[no-any-return]
                 "份合同", "contract")


def agencies() -> QuerySet[Agency]:
    return Agency.objects.prefetch_related("products").order_by("name", "pk")


def owner(unit: str, on: date) -> str:
    """Who carries a unit's contracts on the day; the unit itself where the register does not know."""
    try:
        return registry.owner_of(unit, on)
    except Refusal:
        return unit


def contracts(by: Actor) -> QuerySet[Contract]:
    """Those of the units that this person may see, and of units whose matters these carry today; the newest first."""
    rows = Contract.objects.select_related("agency").prefetch_related("returns").order_by("-since", "-pk")
    if by.units_with(SEE) is None:
        return rows
    owners = registry.owners(clock.today())
    units = set(rows.order_by().values_list("unit", flat=True).distinct())
    return rows.filter(unit__in=[one for one in units if by.can(SEE, owners.get(one, one))])


def products() -> dict[str, Product]:
    return {one.code: one for one in Product.objects.select_related("agency")}


def items(known_at: datetime, *, first: date, as_of: date) -> list[rules.Item]:
    """Monitoring items of the span with what was said of them by then."""
    deals = {one.number: one for one in Contract.objects.select_related("agency")}
    said = {(v.contract.number, v.item): v.outcome for v in Verdict.objects.filter(judged_at__lte=known_at).select_related("contract")}
    return [rules.Item(f"{row['contract']}|{row['item']}", f"{row['contract']} {row['item']}", owner(deals[row["contract"]].unit, as_of),
                       deals[row["contract"]].agency.uid, row["observed_on"], bool(row["provenance"]),
                       said.get((row["contract"], row["item"]), ""))
            for row in events.rows_of(FEEDS, known_at=known_at, as_of=as_of) if row["observed_on"] >= first and row["contract"] in deals]


def uses(known_at: datetime, *, first: date, as_of: date) -> list[rules.Use]:
    named = {code: one.name for code, one in products().items()}
    return [rules.Use(row["use"], f"{named.get(row['product'], row['product'])}：{row['service']}", registry.owner_of(row["unit"], as_of),
                      row["used_on"], bool(row["effect"])) for row in events.rows_of(USES, known_at=known_at, as_of=as_of)
            if row["used_on"] >= first]


def deals(known_at: datetime, as_of: date) -> list[rules.Deal]:
    """Contracts as known then: a return counts from when it was entered, and no longer once it was sent back."""
    known_on, back = clock.city_day(known_at), dict[int, Return]()
    for told in Return.objects.filter(entered_at__lte=known_at):
        if told.passed is not False or (told.checked_at and told.checked_at > known_at):
            back[told.contract_id] = told
    return [rules.Deal(one.uid, f"{one.number} {one.agency.name}", owner(one.unit, as_of), one.until_as_known(known_at),
                       one.key_found_on if one.key_found_on and one.key_found_on <= known_on else None,
                       *_returned(back.get(one.pk), known_at))
            for one in Contract.objects.filter(entered_at__lte=known_at).select_related("agency").order_by("until", "pk")]


def _returned(back: Return | None, known_at: datetime) -> tuple[date | None, date | None]:
    if back is None:
        return None, None
    return back.returned_on, clock.city_day(back.checked_at) if back.checked_at and back.checked_at <= known_at else None


def series(known_at: datetime, *, as_of: date) -> dict[tuple[str, str], dict[date, Decimal]]:
    found: dict[tuple[str, str], dict[date, Decimal]] = {}
    for row in events.rows_of(INDEX, known_at=known_at, as_of=as_of):
        found.setdefault((row["contract"], row["unit"]), {})[row["as_of"]] = row["value"]
    return found


def _units(on: date) -> list[str]:
    return [one.uid for kind, level in COVERED for one in registry.units(as_of=on, kind=kind, level=level)]


def _names(uids: list[str], on: date) -> dict[str, str]:
    known = registry.book()
    return {uid: known.name_on(uid, on, "short") for uid in uids if uid in known.units}


def lines(period: Period) -> dict[str, list[Line]]:
    used = uses(period.known_at, first=period.first, as_of=period.as_of)
    units = _units(period.as_of)
    return {
        "S5-1": rules.covered(units, _names(units, period.as_of), used),
        "S5-2": rules.judged(items(period.known_at, first=period.first, as_of=period.as_of)),
        "S5-3": [replace(one, link=reverse("s5:contract", args=[one.uid])) for one in rules.left(
            deals(period.known_at, period.as_of), first=period.first, as_of=period.as_of,
            days=value_on(HERE, "return_days", period.as_of))],
        "S5-4": rules.counted(used),
    }


def things(period: Period) -> list[Line]:
    """Falls of an index in the year, and agencies that are seldom right over all their time."""
    day = period.as_of
    seen = series(period.known_at, as_of=day)
    fell = rules.fallen(seen, names=_names([unit for _, unit in seen], day), points=value_on(HERE, "fall_points", day))
    whole = items(period.known_at, first=date.min, as_of=day)
    called = {one.uid: one.name for one in Agency.objects.all()}
    return [replace(one, unit=owner(one.unit, day)) for one in fell if one.on and one.on.year == period.year] + rules.unreliable(
        whole, called, value_on(HERE, "reliable_share", day))


def quality(known_at: datetime, as_of: date) -> dict[str, dict[str, Any]]:
    """Of each agency, over all its time: items, leads, verified, right, the share with its interval."""
    found: dict[str, dict[str, Any]] = {}
    for one in items(known_at, first=date.min, as_of=as_of):
        told = found.setdefault(one.agency, {"items": 0, "leads": 0, "judged": 0, "right": 0})
        told["items"] += 1
        told["leads"] += not one.provenance
        told["judged"] += one.provenance and one.outcome in ("right", "wrong")
        told["right"] += one.provenance and one.outcome == "right"
    for told in found.values():
        low, high = wilson(told["right"], told["judged"]) if told["judged"] else (0.0, 1.0)
        told["share"] = round(100 * told["right"] / told["judged"], 1) if told["judged"] else None
        told["interval"] = f"{100 * low:.0f}–{100 * high:.0f}" if told["judged"] else ""
    return found


HEADS = (Text("机构", "Agency"), Text("备案编号", "Filing"), Text("产品", "Products"), Text("合同（履行中）", "Contracts under way"),
         Text("监测线索", "Items"), Text("只作线索", "Leads only"), Text("已核实", "Verified"), Text("属实率 %", "Right %"),
         Text("95%区间", "95 % interval"))


def _register(period: Period) -> list[Section]:
    told = quality(period.known_at, period.as_of)
    running: dict[int, int] = {}
    for deal in Contract.objects.filter(since__lte=period.as_of, entered_at__lte=period.known_at):
        if deal.until_as_known(period.known_at) >= period.as_of:
            running[deal.agency_id] = running.get(deal.agency_id, 0) + 1
    blank = {"items": 0, "leads": 0, "judged": 0, "share": None, "interval": ""}
    rows = [(one.name, one.filing, "；".join(p.name for p in one.products.all()), running.get(one.pk, 0),
             *(told.get(one.uid, blank)[name] for name in ("items", "leads", "judged", "share", "interval"))) for one in agencies()]
    return [Section(Text("信用服务机构", "Credit-service agencies"), HEADS, rows,
                    Text("属实率只看有出处且已核实的线索；核实不足的区间很宽。",
                         "Of items with provenance that were verified; few make a wide interval."))]


def open_items(by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Items with provenance that nobody judged yet, of contracts that this person may see; the newest first."""
    found = {one.uid for one in items(at, first=date.min, as_of=clock.city_day(at)) if one.provenance and not one.outcome}
    known = {one.number: one for one in contracts(by)}
    rows = [row for row in events.rows_of(FEEDS, known_at=at) if f"{row['contract']}|{row['item']}" in found and row["contract"] in known]
    return sorted(({**row, "deal": known[row["contract"]]} for row in rows), key=lambda row: row["observed_on"], reverse=True)


def item(number: str, name: str, known_at: datetime) -> dict[str, Any]:
    """Errors: `ITEM-NONE`."""
    rows = events.rows_of(FEEDS, known_at=known_at, contract=number[:80], item=name[:60])
    return _must(rows[0] if rows else None, "ITEM-NONE", name, "条线索", "item")  # type: ignore[no-any-return]


def agency_body(row: Agency) -> dict[str, Any]:
    return {"agency": row.uid, "code": row.code, "filing": row.filing}


def product_body(row: Product) -> dict[str, Any]:
    return {"agency": row.agency.uid, "product": row.code, "what": row.kind}


def contract_body(row: Contract) -> dict[str, Any]:
    return {"contract": row.uid, "agency": row.agency.uid, "unit": row.unit, "text": row.text}


def ended_body(contract: str, on: date, text: str) -> dict[str, Any]:
    return {"contract": contract, "until": str(on), "text": text}


def verdict_body(row: Verdict) -> dict[str, Any]:
    return {"contract": row.contract.uid, "item": row.item, "outcome": row.outcome}


def exit_body(row: Return) -> dict[str, Any]:
    return {"contract": row.contract.uid, "returned_on": str(row.returned_on), "proof": row.proof}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about agencies, products, contracts, verdicts and exits."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for one in Agency.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(AGENCY, agency_body(one), one.registered_at), f"信用服务机构 {one.name}"
    for product in Product.objects.filter(**span).select_related("agency"):
        yield product.log_index or 0, entry_bytes(PRODUCT, product_body(product), product.listed_at), f"信用产品 {product.code}"
    for deal in Contract.objects.filter(**span).select_related("agency"):
        yield deal.log_index or 0, entry_bytes(CONTRACT, contract_body(deal), deal.entered_at), f"信用服务合同 {deal.number}"
    for deal in Contract.objects.filter(ended_index__gte=first, ended_index__lt=last):
        told = ended_body(deal.uid, deal.until, deal.ended_text)
        yield deal.ended_index or 0, entry_bytes(ENDED, told, deal.ended_at), f"合同终止 {deal.number}"
    for back in Return.objects.filter(**span).select_related("contract"):
        yield back.log_index or 0, entry_bytes(EXIT, exit_body(back), back.checked_at), f"合同退出 {back.contract.number}"
    for said in Verdict.objects.filter(**span).select_related("contract"):
        yield said.log_index or 0, entry_bytes(VERDICT, verdict_body(said), said.judged_at), f"线索核实 {said.item}"


AREA = Area(
    HERE, SEE, lines, rules.STATES, things, open_to_all=("S5-1", "S5-2", "S5-3", "S5-4"), public_sections=_register,
    sections=lambda period, by: _register(period),
    tabs=(("s5:agencies", Text("机构与产品", "Agencies and products"), SEE),
          ("s5:contracts", Text("合同与退出", "Contracts and exits"), SEE),
          ("s5:feeds", Text("监测线索", "Monitoring items"), SEE)))

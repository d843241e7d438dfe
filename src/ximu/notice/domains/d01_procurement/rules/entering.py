"""May a release enter? Its identity, its day, its buyer, one currency, and events in their order; faults are named, never guessed away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import compiling
from ximu.notice.domains.d01_procurement.rules import release as ocds

FAULTS: dict[str, Text] = {
    "D01-FORM": Text("不是一条OCDS发布（应为JSON对象）", "not an OCDS release (a JSON object)"),
    "D01-ID": Text("缺少采购过程标识ocid或发布标识id", "lacks its ocid or its release id"),
    "D01-TAG": Text("缺少环节标签tag", "lacks its tag"),
    "DATE-NONE": Text("缺少发布时间date，或不是带时区的时间", "lacks its date, or it is no moment with an offset"),
    "TIME-FUTURE": Text("发布时间在今天之后", "is dated after today"),
    "SUBJ-NONE": Text("采购人在单位登记中查不到", "its buyer is not in the register of units"),
    "AMT-CUR": Text("金额没有币种，或一个采购过程出现两种币种", "an amount has no currency, or the process has two of them"),
    "SEQ": Text("时间先后颠倒：授标早于招标开始，或签约早于授标", "events are out of order: award before tender, signature before award"),
    "D01-SCHEMA": Text("缺少标准要求的字段，或字段的类型、取值不合标准（OCDS 1.1）",
                       "lacks a field that OCDS 1.1 requires, or a field has a wrong type or value"),
    "D01-MERGE": Text("与同一过程的其他发布不能按标准合并", "cannot be merged with the other releases of its process"),
}
MAIN = "CNY"


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` is the place of the release in the delivery, from 1."""

    line: int
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A release that may enter, with what stands beside it in the store."""

    ocid: str
    release: str
    released_on: date
    released_at: str
    stage: str
    method: str
    currency: str | None
    buyer_name: str
    body: dict[str, Any]


def entry_of(release: Any, line: int, *, today: date, city_day: Callable[[datetime], date]) -> Entry | Fault:
    """Each release by itself; `city_day` tells on which day a moment falls here."""
    if not isinstance(release, dict):
        return Fault(line, "release", "D01-FORM")
    ocid, identifier = ocds.text(release, "ocid"), release.get("id")
    identifier = str(identifier) if isinstance(identifier, int | str) and not isinstance(identifier, bool) else ""
    if not ocid or not identifier:
        return Fault(line, "ocid" if not ocid else "id", "D01-ID")
    tags = [tag for tag in ocds.items(release, "tag") if isinstance(tag, str)]
    if not tags:
        return Fault(line, "tag", "D01-TAG")
    moment = ocds.moment_of(ocds.text(release, "date"))
    if moment is None:
        return Fault(line, "date", "DATE-NONE")
    if city_day(moment) > today:
        return Fault(line, "date", "TIME-FUTURE")
    money = list(amounts(release))
    if any(currency is None for _, _, currency in money):
        return Fault(line, next(path for path, _, currency in money if currency is None)[:80], "AMT-CUR")
    named = sorted({currency for _, _, currency in money if currency})
    if len(named) > 1:
        return Fault(line, "currency", "AMT-CUR")
    return Entry(ocid, identifier, city_day(moment), str(release["date"]), "|".join(sorted(tags)),
                 ocds.text(release, "tender", "procurementMethod") or "", named[0] if named else None,
                 ocds.text(release, "buyer", "name") or ocds.text(release, "tender", "procuringEntity", "name") or "", release)


def amounts(value: Any, path: str = "") -> Iterator[tuple[str, Any, str | None]]:
    """Every (path, amount, currency) of the document."""
    if isinstance(value, dict):
        amount = value.get("amount")
        if isinstance(amount, int | float) and not isinstance(amount, bool):
            currency = value.get("currency")
            yield path or "value", amount, currency if isinstance(currency, str) and currency else None
        for name, part in value.items():
            yield from amounts(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for part in value:
            yield from amounts(part, path)


def fits(entry: Entry, others: list[dict[str, Any]], line: int) -> Fault | None:
    """Together with the other releases of its process: one currency, one order of events, mergeable."""
    try:
        [process] = compiling.compiled([*others, entry.body])
    except Refusal:
        return Fault(line, "ocid", "D01-MERGE")
    if len({currency for _, _, currency in amounts(process)}) > 1:
        return Fault(line, "currency", "AMT-CUR")
    return Fault(line, wrong, "SEQ") if (wrong := out_of_order(process)) else None


def out_of_order(process: Any) -> str:
    """The field that comes too early, else an empty text. What has no date is not judged."""
    start = ocds.moment_of(ocds.text(process, "tender", "tenderPeriod", "startDate"))
    awards: dict[str, datetime] = {}
    for award in ocds.items(process, "awards"):
        made = ocds.moment_of(ocds.text(award, "date"))
        if made is None:
            continue
        awards[str(ocds.at(award, "id"))] = made
        if start is not None and made < start:
            return "awards.date"
    for contract in ocds.items(process, "contracts"):
        signed, made = ocds.moment_of(ocds.text(contract, "dateSigned")), awards.get(str(ocds.at(contract, "awardID")))
        if signed is not None and made is not None and signed.date() < made.date():
            return "contracts.dateSigned"
    return ""


def without_contacts(value: Any, replaced: Callable[[str], str]) -> Any:
    """The release with every detail of a contact point put through `replaced`: alike stays alike, but it cannot be read."""
    if isinstance(value, list):
        return [without_contacts(one, replaced) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _hidden(part, replaced) if name == "contactPoint" else without_contacts(part, replaced) for name, part in value.items()}


def _hidden(point: Any, replaced: Callable[[str], str]) -> Any:
    if not isinstance(point, dict):
        return None
    return {name: replaced(text) for name, text in point.items() if isinstance(text, str)}


def text_of(release: dict[str, Any]) -> str:
    """Canonical, so that the same release is the same text."""
    return canonical(release).decode()

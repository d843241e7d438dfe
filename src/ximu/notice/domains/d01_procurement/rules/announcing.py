"""What had to be announced by which day, and was it (D01-1)? The intention, the result and the contract of a purchase.

The law's days stand in `parameters.toml`, each with the day from which it holds: what happened before is not due. A notice was out
on the day of a document of its type (`documentType`, `datePublished`), else with the first release that brought the matter itself:
a release *is* the publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d01_procurement.rules import law
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.payments import day_of

KINDS = {"intention": Text("采购意向公开", "procurement intention"), "result": Text("结果公告", "result notice"),
         "contract": Text("合同公告", "contract notice")}
STATES = {"on_time": Text("按期公开", "announced in time"), "late": Text("迟延公开", "announced late"),
          "missing": Text("逾期未公开", "not announced"), "open": Text("未到期", "not yet due"),
          "unknown": Text("无法判断", "cannot be told")}
TYPES = {"intention": frozenset({"plannedProcurementNotice", "procurementPlan"}), "result": frozenset({"awardNotice"}),
         "contract": frozenset({"contractNotice", "contractSigned"})}


@dataclass(frozen=True, slots=True)
class Notice:
    """`event` is the day that sets the term running (the tender opens, the award, the signature); `item` which award or contract."""

    kind: str
    item: str
    event: date
    due: date | None
    published: date | None
    state: str

    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "item": self.item, "event": self.event.isoformat(), "due": self.due.isoformat() if self.due else None,
                "published": self.published.isoformat() if self.published else None, "state": self.state}


def notices(process: Any, releases: Sequence[tuple[date, Any]], *, on: date) -> Iterator[Notice]:
    """Of one compiled process with the releases (day, release) that made it, as of a day."""
    begins = day_of(ocds.text(process, "tender", "tenderPeriod", "startDate"))
    ahead = law.intention_days(begins) if begins else None
    if begins and ahead is not None:
        documents = [*ocds.items(process, "planning", "documents"), *ocds.items(process, "tender", "documents")]
        first = min((day for day, one in releases if "planning" in ocds.items(one, "tag")), default=None)
        yield _notice("intention", "", begins, begins - timedelta(days=ahead), _published("intention", documents, first), on)
    for award in ocds.items(process, "awards"):
        made = day_of(ocds.text(award, "date"))
        if made and ocds.text(award, "status") == "active" and (term := law.result_workdays(made)) is not None:
            first = _first(releases, "awards", award, lambda one: ocds.text(one, "status") == "active")
            yield _notice("result", str(ocds.at(award, "id")), made, _working(made, term), _published(
                "result", ocds.items(award, "documents"), first), on)
    for contract in ocds.items(process, "contracts"):
        signed = day_of(ocds.text(contract, "dateSigned"))
        if signed and (term := law.contract_workdays(signed)) is not None:
            first = _first(releases, "contracts", contract, lambda one: ocds.text(one, "dateSigned") is not None)
            yield _notice("contract", str(ocds.at(contract, "id")), signed, _working(signed, term), _published(
                "contract", ocds.items(contract, "documents"), first), on)


def _notice(kind: str, item: str, event: date, due: date | None, published: date | None, on: date) -> Notice:
    seen = published if published is not None and published <= on else None
    if due is None or (published is None and event > on):
        state = "unknown" if due is None else "open"
    elif seen is not None:
        state = "on_time" if seen <= due else "late"
    else:
        state = "missing" if on > due else "open"
    return Notice(kind, item, event, due, seen, state)


def _working(start: date, term: int) -> date | None:
    """None for a year whose holidays are not known: no day is guessed."""
    try:
        return BUNDLED.due(start, term).day
    except Refusal:
        return None


def _published(kind: str, documents: Iterable[Any], first: date | None) -> date | None:
    """The day of the earliest document of that kind, else of the first release that tells the matter."""
    told = [day for one in documents if ocds.text(one, "documentType") in TYPES[kind]
            and (day := day_of(ocds.text(one, "datePublished"))) is not None]
    return min(told, default=first)


def _first(releases: Sequence[tuple[date, Any]], name: str, item: Any, tells: Any) -> date | None:
    own = str(ocds.at(item, "id"))
    return min((day for day, release in releases for one in ocds.items(release, name) if str(ocds.at(one, "id")) == own and tells(one)),
               default=None)


def counted(listed: Iterable[Notice]) -> tuple[int, int]:
    """(due, on time): what is not yet due or cannot be told does not count."""
    states = [one.state for one in listed if one.state in ("on_time", "late", "missing")]
    return len(states), states.count("on_time")

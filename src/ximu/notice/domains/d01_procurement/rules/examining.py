"""Can the figures of the purchases be true? The platform's checks on what was delivered; a finding is a question, never a flag or a record.

First and last digits of amounts (Benford; last digits other than zero), amounts in round ten-thousands, purchases
that are told twice, and payments that do not add up to their contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ximu.ideas.warnings.rules import quality
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.payments import PAID

ROUND = 10_000
WHAT = {"award": Text("中标金额", "award amounts"), "contract": Text("合同金额", "contract amounts"),
        "process": Text("采购过程", "purchases"), "payments": Text("付款与合同金额", "payments and contract")}


CHECKS = {
    "benford": Text("采购金额首位数字异常", "First digits of purchase amounts"),
    "last-digit": Text("采购金额末位数字异常", "Last digits of purchase amounts"),
    "heaping": Text("采购金额集中于整万元", "Purchase amounts in round ten-thousands"),
    "duplicate": Text("采购过程重复报送", "Purchases told twice"),
    "sum": Text("付款与合同金额不符", "Payments that do not add up to their contract"),
}


def rule_of(check: str) -> str:
    """The name of the alarm of a check."""
    return f"D01-{check}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A finding, what it looks at, and the processes that it speaks of."""

    what: str
    finding: Finding
    ocids: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        one = self.finding
        return {"check": one.check, "what_zh": WHAT[self.what].zh, "what_en": WHAT[self.what].en, "suspicious": one.suspicious, "n": one.n,
                "statistic": one.statistic, "p_value": one.p_value, "processes": list(self.ocids), "zh": one.reason.zh, "en": one.reason.en}


def words_of(asked: Asked) -> Text:
    """What an alarm says: of which purchases, or of which amounts."""
    said, named = asked.finding.reason, "、".join(asked.ocids[:5])
    if asked.finding.check == "duplicate":
        return Text(f"采购过程{named}的采购人、日期、金额和品目相同，可能重复报送；请核对。",
                    f"Purchases {named} have the same buyer, day, price and kind of goods; perhaps told twice.")
    if asked.finding.check == "sum":
        return Text(f"采购过程{named}：付款节点{said.zh.partition('行')[2]}；请核对。",
                    f"Purchase {named}: {said.en.partition(': ')[2]}; payment milestones against their contract.")
    return Text(f"{WHAT[asked.what].zh}：{said.zh}；请说明。", f"{WHAT[asked.what].en}: {said.en}; say why.")


def examined(processes: Sequence[Any]) -> list[Asked]:
    """Of compiled releases. What does not apply (too few, too narrow) is told as not judged."""
    found: list[Asked] = []
    for what, name in (("award", "awards"), ("contract", "contracts")):
        amounts = [v for one in processes for item in ocds.items(one, name) if (v := ocds.number(item, "value", "amount")) is not None]
        found += [Asked(what, quality.benford(amounts)), Asked(what, quality.heaping([v for v in amounts if v >= ROUND], base=ROUND)),
                  Asked(what, quality.last_digit(amounts, rounded=False))]
    return [*found, *_twice(processes), *_untied(processes)]


def _twice(processes: Sequence[Any]) -> Iterator[Asked]:
    """Different processes of one buyer, day, price and kind of goods."""
    told = [(place, key) for place, one in enumerate(processes) if (key := _key(one)) is not None]
    for finding in quality.duplicates(key for _, key in told):
        yield Asked("process", finding, tuple(sorted(str(processes[told[line - 1][0]]["ocid"]) for line in finding.lines)))


def _key(one: Any) -> tuple[Any, ...] | None:
    amount, day = ocds.number(one, "tender", "value", "amount"), ocds.text(one, "tender", "tenderPeriod", "startDate")
    buyer = ocds.text(one, "buyer", "name") or ocds.text(one, "buyer", "id")
    kinds = tuple(sorted({c for i in ocds.items(one, "tender", "items") if (c := ocds.text(i, "classification", "id"))}))
    return (buyer, day[:10], amount, kinds) if buyer and day and amount is not None else None


def _untied(processes: Sequence[Any]) -> Iterator[Asked]:
    """Contracts whose payment milestones all state an amount in the contract's currency, and do not add up to it."""
    for one in processes:
        for contract in ocds.items(one, "contracts"):
            due = [m for m in [*ocds.items(contract, "milestones"), *ocds.items(contract, "implementation", "milestones")]
                   if ocds.text(m, "type") in PAID]
            amounts = [ocds.number(m, "value", "amount") for m in due]
            total, currency = ocds.number(contract, "value", "amount"), ocds.text(contract, "value", "currency")
            if total is None or not due or any(ocds.text(m, "value", "currency") != currency for m in due):
                continue
            parts = [None if v is None else Decimal(str(v)) for v in amounts]
            for finding in quality.sums_tie([parts], [Decimal(str(total))]):
                if finding.suspicious:
                    yield Asked("payments", finding, (str(one["ocid"]),))

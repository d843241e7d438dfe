"""What kinds and matters are there, when may a promise fall due, and how does a delivered row become a counted one? Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

TERMS = {"一般": "ENT-GENERAL", "疑难": "ENT-HARD"}
DEBT = "拖欠账款"
TOPICS = {
    "准入审批": Text("准入审批", "Permits"), "用地用房": Text("用地用房", "Land and premises"), "融资": Text("融资", "Finance"),
    "用工人才": Text("用工人才", "Staff"), "税费": Text("税费", "Taxes and fees"), DEBT: Text(DEBT, "Unpaid debts"),
    "政策兑现": Text("政策兑现", "Policies not kept"), "其他": Text("其他", "Other"),
}
ALONE, CONFIRMED = "单方办结", "企业确认"
VERDICTS = {"counted": Text("计入", "counted"), "base": Text("仅作分母", "in the base only")}


def money(text: str, field: str) -> Decimal | None:
    """Errors: `D14-AMOUNT`."""
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 <= found < Decimal(10) ** 14):
        raise Refusal("D14-AMOUNT", field=field, value=text[:20], rule="0 – 10^14 元", zh="金额应为不小于零的数（元）。",
                      en="An amount is a number of yuan, not below zero.")
    return found.quantize(Decimal("0.01"))


def must_promise(text: str, *, today: date, last: date) -> date:
    """The promised day lies between today and the last day of the term. Errors: `D14-PROMISE`."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not today <= found <= last:
        raise Refusal("D14-PROMISE", field="promised_on", value=text[:10], rule=f"{today} – {last}",
                      zh=f"受理时须承诺办结日，在{today}至{last}（期限末日）之间。",
                      en=f"Accepting needs a promised day between {today} and {last}, the last day of the term.")
    return found


def must_not_name(firm: str, words: str) -> None:
    """Steps of a case go into the log's commitments and onto pages: the firm is not named there. Errors: `D14-NAMED`."""
    if firm and firm in words:
        raise Refusal("D14-NAMED", field="reason", value="", rule="不写企业名称", zh="办理内容中不写企业名称。",
                      en="The words of a step do not name the firm.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """`alone` rows were closed without the firm's word whatever they said; `strangers` name units that the register does not know."""

    frame: pl.DataFrame
    alone: int
    strangers: list[tuple[int, str]]


def prepare(good: pl.DataFrame, named: Mapping[str, str], due: Callable[[date, str], date | None]) -> Prepared:
    """`good` as intake leaves it, with `line`; `named` maps names to uids; `due(accepted, term)` is the last day."""
    units = dict(named)
    whole = good.with_columns(
        pl.col("unit_name").replace_strict(units, default=None, return_dtype=pl.String).alias("unit"),
        pl.col("district_name").replace_strict(units, default=None, return_dtype=pl.String).alias("district"))
    lost = whole.filter(pl.col("unit").is_null() | (pl.col("district_name").is_not_null() & pl.col("district").is_null()))
    kept = whole.filter(~pl.col("line").is_in(lost["line"].to_list()))
    spoke = (pl.col("solved") != "").fill_null(value=False)
    closed, impossible = pl.col("closed_on").is_not_null(), (pl.col("outcome") == "无法办理").fill_null(value=False)
    said = pl.col("closed_as").fill_null("")
    alone = closed & (((said == CONFIRMED) & ~spoke) | ((said == "") & ~spoke & ~impossible))
    firm = closed & (said == "") & spoke
    told = kept.select(alone.sum()).item() or 0
    cache = {(start, kind): due(start, TERMS[kind])
             for start, kind in kept.select("accepted_on", "kind").unique().iter_rows() if start is not None}
    last = pl.Series("due_by", [cache.get(one) for one in kept.select("accepted_on", "kind").iter_rows()], dtype=pl.Date)
    made = kept.with_columns(
        pl.when(alone).then(pl.lit(ALONE)).when(firm).then(pl.lit(CONFIRMED)).when(closed & (said == "") & impossible)
        .then(pl.lit("说明情况")).otherwise(pl.col("closed_as")).alias("closed_as"),
        pl.col("reopened").cast(pl.Int64), pl.col("amount").cast(pl.Float64), pl.col("paid").cast(pl.Float64), last)
    missing = lost.select("line", pl.when(pl.col("unit").is_null()).then(pl.lit("unit_name")).otherwise(pl.lit("district_name")))
    return Prepared(made.drop("line"), told, list(missing.iter_rows()))


def share(part: float, whole: float) -> Decimal | None:
    """Per cent with two decimals; none where there is nothing to divide by."""
    return (Decimal(str(part)) * 100 / Decimal(str(whole))).quantize(Decimal("0.01")) if whole else None


def must_have_outcome(outcome: str) -> None:
    """Errors: `D14-OUTCOME`."""
    if not outcome:
        raise Refusal("D14-OUTCOME", field="outcome", value="", rule="解决 部分解决 解释说明", zh="答复须写明办理结果。",
                      en="An answer states its outcome.")

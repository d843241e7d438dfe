"""Small deliveries for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import EVERY_RIGHT, SYSTEM, Actor, Grant
from ximu.notice.domains.d05_debt import services

AT = datetime(2019, 3, 20, 1, tzinfo=UTC)
FIRST, SECOND = (Actor(name, grants=(Grant("all", frozenset({EVERY_RIGHT})),), person=name) for name in ("first", "second"))
NAMES = {1: "示例市甲区人民政府", 2: "示例市乙区人民政府", 10: "示例市癸区人民政府"}
FIGURES = ("unit_name,year,as_of,balance,general,special,hidden,opening,issued,repaid,limit_general,limit_special,resources,budget_spending,"
           "fund_spending,interest_general,interest_special,service,overdue,revenue,spending,cash,due_next,document,restates")
LINES = ("debt,unit_name,kind,title,principal,outstanding,stated_on,incurred_on,due_on,finding,found_on,finding_document,withdrawn_on")
ACTS = "debt,act,acted_on,unit_name,post,document"


def q(number: int) -> str:
    return uid_of("example", f"q{number:02}")


def year(number: int = 1, **values: Any) -> str:
    """One row of yearly figures: 600 of 1000, everything ties."""
    row = {"unit_name": NAMES[number], "year": 2018, "as_of": "2018-12-31", "balance": 600, "general": 300, "special": 300, "hidden": 0, "opening": 550,
           "issued": 100, "repaid": 50, "limit_general": 400, "limit_special": 400, "resources": 1000, "budget_spending": 900, "fund_spending": 400,
           "interest_general": 20, "interest_special": 10, "service": 100, "overdue": 0, "revenue": 900, "spending": 720, "cash": 150,
           "due_next": 100, "document": "示财债〔2019〕1号", "restates": ""} | values
    return ",".join(str(row[name]) for name in FIGURES.split(","))


def line(number: int = 1, **values: Any) -> str:
    row = {"debt": "YB-1", "unit_name": NAMES[number], "kind": "一般债务", "title": "示例债券", "principal": 300, "outstanding": 300,
           "stated_on": "2018-12-31", "incurred_on": "2017-06-01", "due_on": "2022-06-01"} | values
    return ",".join(str(row.get(name, "")) for name in LINES.split(","))


def deliver(dataset: str, head: str, *rows: str, folder: Path, batch: str = "b", by: Actor = SYSTEM, at: datetime = AT) -> dict[str, Any]:
    path = folder / f"{batch}.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return services.deliver(dataset, path, batch=batch, by=by, at=at)

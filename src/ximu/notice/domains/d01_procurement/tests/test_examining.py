"""Doubts about the delivered figures of purchases: first digits, round amounts, told twice, sums; each found where planted and not elsewhere."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.events import services as events
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d01_procurement.commands.stored import procurement_group
from ximu.notice.domains.d01_procurement.rules.examining import examined

pytestmark = pytest.mark.row("D1")


def amounts(values: Any) -> list[dict[str, Any]]:
    return [{"ocid": f"p{n}", "awards": [{"id": "a", "value": {"amount": float(v), "currency": "CNY"}}]} for n, v in enumerate(values)]


def told(processes: list[dict[str, Any]], what: str, check: str) -> list[bool | None]:
    return [one.finding.suspicious for one in examined(processes) if (one.what, one.finding.check) == (what, check)]


def test_invented_amounts_are_doubted_and_grown_ones_are_not() -> None:
    rng = np.random.default_rng(3)
    assert told(amounts(np.round(10 ** rng.uniform(4, 7, 400), 2)), "award", "benford") == [False]
    assert told(amounts(rng.uniform(5e4, 9.9e6, 400)), "award", "benford") == [True]
    assert told(amounts([1, 2, 3]), "award", "benford") == [None]


def test_round_ten_thousands_are_doubted() -> None:
    rng = np.random.default_rng(4)
    assert told(amounts(rng.integers(20_000, 9_000_000, 200)), "award", "heaping") == [False]
    assert told(amounts(rng.integers(2, 900, 200) * 10_000), "award", "heaping") == [True]


def purchase(ocid: str, amount: float = 100, day: str = "2018-03-01", **more: Any) -> dict[str, Any]:
    return {"ocid": ocid, "buyer": {"name": "示例市财政局"}, **more, "tender": {
        "value": {"amount": amount, "currency": "CNY"}, "tenderPeriod": {"startDate": f"{day}T09:00:00+08:00"},
        "items": [{"classification": {"id": "43211500"}}]}}


def test_a_purchase_told_twice_names_both() -> None:
    rows = [purchase("1"), purchase("2"), purchase("3", 101), purchase("4", day="2018-03-02"), {"ocid": "5"}, {"ocid": "6"}]
    assert [one.ocids for one in examined(rows) if one.what == "process"] == [("1", "2")]


def test_payments_that_do_not_add_up_to_their_contract_are_named() -> None:
    def contract(ocid: str, *parts: float | None, currency: str = "CNY") -> dict[str, Any]:
        return {"ocid": ocid, "contracts": [{"id": "c", "value": {"amount": 100, "currency": "CNY"}, "milestones": [
            {"id": str(n), "type": "payment", "value": {"currency": currency, **({} if v is None else {"amount": v})}}
            for n, v in enumerate(parts)]}]}
    rows = [contract("ties", 40, 60), contract("short", 40, 50), contract("unknown", 40, None), contract("other", 40, 50, currency="USD"),
            contract("none")]
    assert [one.ocids for one in examined(rows) if one.what == "payments"] == [("short",)]


@pytest.mark.django_db
def test_page_api_and_command_tell_the_same(settings: Any, tmp_path: Path, client: Client) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    script = runpy.run_path(str(Path(__file__).parents[6] / "scripts" / "procurement_example.py"))
    on: date = script["ON"]
    file = tmp_path / "releases.jsonl"
    rows = [one for one in script["releases"]() if one["date"][:10] <= on.isoformat()]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    events.load("procurement", file, batch="example", by=SYSTEM, at=datetime(2019, 7, 1, 1, tzinfo=UTC))
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    listed = client.get(f"/api/v1/d01/quality?on={on}").json()
    assert [one["processes"] for one in listed if one["suspicious"]] == [["ocds-ximu01-2-04"]], "a quarter more than was to be paid"
    page = client.get(f"/console/d01/?on={on}").content.decode()
    assert "报送数据核查" in page and "分项之和" in page
    ran = CliRunner().invoke(procurement_group, ["quality", "--on", str(on), "--json"])
    assert json.loads(ran.output) == listed
    assert "存疑 doubtful" in CliRunner().invoke(procurement_group, ["quality", "--on", str(on)]).output

"""The government's own breach is flagged with its facts; releases merge by the standard; the tool answers."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.commands import flags as commands
from ximu.notice.domains.d01_procurement.rules import compiling, government, law, payments, settings

pytestmark = pytest.mark.row("D1")
ALL = settings.read("[G001]\n[G002]\n[G003]\nlimit = 100\n[G004]\n")


def contract(ocid: str, **more: Any) -> dict[str, Any]:
    return {"ocid": ocid, "buyer": {"id": "B"}, **more}


def codes(releases: list[Any], asked: settings.Settings = ALL, as_of: date | None = None) -> list[tuple[str, str, float]]:
    return [(f.code, f.ocid, f.value) for f in government.evaluate(releases, asked, as_of=as_of)[0]]


def test_late_payment_counts_days_and_unpaid_dues_to_the_day() -> None:
    milestone = {"id": "1", "type": "payment", "dueDate": "2018-06-30T00:00:00+08:00"}
    late = contract("late", contracts=[{"milestones": [milestone | {"dateMet": "2018-07-10T00:00:00+08:00"}]}])
    unpaid = contract("unpaid", contracts=[{"implementation": {"milestones": [milestone]}}])
    paid = contract("paid", contracts=[{"milestones": [milestone | {"dateMet": "2018-06-30T09:00:00+08:00"}]}])
    other = contract("delivery", contracts=[{"milestones": [milestone | {"type": "delivery", "dateMet": "2018-08-01"}]}])
    assert codes([late, unpaid, paid, other], as_of=date(2018, 7, 1)) == [("G001", "late", 10.0), ("G001", "unpaid", 1.0)]
    assert codes([unpaid]) == []

    def told(ocid: str, *amounts: int) -> Any:
        moved = [{"date": f"2018-07-0{n}T00:00:00Z", "relatedImplementationMilestone": {"id": "1"}, "value": {"amount": amount}}
                 for n, amount in enumerate(amounts, 3)]
        return contract(ocid, contracts=[{"implementation": {"milestones": [milestone | {"value": {"amount": 90}}], "transactions": moved}}])
    assert codes([told("whole", 40, 50), told("part", 40, 40)], as_of=date(2018, 7, 20)) == [("G001", "whole", 4.0), ("G001", "part", 20.0)]


def test_change_after_award_is_relative_and_in_one_currency() -> None:
    def changed(ocid: str, now: float, currency: str = "CNY") -> Any:
        return contract(ocid, awards=[{"id": 1, "value": {"amount": 100, "currency": "CNY"}}],
                        contracts=[{"awardID": 1, "value": {"amount": now, "currency": currency}}])
    assert codes([changed("more", 120), changed("within", 110), changed("other", 200, "USD")]) == [("G002", "more", pytest.approx(0.2))]


def test_signing_later_than_thirty_days() -> None:
    late = contract("late", awards=[{"id": "a", "date": "2018-01-01T00:00:00Z"}], contracts=[{"awardID": "a", "dateSigned": "2018-02-01T00:00:00Z"}])
    assert codes([late]) == [("G004", "late", 31.0)]


def test_split_purchases_need_a_limit() -> None:
    rows = [contract(f"p{n}", tender={"value": {"amount": 40}, "tenderPeriod": {"startDate": f"2018-01-0{n}T00:00:00Z"},
                                      "items": [{"classification": {"id": "43211500"}}]}) for n in (1, 2, 3)]
    assert [c[:2] for c in codes(rows)] == [("G003", "p1"), ("G003", "p2"), ("G003", "p3")]
    again = [row | {"ocid": f"{row['ocid']} in June", "tender": row["tender"] | {"tenderPeriod": {"startDate": "2018-06-01T00:00:00Z"}}} for row in rows]
    assert len(codes([*rows, *again])) == 6, "it happened twice"
    for change in ({"status": "cancelled"}, {"value": {"amount": 40, "currency": "USD"}}):
        odd = rows[0] | {"tender": rows[0]["tender"] | change}
        assert codes([odd, *rows[1:]]) == [], "what was not bought, and yuan and dollars, do not add up"
    found, unsaid = government.evaluate(rows, settings.read("[G003]\n"), as_of=None)
    assert found == []
    assert "G003" in unsaid[0].zh


def test_interest_on_late_payment_to_a_small_firm() -> None:
    per_day = law.interest_per_day(date(2021, 1, 1))
    assert payments.interest(Decimal("1000000"), 10, per_day=per_day) == Decimal("5000.00")
    assert payments.interest(Decimal("1000000"), -3, per_day=per_day) == Decimal("0.00")


def test_releases_merge_by_date_whatever_their_order() -> None:
    new = {"ocid": "o", "id": "2", "date": "2018-02-01T00:00:00Z", "tag": ["tenderUpdate"], "tender": {"id": "t", "title": "后"}}
    old = {"ocid": "o", "id": "1", "date": "2018-01-01T00:00:00Z", "tag": ["tender"], "tender": {"id": "t", "title": "先", "status": "active"}}
    for documents in ([new, old], [{"releases": [old, new]}], [{"records": [{"ocid": "o", "releases": [new, old]}]}]):
        [one] = compiling.compiled(documents)
        assert (one["tender"]["title"], one["tender"]["status"]) == ("后", "active")


def test_releases_merge_by_moment_where_offsets_differ() -> None:
    """11:00 in Shanghai, written as 03:00Z, comes after 10:00+08:00, whatever the texts look like."""
    old = {"ocid": "o", "id": "1", "date": "2018-01-01T10:00:00+08:00", "tag": ["tender"], "tender": {"id": "t", "title": "先", "status": "active"}}
    new = {"ocid": "o", "id": "2", "date": "2018-01-01T03:00:00Z", "tag": ["tenderUpdate"], "tender": {"id": "t", "title": "后"}}
    for documents in ([new, old], [old, new]):
        [one] = compiling.compiled(documents)
        assert (one["tender"], one["date"], one["id"], one["tag"]) == (
            {"id": "t", "title": "后", "status": "active"}, "2018-01-01T03:00:00Z", "o-2018-01-01T03:00:00Z", ["compiled"])


def test_releases_that_cannot_merge_are_named() -> None:
    with pytest.raises(Refusal) as refused:
        compiling.merged("o", [{"ocid": "o", "date": "2018-01-01T00:00:00Z", "tender": {"id": 1}}, {"ocid": "o", "date": None}])
    assert refused.value.code == "D01-MERGE"


def test_the_tool_answers_in_json(tmp_path: Path) -> None:
    rows = [{"ocid": "F", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}]
    data = tmp_path / "releases.jsonl"
    data.write_text("\n".join(json.dumps(r) for r in rows) + "\nnot json\n", "utf-8")
    ini = tmp_path / "settings.ini"
    ini.write_text("[R018]\n", "utf-8")
    ran = CliRunner().invoke(commands.d01_flags, [str(data), "--settings", str(ini), "--json", "--no-meta"])
    assert json.loads(ran.stdout) == {"OCID": {"F": {"R018": 1.0}}}
    assert "2" in ran.stderr
    plain = CliRunner().invoke(commands.d01_flags, ["-"], input=json.dumps(rows[0]))
    assert plain.stdout == "OCID\tF\tR018\t1\n"


@pytest.mark.parametrize(("args", "code"), [(["nothing.jsonl"], "FILE-NONE"), (["-", "--as-of", "1/2/2018"], "DATE-FORM")])
def test_the_tool_refuses(args: list[str], code: str) -> None:
    ran = CliRunner().invoke(commands.d01_flags, args, input="{}")
    assert isinstance(ran.exception, Refusal)
    assert ran.exception.code == code

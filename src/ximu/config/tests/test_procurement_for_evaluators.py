"""Purchases feed evaluations: payments go into frozen snapshots, and a contract with an assessed unit is a conflict of interest."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.catalogue.tests import factories as lists
from ximu.ideas.events import services as events
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.5", "D1")]
AT = datetime(2019, 3, 4, 2, tzinfo=UTC)
UNITS = [uid_of("example", f"q{n:02}") for n in range(1, 4)]
FGW = uid_of("example", "fgw")
CODE = "12990000MB0XXXXX12"


def bought(n: int, unit: str, supplier: dict[str, Any], paid: str | None) -> dict[str, Any]:
    milestone = {"id": "m", "type": "payment", "dueDate": "2018-06-01T00:00:00+08:00", "value": {"amount": 1000 * n, "currency": "CNY"}}
    return {
        "ocid": f"o{n}", "id": "1", "date": "2018-12-01T00:00:00+08:00", "tag": ["contract"], "initiationType": "tender",
        "buyer": {"name": registry.name(unit, as_of=date(2018, 12, 1))}, "parties": [{"roles": ["supplier"], **supplier}],
        "awards": [{"id": "a", "status": "active", "date": "2018-03-01T00:00:00+08:00", "suppliers": [{"id": supplier["id"]}]}],
        "contracts": [{"id": "c", "awardID": "a", "milestones": [milestone | ({"dateMet": paid} if paid else {})]}],
    }


@pytest.fixture(autouse=True)
def _stored(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    city.load()
    lists.published("2017-1", date(2017, 10, 1), ["CF", "JL-CF"])
    firm = {"id": "F1", "name": "示例公司", "details": {"scale": "sme"}}
    institute = {"id": "F2", "name": "示例大学", "identifier": {"id": CODE}}
    rows = [bought(1, UNITS[0], firm, "2018-06-01T00:00:00+08:00"), bought(2, UNITS[0], firm, "2018-06-11T00:00:00+08:00"),
            bought(3, UNITS[1], firm, None), bought(4, FGW, institute, None)]
    file = tmp_path / "releases.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    assert events.load("procurement", file, batch="b", by=SYSTEM, at=AT)["bad"] == 0


def engaged(units: list[str], fields: list[str], **said: Any) -> str:
    who = services.register("示例大学信用研究中心", code=CODE, kind="university", by=SYSTEM, at=AT, people=["N900"],
                            declaration={"methods": ["记录"], "funders": ["示例基金会"], "interests": [], **said})
    return services.engage(who, services.Terms("年度评价", "2018", units, FGW, uid_of("example", "czj"), "1号", {"procurement": fields},
                                               Decimal(1)), by=SYSTEM, at=AT)


def test_granted_fields_of_payments_are_frozen_and_nothing_else() -> None:
    made = engaged(UNITS, ["state", "days_late", "amount"], funders=[FGW])
    snapshot = queries.snapshot(services.freeze(made, by=SYSTEM, at=AT))
    facts = json.loads(snapshot.content)["facts"]["procurement"]
    assert [(f["unit"], f["state"], f["days_late"], f["amount"]) for f in facts] == [
        (UNITS[0], "paid", 0, "1000"), (UNITS[0], "late", 10, "2000"), (UNITS[1], "overdue", 213, "3000")]
    assert set(facts[0]) == {"unit", "body", "state", "days_late", "amount"}
    assert snapshot.refs["procurement"] == ["payment:o1/c/m", "payment:o2/c/m", "payment:o3/c/m"]
    assert "F1" not in snapshot.content and "payment:" not in snapshot.content


def test_a_field_that_is_not_offered_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        engaged(UNITS, ["supplier"], funders=[FGW])
    assert (refused.value.code, refused.value.field) == ("EVAL-FIELD", "procurement.supplier")


def test_who_sold_to_a_unit_and_did_not_say_so_does_not_evaluate_it() -> None:
    with pytest.raises(Refusal) as refused:
        engaged(UNITS, ["state"])
    assert refused.value.code == "EVAL-COI"
    assert refused.value.extra == {"known_from": "采购合同 o4"}

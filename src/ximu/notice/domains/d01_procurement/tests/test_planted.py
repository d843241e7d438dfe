"""The made-up city's purchases: all planted faults are found, and nothing else; page, portal, API and command tell the same."""

from __future__ import annotations

import json
import re
import runpy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.events import services as events
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement import queries, services
from ximu.notice.domains.d01_procurement.commands.stored import procurement_group
from ximu.notice.domains.d01_procurement.rules.steps import GOVERNMENT, STEPS

pytestmark = [pytest.mark.django_db, pytest.mark.row("D1")]
SCRIPT = runpy.run_path(str(Path(__file__).parents[6] / "scripts" / "procurement_example.py"))
PLANTED: dict[str, dict[str, Any]] = SCRIPT["PLANTED"]
ON: date = SCRIPT["ON"]
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
CZJ = uid_of("example", "czj")


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.XIMU_HOME = tmp_path
    load()
    file = tmp_path / "releases.jsonl"
    rows = [one for one in SCRIPT["releases"]() if one["date"][:10] <= ON.isoformat()]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    return events.load("procurement", file, batch="example", by=SYSTEM, at=AT)


def test_all_planted_faults_are_found_and_nothing_else(stored: dict[str, Any]) -> None:
    assert (stored["bad"], stored["faults"]) == (0, [])
    found = queries.book(ON, known_at=AT)
    told = {(one.ocid, code): value for one in found.processes for code, value in one.codes.items() if code in GOVERNMENT}
    assert told == {(ocid, plant["code"]): pytest.approx(plant["value"]) for ocid, plant in PLANTED.items()}
    assert {one.ocid: registry.name(one.unit, as_of=ON) for one in found.processes if one.ocid in PLANTED} == {
        ocid: plant["unit"] for ocid, plant in PLANTED.items()}
    assert [t.en for t in found.unsaid] == ["G003 was not computed: the city's purchase limits are not loaded."]


@pytest.mark.usefixtures("stored")
def test_late_pay_carries_its_facts_threshold_interest_and_who_answered() -> None:
    money = next(p.uid for p in registry.posts(CZJ) if p.title == "局长")
    services.assign(CZJ, step="payment", post=money, since=date(2018, 1, 1), basis="示财〔2018〕1号", by=SYSTEM, at=AT)
    shown = queries.shown_process("ocds-ximu01-0-03", ON, known_at=AT, persons=True)
    [flag] = [f for f in shown["flags"] if f["code"] == "G001"]
    assert (flag["value"], flag["facts"]["threshold"], flag["step"], flag["post"]) == (62.0, 0, "payment", "局长")
    assert flag["holder"]
    [payment] = shown["process"].payments
    assert (payment.state, payment.days_late, payment.small) == ("late", 62, True)
    assert payment.interest == (payment.amount * Decimal("0.0005") * 62).quantize(Decimal("0.01"))
    overdue = [p for p in queries.book(ON, known_at=AT).payments if p.state == "overdue"]
    assert [(p.ocid, p.days_late) for p in overdue] == [("ocds-ximu01-1-05", 196)]
    figures = queries.dossier(CZJ, ON, known_at=AT)["figures"]
    assert figures.signed_rate == 100.0
    assert 0 < figures.paid_rate < 100


@pytest.mark.usefixtures("stored")
def test_what_was_known_earlier_is_not_changed_by_a_later_release(tmp_path: Path) -> None:
    before = queries.book(ON, known_at=AT)
    late = {"ocid": "ocds-ximu01-0-01", "id": "late-but-old", "date": "2018-02-01T00:00:00+08:00", "tag": ["planning"], "initiationType": "tender",
            "buyer": {"id": "unit-0", "name": "示例市财政局"}, "tender": {"id": "t", "title": "更早的标题", "description": "只在旧发布里"}}
    file = tmp_path / "old.json"
    file.write_text(json.dumps(late), "utf-8")
    told = services.load_releases(file, batch="old", by=SYSTEM, at=datetime(2019, 7, 2, 1, tzinfo=UTC))
    assert (told["new"], told["bad"]) == (1, 0)
    assert services.load_releases(file, batch="old", by=SYSTEM, at=datetime(2019, 7, 3, 1, tzinfo=UTC))["new"] == 1, "repeating is harmless"
    _, after = queries.one_process("ocds-ximu01-0-01", ON)
    assert after.compiled["tender"]["title"] != "更早的标题", "an older release is kept and changes nothing newer"
    assert after.compiled["tender"]["description"] == "只在旧发布里"
    assert len(after.releases) == 4
    again = queries.book(ON, known_at=AT)
    assert [p.compiled for p in again.processes] == [p.compiled for p in before.processes]


@pytest.mark.usefixtures("stored")
def test_no_contact_can_be_read_in_the_store() -> None:
    for one in queries.book(ON, known_at=AT).processes[:3]:
        assert "@example.cn" not in json.dumps(one.compiled)


@pytest.mark.usefixtures("stored")
def test_a_unit_sees_its_own_purchases_and_evaluators_get_granted_fields() -> None:
    own = queries.book(ON, known_at=AT, units={CZJ})
    assert {one.unit for one in own.processes} == {CZJ}
    with pytest.raises(Refusal) as refused:
        queries.one_process("ocds-ximu01-1-05", ON, known_at=AT, units={CZJ})
    assert refused.value.code == "D01-NONE"
    rows = queries.evaluator_rows([CZJ], date(2018, 1, 1), date(2018, 12, 31), known_at=AT)
    assert rows and {row["unit"] for row in rows} == {CZJ}
    assert set(rows[0]) == {"ref", "unit", "body", *queries.EVALUATED}
    assert "late" in {row["state"] for row in rows}
    assert not any(re.search(r"F\d\d", str(value)) for row in rows for name, value in row.items() if name != "ref"), "to whom it was paid is not told"


@pytest.mark.usefixtures("stored")
def test_pages_portal_api_and_command_line_tell_the_same() -> None:
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    index = client.get("/console/d01/?on=2019-06-30").content.decode()
    for words in ("逾期付款", "G003未计算", "示例市财政局", "没有登记负责岗位"):
        assert words in index
    page = client.get("/console/d01/process/?ocid=ocds-ximu01-2-04&on=2019-06-30").content.decode()
    assert "授标后变更" in page and "25.0%" in page and "无负责岗位" in page
    assert client.get("/console/d01/process/?ocid=nothing").status_code == 404
    unit = client.get(f"/console/d01/unit/{CZJ}/?on=2019-06-30").content.decode()
    assert "逾期支付" in unit
    over = client.get("/api/v1/d01/overview?on=2019-06-30").json()
    assert {f["code"]: f["processes"] for f in over["flags"]}["G001"] == 2
    one = client.get("/api/v1/d01/process?ocid=ocds-ximu01-2-04&on=2019-06-30").json()
    assert [f["code"] for f in one["flags"] if f["code"].startswith("G")] == ["G002"]
    assert len(one["releases"]) == 3
    paid = client.get("/api/v1/d01/payments?on=2019-06-30&state=overdue").json()
    said = json.loads(CliRunner().invoke(procurement_group, ["payments", "--on=2019-06-30", "--state=overdue", "--json"]).stdout)
    assert paid == said and [p["ocid"] for p in paid] == ["ocds-ximu01-1-05"]
    listed = json.loads(CliRunner().invoke(procurement_group, ["processes", "--on=2019-06-30", "--json"]).stdout)
    assert {row["ocid"] for row in listed} >= set(PLANTED)
    public = disclosure.published("d01", on=ON)
    assert {c["code"]: c["n"] for c in public["codes"]} == {"R003": 1, "R018": 1, "G001": 2, "G002": 1, "G003": None, "G004": 1}
    shown = Client().get("/procurement/").content.decode()
    assert "合同按期签订率" in shown and "示例市财政局" in shown and "F01" not in shown
    assert re.search(r"逾期利息 [\d,]+\.\d\d万元", shown), "money is shown as money"


@pytest.mark.usefixtures("stored")
def test_who_answers_for_a_step_is_dated_and_one_at_a_time() -> None:
    first, second = (p.uid for p in registry.posts(CZJ)[:2])
    given = {"step": "contract", "basis": "示财〔2018〕1号", "by": SYSTEM, "at": AT}
    services.assign(CZJ, post=first, since=date(2018, 1, 1), **given)
    services.assign(CZJ, post=second, since=date(2019, 1, 1), **given)
    assert queries.responsible(CZJ, "contract", date(2018, 12, 31)).post == first   # type: ignore[union-attr]
    assert queries.responsible(CZJ, "contract", date(2019, 1, 1)).post == second    # type: ignore[union-attr]
    assert queries.responsible(CZJ, "contract", date(2017, 12, 31)) is None
    assert len(queries.gaps([CZJ], date(2019, 1, 1))) == len(STEPS) - 1
    stranger = Actor("x", "another", (Grant("entry", frozenset({"d01.assign"}), "another"),))
    for code, change in (("D01-STEP", {"step": "party"}), ("D01-POST", {"post": "nosuchpost"}), ("BASIS-NONE", {"basis": " "}),
                         ("D01-ORDER", {"since": date(2019, 1, 1)}), ("PERM-DENIED", {"by": stranger})):
        with pytest.raises(Refusal) as refused:
            services.assign(CZJ, **({"post": first, "since": date(2019, 5, 1)} | given | change))   # type: ignore[arg-type]
        assert refused.value.code == code
    assert queries.responsible(CZJ, "contract", date(2019, 6, 1)).post == second, "nothing was changed"   # type: ignore[union-attr]
    line = CliRunner().invoke(procurement_group, ["responsible", CZJ, "--on=2019-06-01"]).stdout
    assert "示财〔2018〕1号" in line and "无负责岗位" in line

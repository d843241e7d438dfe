"""Golden cases of every indicator: true positives and each exclusion, to the last digit; and the stage sets of 2014 and 2023."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.foundation.profiles import rows_of
from ximu.foundation.rooms import SRC
from ximu.ideas.areas.rules import Line, Period, figure
from ximu.ideas.commitments.rules import Judged
from ximu.ideas.warnings.rules import bands
from ximu.notice.domains.d02_ppp import queries, rules
from ximu.notice.domains.d02_ppp.queries.register import HERE, behaviour_of, kinds_of_breach, kinds_of_duty

pytestmark = pytest.mark.row("D2")
YEAR = Period(2018, date(2018, 1, 1), date(2018, 12, 31), date(2019, 3, 20), datetime(2019, 3, 20, tzinfo=UTC))
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name']}") for path in sorted((HERE / "golden").glob("*.json"))
         for case in json.loads(path.read_text("utf-8"))["cases"]]
SETS, ROOM = queries.sets(), SRC / "ideas" / "catalogue"


def judged(raw: dict[str, Any]) -> Judged:
    extra = {name: raw[name] for name in ("late_days", "disputed") if name in raw}
    return Judged(raw["uid"], "ppp_obligation", "u", raw["uid"], date(2017, 1, 3), date.fromisoformat(raw["due"]), raw["state"],
                  amount=Decimal(raw["amount"]) if "amount" in raw else None, flags=tuple(raw.get("flags", ())), **extra)


def day_row(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name.endswith("_on") and value else value for name, value in raw.items()}


def lines_of(code: str, raw: dict[str, Any]) -> list[Line]:
    if code == "D02-1":
        return rules.duty_lines(map(judged, raw["judged"]), YEAR, kind=lambda one: "1", link=lambda one: "")
    if code == "D02-2":
        paid = {uid: [{"paid_on": date.fromisoformat(day), "amount": amount} for day, amount in some] for uid, some in raw["paid"].items()}
        return rules.payment_lines(map(judged, raw["judged"]), YEAR, paid, link=lambda one: "")
    if code == "D02-3":
        bound = [rules.Spending(unit, code, code, Decimal(a), Decimal(b)) for unit, code, a, b in raw["spending"]]
        return rules.shares(bound, {unit: Decimal(n) for unit, n in raw["budgets"].items()}, 2018, str)
    told = [{"field": field, "published_on": date.fromisoformat(day)} for field, day in raw["told"]]
    return rules.published(SETS, day_row(raw["project"]), [day_row(one) for one in raw["acts"]], told, YEAR,
                           due=lambda day: day + timedelta(days=14), unit="u", link="")


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    lines, wanted = lines_of(code, case["input"]), case["expected"]
    found = figure("share", lines)
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert all(line.state in rules.STATES for line in lines)


def project(initiated: str, converted: str | None = None) -> dict[str, Any]:
    return {"project": "P", "title": "P", "initiated_on": date.fromisoformat(initiated), "ended_on": None,
            "converted_on": date.fromisoformat(converted) if converted else None}


def act(step: str, day: str) -> dict[str, Any]:
    return {"step": step, "acted_on": date.fromisoformat(day)}


def test_the_stage_sets_are_dated_nineteen_steps_of_2014_and_the_concession_of_2023() -> None:
    old, new = SETS
    assert sum(len(stage.steps) for stage in old.stages) == 19
    assert [stage.name.zh for stage in old.stages] == ["识别", "准备", "采购", "执行", "移交"]
    for day, held in (("2012-01-01", old), ("2014-11-29", old), ("2023-11-02", old), ("2023-11-03", new)):
        assert rules.set_on(SETS, date.fromisoformat(day)) is held
    turned = project("2018-01-01", "2024-05-06")
    assert [rules.set_of(SETS, turned, date(y, 5, 6)).code for y in (2023, 2024)] == ["2014", "2023"]


def test_a_project_that_was_turned_into_a_concession_keeps_what_its_own_time_asked_of_it() -> None:
    acts = [act("项目发起", "2022-01-10"), act("特许经营方案审批", "2024-05-06"), act("特许经营协议签订", "2024-09-02")]
    turned = project("2022-01-10", "2024-04-01")
    assert list(rules.reached(SETS, turned, acts, date(2024, 12, 31))) == ["identify", "prepare", "procure"]
    assert rules.expected(SETS, turned, acts, date(2024, 12, 31)) == [
        "项目发起", "项目筛选", "物有所值评价", "财政承受能力论证", "特许经营方案编制", "特许经营方案审批", "特许经营协议签订"]
    assert rules.expected(SETS, turned, acts, date(2022, 12, 31)) == ["项目发起"], "the stage that runs asks for what was taken"


STEPS = [(n, step) for n, stage in enumerate(SETS[0].stages) for step in stage.steps]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.dates(date(2015, 1, 1), date(2020, 12, 31))), max_size=12), st.dates(
    date(2015, 1, 1), date(2020, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_what_is_expected_holds_all_steps_of_stages_that_are_over_and_only_known_ones(
    some: list[tuple[tuple[int, str], date]], on: date,
) -> None:
    acts = [{"step": step, "acted_on": day} for (_, step), day in some]
    found = rules.expected(SETS, project("2015-01-01"), acts, on)
    furthest = max((n for (n, _), day in some if day <= on), default=0)
    assert [step for n, step in STEPS if n < furthest] == [step for step in found if {s: n for n, s in STEPS}[step] < furthest]
    assert set(found) <= {step for n, step in STEPS if n <= furthest}
    assert rules.expected(SETS, project("2015-01-01"), reversed(acts), on) == found, "the order of the rows says nothing"


@given(st.lists(st.tuples(st.dates(date(2018, 1, 1), date(2018, 12, 31)), st.decimals("0.01", "1000", places=2)), max_size=8),
       st.decimals("0.01", "2000", places=2))
@settings(max_examples=60, deadline=None)
def test_what_was_paid_in_time_is_never_more_than_was_owed_and_never_less_on_a_later_day(
    some: list[tuple[date, Decimal]], owed: Decimal,
) -> None:
    payments = [{"paid_on": day, "amount": amount} for day, amount in some]
    early, late = (rules.paid_in_time(payments, day, owed) for day in (date(2018, 6, 30), date(2018, 12, 31)))
    assert 0 <= early <= late <= owed


def test_the_red_line_is_ten_per_cent_and_what_lies_below_it_is_dated() -> None:
    """Since March 2019 above 5 is to be watched and above 7 is near; before that only the line itself was drawn."""
    values = ["5.00", "5.01", "7.00", "7.01", "10.00", "10.01"]
    for year, wanted in ((2018, ["green"] * 5 + ["red"]), (2019, ["green", "yellow", "yellow", "orange", "orange", "red"])):
        found = [bands.judged("ppp-share", [("u", date(year, 12, 31), Decimal(value))])[0].level for value in values]
        assert found == wanted


def test_each_of_the_eight_breaches_has_its_behaviour() -> None:
    assert list(kinds_of_breach()) == [str(n) for n in range(1, 9)]
    listed = {row["code"]: row for row in rows_of(ROOM / "library" / "behaviours.csv")}
    named = [behaviour_of(kind) for kind in kinds_of_breach()]
    assert len(set(named)) == 8 and all("D02" in listed[code]["areas"] for code in named)
    assert kinds_of_duty() == {"付费": "1", "配套": "2", "调价": "4", "预算": "5", "担保": "6", "公开": "7", "验收移交": "8"}

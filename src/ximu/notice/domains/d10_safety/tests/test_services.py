"""Plans by two people, inspections on two clocks, what is refused and leaves nothing, missed duties as leads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.events import queries as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d10_safety import queries, services
from ximu.notice.domains.d10_safety.models import Duty, Inspection, Plan
from ximu.notice.domains.d10_safety.services import NewInspection, NewPlan

pytestmark = [pytest.mark.django_db, pytest.mark.row("D10"), pytest.mark.database]
AT = datetime(2018, 3, 5, 2, tzinfo=UTC)
SYJ, Q1 = uid_of("example", "syj"), uid_of("example", "q01")
RIGHTS = frozenset({"d10.see", "d10.plan", "d10.adopt", "d10.inspect", "d10.deliver"})
HEAD = "序号,承担单位,领域,方式,对象编号,对象类别,频次"
LINES = "1,示例市甲区人民政府,食品,检查,SP-01,大型餐饮,每季\n2,市食药监局,药品,抽检,YP-01,药店,每年"


def person(name: str, unit: str = SYJ, rights: frozenset[str] = RIGHTS) -> Actor:
    return Actor(name, unit, (Grant("reviewer", rights, unit),), name)


A, B, CLERK, OTHER = person("a"), person("b"), person("clerk", Q1), person("other", Q1)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code and caught.value.zh and caught.value.en
    return caught.value


def file(tmp_path: Path, text: str, name: str = "plan.csv") -> Path:
    path = tmp_path / name
    path.write_text(text + "\n", "utf-8")
    return path


def drafted(tmp_path: Path, *, lines: str = LINES, number: str = "示食药监〔2018〕9号", by: Actor = A, **new: Any) -> str:
    given = {"number": number, "title": "计划", "year": 2018, "maker": SYJ} | new
    return services.draft(NewPlan(**given), file(tmp_path, f"{HEAD}\n{lines}"), by=by, at=AT)


def adopted(tmp_path: Path) -> Duty:
    """The first quarter's duty of the district: due on 2 April, judged on the 5th."""
    services.decide(drafted(tmp_path), adopt=True, by=B, at=AT)
    return queries.duty("示食药监〔2018〕9号-1-1")


def seen(hours: float = -1, **how: Any) -> NewInspection:
    return NewInspection(AT + timedelta(hours=hours), **({"officers": 2, "result": "clean"} | how))


def test_a_plan_is_drafted_by_one_person_and_adopted_by_another(tmp_path: Path) -> None:
    plan = drafted(tmp_path)
    assert Duty.objects.count() == 0
    refused("DUAL", services.decide, plan, adopt=True, by=A, at=AT)
    refused("PERM-DENIED", services.decide, plan, adopt=True, by=CLERK, at=AT)
    refused("REASON", services.decide, plan, adopt=False, by=B, at=AT)
    assert services.decide(plan, adopt=True, by=B, at=AT) == 5, "four quarters and a year"
    refused("STATE-EDGE", services.decide, plan, adopt=False, reason="晚了", by=B, at=AT)
    refused("PLAN-DUP", drafted, tmp_path)
    refused("PLAN-NONE", queries.plan, "nothing")
    assert ledger.verify_log().findings == []
    again = drafted(tmp_path, number="示食药监〔2018〕10号")
    assert services.decide(again, adopt=False, reason="对象重复", by=B, at=AT) == 0
    assert drafted(tmp_path, number="示食药监〔2018〕10号") != again, "one that was not adopted may come again"


@pytest.mark.parametrize(("line", "field", "code"), [
    ("1,无名区,食品,检查,X,Y,每月", "unit_name", "SUBJ-NONE"), ("1,示例市甲区人民政府,食品,检查,X,Y,每天", "every", "FIELD-CODE"),
    ("1,示例市甲区人民政府,食品,检查,X,Y,每月\n1,示例市乙区人民政府,食品,检查,X,Y,每月", "place", "KEY-DUP"),
    ("1,示例市甲区人民政府,食品,检查,X,张三13800138000,每月", "object", "DISC-PII"), ("1,示例市甲区人民政府,食品,检查,,Y,每月", "object", "FIELD-NEED"),
])
def test_a_bad_line_refuses_the_whole_plan_and_is_named(tmp_path: Path, line: str, field: str, code: str) -> None:
    told = refused("ROWS-BAD", drafted, tmp_path, lines=f"9,示例市乙区人民政府,食品,检查,A,B,每月\n{line}")
    assert (told.field, told.rule) == (field, code) and "13800138000" not in str(told.envelope())
    assert Plan.objects.count() == 0


def test_a_plan_has_a_number_a_year_and_a_living_unit(tmp_path: Path) -> None:
    for spoil in ({"number": " "}, {"number": "长" * 41}, {"title": ""}, {"year": 1999}):
        refused("PLAN-HEAD", drafted, tmp_path, **spoil)
    refused("PERM-DENIED", drafted, tmp_path, maker=Q1)
    heir = uid_of("example", "scjg")
    refused("PLAN-HEAD", drafted, tmp_path, maker=heir, by=person("x", heir))
    refused("CAL-NONE", services.decide, drafted(tmp_path, year=2099, lines="1,示例市甲区人民政府,食品,检查,SP-01,大型餐饮,每季"), adopt=True, by=B, at=AT)
    assert Duty.objects.count() == 0


def test_after_a_reform_the_heir_decides_and_the_number_of_a_line_has_no_stroke(tmp_path: Path) -> None:
    line = "{},示例市甲区人民政府,食品,检查,SP-01,大型餐饮,每年"
    assert refused("ROWS-BAD", drafted, tmp_path, number="甲", lines=line.format("1-1")).rule == "FIELD-PATTERN", "甲-1-1-1 would be of two plans"
    services.decide(drafted(tmp_path, number="甲", lines=line.format("1")), adopt=True, by=B, at=AT)
    other = drafted(tmp_path, number="甲-1", lines=line.format("1"))
    later, heir = datetime(2018, 12, 5, 2, tzinfo=UTC), person("heir", uid_of("example", "scjg"))
    refused("PERM-DENIED", services.decide, other, adopt=False, reason="重号", by=B, at=later)
    services.decide(other, adopt=False, reason="重号", by=heir, at=later)
    services.end("甲-1-1", ground="closed", document="示规土〔2018〕1号", by=heir, at=later)


def test_a_unit_sees_the_lines_of_a_plan_that_are_its_own(tmp_path: Path) -> None:
    plan = queries.plan(drafted(tmp_path))
    seen = [[line["place"] for line in queries.lines_for(plan, by, AT.date())] for by in (A, CLERK, person("q2", uid_of("example", "q02")))]
    assert seen == [["1", "2"], ["1"], []]


def test_what_has_not_happened_by_the_servers_time_cannot_be_entered(tmp_path: Path) -> None:
    duty = adopted(tmp_path)
    told = refused("TIME-FUTURE", services.enter, duty.uid, seen(1 / 60), by=CLERK, at=AT)
    assert (told.field, told.value, told.rule) == ("inspected_at", "2018-03-05 10:01", "≤ 2018-03-05 10:00")
    assert Inspection.objects.count() == 0
    services.enter(duty.uid, seen(0), by=CLERK, at=AT)
    refused("INSP-DUP", services.enter, duty.uid, seen(0), by=CLERK, at=AT)


def test_an_entry_of_long_after_is_kept_with_both_times_and_marked(tmp_path: Path) -> None:
    duty, later = adopted(tmp_path), datetime(2018, 4, 10, 2, tzinfo=UTC)
    made = queries.inspection(services.enter(duty.uid, seen(), by=CLERK, at=later))
    assert (made.backdated, made.inspected_at, made.entered_at) == (True, AT - timedelta(hours=1), later)
    assert made.late_days == 23, "25 working days from 5 March to 10 April (Qingming off, 8 April worked), two of them allowed"
    [one] = queries.listed(Duty.objects.filter(pk=duty.pk), as_of=date(2018, 4, 10), known_at=later)
    assert one.line.state == "backdated" and not one.line.part
    early = queries.inspection(services.enter(duty.uid, seen(-2), by=CLERK, at=AT + timedelta(days=2)))
    assert not early.backdated


@pytest.mark.parametrize(("code", "how"), [
    ("INSP-TWO", {"officers": 1}), ("INSP-TWO", {"officers": 10**9}), ("INSP-RESULT", {"result": "found", "problems": 10**9}),
    ("INSP-RESULT", {"result": "很好"}), ("INSP-RESULT", {"result": "found"}),
    ("INSP-RESULT", {"result": "clean", "problems": 2}), ("DISC-PII", {"note": "店主电话13800138000"}), ("INSP-PERIOD", {"hours": -24 * 70}),
])
def test_an_inspection_that_cannot_be_is_refused(tmp_path: Path, code: str, how: dict[str, Any]) -> None:
    told = refused(code, services.enter, adopted(tmp_path).uid, seen(**how), by=CLERK, at=AT)
    assert "13800138000" not in str(told.envelope()) and Inspection.objects.count() == 0


def test_only_the_unit_that_holds_the_duty_enters_and_another_person_withdraws(tmp_path: Path) -> None:
    duty = adopted(tmp_path)
    refused("PERM-DENIED", services.enter, duty.uid, seen(), by=A, at=AT)
    made = services.enter(duty.uid, seen(), content=b"record", by=CLERK, at=AT)
    refused("DUAL", services.withdraw, made, reason="错", by=CLERK, at=AT)
    refused("REASON", services.withdraw, made, reason=" ", by=OTHER, at=AT)
    services.withdraw(made, reason="对象录错", by=OTHER, at=AT)
    refused("STATE-EDGE", services.withdraw, made, reason="再来", by=OTHER, at=AT)
    refused("INSP-NONE", queries.inspection, "nothing")
    refused("DUTY-NONE", services.enter, "nothing", seen(), by=CLERK, at=AT)
    services.enter(duty.uid, seen(), by=CLERK, at=AT)
    assert [bool(one.voided_at) for one in queries.inspections(duty)] == [True, False] and ledger.verify_log().findings == []


def test_a_duty_ends_by_a_ground_before_it_is_judged_and_by_who_planned_it(tmp_path: Path) -> None:
    duty = adopted(tmp_path)
    refused("PERM-DENIED", services.end, duty.uid, ground="closed", document="号", by=CLERK, at=AT)
    refused("DUTY-GROUND", services.end, duty.uid, ground="忙", document="号", by=B, at=AT)
    refused("DUTY-GROUND", services.end, duty.uid, ground="closed", document=" ", by=B, at=AT)
    refused("DUTY-JUDGED", services.end, duty.uid, ground="closed", document="号", by=B, at=datetime(2018, 4, 5, 2, tzinfo=UTC))
    services.end(duty.uid, ground="closed", document="示规土〔2018〕1号", by=B, at=AT)
    refused("DUTY-ENDED", services.enter, duty.uid, seen(), by=CLERK, at=AT)
    assert services.find_missed(at=datetime(2018, 4, 6, 2, tzinfo=UTC)) == 0


def test_a_missed_duty_is_said_once_on_the_day_after_the_term_to_enter_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr("ximu.notice.domains.d10_safety.services.inspecting.announce", lambda event, at: told.append(event))
    duty = adopted(tmp_path)
    assert [services.find_missed(at=datetime(2018, 4, day, 2, tzinfo=UTC)) for day in (2, 4, 5, 6)] == [0, 0, 1, 0]
    [event] = told
    assert (event.unit, event.reference, event.origin) == (Q1, duty.number, "supervision") and "2018-04-02" in event.words
    assert ledger.verify_log().findings == []


def test_a_file_keeps_its_good_rows_and_names_the_bad_ones(tmp_path: Path) -> None:
    duty = adopted(tmp_path)
    rows = [f"{duty.number},2018-03-05,09:00,2,未发现问题,0,", f"{duty.number},2018-03-06,,2,未发现问题,0,", f"{duty.number},2018-03-05,23:59,2,未发现问题,0,",
            "无此任务,2018-03-05,09:00,2,未发现问题,0,", f"{duty.number},2018-03-05,08:00,1,未发现问题,0,", f"{duty.number},2018-02-05,,2,发现问题,3,"]
    path = file(tmp_path, "number,day,clock,officers,result,problems,note\n" + "\n".join(rows))
    done = services.enter_many(path, by=CLERK, at=AT)
    assert (done.new, done.backdated) == (2, 1), done.faults
    assert [(one["line"], one["field"], one["code"]) for one in done.faults] == [
        (3, "day", "TIME-FUTURE"), (4, "inspected_at", "TIME-FUTURE"), (5, "duty", "DUTY-NONE"), (6, "officers", "INSP-TWO")]
    again = services.enter_many(path, by=CLERK, at=AT)
    assert (again.new, again.same, len(again.faults)) == (0, 2, 4)


ACCIDENTS = "accident,unit_name,occurred_on,field,deaths,injured,loss,responsible,supervision,decided_on,document,restates"
GOOD = "SG-1,示例市甲区人民政府,2018-02-01,生产安全,3,0,100,待认定,待认定,,,"


def deliver(tmp_path: Path, *rows: str, batch: str = "b", at: datetime = AT, by: Actor = CLERK) -> dict[str, Any]:
    path = file(tmp_path, "\n".join([ACCIDENTS, *rows]), "a.csv")
    return services.LOADERS["safety_accidents"](path, batch=batch, by=by, at=at)


def test_a_liability_is_held_until_it_is_determined_and_then_counts_by_its_document(tmp_path: Path) -> None:
    deliver(tmp_path, GOOD)
    figure = areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=AT).figures["D10-5", Q1]
    assert (figure.value, dict(figure.excluded)) == (0, {"SG-1": "pending"})
    later = AT + timedelta(days=1)
    found = GOOD.replace("待认定,待认定,,,", "是,有,2018-03-01,示批〔2018〕1号,")
    refused("RESTATE-BASIS", deliver, tmp_path, found, batch="c", at=later)
    deliver(tmp_path, found + "示批〔2018〕1号", batch="c", at=later)
    assert areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later).figures["D10-5", Q1].value == 1
    assert areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=AT).figures["D10-5", Q1].value == 0, "as known then"


YEARS = "unit_name,year,as_of,gdp,equipment,accidents,document,restates"


def test_yearly_data_of_units_that_were_merged_are_added_and_those_of_the_heir_itself_go_before_them(tmp_path: Path) -> None:
    heir, later = uid_of("example", "scjg"), datetime(2019, 3, 5, 2, tzinfo=UTC)
    death = GOOD.replace("示例市甲区人民政府", "市工商局").replace(",3,0,", ",2,0,")
    deliver(tmp_path, death, by=SYSTEM)
    rows = ["市工商局,2018,2018-10-31,100,10000,1,号,", "市质监局,2018,2018-10-31,300,30000,0,号,"]

    def known(*told: str, batch: str) -> Any:
        path = file(tmp_path, "\n".join([YEARS, *told]), "y.csv")
        services.LOADERS["safety_years"](path, batch=batch, by=SYSTEM, at=later)
        return areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later)

    sheet = known(*rows, batch="y")
    assert str(sheet.figures["D10-1", heir].value) == "0.50", "two dead over 400, not over the last that was read"
    assert [one.state for one in queries.things(sheet.period)] == ["level"]
    assert str(known("市市场监管局,2018,2018-12-31,200,9000,1,号,", batch="z").figures["D10-1", heir].value) == "1.00"


@pytest.mark.parametrize(("old", "new", "code"), [
    ("2018-02-01", "2018-03-06", "TIME-FUTURE"), ("待认定,待认定,,,", "是,有,,,", "FIELD-NEED"), ("甲区", "无名区", "SUBJ-NONE"), (",3,0,", ",-1,0,", "NUM-RANGE"),
    ("待认定,待认定,,,", "待认定,,2018-03-01,,", "FIELD-EMPTY"),
])
def test_a_bad_accident_refuses_the_whole_file(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert refused("ROWS-BAD", deliver, tmp_path, GOOD, GOOD.replace("SG-1", "SG-2").replace(old, new)).rule == code
    assert events.rows_of("safety_accidents", known_at=AT) == []


def test_only_who_may_speak_for_a_unit_delivers_its_data(tmp_path: Path) -> None:
    refused("PERM-DENIED", deliver, tmp_path, GOOD.replace("甲区", "乙区"))
    refused("PERM-DENIED", deliver, tmp_path, GOOD, by=person("n", Q1, frozenset()))

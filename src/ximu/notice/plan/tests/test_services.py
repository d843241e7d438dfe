"""The notice becomes the plan once; readings and evidence need two people; lights follow on both clocks."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import docx
import pytest

from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load as load_registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.models import Evidence, PlanRow
from ximu.notice.plan.services import evidence, importing, readings
from ximu.notice.plan.tests import notice

pytestmark = [pytest.mark.row("P"), pytest.mark.django_db]
AT = datetime(2018, 4, 2, 1, tzinfo=UTC)
RIGHTS = frozenset({"plan.import", "plan.read_schedule", "plan.report", "plan.review", "plan.view"})


def person(name: str) -> Actor:
    return Actor(name, grants=(Grant("coordinator", RIGHTS),), person=name)


@pytest.fixture
def city(db: None) -> None:
    load_registry("shanghai", at=AT)


@pytest.fixture
def plan(city: None) -> Any:
    importing.import_plan("notice.txt", notice.text(), by=person("a"), at=AT, on=AT.date())
    return queries.plan()


def row(code: str) -> PlanRow:
    return PlanRow.objects.get(row=code)


def test_importing_twice_changes_nothing(plan: Any) -> None:
    before = ledger.size()
    again = importing.import_plan("notice.txt", notice.text(), by=person("a"), at=AT, on=AT.date())
    assert (again.new, again.same, again.problems) == (0, 7, [])
    assert ledger.size() == before
    assert len(queries.plans()) == 1


def test_the_same_table_without_a_heading_is_the_same_plan(city: None) -> None:
    for name, content in (("a.xlsx", notice.xlsx()), ("b.docx", notice.word())):
        importing.import_plan(name, content, by=person("a"), at=AT, on=AT.date())
    assert len(queries.plans()) == 1


def test_a_docx_with_the_lines_above_its_table_is_the_notice_itself(plan: Any) -> None:
    document, target = docx.Document(io.BytesIO(notice.word())), io.BytesIO()
    for place, line in enumerate(notice.HEADING.split("\n")):
        document.element.body.insert(place, document.add_paragraph(line)._p)
    document.add_paragraph("附注：表后的文字不是任务。")
    document.save(target)
    found = importing.import_plan("b.docx", target.getvalue(), by=person("a"), at=AT, on=AT.date())
    assert (found.heading.number, found.heading.issued) == ("示发改信〔2018〕1号", date(2018, 2, 13))
    assert (found.new, found.same, found.problems, len(queries.plans())) == (0, 7, [], 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_machines_end_them_and_soft_breaks_stay_in_their_cell(end: str) -> None:
    text = notice.text().decode().replace("编制清单", "编制\x0b和\u2028清单").replace("\n", end)
    found = importing.read_plan("n.txt", text.encode(), as_of=AT.date(), resolve=lambda words, on: registry.Resolution("exact", []))
    assert (len(found.rows), found.problems, found.heading.number) == (7, [], "示发改信〔2018〕1号")
    assert "编制\x0b和\u2028清单" in found.rows[0].task


def test_unknown_units_are_named_by_line_and_the_rest_kept(city: None) -> None:
    rows = [r if r[2] != "建立指标。" else (*r[:3], "市不存在委", *r[4:]) for r in notice.ROWS]
    found = importing.import_plan("n", notice.text(rows), by=person("a"), at=AT, on=AT.date())
    assert [(p["code"], p["value"]) for p in found.problems] == [("ORG-UNKNOWN", "市不存在委")]
    assert found.new == 7


def test_an_imported_task_is_not_edited(plan: Any) -> None:
    rows = [r if r[2] != "建立指标。" else (*r[:2], "建立别的。", *r[3:]) for r in notice.ROWS]
    found = importing.import_plan("n", notice.text(rows), by=person("a"), at=AT, on=AT.date())
    assert [p["code"] for p in found.problems] == ["PLAN-CHANGED"]


def test_open_expressions_follow_the_day(plan: Any) -> None:
    duties = queries.duties(row("M1.2"), as_of=date(2018, 4, 2))
    assert sum(d.words == "各区人民政府" for d in duties) == 16
    assert [d.role for d in duties if d.words == "市发展改革委"] == ["lead"]
    environment = registry.find("市环保局", as_of=date(2018, 4, 2))
    later = {d.unit for d in queries.duties(row("M1.2"), as_of=date(2019, 1, 1))}
    assert environment not in later
    assert registry.owner_of(environment, on=date(2019, 1, 1)) in later


def test_a_reading_needs_two_people_and_turns_the_light(plan: Any) -> None:
    target = row("M1.1")
    made = readings.choose_reading(target.uid, due=date(2018, 3, 31), reason="按字面", by=person("a"), at=AT)
    for refused, code in ((lambda: readings.sign_reading(made.uid, by=person("a"), at=AT), "DUAL"),
                          (lambda: readings.choose_reading(target.uid, due=date(2018, 4, 30), reason="习惯", by=person("b"), at=AT), "PLAN-AMBIGUOUS"),
                          (lambda: readings.choose_reading(target.uid, due=date(2018, 5, 1), reason="x", by=person("b"), at=AT), "PLAN-READING"),
                          (lambda: readings.choose_reading(target.uid, due=date(2018, 3, 31), reason=" ", by=person("b"), at=AT), "REASON"),
                          (lambda: readings.choose_reading("nothing", due=date(2018, 3, 31), reason="x", by=person("b"), at=AT), "PLAN-NONE")):
        with pytest.raises(Refusal) as why:
            refused()
        assert why.value.code == code
    readings.sign_reading(made.uid, by=person("b"), at=AT)
    with pytest.raises(Refusal) as why:
        readings.sign_reading(made.uid, by=person("b"), at=AT)
    assert why.value.code == "STATE-EDGE"
    line = next(r for r in queries.status(plan, as_of=date(2018, 4, 2), known_at=AT) if r["row"] == "M1.1")
    assert (line["light"], line["due_from"], line["needs_reading"]) == ("overdue", "signed", False)
    readings.withdraw_reading(made.uid, by=person("a"), at=AT + timedelta(hours=1))
    readings.choose_reading(target.uid, due=date(2018, 4, 30), reason="习惯", by=person("b"), at=AT + timedelta(hours=2))


def test_the_notice_on_the_second_of_may(plan: Any) -> None:
    lights = {r["row"]: r["light"] for r in queries.status(plan, as_of=date(2018, 5, 2), known_at=AT)}
    assert {code for code, light in lights.items() if light == "overdue"} == {"M1.1", "S1"}


def office() -> str:
    return registry.find("市发展改革委", as_of=date(2018, 4, 2))


def given(content: bytes = b"proof", dated: date = date(2018, 3, 30), completes: bool = True) -> evidence.Given:
    return evidence.Given("清单", dated, completes, content)


def test_accepted_evidence_turns_the_light_as_known_then(plan: Any) -> None:
    made = evidence.submit_evidence(row("M1.1").uid, given(), unit=office(), by=person("c"), at=AT)
    with pytest.raises(Refusal) as why:
        evidence.review_evidence(made.uid, accept=True, reason="", by=person("c"), at=AT)
    assert why.value.code == "DUAL"
    later = AT + timedelta(days=40)
    evidence.review_evidence(made.uid, accept=True, reason="", by=person("d"), at=later)
    light = lambda known: next(r for r in queries.status(plan, as_of=date(2018, 5, 2), known_at=known) if r["row"] == "M1.1")["light"]  # noqa: E731
    assert light(AT) == "overdue"
    assert light(later) == "on_time"


def prove(code: str, unit: str, *, completes: bool = True) -> None:
    paper = evidence.submit_evidence(row(code).uid, given(f"{code}{unit}{completes}".encode(), completes=completes), unit=unit, by=person("c"),
                                     at=AT)
    evidence.review_evidence(paper.uid, accept=True, reason="", by=person("d"), at=AT)


def line_of(plan: Any, code: str) -> dict[str, Any]:
    return next(one for one in queries.status(plan, as_of=AT.date(), known_at=AT) if one["row"] == code)


def test_who_supports_completes_nothing_for_the_one_who_leads(plan: Any) -> None:
    """Decision 0085: a task is as its worst lead duty; each unit keeps its own light."""
    target = row("M1.1")
    readings.sign_reading(readings.choose_reading(target.uid, due=date(2018, 3, 31), reason="按字面", by=person("a"), at=AT).uid,
                          by=person("b"), at=AT)
    duties = queries.duties(target, as_of=AT.date())
    [lead] = [duty.unit for duty in duties if duty.role == "lead"]
    for duty in duties:
        if duty.role == "support":
            prove("M1.1", duty.unit)
    assert (line_of(plan, "M1.1")["light"], line_of(plan, "M1.1")["evidence"]) == ("overdue", len(duties) - 1)
    own = {one["unit"]: one["light"] for one in queries.duty_lights(target, as_of=AT.date(), known_at=AT)}
    assert own.pop(lead) == "overdue" and set(own.values()) == {"on_time"}
    prove("M1.1", lead)
    assert line_of(plan, "M1.1")["light"] == "on_time"


def test_several_in_the_lead_are_waited_for_and_the_reason_names_who_is_behind(plan: Any) -> None:
    target = row("D1")
    PlanRow.objects.filter(pk=target.pk).update(standing=False, proposed_due=date(2018, 3, 31), units=[
        {"words": words, "role": "lead", "phrase": False} for words in ("市财政局", "市发展改革委")])
    prove("D1", registry.find("市财政局", as_of=AT.date()))
    late = line_of(plan, "D1")
    assert late["light"] == "overdue"
    assert late["reason"].zh == f"{registry.name(office(), as_of=AT.date())}：期限2018-03-31已过，没有采纳的完成材料"
    prove("D1", office())
    assert line_of(plan, "D1")["light"] == "done"


@pytest.mark.parametrize(("units", "light"), [
    ([("市不存在委", "lead"), ("市财政局", "support")], "overdue"), ([("市财政局", "support"), ("市发展改革委", "support")], "overdue"),
    ([("市财政局", "support")], "done"), ([("市不存在委", "lead")], "done"),
])
def test_a_task_whose_lead_nobody_can_read_is_not_done_by_another(plan: Any, units: list[tuple[str, str]], light: str) -> None:
    """Without any lead all its duties count; where no unit can be read at all, what was handed in for it."""
    target = row("D1")
    prove("D1", registry.find("市财政局", as_of=AT.date()))
    PlanRow.objects.filter(pk=target.pk).update(standing=False, proposed_due=date(2018, 3, 31), units=[
        {"words": words, "role": role, "phrase": False} for words, role in units])
    assert line_of(plan, "D1")["light"] == light


@pytest.mark.parametrize(("change", "code"), [
    ({"content": b""}, "EVID-DIGEST"), ({"dated": date(2018, 4, 3)}, "TIME-FUTURE"), ({}, "EVID-DUP"),
])
def test_bad_evidence_is_refused(plan: Any, change: dict[str, Any], code: str) -> None:
    evidence.submit_evidence(row("M1.1").uid, given(), unit=office(), by=person("c"), at=AT)
    with pytest.raises(Refusal) as why:
        evidence.submit_evidence(row("M1.1").uid, given(**change), unit=office(), by=person("c"), at=AT)
    assert why.value.code == code
    assert Evidence.objects.count() == 1


def test_only_a_unit_that_the_task_binds_shows_progress_for_it(plan: Any) -> None:
    target = row("D1")
    borne = {duty.unit for duty in queries.duties(target, as_of=AT.date())}
    other = next(u.uid for u in registry.units(as_of=AT.date()) if u.uid not in borne)
    with pytest.raises(Refusal) as why:
        evidence.submit_evidence(target.uid, given(), unit=other, by=person("c"), at=AT)
    assert why.value.code == "DUTY-NONE" and target.unit_words in why.value.rule
    assert evidence.submit_evidence(target.uid, given(), unit=min(borne), by=person("c"), at=AT).state == "submitted"


def test_a_return_needs_a_reason_and_happens_once(plan: Any) -> None:
    made = evidence.submit_evidence(row("M1.1").uid, given(), unit=office(), by=person("c"), at=AT)
    for reason, code in (("", "REASON"), ("不全", ""), ("不全", "STATE-EDGE")):
        try:
            evidence.review_evidence(made.uid, accept=False, reason=reason, by=person("d"), at=AT)
            assert code == ""
        except Refusal as refusal:
            assert refusal.code == code


def test_nobody_without_the_right_imports(city: None) -> None:
    with pytest.raises(Refusal) as why:
        importing.import_plan("n", notice.text(), by=Actor("nobody"), at=AT, on=AT.date())
    assert why.value.code == "PERM-DENIED"

"""What the register takes whole and what it refuses whole; grades by two people; responses and inquiries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as grades
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.events import queries as events
from ximu.ideas.events import services as store
from ximu.ideas.ledger.queries.verification import verify_log
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d05_debt import queries, services
from ximu.notice.domains.d05_debt.queries import book
from ximu.notice.domains.d05_debt.tests.factories import ACTS, AT, FIGURES, FIRST, LINES, SECOND, deliver, line, q, year

pytestmark = [pytest.mark.django_db, pytest.mark.row("D5")]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    load()
    return tmp_path


def refused(code: str, act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    return caught.value


def figures(folder: Path, *rows: str, **how: Any) -> dict[str, Any]:
    return deliver(book.FIGURES, FIGURES, *rows, folder=folder, **how)


def test_a_balance_that_does_not_tie_is_refused_with_its_difference_and_nothing_is_taken(folder: Path) -> None:
    whole = refused("BAL-TIE", lambda: figures(folder, year(), year(2, balance="601.5", issued=100)))
    assert (whole.field, whole.value, whole.extra["line"], whole.extra["difference"]) == ("balance", "601.5", 3, "1.5")
    assert [(one["rule"], one["difference"]) for one in whole.extra["faults"]] == [
        ("balance = general + special", "1.5"), ("balance = opening + issued − repaid", "1.5")]
    assert "1.5" in whole.zh and events.span(book.FIGURES) is None
    over = refused("BAL-TIE", lambda: deliver(book.LINES, LINES, line(outstanding="300.01"), folder=folder))
    assert (over.field, over.extra["difference"]) == ("principal", "-0.01")


@pytest.mark.parametrize(("row", "field", "code"), [
    (year(as_of="2019-12-31"), "as_of", "TIME-FUTURE"), (year(hidden=""), "hidden", "FIELD-NEED"), (year(unit_name="示例市没有区"), "unit_name", "SUBJ-NONE"),
    (year(resources="很多"), "resources", "MONEY-FORM"), (year(document=""), "document", "FIELD-NEED"), (year(general=-1), "general", "NUM-RANGE"),
])
def test_a_bad_row_refuses_the_whole_file_and_is_named(folder: Path, row: str, field: str, code: str) -> None:
    whole = refused("ROWS-BAD", lambda: figures(folder, year(2), row))
    assert (whole.field, whole.rule, whole.extra["line"]) == (field, code, 3)
    assert events.span(book.FIGURES) is None


def test_debts_and_steps_have_their_own_rules(folder: Path) -> None:
    for row, code in ((line(due_on="2016-01-01"), "DATE-ORDER"), (line(finding="违规举债"), "FIELD-NEED"), (line(kind="白条"), "FIELD-CODE")):
        assert refused("ROWS-BAD", lambda row=row: deliver(book.LINES, LINES, row, folder=folder)).rule == code
    stranger = refused("D05-DEBT", lambda: deliver(book.ACTS, ACTS, "XX-1,决策,2018-01-01,示例市甲区人民政府,区长,甲府〔2018〕1号", folder=folder))
    assert (stranger.value, stranger.extra["line"]) == ("XX-1", 2)
    assert refused("FILE-EMPTY", lambda: figures(folder)).field == "file"


def test_a_restated_year_names_its_document_and_becomes_a_version_the_old_grade_stays(folder: Path) -> None:
    figures(folder, year(), batch="one")
    uid = grades.propose_grades("D5", "2018", basis="示财债〔2019〕9号", by=FIRST, at=AT)
    grades.decide_grades(uid, by=SECOND, at=AT)
    later = AT + timedelta(days=1)
    restated = year(hidden=900)
    silent = refused("RESTATE-BASIS", lambda: figures(folder, restated, batch="two", at=later))
    assert (silent.extra["line"], silent.extra["changed"]) == (2, ["hidden"])
    told = figures(folder, year(hidden=900, restates="示审〔2019〕3号"), batch="two", at=later)
    assert (told["corrected"], told["new"]) == (1, 0)
    assert [book.sheet(2018, known_at=at).figures["D05-1", q(1)].value for at in (AT, later)] == [60, 150]
    first, second = events.versions(book.FIGURES, known_at=later, unit=q(1), year=2018)
    assert (first["known"], second["known"]) == (AT, later) and second["changed"] == [("hidden", 0, 900), ("restates", None, "示审〔2019〕3号")]
    def regraded() -> list[Any]:
        return [a for a in areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later).warned if a.rule == "D05-W4"]

    again = regraded()
    assert [a.unit for a in again] == [q(1)]
    held = book.decided(2018)
    assert held is not None and next(one for one in held.lines if one["unit"] == q(1))["cells"]["debt"] == "60.00"
    anew = grades.propose_grades("D5", "2018", basis="示财债〔2019〕20号", by=FIRST, at=later)
    grades.decide_grades(anew, by=SECOND, at=later)
    assert [row.uid for row in assessment.gradings("D5", "2018")] == [anew, uid]
    assert not regraded()
    assert verify_log().findings == []


def test_the_same_file_twice_adds_nothing_and_only_ones_own_district_may_be_told_of(folder: Path) -> None:
    clerk = Actor("clerk", unit=q(1), grants=(Grant("entry", frozenset({"d05.deliver"}), unit=q(1)),))
    assert figures(folder, year(), by=clerk)["new"] == 1
    assert figures(folder, year(), by=clerk, batch="again")["same"] == 1
    refused("PERM-DENIED", lambda: figures(folder, year(2), by=clerk, batch="other"))
    refused("PERM-DENIED", lambda: figures(folder, year(), by=Actor("stranger")))
    refused("EVT-BATCH", lambda: figures(folder, year(2)))
    path = folder / "b.csv"
    assert store.load(book.FIGURES, path, batch="by the loader", by=FIRST, at=AT)["rows"] == 1
    assert set(book.DATASETS) <= set(store.loaders())


def test_a_year_out_of_range_and_a_stranger_are_refused(folder: Path) -> None:
    refused("YEAR", lambda: book.sheet(1900, known_at=AT))
    assert refused("D05-NONE", lambda: book.debt("XX", known_at=AT)).status == 404


def test_a_response_is_a_districts_runs_with_limits_and_is_ended_by_others(folder: Path) -> None:
    start = partial(services.respond, q(1), level="2", reason="付息占比超过10%", by=FIRST, at=AT)
    refused("D05-LEVEL", lambda: services.respond(q(1), level="5", reason="x", by=FIRST, at=AT))
    refused("D05-UNIT", lambda: services.respond("nobody", level="1", reason="x", by=FIRST, at=AT))
    refused("REASON", lambda: services.respond(q(1), level="1", reason=" ", by=FIRST, at=AT))
    refused("PERM-DENIED", lambda: services.respond(q(1), level="1", reason="x", by=Actor("stranger"), at=AT))
    case = start()
    assert refused("CASE-DUP", start).extra["case"] == case
    clerk = Actor("clerk", unit=q(1), person="clerk", grants=(Grant("entry", frozenset({"d05.respond"}), unit=q(1)),))
    assert cases.case_for(case).due is not None
    refused("EVID-DIGEST", lambda: casework.move(case, "plan", given=Given("方案", values={"fiscal": "yes"}), by=clerk, at=AT))
    files = ("a" * 64,)
    casework.move(case, "plan", given=Given("方案", files=files, values={"fiscal": "yes"}), by=clerk, at=AT)
    casework.move(case, "report_done", given=Given("已化解", files=files), by=clerk, at=AT)
    refused("DUAL", lambda: casework.move(case, "end", given=Given("核验"), by=FIRST, at=AT))
    assert casework.move(case, "end", given=Given("核验"), by=replace(SECOND, unit=q(2)), at=AT) == "ended"


def test_an_inquiry_keeps_the_trace_with_its_gaps_and_names_nobody(folder: Path) -> None:
    deliver(book.LINES, LINES, line(10, debt="YX-1", kind="隐性债务"), folder=folder, batch="l")
    deliver(book.ACTS, ACTS, "YX-1,决策,2017-05-20,示例市癸区人民政府,区长,癸府纪〔2017〕18号",
            "YX-1,批准,2017-06-01,示例市金融服务办公室,局长,示金〔2017〕22号", folder=folder, batch="a")
    steps = {one.step: one for one in book.trace("YX-1", today=date(2019, 3, 20), known_at=AT)}
    assert [(name, one.gap, one.code) for name, one in steps.items() if one.gap] == [
        ("签约", "no-act", "RETRACE-GAP"), ("使用", "no-act", "RETRACE-GAP")]
    assert len(steps["决策"].holders) == 1
    case = services.inquire("YX-1", reason="审计认定", by=FIRST, at=AT)
    told = cases.case_for(case).values["told"]
    assert told["缺项"] == "2项" and told["批准"].startswith("示例市金融服务办公室 局长")
    for number, unit in (("XX", ""), ("YX-1", q(2))):
        by = Actor("far", unit, (Grant("r", frozenset({"d05.see", services.RESPOND}), unit),)) if unit else FIRST
        refused("D05-NONE", lambda number=number, by=by: services.inquire(number, reason="x", by=by, at=AT))
    refused("REASON", lambda: services.inquire("YX-1", reason="", by=FIRST, at=AT))
    refused("CASE-DUP", lambda: services.inquire("YX-1", reason="x", by=FIRST, at=AT))

"""Files of decisions, reviews and complaints: what is kept, what is refused by name, what is held until it is final."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment.rules.frozen import Asked
from ximu.ideas.events import queries as stored
from ximu.ideas.events import services as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d09_traffic import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.row("D9"), pytest.mark.database]
AT = datetime(2018, 6, 5, 2, tzinfo=UTC)
Q1, Q2 = uid_of("example", "q01"), uid_of("example", "q02")
HEADS = {queries.CASES: "number,unit_name,team,kind,decided_on,published_on,withheld,recorded,checked,restates",
         queries.REVIEWS: "review,number,unit_name,stage,filed_on,decided_on,outcome,final_on,document,restates",
         queries.COMPLAINTS: "complaint,unit_name,team,received_on,topic,closed_on,outcome,restates"}
CASE = "示交罚〔2018〕1号,示例市甲区人民政府,T-1,行政处罚,2018-03-05,2018-03-09,,是,已审核,"
REVIEW = "示政复〔2018〕1号,示交罚〔2018〕1号,示例市甲区人民政府,复议,2018-04-02,2018-05-20,撤销,2018-05-20,示政复决1号,"
COMPLAINT = "TS-1,示例市甲区人民政府,T-1,2018-04-02,乱罚款,2018-05-02,属实,"
Fault = tuple[int, str, str]


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()
    open_teams()


def open_teams() -> None:
    for code, unit in (("T-1", Q1), ("T-2", Q2)):
        events.open_point(queries.CASES, events.NewPoint(code, f"队伍{code}", unit, date(2018, 1, 1), "文"), by=SYSTEM, at=AT)


def deliver(tmp_path: Path, dataset: str, *rows: str, batch: str = "a", by: Actor = SYSTEM, at: datetime = AT) -> dict[str, Any]:
    path = tmp_path / f"{batch}.csv"
    path.write_text("\n".join([HEADS[dataset], *rows]) + "\n", "utf-8")
    return services.LOADERS[dataset](path, batch=batch, by=by, at=at)


def faults(told: dict[str, Any]) -> list[Fault]:
    return [(one["line"], one["field"], one["code"]) for one in told["faults"]]


def known(dataset: str, at: datetime = AT) -> list[dict[str, Any]]:
    return stored.rows_of(dataset, known_at=at)


@pytest.mark.parametrize("other", [
    CASE.replace("甲区", "乙区").replace("T-1", "T-2"), CASE.replace("2018-03-05", "2018-03-06"), CASE.replace("行政处罚", "行政许可"),
])
def test_a_case_number_that_is_used_again_is_refused_and_the_first_case_stands(tmp_path: Path, other: str) -> None:
    assert deliver(tmp_path, queries.CASES, CASE)["new"] == 1
    told = deliver(tmp_path, queries.CASES, other, batch="b")
    assert (faults(told), told["new"], told["bad"]) == ([(2, "number", "KEY-DUP")], 0, 1)
    [row] = known(queries.CASES)
    assert (row["unit"], row["decided_on"], row["kind"]) == (Q1, date(2018, 3, 5), "行政处罚")


def test_twice_in_one_file_is_refused_on_both_lines_and_the_rest_is_kept(tmp_path: Path) -> None:
    told = deliver(tmp_path, queries.CASES, CASE, CASE.replace(",是,", ",否,"), CASE.replace("1号", "2号"))
    assert faults(told) == [(2, "number", "KEY-DUP"), (3, "number", "KEY-DUP")] and told["new"] == 1
    assert deliver(tmp_path, queries.CASES, CASE.replace("1号", "2号"), batch="b")["same"] == 1


@pytest.mark.parametrize(("row", "fault"), [
    (CASE.replace("T-1", "T-9"), (2, "team", "TEAM-NONE")), (CASE.replace("T-1", "T-2"), (2, "team", "TEAM-NONE")),
    (CASE.replace("2018-03-05,2018-03-09", "2018-06-06,"), (2, "decided_on", "TIME-FUTURE")), (CASE.replace("甲区", "无名区"), (2, "unit_name", "SUBJ-NONE")),
    (CASE.replace("2018-03-09", "2018-03-04"), (2, "decided_on", "DATE-ORDER")), (CASE.replace("示交罚〔2018〕1号", "1/2 号"), (2, "number", "FIELD-PATTERN")),
    (CASE.replace(",是,", ",或许,"), (2, "recorded", "FIELD-CODE")), (CASE.replace("2018-03-09,,", "2018-03-09,涉密,"), (2, "published_on", "FIELD-EMPTY")),
])
def test_a_bad_decision_is_named_and_left_out(tmp_path: Path, row: str, fault: Fault) -> None:
    assert faults(deliver(tmp_path, queries.CASES, row)) == [fault] and known(queries.CASES) == []


def test_what_was_said_changes_by_a_document_and_what_was_open_is_added(tmp_path: Path) -> None:
    deliver(tmp_path, queries.CASES, CASE.replace("2018-03-09", ""))
    later = AT + timedelta(days=1)
    assert deliver(tmp_path, queries.CASES, CASE, batch="b", at=later)["corrected"] == 1, "published by now"
    silent = deliver(tmp_path, queries.CASES, CASE.replace(",是,", ",否,"), batch="c", at=later)
    assert faults(silent) == [(2, "restates", "RESTATE-BASIS")]
    said = deliver(tmp_path, queries.CASES, CASE.replace(",是,", ",否,") + "示交更〔2018〕1号", batch="d", at=later)
    assert said["corrected"] == 1 and len(queries.decision("示交罚〔2018〕1号", known_at=later)[2]) == 3


def test_an_appeal_that_is_pending_is_held_and_counts_only_when_it_is_final(tmp_path: Path) -> None:
    deliver(tmp_path, queries.CASES, CASE, CASE.replace("1号", "2号"))
    told = deliver(tmp_path, queries.REVIEWS, REVIEW.replace("复议,2018-04-02,2018-05-20,撤销,2018-05-20", "一审,2018-04-02,2018-05-20,撤销,"))
    assert (faults(told), told["held"], told["bad"], told["new"]) == ([(2, "final_on", "FIN-OPEN")], 1, 0, 1)
    held = areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=AT).figures["D09-2", Q1]
    assert (str(held.value), dict(held.excluded)) == ("0.00", {"示交罚〔2018〕1号": "FIN-OPEN"})
    later = AT + timedelta(days=10)
    deliver(tmp_path, queries.REVIEWS, REVIEW.replace("复议", "一审").replace("撤销,2018-05-20", "撤销,2018-06-05"), batch="b", at=later)
    final = areas.sheet(queries.AREA, 2018, today=later.date(), known_at=later).figures["D09-2", Q1]
    assert (str(final.value), final.counted) == ("50.00", ("示交罚〔2018〕1号",))
    then = areas.sheet(queries.AREA, 2018, today=AT.date(), known_at=AT).figures["D09-2", Q1]
    assert then == held, "as it was known then"
    assert ledger.verify_log().findings == []


@pytest.mark.parametrize(("old", "new", "fault"), [
    ("复议,2018-04-02,2018-05-20,撤销,2018-05-20", "一审,2018-04-02,2018-05-20,撤销,2018-06-04", (2, "final_on", "FIN-EARLY")),
    ("示交罚〔2018〕1号", "示交罚〔2018〕7号", (2, "number", "CASE-NONE")), ("甲区", "乙区", (2, "number", "CASE-NONE")),
    ("2018-04-02", "2018-03-01", (2, "number", "CASE-NONE")), ("撤销,2018-05-20", "撤销,2018-06-30", (2, "final_on", "TIME-FUTURE")),
    ("2018-05-20,撤销", ",撤销", (2, "decided_on", "FIELD-NEED")),
])
def test_a_review_that_cannot_be_is_named(tmp_path: Path, old: str, new: str, fault: Fault) -> None:
    deliver(tmp_path, queries.CASES, CASE)
    told = deliver(tmp_path, queries.REVIEWS, REVIEW.replace(old, new))
    assert fault in faults(told) and told["new"] == 0 and known(queries.REVIEWS) == []


def test_after_a_reform_the_heir_brings_the_review_of_a_decision_of_before(tmp_path: Path) -> None:
    gsj, heir = uid_of("example", "gsj"), uid_of("example", "scjg")
    events.open_point(queries.CASES, events.NewPoint("T-3", "队伍", gsj, date(2018, 1, 1), "文"), by=SYSTEM, at=AT)
    case = CASE.replace("示例市甲区人民政府", "市工商局").replace("T-1", "T-3")
    deliver(tmp_path, queries.CASES, case.replace("2018-03-09", ""))
    later = datetime(2019, 3, 5, 2, tzinfo=UTC)
    clerk = Actor("clerk", heir, (Grant("entry", frozenset({"d09.deliver"}), heir),), "clerk")
    review = REVIEW.replace("示例市甲区人民政府", "市市场监管局").replace("2018-04-02,2018-05-20,撤销,2018-05-20", "2018-12-20,2019-02-01,撤销,2019-02-01")
    told = deliver(tmp_path, queries.REVIEWS, review, batch="b", by=clerk, at=later)
    assert (told["new"], faults(told)) == (1, [])
    assert deliver(tmp_path, queries.CASES, case, batch="c", by=clerk, at=later)["corrected"] == 1, "and adds to the decision"
    assert areas.sheet(queries.AREA, 2019, today=later.date(), known_at=later).figures["D09-2", heir].counted == ("示交罚〔2018〕1号",)


def test_a_day_that_no_calendar_knows_makes_no_page_fail_and_nothing_late(tmp_path: Path) -> None:
    at = datetime(2027, 2, 10, 2, tzinfo=UTC)
    rows = [CASE.replace("1号", f"{n}号").replace("2018-03-05,2018-03-09", days) for n, days in
            ((5, "2026-12-30,"), (6, "2026-12-30,2027-01-05"), (7, "2026-03-02,2026-03-04"))]
    assert deliver(tmp_path, queries.CASES, *rows, at=at)["new"] == 3
    sheets = {year: areas.sheet(queries.AREA, year, today=at.date(), known_at=at) for year in (2026, 2027)}
    assert [str(sheets[year].figures["D09-1", Q1].value) for year in sheets] == ["100.00", "100.00"]
    assert [one for sheet in sheets.values() for one in sheet.warned] == []
    assert queries.publish_by([date(2026, 12, 30), date(2018, 3, 5)]) == {date(2026, 12, 30): None, date(2018, 3, 5): date(2018, 3, 14)}


def test_the_same_review_twice_in_a_file_is_not_taken_in_silence(tmp_path: Path) -> None:
    deliver(tmp_path, queries.CASES, CASE)
    told = deliver(tmp_path, queries.REVIEWS, REVIEW, REVIEW.replace("撤销", "维持"))
    assert (told["new"], faults(told)) == (0, [(2, "review", "KEY-DUP"), (3, "review", "KEY-DUP")])
    told = deliver(tmp_path, queries.COMPLAINTS, COMPLAINT, COMPLAINT.replace("属实", "不属实"))
    assert (told["new"], faults(told)) == (0, [(2, "complaint", "KEY-DUP"), (3, "complaint", "KEY-DUP")])


def test_a_final_outcome_is_restated_by_a_document_and_a_review_number_is_of_one_case(tmp_path: Path) -> None:
    deliver(tmp_path, queries.CASES, CASE, CASE.replace("1号", "2号"))
    deliver(tmp_path, queries.REVIEWS, REVIEW)
    assert faults(deliver(tmp_path, queries.REVIEWS, REVIEW.replace("撤销", "维持"), batch="b")) == [(2, "restates", "RESTATE-BASIS")]
    assert faults(deliver(tmp_path, queries.REVIEWS, REVIEW.replace("示交罚〔2018〕1号", "示交罚〔2018〕2号"), batch="c")) == [(2, "review", "KEY-DUP")]
    assert deliver(tmp_path, queries.REVIEWS, REVIEW.replace("撤销", "维持") + "示政复更1号", batch="d", at=AT + timedelta(1))["corrected"] == 1


def test_complaints_are_of_teams_and_one_speaks_for_the_own_unit_only(tmp_path: Path) -> None:
    clerk = Actor("clerk", Q1, (Grant("entry", frozenset({"d09.deliver"}), Q1),), "clerk")
    told = deliver(tmp_path, queries.COMPLAINTS, COMPLAINT, COMPLAINT.replace("TS-1", "TS-2").replace("甲区", "乙区").replace("T-1", "T-2"),
                   COMPLAINT.replace("TS-1", "TS-3").replace("T-1", "T-9"), by=clerk)
    assert (told["new"], faults(told)) == (1, [(3, "unit_name", "PERM-DENIED"), (4, "team", "TEAM-NONE")])
    with pytest.raises(Refusal) as caught:
        deliver(tmp_path, queries.COMPLAINTS, COMPLAINT, batch="b", by=Actor("n", Q1))
    assert caught.value.code == "PERM-DENIED"
    with pytest.raises(Refusal) as caught:
        queries.decision("nothing", known_at=AT)
    assert caught.value.code == "CASE-NONE"


def test_a_method_that_asks_of_an_earlier_day_is_told_of_that_day(tmp_path: Path) -> None:
    deliver(tmp_path, queries.CASES, CASE)
    deliver(tmp_path, queries.REVIEWS, REVIEW, batch="b")

    def told(as_of: date) -> str:
        asked = Asked((Q1,), date(2018, 1, 1), date(2018, 12, 31), as_of, AT)
        return areas.measured("D09-2", asked)[Q1].text

    assert [told(day) for day in (date(2018, 3, 31), date(2018, 5, 20), date(2018, 12, 31))] == ["0.00", "100.00", "100.00"]

"""Three people hand a figure on, a late change needs its notice, and an alteration past the system is found twice."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from ximu.ideas.filings import queries, services
from ximu.ideas.filings.models import Filing, Form, Hand
from ximu.ideas.filings.tests.factories import (
    DECLARED,
    KEEPER,
    KEEPING,
    LATE,
    NOTICE,
    ON_TIME,
    OTHER,
    RAW,
    UNIT,
    A,
    B,
    C,
    approved,
    declared,
    figures,
    person,
    reported,
)
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu_verify.bundle import BundleError, verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D15")]


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    declared()


def refused(code: str, call: Any, /, *args: Any, **named: Any) -> Refusal:
    hands = Hand.objects.count()
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert (caught.value.code, Hand.objects.count()) == (code, hands)
    return caught.value


def hands_of(uid: str) -> list[Hand]:
    return list(queries.filing(uid).hands.order_by("number"))


def faults(uid: str) -> list[tuple[int, str]]:
    return [(one.number, one.what) for one in queries.faults(queries.filing(uid), hands_of(uid))]


def test_who_must_report_what_by_when_and_what_has_not_come_is_nothing() -> None:
    listed = queries.held(date(2018, 1, 1), date(2018, 12, 31), as_of=date(2018, 4, 30), known_at=LATE)
    assert (len(listed), {one.span.name for one in listed}, {one.due for one in listed}) == (16, {"2018-Q1"}, {date(2018, 4, 10)})
    assert all(one.reported_on is None and one.content == {} for one in listed)
    reported()
    [mine] = [one for one in queries.held(date(2018, 1, 1), date(2018, 12, 31), as_of=date(2018, 4, 30), known_at=LATE) if one.filing]
    assert (mine.unit, mine.reported_on, mine.approved) == (UNIT, date(2018, 4, 5), None)
    [before] = [one for one in queries.held(date(2018, 4, 1), date(2018, 4, 30), as_of=date(2018, 4, 4), known_at=LATE) if one.unit == UNIT]
    assert before.filing is None, "as it was known the day before"
    refused("TABLE-NONE", services.report, "NO-1", "2018-Q1", UNIT, figures(), by=A, at=ON_TIME)
    refused("TABLE-PERIOD", services.report, "XM-1", "2018-Q2", UNIT, figures(), by=A, at=ON_TIME)
    refused("TABLE-DUTY", services.report, "XM-1", "2018-Q1", KEEPER, figures(), by=KEEPING, at=ON_TIME)


def test_reporter_reviewer_and_approver_are_three_people_of_the_unit() -> None:
    refused("PERM-DENIED", reported, by=person("n", rights=frozenset({"filings.review"})))
    refused("FILING-UNIT", reported, by=person("boss", OTHER, whole=True))
    refused("FILING-UNIT", reported, by=SYSTEM)
    uid = reported()
    refused("STATE-EDGE", services.pass_on, uid, "approve", by=C, at=ON_TIME)
    refused("DUAL", services.pass_on, uid, "review", by=A, at=ON_TIME)
    refused("FILING-UNIT", services.pass_on, uid, "review", by=person("boss", OTHER, whole=True), at=ON_TIME)
    refused("FILING-VERB", services.pass_on, uid, "bless", by=B, at=ON_TIME)
    refused("FILING-NONE", services.pass_on, "nosuch", "review", by=B, at=ON_TIME)
    assert services.pass_on(uid, "review", by=B, at=ON_TIME) == "reviewed"
    assert "填报" in refused("DUAL", services.pass_on, uid, "approve", by=A, at=ON_TIME).zh
    refused("DUAL", services.pass_on, uid, "approve", by=B, at=ON_TIME)
    second = person("second-account")
    same = second.__class__(second.uid, second.unit, second.grants, A.human)
    refused("DUAL", services.pass_on, uid, "approve", by=same, at=ON_TIME)
    refused("REASON", services.pass_on, uid, "return", by=B, at=ON_TIME)
    assert services.pass_on(uid, "approve", by=C, at=ON_TIME) == "approved"
    refused("STATE-EDGE", services.pass_on, uid, "return", reason="晚了", by=B, at=ON_TIME)
    assert [one.verb for one in hands_of(uid)] == ["report", "review", "approve"] and faults(uid) == []
    assert len({one.commitment for one in hands_of(uid)}) == 3 and hands_of(uid)[2].before == hands_of(uid)[1].commitment


def test_a_sum_that_does_not_tie_is_refused_with_the_difference_and_nothing_is_kept() -> None:
    found = refused("SUM-TIE", reported, total="101.25")
    assert (found.field, found.extra) == ("total", {"parts": "100.00", "difference": "1.25"}) and "相差1.25" in found.zh
    assert Filing.objects.count() == 0
    refused("FIGURE-BAD", reported, a="")
    for words, code in (("联系13800138000", "DISC-PII"), ("机密★10年", "DISC-SECRET")):
        given = {**figures(), "b": {"value": "39.50", "record": words}}
        refused(code, services.report, "XM-1", "2018-Q1", UNIT, given, by=A, at=ON_TIME)


def test_a_change_after_approval_needs_a_correction_notice_and_shows_who_when_and_the_difference() -> None:
    uid = approved()
    refused("CORR-SAME", reported, at=ON_TIME, notice=NOTICE)
    for notice in (None, services.Notice("示甲统更〔2018〕1号", "", "a" * 64), services.Notice("示甲统更〔2018〕1号", "重复", ""),
                   services.Notice("", "重复", "a" * 64)):
        refused("CORR-NOTICE", reported, at=ON_TIME, a="50.5", total="90", notice=notice)
    reported(ON_TIME + timedelta(hours=5), a="50.5", total="90", notice=NOTICE)
    held = queries.one_held("XM-1", "2018-Q1", UNIT, today=date(2018, 4, 6))
    assert held.content["figures"]["total"] == "100.00", "what was approved holds until the next is approved"
    services.pass_on(uid, "review", by=B, at=ON_TIME + timedelta(hours=6))
    services.pass_on(uid, "approve", by=C, at=ON_TIME + timedelta(hours=7))
    assert queries.one_held("XM-1", "2018-Q1", UNIT, today=date(2018, 4, 6)).content["figures"]["total"] == "90.00"
    [step] = queries.altered(hands_of(uid))
    assert (step.hand.by, step.hand.at, step.hand.notice, step.after_approval) == ("a", ON_TIME + timedelta(hours=5), NOTICE.number, True)
    assert [(c.code, str(c.before), str(c.after), str(c.difference)) for c in step.changes] == [
        ("a", "60.50", "50.50", "-10.00"), ("total", "100.00", "90.00", "-10.00")]
    assert faults(uid) == []


def test_a_change_after_the_due_day_needs_a_notice_too_but_a_late_first_report_is_only_late() -> None:
    uid = reported()
    services.pass_on(uid, "return", reason="请核对", by=B, at=ON_TIME)
    refused("STATE-EDGE", services.pass_on, uid, "review", by=B, at=ON_TIME)
    refused("CORR-NOTICE", reported, at=LATE, a="50.5", total="90")
    reported(LATE, a="50.5", total="90", notice=NOTICE)
    assert [one.verb for one in hands_of(uid)] == ["report", "return", "correct"] and hands_of(uid)[2].version == 2
    late = services.report("XM-1", "2018-Q1", OTHER, figures(), by=person("o", OTHER), at=LATE)
    assert (queries.filing(late).state, faults(late)) == ("reported", [])


def test_a_correction_that_was_sent_back_needs_its_notice_again_whatever_it_says_now() -> None:
    uid, at = approved(), ON_TIME + timedelta(hours=5)
    reported(at, a="50.5", total="90", notice=NOTICE)
    services.pass_on(uid, "return", reason="请核对", by=B, at=at)
    for figures_now in ({"a": "50.5", "total": "90"}, {"a": "30.5", "total": "70"}):
        refused("CORR-NOTICE", reported, at, **figures_now)
    refused("CORR-NOTICE", reported, at, a="30.5", total="70", notice=services.Notice("文号", "理由", "z" * 64))
    reported(at, a="30.5", total="70", notice=NOTICE)
    assert hands_of(uid)[-1].verb == "correct"


def altered_in_the_database(number: int, total: str, *, commitment: str = "") -> None:
    with connection.cursor() as cursor:
        row = Hand.objects.get(number=number)
        content = {**row.content, "figures": {**row.content["figures"], "total": total}}
        cursor.execute("UPDATE filings_hand SET content = %s WHERE number = %s", [json.dumps(content), number])
        if commitment:
            cursor.execute("UPDATE filings_hand SET commitment = %s WHERE number = %s", [commitment, number])


@pytest.mark.parametrize("commitment", ["", "f" * 64])
def test_an_alteration_past_the_system_is_found_by_the_log_and_by_the_lineage(commitment: str) -> None:
    uid = approved()
    assert ledger.verify_log().ok and queries.verified() == (1, [])
    altered_in_the_database(3, "130.00", commitment=commitment)
    found = [one for one in ledger.verify_log().findings if one.what == "record-altered"]
    assert (found[0].index, found[0].label) == (hands_of(uid)[2].log_index, "XM-1 示例市甲区人民政府 2018-Q1 第3步签批")
    [broken] = queries.verified("XM-1", "2018-Q1")[1]
    assert (broken.faults[0].number, broken.faults[0].what) == (3, "altered")
    assert "total现存130.00，其他环节为100.00，相差+30.00" in broken.faults[0].words.zh
    assert queries.quick(queries.filing(uid), hands_of(uid)), "also without reading the log"


def test_a_hand_over_that_was_removed_is_found() -> None:
    uid = approved()
    index = hands_of(uid)[1].log_index
    Hand.objects.filter(number=2).delete()
    assert ("record-missing", index) in [(one.what, one.index) for one in ledger.verify_log().findings]
    assert (3, "chain") in faults(uid)


def test_a_published_figure_and_its_lineage_verify_offline_and_nothing_else_goes_out() -> None:
    uid = approved()
    report, review, approve = hands_of(uid)
    bundle = queries.proof(approve.uid, on=date(2018, 4, 6))
    told = verify_bundle(bundle, [ledger.key()]).payload
    assert (told["figures"]["total"], told["unit_name"], told["verb"]) == ("100.00", "示例市甲区人民政府", "approve")
    assert [(one["verb"], one["commitment"]) for one in told["steps"]] == [("report", report.commitment), ("review", review.commitment)]
    assert "person-" not in bundle.decode() and len({told["by"], *(one["by"] for one in told["steps"])}) == 3
    with pytest.raises(BundleError):
        verify_bundle(bundle.replace(b'"total":"100.00"', b'"total":"900.00"'), [ledger.key()])
    reported(LATE, a="50.5", total="90", notice=NOTICE)
    refused("FILING-NONE", queries.proof, hands_of(uid)[3].uid, on=date(2018, 5, 1))
    assert verify_bundle(queries.proof(hands_of(uid)[3].uid, on=date(2018, 5, 1), sees=lambda unit: unit == UNIT), [ledger.key()])
    Form.objects.update(declared={**Form.objects.get().declared, "open": False})
    refused("FILING-NONE", queries.proof, approve.uid, on=date(2018, 5, 1))


def test_only_the_keeper_declares_and_a_later_declaration_ends_the_one_before() -> None:
    late = {"keeper": KEEPER, "by": KEEPING, "at": DECLARED}
    refused("FILING-UNIT", services.declare, RAW, keeper=KEEPER, by=A, at=DECLARED)
    refused("PERM-DENIED", services.declare, RAW, keeper=KEEPER, by=person("k", KEEPER, frozenset()), at=DECLARED)
    refused("TABLE-ORDER", services.declare, RAW, **late)
    refused("TABLE-BAD", services.declare, {**RAW, "code": "XM-2", "adds": "NO-1"}, **late)
    refused("ORG-UNKNOWN", services.declare, {**RAW, "code": "XM-2", "reporters": ["查无此局"]}, **late)
    reported()
    refused("TABLE-ORDER", services.declare, {**RAW, "since": "2018-03-01"}, **late | {"at": ON_TIME})
    services.declare({**RAW, "since": "2018-07-01", "days": 5}, **late)
    listed = queries.held(date(2018, 1, 1), date(2018, 12, 31), as_of=date(2018, 10, 20), known_at=LATE)
    assert {(one.span.name, one.due) for one in listed} == {("2018-Q1", date(2018, 4, 10)), ("2018-Q2", date(2018, 7, 10)),
                                                            ("2018-Q3", date(2018, 10, 8))}


def test_a_table_that_was_declared_anew_later_changes_nothing_of_what_was_known_before() -> None:
    def due(known_at: datetime) -> set[tuple[str, date]]:
        listed = queries.held(date(2018, 1, 1), date(2018, 12, 31), as_of=date(2018, 10, 20), known_at=known_at)
        return {(one.span.name, one.due) for one in listed}

    before = due(LATE)
    services.declare({**RAW, "since": "2018-07-01", "days": 5}, keeper=KEEPER, by=KEEPING, at=LATE + timedelta(days=1))
    assert due(LATE) == before and due(LATE + timedelta(days=2)) != before
    assert due(DECLARED - timedelta(days=1)) == set()


def test_a_file_takes_what_is_right_and_names_what_is_wrong(tmp_path: Path) -> None:
    head = "表号,报告期,填报单位,指标代码,数值,原始记录,统计台账,缺数原因"
    good = [f"XM-1,2018-Q1,示例市甲区人民政府,{c},{v},凭证,台账," for c, v in (("total", 3), ("a", 1), ("b", 2))]
    other = [f"XM-1,2018-Q1,示例市乙区人民政府,{c},{v},凭证,台账," for c, v in (("total", 3), ("a", 1), ("b", 2))]
    path = tmp_path / "f.csv"
    path.write_text("\n".join([head, *good, *other, "XM-1,2018-Q1,示例市甲区,,5,,,", "XM-1,2018-Q9,甲区人民政府,a,1,,,"]), "utf-8")
    told = services.report_file(path, by=A, at=ON_TIME)
    assert (told["rows"], told["taken"], told["refused"]) == (8, 1, 3)
    assert {(one["line"], one["code"]) for one in told["faults"]} >= {(5, "FILING-UNIT"), (8, "FIELD-NEED")}
    assert queries.one_held("XM-1", "2018-Q1", UNIT, today=date(2018, 4, 6)).content["figures"]["a"] == "1.00"
    path.write_text("\n".join([head, *good[:2], good[0]]), "utf-8")
    assert services.report_file(path, by=A, at=ON_TIME)["faults"][0]["code"] == "FIGURE-BAD"
    path.write_text("\n".join([head, good[0].replace("3", "9"), *good[1:]]), "utf-8")
    [fault] = services.report_file(path, by=A, at=ON_TIME)["faults"]
    assert (fault["line"], fault["field"], fault["code"]) == (2, "total", "SUM-TIE")
    path.write_text("\n".join(["表号,报告期", "XM-1,2018-Q1"]), "utf-8")
    refused("FILE-HEADER", services.report_file, path, by=A, at=ON_TIME)
    refused("PERM-DENIED", services.report_file, path, by=person("n", rights=frozenset()), at=ON_TIME)
    refused("FILE-SIZE", services.take_file, b" " * (services.MOST_BYTES + 1), "f.csv", by=A, at=ON_TIME)


def test_two_who_report_at_once_give_one_filing(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = queries.one_held("XM-1", "2018-Q1", UNIT, today=date(2018, 4, 6))
    reported()
    monkeypatch.setattr(queries, "one_held", lambda *_, **__: empty)
    refused("STATE-RACE", reported)
    assert Filing.objects.count() == 1

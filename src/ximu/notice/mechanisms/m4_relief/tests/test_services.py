"""Nobody is recorded in silence: notice, objection, exemption and repair from the first day to the certificate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from ximu.foundation import clock, outbox
from ximu.foundation import files as store
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.queries.tree import entries_between, head
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as records_services
from ximu.ideas.records.tests.factories import REVIEWER, T0, deliver, row
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief import queries, services
from ximu.notice.mechanisms.m4_relief.models import Bar, Fulfilment, Panel, Statement
from ximu.notice.mechanisms.m4_relief.rules.exemption import Candidate
from ximu.notice.mechanisms.m4_relief.services import correcting
from ximu.notice.mechanisms.m4_relief.tests.factories import (
    DAY,
    ENTERER,
    NONE_HOLDS,
    OFFICE,
    OFFICE_TWO,
    OFFICE_UNIT,
    SECOND,
    SOURCE_UNIT,
    STRANGER,
    SUBJECT,
    SUBJECT_UNIT,
    checked,
    in_effect,
    person,
    served,
)
from ximu_verify.bundle import BundleError, verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1")]
WHY = Given("经核实，理由充分")


def refused(call: Any, *args: Any, **words: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value


def code_of(call: Any, *args: Any, **words: Any) -> str:
    return refused(call, *args, **words).code


def case_of(uid: str) -> Any:
    return cases.case(uid, actor=OFFICE, at=T0).row


def state(number: str) -> str:
    return records.duties(number).state


@dataclass(frozen=True)
class Named:
    """A listed behaviour, as far as a self-report needs it."""

    name: Text


RIGHTS = ("records.erase", "casework.see_all")
ERASER, ERASER_TWO = (person(name, OFFICE_UNIT, *RIGHTS, city=True) for name in ("eraser", "eraser2"))


def test_no_proof_no_clock_no_effect() -> None:
    number = checked()
    case = services.open_notice(number, by=OFFICE, at=T0)
    assert code_of(casework.move, case, "serve", given=Given(proof=" "), by=OFFICE, at=T0) == "NOTICE-NONE"
    assert code_of(casework.move, case, "take_effect", by=OFFICE, at=T0) == "STATE-EDGE"
    future = Given(proof="邮寄", values={"served_on": "2018-05-09"})
    assert code_of(casework.move, case, "serve", given=future, by=OFFICE, at=T0) == "TIME-FUTURE"
    assert queries.window(number) is None
    assert code_of(services.object_to, number, reason="x", by=SUBJECT, at=T0) == "NOTICE-NONE"
    assert code_of(services.sign, case, by=STRANGER, at=T0) == "PERM-DENIED"
    casework.move(case, "serve", given=Given(proof="留置送达，见证人两名", values={"served_on": "2018-05-05"}), by=OFFICE, at=T0)
    seen = cases.case(case, actor=SUBJECT, at=T0)
    assert (state(number), seen.clock.started if seen.clock else None) == ("notified", date(2018, 5, 5))


def test_it_takes_effect_only_after_the_window_to_the_second() -> None:
    number, case = served()
    last = clock.end_of(queries.window(number) or date.min)
    casework.sweep_deadlines(at=last)
    assert code_of(casework.move, case, "take_effect", by=OFFICE, at=last) == "STATE-EDGE"
    after = last + timedelta(microseconds=1)
    casework.sweep_deadlines(at=after)
    assert code_of(casework.move, case, "take_effect", by=person("clerk", "x", "records.decide", city=True), at=after) == "DUAL"
    assert casework.move(case, "take_effect", by=OFFICE, at=after) == "effective"
    assert state(number) == "effective"


def test_only_the_subject_objects_and_it_is_marked_at_once() -> None:
    number, _ = served()
    assert code_of(services.object_to, number, reason="不是我", by=STRANGER, at=T0) == "SUBJ-NOT"
    assert code_of(services.object_to, number, reason="不是我", by=OFFICE, at=T0) == "SUBJ-NOT"
    assert code_of(services.object_to, number, reason=" ", by=SUBJECT, at=T0) == "REASON"
    papers = [upload(f"第{n}页".encode()) for n in range(30)]
    procedure, case = services.object_to(number, reason="日期有误", by=SUBJECT, files=papers, at=T0)
    assert (procedure, state(number)) == ("objection", "disputed")
    assert code_of(services.object_to, number, reason="又", by=SUBJECT, at=T0) == "CASE-DUP"
    casework.move(case, "forward", by=OFFICE, at=T0 + DAY)
    assert len(cases.case(case, actor=SECOND, at=T0 + DAY).files) == 30
    assert case_of(case).due == date(2018, 5, 15)


def forwarded() -> tuple[str, str]:
    number, _ = served()
    _, case = services.object_to(number, reason="日期有误", by=SUBJECT, at=T0)
    casework.move(case, "forward", by=OFFICE, at=T0)
    return number, case


def test_who_entered_does_not_decide_and_refusal_needs_reasons() -> None:
    number, case = forwarded()
    assert code_of(casework.move, case, "refuse", given=WHY, by=ENTERER, at=T0) == "DUAL"
    assert code_of(casework.move, case, "refuse", by=SECOND, at=T0) == "REASON"
    assert code_of(casework.move, case, "refuse", given=WHY, by=SUBJECT, at=T0) == "PERM-DENIED"
    casework.move(case, "refuse", given=WHY, by=SECOND, at=T0)
    assert state(number) == "notified"
    casework.move(case, "ask_review", given=Given("仍不服"), by=SUBJECT, at=T0)
    assert state(number) == "disputed"
    decider = person("second", "unitoffice000001", "relief.decide", city=True)
    assert code_of(casework.move, case, "confirm", given=WHY, by=decider, at=T0) == "DUAL"
    colleague = Actor("third", SOURCE_UNIT, OFFICE.grants, "third")
    assert code_of(casework.move, case, "confirm", given=WHY, by=colleague, at=T0) == "CONFLICT"
    casework.move(case, "confirm", given=WHY, by=OFFICE_TWO, at=T0)
    assert state(number) == "notified"


def test_silence_pauses_every_effect_and_tells_the_head() -> None:
    number, at = in_effect()
    casework.add_effect(number, kind="share", target="平台", by=OFFICE, at=at)
    procedure, complaint = services.object_to(number, reason="迟到的意见", by=SUBJECT, at=at)
    assert (procedure, state(number)) == ("complaint", "flagged")
    case = casework.open_case("objection", opening=services.objecting.opening_for(records.duties(number), "x"), by=SUBJECT, at=at, checked=True)
    casework.sweep_deadlines(at=at + 10 * DAY)
    assert case_of(case).paused
    assert records.duties(number).state == "flagged"
    assert cases.paused_numbers([number]) == {number}
    assert tuple(sorted({told.post for told in cases.case(case, actor=OFFICE, at=at).tellings} - {""})) == ("head", "subject")
    later = casework.add_effect(number, kind="score", target="2018", by=OFFICE, at=at + 10 * DAY)
    assert {e.uid: e.paused for e in cases.effects_of(number)}[later]
    casework.move(case, "withdraw", by=SUBJECT, at=at + 11 * DAY)
    assert cases.paused_numbers([number]) == set()
    assert case_of(complaint).closed_at is None


def test_a_late_objection_is_a_complaint_and_not_dropped() -> None:
    number, at = in_effect()
    _, case = services.object_to(number, reason="迟到的意见", by=SUBJECT, at=at)
    casework.move(case, "accept", by=OFFICE, at=at)
    assert code_of(casework.move, case, "reject", given=WHY, by=Actor("third", SOURCE_UNIT, OFFICE.grants, "third"), at=at) == "CONFLICT"
    casework.move(case, "reject", given=WHY, by=OFFICE, at=at)
    assert state(number) == "effective"


def test_an_objection_that_is_upheld_revokes_or_waits_for_the_correction() -> None:
    number, case = forwarded()
    casework.move(case, "correct", given=WHY, by=SECOND, at=T0)
    assert code_of(casework.move, case, "corrected", by=SECOND, at=T0 + DAY) == "CORR-NONE"
    deliver([row("示罚〔2018〕1号", {"CF_NR": "更正"})], at=T0 + DAY)
    casework.move(case, "corrected", by=SECOND, at=T0 + 2 * DAY)
    assert (state(number), records.duties(number).version) == ("draft", 2)
    assert cases.cases_about(number, actor=OFFICE)[0].state == "withdrawn"


def test_an_objection_stops_the_effect_until_it_is_decided() -> None:
    number, notice = served()
    _, case = services.object_to(number, reason="日期有误", by=SUBJECT, at=T0)
    at = T0 + 40 * DAY
    casework.sweep_deadlines(at=at)
    waits = refused(casework.move, notice, "take_effect", by=OFFICE, at=at)
    assert (waits.code, waits.value) == ("OBJ-OPEN", case_of(case).number)
    casework.move(case, "keep", by=OFFICE, at=at)
    casework.move(case, "revoke", given=WHY, by=OFFICE_TWO, at=at)
    assert (state(number), case_of(notice).state) == ("revoked", "withdrawn")


POOL = [Candidate(f"r{n}", f"unit{n}") for n in range(6)] + [Candidate("same", SUBJECT_UNIT), Candidate("clerk", "elsewhere")]
CONDITIONS = ("lawful", "diligent", "selfless")


def claimed(number: str, at: Any = T0) -> str:
    return services.claim_exemption(number, ground="pioneer", conditions=CONDITIONS, reason="先行先试", files=[upload(b"plan")], by=SUBJECT, at=at)


def verdict(case: str, outcome: str, *, departure: str = "") -> None:
    for human, unit in Panel.objects.get(case=case).members:
        services.vote(case, outcome, reason="评议", by=person(human, unit, "relief.panel"), at=T0)
    values = {"departure": departure} if departure else {}
    casework.move(case, outcome, given=Given("评议组多数意见", values=values), by=OFFICE_TWO, at=T0)


def test_an_exempted_fact_is_barred_whoever_delivers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "reviewers", lambda at: POOL)
    number, notice = served("示罚〔2018〕9号")
    words = {"reason": "先行先试", "by": SUBJECT, "at": T0}
    assert code_of(services.claim_exemption, number, ground="", conditions=CONDITIONS, files=[upload()], **words) == "EXM-GROUND"
    assert code_of(services.claim_exemption, number, ground="pioneer", conditions=CONDITIONS, files=[], **words) == "EVID-DIGEST"
    assert code_of(services.claim_exemption, number, ground="pioneer", conditions=CONDITIONS, files=[upload()], reason=" ", by=SUBJECT, at=T0) == "REASON"
    case = claimed(number)
    assert code_of(casework.move, case, "exempt", given=WHY, by=OFFICE, at=T0) == "STATE-EDGE"
    casework.move(case, "draw", by=OFFICE, at=T0)
    panel = Panel.objects.get(case=case)
    assert code_of(queries.panel_for, case, by=STRANGER) == "CASE-NONE"
    assert {queries.panel_for(case, by=by).pk for by in (SECOND, OFFICE, SUBJECT)} == {panel.pk}
    assert not {m[0] for m in panel.members} & {"same", "clerk"}
    assert queries.draw_again(panel) == [m[0] for m in panel.members]
    assert code_of(services.vote, case, "exempt", reason="x", by=person("same", SUBJECT_UNIT, "relief.panel"), at=T0) == "CONFLICT"
    assert code_of(services.vote, case, "exempt", reason="x", by=person("nobody", "z", "relief.panel"), at=T0) == "PANEL-NOT"
    assert code_of(services.vote, case, "praise", reason="x", by=person(*panel.members[0], "relief.panel"), at=T0) == "EXM-OUTCOME"
    assert code_of(casework.move, case, "exempt", given=WHY, by=OFFICE_TWO, at=T0) == "EXM-VOTES"
    before = checked("示罚 (2018) 9号", authority="示例市 某局")
    verdict(case, "exempt")
    assert (state(number), case_of(notice).state, Bar.objects.count()) == ("revoked", "exempted", 1)
    assert code_of(services.open_notice, before, by=OFFICE, at=T0 + DAY) == "EXM-BAR", "what came in before the decision"
    done = deliver([row("示 罚〔2018〕9 号", authority="示例市某局"), row("示罚〔2018〕10号", authority="示例市某局")], at=T0 + DAY)
    assert done.lines["outcome"].to_list() == ["barred", "new"], "nobody can enter it any more, whatever the spelling"


def test_every_ground_is_answered_by_somebody_else_before_the_notice() -> None:
    number = deliver([row("示罚〔2018〕1号")]).lines["number"][0]
    records_services.check(number, by=REVIEWER, at=T0)
    assert code_of(services.open_notice, number, by=OFFICE, at=T0) == "EXM-ASK"
    told = {"reason": "判决已认定责任", "by": REVIEWER, "at": T0}
    left = refused(services.examine, [number], answers={"pioneer": "no"}, **told)
    assert (left.code, "不可抗力" in left.zh, "Force majeure" in left.en) == ("EXM-ASK", True, True)
    assert code_of(services.examine, [number], answers={**NONE_HOLDS, "exploring": "maybe"}, **told) == "EXM-ASK"
    assert code_of(services.examine, [number], answers={**NONE_HOLDS, "exploring": "yes"}, **told) == "EXM-HOLDS"
    assert code_of(services.examine, [number], answers=NONE_HOLDS, **{**told, "reason": ""}) == "REASON"
    assert code_of(services.examine, [], answers=NONE_HOLDS, **told) == "ACT-NONE"
    both = person("clerk", SOURCE_UNIT, "records.check")
    assert records.duties(number).entered == both.human
    assert code_of(services.examine, [number], answers=NONE_HOLDS, **{**told, "by": both}) == "DUAL"
    assert code_of(services.examine, [number], answers=NONE_HOLDS, **{**told, "by": SUBJECT}) == "PERM-DENIED"
    assert records.unexamined([number], on=T0.date()) == {number}, "nothing of this was kept"
    assert services.examine([number], answers={**NONE_HOLDS, "unasked": "no"}, **told) == 1
    step = apps.get_model("records", "Step").objects.get(number=number, what="examine")
    assert json.loads(step.detail) == {"answers": NONE_HOLDS, "reason": "判决已认定责任"}, "only what was asked is kept"
    assert services.open_notice(number, by=OFFICE, at=T0)


def test_one_reviewer_may_be_challenged_and_departures_are_argued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "reviewers", lambda at: POOL)
    for place in range(3):
        number, _ = served(f"示罚〔2018〕{place}号")
        case = claimed(number)
        casework.move(case, "draw", by=OFFICE, at=T0)
        verdict(case, "mitigate")
        assert (state(number), records.duties(number).effect_grade) == ("notified", "轻微"), "mitigated: the effects are lower by rule"
    number, notice = served("示罚〔2018〕8号")
    case = claimed(number)
    casework.move(case, "draw", by=OFFICE, at=T0)
    out = Panel.objects.get(case=case).members[0][0]
    casework.move(case, "challenge", given=Given("有利害关系", values={"member": out}), by=SUBJECT, at=T0)
    panel = Panel.objects.get(case=case)
    assert (len(panel.members), out in {m[0] for m in panel.members}) == (3, False)
    twice = Given("又", values={"member": panel.members[0][0]})
    assert code_of(casework.move, case, "challenge", given=twice, by=SUBJECT, at=T0) == "PANEL-CHALLENGE"
    with pytest.raises(Refusal, match="EXM-DEPART"):
        verdict(case, "deny")
    assert len(queries.precedents(panel.features)) == 3
    verdict(case, "deny", departure="本案有新的事实")
    assert code_of(casework.move, notice, "take_effect", by=OFFICE, at=T0) == "STATE-EDGE"


def test_repair_from_the_grey_button_to_the_certificate(django_capture_on_commit_callbacks: Any) -> None:
    number, at = in_effect()
    casework.add_effect(number, kind="share", target="平台", unit="u", by=OFFICE, at=at)
    assert code_of(services.apply_for_repair, number, reason="已改", by=STRANGER, at=at) == "SUBJ-NOT"
    assert refused(services.apply_for_repair, number, reason="已改", by=SUBJECT, at=at).value == "2018-06-20"
    at = T0 + 60 * DAY
    early = refused(services.apply_for_repair, number, reason="已改", by=SUBJECT, at=at)
    assert (early.code, early.field) == ("REP-OBL", "obligation")
    prove = {"proof": "履行完毕证明", "on": date(2018, 6, 1), "at": at}
    assert code_of(services.fulfil, number, "obligation", by=person("s2", SUBJECT_UNIT, "relief.decide"), **prove) == "DUAL"
    assert code_of(services.fulfil, number, "commitment", by=OFFICE, **prove) == "SUBJ-NOT"
    assert code_of(services.fulfil, number, "luck", by=OFFICE, **prove) == "FULFIL-KIND"
    assert code_of(services.fulfil, number, "obligation", by=SECOND, **{**prove, "on": date(2019, 1, 1)}) == "TIME-FUTURE"
    assert code_of(services.fulfil, number, "obligation", by=SECOND, **{**prove, "proof": ""}) == "EVID-DIGEST"
    services.fulfil(number, "obligation", by=SECOND, **prove)
    services.fulfil(number, "commitment", by=SUBJECT, **prove)
    case = services.apply_for_repair(number, reason="已履行并承诺", by=SUBJECT, at=at)
    assert code_of(services.issue_certificate, case, by=SUBJECT, at=at) == "STATE-EDGE"
    assert code_of(casework.move, case, "grant", given=WHY, by=ENTERER, at=at) == "DUAL"
    casework.move(case, "grant", given=WHY, by=SECOND, at=at)
    outbox.sweep(at=at)
    outbox.sweep(at=at)
    assert (state(number), [e.state for e in cases.open_effects()]) == ("repaired", ["open"])
    certificate = services.issue_certificate(case, by=SUBJECT, at=at)
    for stranger in (STRANGER, STRANGER.__class__("x")):
        assert code_of(queries.certificate, certificate.uid, by=stranger) == "CERT-NONE"
    assert {queries.certificate(certificate.uid, by=by).uid for by in (SECOND, OFFICE, SUBJECT)} == {certificate.uid}
    made = ledger.bundle_bytes(queries.bundle(queries.certificate(certificate.uid, by=SUBJECT)))
    assert verify_bundle(made, [ledger.key()])
    assert "未确认".encode() in made
    for forged in (made.replace("未确认".encode(), "已停止".encode()), made.replace("已修复".encode(), "已删除".encode())):
        with pytest.raises(BundleError):
            verify_bundle(forged, [ledger.key()])


def test_a_statement_stands_beside_the_record_and_the_newest_counts() -> None:
    number, _ = served()
    for words, by, code in (("甲", STRANGER, "SUBJ-NOT"), (" ", SUBJECT, "REASON"), ("长" * 2001, SUBJECT, "FIELD-LONG")):
        assert code_of(services.state, number, words, by=by, at=T0) == code
    services.state(number, "第一次说明", by=SUBJECT, at=T0)
    services.state(number, "第二次说明", by=SUBJECT, at=T0)
    assert queries.statements([number])[number][0] == "第二次说明"
    assert code_of(services.state, checked("示罚〔2018〕2号"), "太早", by=SUBJECT, at=T0) == "STATE-EDGE"
    logged = dict(entries_between(0, head().size))
    assert [label for index, entry, label in queries.provider(0, head().size) if logged[index] != entry] == []


def test_a_void_basis_is_reported_by_its_source_and_revoked_by_another() -> None:
    number, at = in_effect()
    words = {"document": "（2018）示民再1号", "reason": "再审改判", "at": at}
    assert code_of(services.report_reversal, number, by=STRANGER, **words) == "PERM-DENIED"
    assert code_of(services.report_reversal, number, by=SECOND, **{**words, "document": " "}) == "FIELD-NEED"
    assert code_of(services.report_reversal, number, by=SECOND, **{**words, "reason": " "}) == "REASON"
    case = services.report_reversal(number, by=SECOND, **words)
    assert code_of(services.report_reversal, number, by=SECOND, **words) == "CASE-DUP"
    assert case_of(case).due == date(2018, 6, 11)
    casework.move(case, "revoke", by=OFFICE, at=at)
    assert state(number) == "revoked"
    assert code_of(services.report_reversal, number, by=SECOND, **words) == "STATE-EDGE"


def act(day: str = "2018-03-01") -> services.Act:
    return services.Act(SUBJECT_UNIT, "XW-01", date.fromisoformat(day))


def test_who_corrects_itself_before_anybody_knew_has_lower_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting.catalogue, "item", lambda code, on: Named(Text("行为", "act")))
    told = {"reason": "自查发现并已整改", "files": [upload(b"proof")], "at": T0 - DAY}
    assert code_of(services.report_oneself, act(), by=STRANGER, **told) == "SUBJ-NOT"
    assert code_of(services.report_oneself, act("2018-06-01"), by=SUBJECT, **told) == "TIME-FUTURE"
    assert code_of(services.report_oneself, act(), by=SUBJECT, **{**told, "reason": " "}) == "REASON"
    assert code_of(services.report_oneself, act(), by=SUBJECT, **{**told, "files": []}) == "EVID-DIGEST"
    case = services.report_oneself(act(), by=SUBJECT, **told)
    assert code_of(services.report_oneself, act(), by=SUBJECT, **told) == "CASE-DUP"
    number = checked(behaviour="XW-01")
    assert records.duties(number).effect_grade == "一般", "not verified yet"
    casework.move(case, "verify", given=WHY, by=OFFICE_TWO, at=T0)
    assert (records.duties(number).grade, records.duties(number).effect_grade) == ("一般", "轻微")
    notice = services.open_notice(number, by=OFFICE, at=T0)
    assert case_of(notice).values["told"]["效果适用程度"] == "轻微"


def test_a_report_after_the_record_or_about_another_act_lowers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting.catalogue, "item", lambda code, on: Named(Text("行为", "act")))
    early, number = services.report_oneself(act("2018-02-01"), reason="另一天", files=[upload(b"p")], by=SUBJECT, at=T0 - DAY), checked(behaviour="XW-01")
    late = services.report_oneself(act(), reason="知道后才报", files=[upload(b"p")], by=SUBJECT, at=T0)
    for case in (early, late):
        casework.move(case, "verify", given=WHY, by=OFFICE_TWO, at=T0)
    services.open_notice(number, by=OFFICE, at=T0)
    assert records.duties(number).effect_grade == "一般"


def test_what_was_erased_is_gone_from_its_cases_too(django_capture_on_commit_callbacks: Any) -> None:
    number, case = forwarded()
    services.state(number, "金丝雀说明", by=SUBJECT, at=T0)
    [paper] = [upload("金丝雀材料".encode(), "金丝雀.pdf")]
    casework.add_files(case, [paper], by=SUBJECT, at=T0)
    casework.move(case, "revoke", given=Given("金丝雀理由"), by=SECOND, at=T0)
    proof = upload("金丝雀结案通知".encode())
    services.fulfil(number, "obligation", proof="金丝雀证明", on=date(2018, 5, 4), by=OFFICE, at=T0, digest=proof.digest)
    before = dict(entries_between(0, head().size))
    with django_capture_on_commit_callbacks(execute=True):
        records_services.erase(number, basis="法定", by=ERASER, second=ERASER_TWO, at=T0)
    models = [*(apps.get_model("casework", name) for name in ("Case", "Step", "CaseFile", "Telling")), Statement]
    kept = [value for model in [*models, Fulfilment] for row in model.objects.values() for value in row.values()]
    assert [value for value in kept for word in ("金丝雀", "日期有误", SUBJECT_UNIT) if word in str(value)] == []
    assert not store.path_of(paper.digest, "cases").exists() and not store.path_of(proof.digest, "cases").exists()
    logged = dict(entries_between(0, head().size))
    assert {index: logged[index] for index in before} == before
    assert [label for index, entry, label in cases.provider(0, head().size) if logged[index] != entry] == []
    assert [label for index, entry, label in queries.provider(0, head().size) if logged[index] != entry] == []


def test_erasure_is_asked_for_by_the_subject_and_decided_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = forwarded()
    assert code_of(services.ask_to_erase, number, reason="请删", by=STRANGER, at=T0) == "SUBJ-NOT"
    assert code_of(services.ask_to_erase, number, reason=" ", by=SUBJECT, at=T0) == "REASON"
    assert code_of(services.ask_to_erase, number, reason="请删", by=SUBJECT, at=T0) == "STATE-EDGE"
    casework.move(cases.open_cases(("objection",), about=number)[0].uid, "revoke", given=WHY, by=SECOND, at=T0)
    first = services.ask_to_erase(number, reason="请删", by=SUBJECT, at=T0)
    assert code_of(queries.erasure_of, first, by=SUBJECT, at=T0) == "STATE-EDGE"
    casework.move(first, "propose", given=WHY, by=ERASER, at=T0)
    assert code_of(casework.move, first, "approve", by=ERASER, at=T0) == "DUAL"
    casework.move(first, "refuse", given=WHY, by=ERASER_TWO, at=T0)
    assert records.erasure_open(number) is None
    assert code_of(records.erasure_asked, number) == "ERASE-NONE"
    second = services.ask_to_erase(number, reason="请删", by=SUBJECT, at=T0)
    casework.move(second, "propose", given=WHY, by=ERASER, at=T0)
    casework.move(second, "approve", by=ERASER_TWO, at=T0)
    assert queries.erasure_of(second, by=SUBJECT, at=T0).log_index
    assert state(number) == "erased"


def test_the_log_agrees_and_tells_nothing_about_anybody() -> None:
    number, _ = forwarded()
    logged = dict(entries_between(0, head().size))
    assert [label for index, entry, label in cases.provider(0, head().size) if logged[index] != entry] == []
    everything = b"".join(logged.values())
    for word in ("日期有误", SUBJECT_UNIT, number, "subject"):
        assert word.encode() not in everything

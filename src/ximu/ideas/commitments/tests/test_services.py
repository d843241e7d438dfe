"""Promises are registered, proved, changed, disputed; each act is one step with its entry in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ximu.foundation import outbox
from ximu.foundation.models import Outbox
from ximu.ideas.commitments import queries, services
from ximu.ideas.commitments.hooks import CommitmentOverdue
from ximu.ideas.commitments.models import Commitment, Counterpart, Step
from ximu.ideas.commitments.rules import Target
from ximu.ideas.commitments.services import Decision, Reading, To
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.commitments.tests.factories import AGREED, CHECKER, CLERK, COUNTERPART, PAPER, at
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.services import register_evidence
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    make.city()


def refused(act: object, *args: object, **kwargs: object) -> Refusal:
    before = (Step.objects.count(), ledger.size())
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    assert (Step.objects.count(), ledger.size()) == before, "a refusal changes nothing"
    return caught.value


def test_a_promise_is_on_record_once_with_its_flags_and_its_log_entry() -> None:
    size = ledger.size()
    uid = make.registered(reference="示招〔2018〕1号", terms=make.terms(budget_line=""))
    assert make.registered(reference="示招〔2018〕1号", terms=make.terms(budget_line="")) == uid
    row = queries.row(uid)
    assert (row.state, row.flags, row.due, ledger.size()) == ("running", ["AMT-BUDGET"], date(2018, 6, 29), size + 1)
    other = refused(make.registered, reference="示招〔2018〕1号", terms=make.terms(amount=Decimal(1)))
    assert other.code == "PROM-DUP"


def test_the_due_day_is_rolled_to_a_working_day_and_both_are_kept() -> None:
    row = queries.row(make.registered(terms=make.terms(due=date(2018, 10, 1))))
    assert (row.due_asked, row.due, row.rolled) == (date(2018, 10, 1), date(2018, 10, 8), True)
    far = queries.row(make.registered(terms=make.terms(due=date(2035, 10, 1))))
    assert (far.due, far.rolled) == (date(2035, 10, 1), False)


def test_the_log_and_the_promise_never_name_the_counterpart() -> None:
    uid = make.registered(to=To("示例二号有限公司", code="91990000MA0000002E"))
    assert Counterpart.objects.get(commitment__uid=uid).name == "示例二号有限公司"
    assert "示例二号" not in str(ledger.entry(ledger.size() - 1))
    assert "示例二号" not in str(Step.objects.get(commitment__uid=uid).detail)


def test_beyond_the_power_it_is_stopped_before_signing_and_flagged_when_made_already() -> None:
    beyond = make.promise(terms=make.terms(matters=("tax",)))
    assert [f.code for f in services.check(beyond, today=date(2018, 1, 11))] == ["ULTRA"]
    assert refused(services.register, beyond, by=CLERK, at=at("2018-01-11")).code == "ULTRA"
    uid = services.register(replace(beyond, why="承诺已于2018年1月10日签署"), by=CLERK, at=at("2018-01-11"))
    assert queries.row(uid).flags == ["ULTRA"]


@pytest.mark.parametrize(("changes", "code"), [
    ({"unit": "nobody"}, "ORG-UNKNOWN"), ({"kind": "wish"}, "PROM-KIND"), ({"made_on": date(2019, 1, 1)}, "TIME-FUTURE"),
    ({"terms": make.terms(due=date(2018, 1, 9))}, "DATE-ORDER"), ({"terms": make.terms(due=date.max)}, "DATE-ORDER"),
    ({"terms": make.terms(title="长" * 201)}, "PROM-LONG"), ({"reference": "长" * 121}, "PROM-LONG"), ({"domain": "D17"}, "PROM-AREA"),
    ({"to": To("示例", "enterprise", "119900000000000351")}, "ID-USCC"),
    ({"to": To("示例", "alien")}, "PROM-TO"), ({"to": None}, "PROM-VAGUE"), ({"post": make.unit("czj")}, "PROM-POST"),
    ({"official": "nobody0000000000"}, "PROM-POST"),
])
def test_what_cannot_be_registered(changes: dict[str, object], code: str) -> None:
    found = refused(services.register, make.promise(**changes), by=CLERK, at=at("2018-01-11"))
    assert (found.code, found.extra["row"]) == (code, 1)


def test_a_unit_that_has_ended_is_refused_naming_its_successor() -> None:
    found = refused(services.register, make.promise(unit=make.unit("gsj"), made_on=date(2018, 12, 3)), by=CLERK, at=at("2018-12-03"))
    assert (found.code, found.extra["successor"]) == ("ORG-ENDED", make.unit("scjg"))


def test_many_are_registered_together_or_not_at_all() -> None:
    many = [make.promise(reference=f"示招〔2018〕{n}号") for n in range(1, 8)]
    assert len(set(services.register_many(many, by=CLERK, at=at("2018-01-11")))) == 7
    spoilt = [make.promise(reference=f"示招〔2018〕{n}号") for n in range(8, 10)] + [make.promise(to=None)]
    assert refused(services.register_many, spoilt, by=CLERK, at=at("2018-01-11")).extra["row"] == 3
    assert Commitment.objects.count() == 7


def test_evidence_needs_a_digest_a_day_and_a_second_person() -> None:
    uid = make.registered()
    asked = {"day": date(2018, 5, 2), "value": Decimal(5_000_000), "digest": PAPER, "by": CLERK, "at": at("2018-05-03")}
    assert refused(services.offer, uid, **{**asked, "digest": "没有文件"}).code == "EVID-DIGEST"
    assert refused(services.offer, uid, **{**asked, "day": date(2018, 5, 4)}).code == "TIME-FUTURE"
    assert refused(services.offer, uid, **{**asked, "day": date(2018, 1, 9)}).code == "TIME-ORDER"
    evidence = services.offer(uid, **asked)
    assert queries.row(uid).state == "running"
    assert refused(services.accept, uid, evidence=evidence, by=CLERK, at=at("2018-05-03")).code == "DUAL"
    assert refused(services.accept, uid, evidence="other", by=CHECKER, at=at("2018-05-03")).code == "EVID-NONE"
    assert services.accept(uid, evidence=evidence, by=CHECKER, at=at("2018-05-03")) == "kept"
    assert refused(services.accept, uid, evidence=evidence, by=CHECKER, at=at("2018-05-03")).code == "STATE-EDGE"


def test_rejected_evidence_does_not_count_and_needs_a_reason() -> None:
    uid = make.registered()
    evidence = services.offer(uid, day=date(2018, 5, 2), value=Decimal(5_000_000), digest=PAPER, by=CLERK, at=at("2018-05-03"))
    assert refused(services.reject, uid, evidence=evidence, reason=" ", by=CHECKER, at=at("2018-05-03")).code == "REASON"
    assert services.reject(uid, evidence=evidence, reason="支付凭证为另一项目", by=CHECKER, at=at("2018-05-03")) == "running"


def test_a_deliverable_is_proved_by_its_share() -> None:
    uid = make.registered(terms=make.terms(target=None, deliverable="建成示例园区二期标准厂房3万平方米"))
    over = refused(services.offer, uid, day=date(2018, 5, 2), value=Decimal(2), digest=PAPER, by=CLERK, at=at("2018-05-02"))
    assert over.code == "NUM-FORM"
    make.proved(uid, day="2018-05-02", value=1)
    assert queries.row(uid).state == "kept"
    assert refused(services.measure, make.registered(terms=make.terms(target=None, deliverable="建成示例园区三期厂房")), [
        Reading(date(2018, 5, 2), Decimal(1))], source="x", by=CLERK, at=at("2018-05-02")).code == "PROM-TARGET"


def test_a_series_grades_the_promise_by_itself() -> None:
    water = make.terms(title="示例河断面达标", target=Target("断面达标率", "%", Decimal(90), Decimal(80), "up", "示例监测站"), amount=None, matters=())
    uid = make.registered(kind="environmental_target", terms=water, to=None)
    readings = [Reading(date(2018, 3, 31), Decimal(84)), Reading(date(2018, 6, 28), Decimal(91))]
    assert refused(services.measure, uid, readings, source="别的站", by=CLERK, at=at("2018-06-28")).code == "PROM-SOURCE"
    for _ in range(2):
        services.measure(uid, readings, source="示例监测站", by=CLERK, at=at("2018-06-28"))
    assert Step.objects.filter(commitment__uid=uid, what="measure").count() == 2
    assert queries.row(uid).state == "running"
    services.evaluate(by=CLERK, at=at("2018-06-29"))
    assert queries.row(uid).state == "kept"


def test_a_change_goes_by_procedure_and_the_old_wording_stays() -> None:
    uid = make.registered()
    later = make.terms(due=date(2018, 9, 28), text="项目投产后分两期拨付落户奖励500万元。")
    asked = {"terms": later, "decision": AGREED, "by": CHECKER, "at": at("2018-05-02")}
    assert refused(services.change, uid, **{**asked, "by": CLERK}).code == "DUAL"
    assert refused(services.change, uid, **{**asked, "decision": replace(AGREED, reason="person")}).code == "PROM-BARRED"
    assert refused(services.change, uid, **{**asked, "decision": replace(AGREED, reason="public_interest")}).code == "PROM-COMPENSATE"
    assert refused(services.change, uid, **{**asked, "decision": replace(AGREED, digest="")}).code == "EVID-DIGEST"
    assert refused(services.change, uid, **{**asked, "terms": make.terms()}).code == "PROM-SAME"
    assert refused(services.change, uid, **{**asked, "terms": make.terms(target=None)}).code == "PROM-VAGUE"
    assert refused(services.change, uid, **{**asked, "on": date(2018, 1, 9)}).code == "TIME-ORDER"
    services.change(uid, **asked)
    row = queries.row(uid)
    assert (row.version, row.due) == (2, date(2018, 9, 28))
    assert [terms.due for _, _, terms, _ in queries.versions(row)] == [date(2018, 6, 29), date(2018, 9, 28)]


def test_a_due_day_that_has_passed_is_not_moved() -> None:
    uid = make.registered()
    late = refused(services.change, uid, terms=make.terms(due=date(2018, 12, 28)), decision=AGREED, by=CHECKER, at=at("2018-07-02"))
    assert late.code == "CLOCK-PAST"
    services.change(uid, terms=make.terms(text="拨付落户奖励伍佰万元。"), decision=replace(AGREED, reason="correction"), by=CHECKER, at=at("2018-07-02"))
    assert queries.row(uid).state == "overdue"


def test_a_promise_is_replaced_withdrawn_or_declined_openly() -> None:
    uid, follower, stranger = make.registered(), make.registered(), make.registered(to=To("示例三号有限公司"))
    asked = {"decision": AGREED, "by": CHECKER, "at": at("2018-05-02")}
    assert refused(services.replace, uid, follower=stranger, **asked).code == "PROM-FOLLOWER"
    assert services.replace(uid, follower=follower, **asked) == "changed"
    assert refused(services.withdraw, uid, **asked).code == "STATE-EDGE"
    assert services.withdraw(stranger, **{**asked, "decision": Decision("law_changed", "国发〔2018〕9号", PAPER, "补偿10万元")}) == "withdrawn"
    assert services.decline(follower, words="没有资金", digest=PAPER, by=CHECKER, at=at("2018-05-02")) == "broken"
    assert make.proved is not None


def test_the_counterpart_disputes_and_the_unit_answers() -> None:
    uid = make.registered()
    make.proved(uid, day="2018-05-02")
    assert services.confirm(uid, digest=PAPER, by=COUNTERPART, at=at("2018-05-03")) == "kept"
    asked = {"words": "只收到300万元", "digest": PAPER, "by": COUNTERPART, "at": at("2018-05-04")}
    assert refused(services.dispute, uid, **{**asked, "words": ""}).code == "REASON"
    found = services.dispute(uid, **asked)
    row = queries.row(uid)
    assert (row.disputed, row.answer_due) == (True, date(2018, 5, 25))
    assert refused(services.dispute, uid, **asked).code == "PROM-DISPUTED"
    answer = {"dispute": found, "outcome": "upheld", "reason": "核对属实", "digest": PAPER, "by": CHECKER, "at": at("2018-05-08")}
    assert refused(services.answer, uid, **{**answer, "by": COUNTERPART}).code == "DUAL"
    assert refused(services.answer, uid, **{**answer, "outcome": "maybe"}).code == "PROM-OUTCOME"
    assert refused(services.answer, uid, **{**answer, "dispute": "other"}).code == "PROM-DISPUTE"
    assert services.answer(uid, **answer) == "running"
    assert not queries.row(uid).disputed


def test_silence_on_a_dispute_goes_to_the_counterpart() -> None:
    uid = make.registered()
    make.proved(uid, day="2018-05-02")
    services.dispute(uid, words="没有收到", digest=PAPER, by=COUNTERPART, at=at("2018-05-04"))
    assert services.evaluate(by=CLERK, at=at("2018-05-25")).lapsed == 0
    assert queries.row(uid).state == "kept"
    assert services.evaluate(by=CLERK, at=at("2018-05-28")).lapsed == 1
    assert queries.row(uid).state == "running"


def test_a_promise_to_everybody_has_nobody_who_could_dispute_it() -> None:
    uid = make.registered(kind="street_pledge", to=None)
    assert refused(services.dispute, uid, words="x", digest=PAPER, by=COUNTERPART, at=at("2018-05-04")).code == "PROM-TO"


def test_an_overdue_promise_is_announced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[CommitmentOverdue] = []

    def hear(event: CommitmentOverdue, *, at: object) -> None:
        told.append(event)

    hear.__qualname__ = "hear"
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.connect(CommitmentOverdue, hear)
    uid = make.registered()
    for day in ("2018-06-29", "2018-07-02", "2018-07-02", "2018-07-03", "2018-12-03"):
        services.evaluate(by=CLERK, at=at(day))
    bodies = [row.body for row in Outbox.objects.all()]
    assert bodies == [{"commitments": [uid], "on": "2018-07-02"}]
    assert queries.row(uid).state == "broken"


def test_the_log_proves_every_column_and_names_what_was_altered() -> None:
    register_evidence("commitments", queries.provider, kinds=queries.KINDS)
    uid = make.registered()
    make.proved(uid, day="2018-05-02", value=1_000_000)
    services.evaluate(by=CLERK, at=at("2018-07-02"))
    assert ledger.verify_log().ok
    row, step = Commitment.objects.filter(uid=uid), Step.objects.filter(commitment__uid=uid, what="offer")
    detail = step.get().detail
    for spoil, mend in (
        (lambda: row.update(due=date(2019, 1, 1)), lambda: row.update(due=date(2018, 6, 29))),
        (lambda: row.update(kept_on=date(2018, 5, 2)), lambda: row.update(kept_on=None)),
        (lambda: step.update(detail={**detail, "value": "5000000"}), lambda: step.update(detail=detail)),
        (lambda: Counterpart.objects.update(name="别的公司"), lambda: Counterpart.objects.update(name="示例一号有限公司")),
    ):
        spoil()
        verdict = ledger.verify_log()
        assert not verdict.ok
        assert any(uid in str(finding) for finding in verdict.findings)
        mend()
    assert ledger.verify_log().ok


@pytest.mark.parametrize("act", ["register", "evaluate"])
def test_without_the_right_nothing_is_done(act: str) -> None:
    nobody = Actor("nobody")
    found = refused(make.registered, by=nobody) if act == "register" else refused(services.evaluate, by=nobody, at=at("2018-05-02"))
    assert found.code == "PERM-DENIED"


def test_a_lost_race_is_refused() -> None:
    uid = make.registered()
    row, deeds = queries.row(uid), queries.deeds(queries.row(uid))
    make.proved(uid, day="2018-05-02", value=1)
    detail = {"words": "x", "digest": PAPER}
    assert refused(services.steps.take, row, deeds, "decline", detail=detail, by=CLERK, at=at("2018-05-03")).code == "PROM-RACE"


def test_a_promise_that_is_not_there() -> None:
    assert refused(services.confirm, "nothing", digest=PAPER, by=CLERK, at=at("2018-05-03")).code == "PROM-NONE"

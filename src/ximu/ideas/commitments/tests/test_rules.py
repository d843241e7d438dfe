"""A promise is clear or refused; its state follows by rule, the same way on every day."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.tests.factories import terms
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D4")
DUE = date(2018, 6, 29)
KINDS, PROCEDURE = queries.kinds(), queries.procedure()
DAYS = st.dates(date(2018, 1, 1), date(2019, 3, 1))


def refused(kind: str, made: rules.Terms, *, counterpart: bool = True) -> Refusal:
    with pytest.raises(Refusal) as caught:
        rules.must_be_clear(KINDS[kind], made, counterpart=counterpart, procedure=PROCEDURE)
    return caught.value


@pytest.mark.parametrize(("kind", "changes", "missing"), [
    ("policy_promise", {"target": None, "deliverable": "进一步加大对企业的支持力度"}, "outcome"),
    ("policy_promise", {"target": None, "deliverable": "尽快落实有关扶持政策"}, "outcome"),
    ("policy_promise", {"due": None}, "due"),
    ("policy_promise", {"basis": ""}, "basis"),
    ("policy_promise", {"title": " "}, "title"),
    ("government_contract", {"amount": None}, "amount"),
    ("plan_task", {"target": None, "deliverable": ""}, "deliverable"),
    ("environmental_target", {"target": None, "deliverable": "印发水环境治理方案"}, "target"),
    ("environmental_target", {"target": rules.Target("断面达标率", "%", Decimal(90), None, "up", "监测站")}, "baseline"),
    ("environmental_target", {"target": rules.Target("断面达标率", "%", Decimal(90), Decimal(80), "up", "")}, "source"),
    ("environmental_target", {"target": rules.Target("断面达标率", "", Decimal(90), Decimal(80), "up", "监测站")}, "measure"),
    ("environmental_target", {"target": rules.Target("", "%", Decimal(90), Decimal(80), "up", "监测站")}, "indicator"),
    ("environmental_target", {"target": rules.Target("断面达标率", "%", None, Decimal(80), "up", "监测站")}, "value"),
    ("environmental_target", {"target": rules.Target("断面达标率", "%", Decimal(90), Decimal(80), "better", "监测站")}, "direction"),
])
def test_a_vague_promise_is_refused_with_the_missing_part_named(kind: str, changes: dict[str, object], missing: str) -> None:
    refusal = refused(kind, terms(**changes))
    assert (refusal.code, refusal.field) == ("PROM-VAGUE", missing)
    assert rules.PARTS[missing].zh in refusal.zh
    assert rules.PARTS[missing].en in refusal.en
    assert refusal.envelope()["missing"][0] == missing


def test_all_missing_parts_are_named_at_once() -> None:
    refusal = refused("policy_promise", terms(target=None, deliverable="", due=None, basis=""), counterpart=False)
    assert refusal.extra["missing"] == ["outcome", "due", "counterpart", "basis"]


def test_a_deliverable_that_can_be_checked_is_clear() -> None:
    clear = terms(target=None, deliverable="建成示例园区二期标准厂房3万平方米并交付")
    rules.must_be_clear(KINDS["policy_promise"], clear, counterpart=True, procedure=PROCEDURE)


def test_amounts_and_days_must_make_sense() -> None:
    assert refused("policy_promise", terms(amount=Decimal(0))).code == "AMT"
    assert refused("policy_promise", terms(begins=date(2018, 7, 1))).code == "DATE-ORDER"
    for code, read in (("DATE-FORM", {"due": "6月底"}), ("NUM-FORM", {"amount": "五百万"}), ("NUM-FORM", {"amount": "NaN"})):
        with pytest.raises(Refusal) as caught:
            rules.from_json({**rules.to_json(terms()), **read})
        assert caught.value.code == code


def test_power_and_budget_are_checked_before_signing() -> None:
    codes = [f.code for f in rules.flags_of(terms(matters=("tax",), budget_line=""), PROCEDURE, unit_kind="department", unit_level="municipal")]
    assert codes == ["ULTRA", "AMT-BUDGET"]
    assert rules.flags_of(terms(), PROCEDURE, unit_kind="department", unit_level="municipal") == []
    street = rules.flags_of(terms(), PROCEDURE, unit_kind="street", unit_level="street")
    assert [f.code for f in street] == ["ULTRA"]
    with pytest.raises(Refusal) as caught:
        rules.must_be_owned(street, " ")
    assert caught.value.code == "ULTRA"
    rules.must_be_owned(street, "2017年已签署，如实登记")
    with pytest.raises(Refusal) as caught:
        rules.flags_of(terms(matters=("moon",)), PROCEDURE, unit_kind="department", unit_level="municipal")
    assert caught.value.code == "PROM-MATTER"


@pytest.mark.parametrize("reason", ["boundary", "term", "reorganisation", "person"])
def test_no_change_of_office_is_a_reason(reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.must_be_reason(PROCEDURE, reason, "补偿100万元")
    assert caught.value.code == "PROM-BARRED"
    assert "第二十条" in caught.value.rule


def test_lawful_reasons_may_ask_for_compensation() -> None:
    with pytest.raises(Refusal) as caught:
        rules.must_be_reason(PROCEDURE, "public_interest", "")
    assert caught.value.code == "PROM-COMPENSATE"
    assert rules.must_be_reason(PROCEDURE, "public_interest", "按协议补偿20万元").compensation
    with pytest.raises(Refusal) as caught:
        rules.must_be_reason(PROCEDURE, "because", "")
    assert caught.value.code == "REASON"


def proof(day: date, value: int, until: date | None = None) -> rules.Proof:
    return rules.Proof(f"{day}", day, Decimal(value), until)


def course(*proofs: rules.Proof, kind: str = "policy_promise", made: rules.Terms | None = None, **rest: object) -> rules.Course:
    return rules.course_of(KINDS[kind], made or terms(), proofs, begins=date(2018, 1, 10), due=DUE, **rest)


def states(found: rules.Course, *days: date) -> list[str]:
    return [rules.state_on(found, day) for day in days]


def test_the_state_of_each_day_follows_from_the_proofs() -> None:
    grace = DUE + timedelta(days=60)
    nothing = course()
    assert states(nothing, date(2018, 1, 9), date(2018, 1, 10), DUE, DUE + timedelta(days=1), grace, grace + timedelta(days=1)) == [
        "registered", "running", "running", "overdue", "overdue", "broken"]
    assert states(course(proof(date(2018, 5, 2), 5_000_000)), date(2018, 5, 1), date(2018, 5, 2), grace) == ["running", "kept", "kept"]
    half = course(proof(date(2018, 7, 9), 2_500_000))
    assert states(half, DUE, grace, grace + timedelta(days=1)) == ["running", "overdue", "part_kept"]
    assert states(course(proof(date(2018, 7, 9), 2_499_999)), grace + timedelta(days=1)) == ["broken"]
    late = course(proof(date(2018, 8, 1), 5_000_000))
    assert states(late, date(2018, 7, 31), date(2018, 8, 1)) == ["overdue", "kept"]
    too_late = course(proof(grace + timedelta(days=1), 5_000_000))
    assert states(too_late, grace + timedelta(days=1)) == ["broken"]
    assert states(course(declined_on=date(2018, 3, 1)), date(2018, 2, 28), date(2018, 3, 1)) == ["running", "broken"]
    assert states(course(closed_on=date(2018, 3, 1), closed_as="changed"), date(2018, 2, 28), date(2018, 3, 1)) == ["running", "changed"]


def test_what_holds_on_the_due_day_counts_for_environmental_targets() -> None:
    water = terms(target=rules.Target("断面达标率", "%", Decimal(90), Decimal(80), "up", "监测站"), amount=None)
    assert states(course(proof(date(2018, 3, 1), 95), kind="environmental_target", made=water), date(2018, 3, 1), DUE) == ["running", "kept"]
    fell = course(proof(date(2018, 3, 1), 95), proof(date(2018, 6, 1), 86), kind="environmental_target", made=water)
    assert states(fell, DUE, DUE + timedelta(days=1)) == ["running", "part_kept"]
    expired = course(proof(date(2018, 3, 1), 95, date(2018, 6, 1)), kind="environmental_target", made=water)
    assert states(expired, DUE + timedelta(days=1)) == ["broken"]


@pytest.mark.parametrize(("target", "value", "share"), [
    (rules.Target("拨付", "元", Decimal(100), Decimal(0)), 25, "0.25"), (rules.Target("PM2.5", "μg", Decimal(35), Decimal(45), "down"), 40, "0.5"),
    (rules.Target("PM2.5", "μg", Decimal(35), Decimal(45), "down"), 50, "0"), (rules.Target("PM2.5", "μg", Decimal(35), Decimal(45), "down"), 30, "1"),
    (rules.Target("PM2.5", "μg", Decimal(35), None, "down"), 40, "0"), (rules.Target("拨付", "元", Decimal(100), Decimal(100)), 99, "0"),
    (None, 1, "1"), (None, 2, "1"),
])
def test_progress_is_the_way_gone_from_baseline_to_target(target: rules.Target | None, value: int, share: str) -> None:
    assert rules.progress_of(terms(target=target), Decimal(value)) == Decimal(share)


def test_a_judgement_says_why_and_what_comes_next() -> None:
    running = rules.judge(course(), date(2018, 5, 2), Decimal("0.4"))
    assert (running.state, running.next_on) == ("running", DUE)
    assert "40%" in running.reasons[0].zh
    late = rules.judge(course(proof(date(2018, 7, 9), 5_000_000)), date(2018, 9, 1), Decimal(1))
    assert (late.state, late.late_days) == ("kept", 10)
    assert "逾期10天" in late.reasons[0].zh


PROOFS = st.lists(st.builds(proof, DAYS, st.integers(0, 6_000_000), st.none() | st.dates(date(2019, 3, 1), date(2020, 1, 1))), max_size=5)


@given(proofs=PROOFS, kind=st.sampled_from(sorted(KINDS)), day=DAYS, declined=st.none() | DAYS)
def test_every_day_has_one_state_and_what_is_kept_stays_kept(
    proofs: list[rules.Proof], kind: str, day: date, declined: date | None,
) -> None:
    found = course(*proofs, kind=kind, declined_on=declined)
    state = rules.state_on(found, day)
    assert state in rules.STATES
    following = rules.state_on(found, day + timedelta(days=1))
    if state == "kept":
        assert following == "kept"
    if state in ("part_kept", "broken") and declined is None:
        assert following == state
    order = ["registered", "running", "overdue", "part_kept", "broken", "kept"]
    assert order.index(following) >= order.index(state) or state == "broken"


@given(proofs=PROOFS, more=st.integers(5_000_000, 9_000_000), day=DAYS)
def test_more_proof_never_makes_it_worse(proofs: list[rules.Proof], more: int, day: date) -> None:
    before = rules.state_on(course(*proofs), day)
    after = rules.state_on(course(*proofs, proof(day, more)), day)
    assert after == "kept" or (before == after and day > DUE + timedelta(days=60))


def test_terms_survive_their_json() -> None:
    whole = replace(terms(), condition="项目投产", begins=date(2018, 2, 1))
    assert rules.from_json(rules.to_json(whole)) == whole


@pytest.mark.parametrize("spoil", [{"level": "secret"}, {"judged": "by-feeling"}, {"needs": ["luck"]}, {"public": ["counterpart"]}, {"colour": "red"}])
def test_kinds_are_read_strictly(spoil: dict[str, object]) -> None:
    raw = tomllib.loads((queries.data.ROOM / "kinds.toml").read_text("utf-8"))
    with pytest.raises(ValueError, match="street_pledge"):
        rules.read_kinds({"street_pledge": {**raw["street_pledge"], **spoil}})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        queries.kind("wish")
    assert caught.value.code == "PROM-KIND"


PM25 = rules.Target("PM2.5年均浓度", "µg/m³", Decimal(40), Decimal(45), "down", "events:d08_air/pm25_year")


def test_a_promise_that_grades_itself_is_neither_kept_nor_broken_without_a_value_for_its_due_day() -> None:
    """The value of May is a good one; it does not speak for the end of June."""
    made, after = terms(target=PM25), DUE + timedelta(days=3)
    kind = KINDS["environmental_target"]
    met, missed, may = proof(date(2018, 5, 31), 38), proof(date(2018, 5, 31), 44), date(2018, 6, 30)

    def judged(*proofs: rules.Proof, due: date = DUE, made: rules.Terms = made) -> str:
        return rules.state_on(rules.course_of(kind, made, proofs, begins=date(2018, 1, 10), due=due), after)

    assert (judged(met), judged(missed)) == ("kept", "broken"), "on 29 June, May is the last month that is over"
    assert (judged(met, due=may), judged(missed, due=may), judged(due=may)) == ("unmeasured",) * 3
    assert judged(met, rules.Proof("june", may, Decimal(41)), due=may) == "part_kept"
    assert judged(met, due=may, made=terms(target=replace(PM25, source="年度公报"))) == "kept", "what people report stands"
    late = rules.judge(rules.course_of(kind, made, [met], begins=date(2018, 1, 10), due=may), after, Decimal(0))
    assert late.late_days == 2 and "不能判定" in late.reasons[0].zh and "insufficient" in late.reasons[0].en


def test_a_share_leaves_out_what_cannot_be_judged() -> None:
    some = [rules.Judged(uid, "environmental_target", "u", uid, date(2018, 1, 1), DUE, state)
            for uid, state in (("k", "kept"), ("n", "unmeasured"))]
    figure = rules.compute(rules.Spec("share", frozenset({"environmental_target"})), some, first=date(2018, 1, 1), last=date(2018, 12, 31))
    assert (str(figure.value), figure.excluded) == ("100.00", {"n": "no-data"})


@pytest.mark.parametrize(("changes", "easier"), [
    ({"due": DUE + timedelta(days=1)}, True), ({"due": DUE - timedelta(days=1)}, False), ({"text": "换一种说法"}, False),
    ({"target": replace(PM25, value=Decimal(41))}, True), ({"target": replace(PM25, value=Decimal(39))}, False),
    ({"target": replace(PM25, source="年度公报")}, True), ({"target": replace(PM25, baseline=Decimal(60))}, False),
    ({"target": None, "deliverable": "印发方案"}, True),
])
def test_a_later_wording_that_is_easier_to_keep_is_told_from_one_that_is_not(changes: dict[str, object], easier: bool) -> None:
    assert rules.loosened(terms(target=PM25), replace(terms(target=PM25), **changes)) is easier


def test_loosened_promises_are_counted() -> None:
    some = [rules.Judged(uid, "environmental_target", "u", uid, date(2018, 1, 1), DUE, "kept", loosened=uid == "l") for uid in "ls"]
    figure = rules.compute(rules.read_spec({"measure": "count", "kinds": ["environmental_target"], "find": ["loosened"]}), some,
                           first=date(2018, 1, 1), last=date(2018, 12, 31))
    assert (figure.value, figure.counted, figure.excluded) == (1, ("l",), {"s": "clean"})

"""The register answers for any day and any time of knowing; the set-wise pass says what the rule says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation.uid import new_uid
from ximu.ideas.commitments import queries, rules, services
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.services.evaluation import STATE
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.commitments.tests.factories import AGREED, CHECKER, CLERK, COUNTERPART, PAPER, at
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]
DAYS = st.dates(date(2018, 1, 1), date(2018, 12, 31))
MAYBE = st.none() | DAYS


class Glass:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


@st.composite
def courses(draw: st.DrawFn) -> rules.Course:
    closed = draw(MAYBE)
    return rules.Course(draw(DAYS), draw(DAYS), draw(DAYS), draw(MAYBE), draw(st.booleans()), draw(MAYBE), closed,
                        draw(st.sampled_from(rules.CLOSED)) if closed else "", draw(st.booleans()))


@given(some=st.lists(courses(), min_size=1, max_size=8), on=DAYS)
def test_sql_and_rule_say_the_same(some: list[rules.Course], on: date) -> None:
    Commitment.objects.all().delete()
    rows = [
        Commitment(
            uid=new_uid(), kind="street_pledge", unit="u", title="t", made_on=c.begins, begins=c.begins, due_asked=c.due, due=c.due,
            rolled=True, grace_until=c.grace_until, kept_on=c.kept_on, part=c.part, declined_on=c.declined_on, closed_on=c.closed_on,
            closed_as=c.closed_as, lacking=c.lacking, state="registered", terms={}, registered_at=at("2018-01-01"), registered_by="x")
        for c in some
    ]
    Commitment.objects.bulk_create(rows)
    table = connection.ops.quote_name(Commitment._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STATE} FROM {table} ORDER BY id", {"on": on})
        answered = [state for (state,) in cursor.fetchall()]
    assert answered == [rules.state_on(c, on) for c in some]


@pytest.fixture
def city(db: None) -> None:
    make.city()


@pytest.mark.usefixtures("city")
def test_the_status_is_asked_by_two_clocks() -> None:
    uid = make.registered()
    make.proved(uid, day="2018-06-20", known="2018-07-09")
    services.change(make.registered(), terms=make.terms(due=date(2018, 7, 31)), decision=AGREED, by=CHECKER, at=at("2018-05-02"))

    def state(as_of: str, known: str) -> str:
        return queries.status(uid, as_of=date.fromisoformat(as_of), known_at=at(known, 23)).state

    assert state("2018-07-02", "2018-07-02") == "overdue"
    assert state("2018-07-02", "2018-07-09") == "kept"
    assert state("2018-06-19", "2018-07-09") == "running"
    with pytest.raises(Refusal) as caught:
        state("2018-07-02", "2018-01-10")
    assert caught.value.code == "PROM-EARLY"


@pytest.mark.usefixtures("city")
def test_a_change_holds_from_its_day_only() -> None:
    uid = make.registered()
    services.change(uid, terms=make.terms(due=date(2018, 9, 28)), decision=AGREED, by=CHECKER, at=at("2018-06-28"), on=date(2018, 6, 28))
    before, after = (queries.status(uid, as_of=date(2018, 6, day), known_at=at("2018-12-03")) for day in (27, 28))
    assert (before.version, before.due, after.version, after.due) == (1, date(2018, 6, 29), 2, date(2018, 9, 28))


@pytest.mark.usefixtures("city")
def test_the_pass_turns_what_is_due_and_can_be_repeated() -> None:
    uids = [make.registered(terms=make.terms(due=date(2018, 6, 25) + timedelta(days=n))) for n in range(5)]
    make.proved(uids[0], day="2018-05-02")
    first = services.evaluate(by=CLERK, at=at("2018-06-28"))
    assert (first.turned, first.overdue, first.counts) == (2, 2, {"kept": 1, "overdue": 2, "running": 2})
    again = services.evaluate(by=CLERK, at=at("2018-06-28", 5))
    assert (again.turned, again.counts) == (0, first.counts)
    for uid in uids:
        stored = queries.row(uid).state
        assert stored == queries.status(uid, as_of=date(2018, 6, 28), known_at=at("2018-06-28", 6)).state
    with pytest.raises(Refusal) as caught:
        services.evaluate(by=CLERK, at=at("2018-06-27"))
    assert caught.value.code == "PROM-BACK"


@pytest.mark.usefixtures("city")
def test_a_reform_passes_the_promise_on() -> None:
    uid = make.registered(unit=make.unit("gsj"), terms=make.terms(matters=()))
    row = queries.row(uid)
    assert queries.owner(row, date(2018, 11, 29)) == make.unit("gsj")
    assert queries.owner(row, date(2018, 11, 30)) == make.unit("scjg")
    assert queries.commitments(unit=make.unit("scjg"), on=date(2018, 12, 3)).get().uid == uid
    assert not queries.commitments(unit=make.unit("scjg"), on=date(2018, 11, 29)).exists()


@pytest.mark.usefixtures("city")
def test_the_register_is_filtered() -> None:
    one = make.registered()
    make.registered(kind="street_pledge", to=None, terms=make.terms(title="示例街道便民服务点"), domain="")
    find = queries.commitments
    on = date(2018, 5, 2)
    assert [r.uid for r in find(domain="D4", on=on)] == [one]
    assert find(text="便民", on=on).count() == 1
    assert find(state="overdue", on=on).count() == 0
    assert find(due_by=date(2018, 6, 28), on=on).count() == 0
    services.dispute(one, words="x", digest=PAPER, by=COUNTERPART, at=at("2018-05-02"))
    assert [r.uid for r in find(flag="disputed", on=on)] == [one]


@pytest.mark.usefixtures("city")
def test_judged_is_status_for_many() -> None:
    uids = [make.registered() for _ in range(4)]
    make.proved(uids[0], day="2018-06-20", known="2018-07-09")
    make.proved(uids[1], day="2018-06-20", value=3_000_000)
    for as_of, known in (("2018-07-02", "2018-07-02"), ("2018-07-02", "2018-07-09"), ("2018-09-03", "2018-09-03")):
        found = {j.uid: j.state for j in queries.judged(as_of=date.fromisoformat(as_of), known_at=at(known, 23), domain="D4")}
        assert found == {u: queries.status(u, as_of=date.fromisoformat(as_of), known_at=at(known, 23)).state for u in uids}


@pytest.mark.usefixtures("city")
def test_the_public_sees_only_what_the_kind_opens() -> None:
    uid = make.registered()
    hidden = make.registered(kind="plan_task", terms=make.terms(title="内部任务", target=None, deliverable="完成示例系统一期验收"))
    make.proved(uid, day="2018-07-09")
    services.change(make.registered(reference="a"), terms=make.terms(due=date(2018, 9, 28)), decision=AGREED, by=CHECKER, at=at("2018-05-02"))
    shown = queries.public_promises(Glass(), on=date(2018, 7, 9))
    assert shown["total"] == 2
    one = queries.public_promises(Glass(), uid=uid, on=date(2018, 7, 9))
    assert (one["state"], one["late"], one["progress"]) == ("kept", 10, Decimal(1))
    assert "amount" not in one
    assert "text" not in one
    assert "示例一号有限公司" not in str(one)
    assert [str(h["what"]) for h in one["history"]] == ["登记", "提交证据", "采信证据"]
    with pytest.raises(Refusal) as caught:
        queries.public_promises(Glass(), uid=hidden)
    assert caught.value.code == "PROM-NONE"


@pytest.mark.usefixtures("city")
def test_what_waits_for_me_is_mine() -> None:
    make.registered()
    services.evaluate(by=CLERK, at=at("2018-07-02"))
    mine = queries.today(make.person("one", "prove", unit=make.unit("sww")), at("2018-07-02"))
    assert [item.kind.zh for item in mine] == ["承诺逾期"]
    assert queries.today(make.person("two", "prove", unit=make.unit("czj")), at("2018-07-02")) == []
    assert queries.today(Actor("nobody"), at("2018-07-02")) == []
    assert [c.state for c in queries.doctor(at("2018-07-03"))] == ["ok"]
    assert [c.state for c in queries.doctor(at("2018-07-09"))] == ["warn"]


@pytest.mark.usefixtures("city")
def test_a_due_day_in_an_unknown_year_is_rolled_when_its_calendar_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queries.data, "BUNDLED", type("None", (), {"due_calendar_days": _unknown})())
        uid = make.registered(terms=make.terms(due=date(2018, 9, 24)))
    assert queries.row(uid).rolled is False
    services.evaluate(by=CLERK, at=at("2018-05-02"))
    row = queries.row(uid)
    assert (row.rolled, row.due) == (True, date(2018, 9, 25))
    assert queries.facts(row).due == row.due


def _unknown(self: object, start: date, term: int) -> None:
    raise Refusal("CAL-NONE", zh="无", en="none")

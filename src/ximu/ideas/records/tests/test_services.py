"""Records move along their edges, with a second person, notice and a window; three removals stay apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account
from ximu.ideas.ledger.queries.tree import entries_between, head
from ximu.ideas.ledger.rules import claimed_form
from ximu.ideas.records import queries, services
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules import check_character
from ximu.ideas.records.tests.factories import CHIEF, CLERK, REVIEWER, T0, WholeView, deliver, effective, row
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.2")]


def code_of(call: object, *args: object, **words: object) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)  # type: ignore[operator]
    return refused.value.code


def altered() -> list[str]:
    logged = {index: claimed_form(entry) for index, entry in entries_between(0, head().size)}
    return [label for index, entry, label in queries.provider(0, head().size) if logged[index] != entry]


def notified(key: str = "k", **columns: object) -> str:
    number = deliver([row(key, **columns)]).lines["number"][0]
    services.check(number, by=REVIEWER, at=T0)
    examined(number)
    services.notify(number, served_at=T0, manner="直接送达", by=REVIEWER, at=T0)
    return number


def examined(number: str) -> None:
    services.examine(number, answers={"pioneer": "no"}, reason="逐项核对，均不成立", by=REVIEWER, at=T0)


def test_nobody_is_on_record_before_the_grounds_of_exemption_were_examined() -> None:
    """Row M4.1b, `features.md`: before "effective" a checklist is asked; each version anew; what speaks against nobody needs none."""
    first = deliver([row("k")]).lines["number"][0]
    services.check(first, by=REVIEWER, at=T0)
    services.notify(first, served_at=T0, manner="直接送达", by=REVIEWER, at=T0)
    late = T0 + timedelta(days=60)
    assert code_of(services.make_effective, first, by=REVIEWER, at=late) == "EXM-ASK"
    assert code_of(services.examine, first, answers={}, reason=" ", by=REVIEWER, at=late) == "REASON"
    assert code_of(services.examine, first, answers={}, reason="均不成立", by=Actor("nobody"), at=late) == "PERM-DENIED"
    both = [first, notified("m")]
    assert code_of(services.make_effective, both, by=REVIEWER, at=late) == "EXM-ASK"
    assert {queries.duties(n).state for n in both} == {"notified"}, "all or none"
    examined(first)
    assert services.make_effective(both, by=REVIEWER, at=late) == 2
    assert code_of(services.examine, first, answers={}, reason="均不成立", by=REVIEWER, at=late) == "STATE-EDGE"
    deliver([row("k", {"CF_NR": "更正"})], at=late)
    assert queries.unexamined([first], on=late.date()) == {first}, "the corrected version is examined anew"
    assert altered() == []


def test_who_entered_may_not_check() -> None:
    number = deliver([row("k")]).lines["number"][0]
    assert code_of(services.check, number, by=CLERK, at=T0) == "DUAL"
    assert code_of(services.check, number, by=Actor("nobody"), at=T0) == "PERM-DENIED"


def test_it_has_no_effect_one_second_short_of_the_window() -> None:
    number = notified()
    last = clock.end_of(date(2018, 5, 28))  # fifteen working days after 7 May 2018
    assert code_of(services.make_effective, number, by=REVIEWER, at=last - timedelta(seconds=1)) == "EFFECT-EARLY"
    assert code_of(services.make_effective, number, by=REVIEWER, at=last) == "EFFECT-EARLY"
    assert services.make_effective(number, by=REVIEWER, at=last + timedelta(microseconds=1)) == 1


def test_without_notice_there_is_no_effect() -> None:
    number = deliver([row("k")]).lines["number"][0]
    services.check(number, by=REVIEWER, at=T0)
    assert code_of(services.make_effective, number, by=REVIEWER, at=T0 + timedelta(days=99)) == "NOTICE-NONE"
    assert code_of(services.notify, number, served_at=T0, manner=" ", by=REVIEWER, at=T0) == "NOTICE-NONE"
    future = T0 + timedelta(days=1)
    assert code_of(services.notify, number, served_at=future, manner="信函", by=REVIEWER, at=T0) == "TIME-FUTURE"


def test_a_dated_rule_excepts_what_is_no_finding() -> None:
    number = deliver([row("k", family="service")]).lines["number"][0]
    services.check(number, by=REVIEWER, at=T0)
    assert services.make_effective(number, by=REVIEWER, at=T0) == 1


def test_an_open_objection_stops_the_effect() -> None:
    number = notified()
    services.dispute(number, case="YY-1", by=REVIEWER, at=T0)
    late = T0 + timedelta(days=60)
    assert code_of(services.make_effective, number, by=REVIEWER, at=late) == "OBJ-OPEN"
    services.settle(number, case="YY-1", reason="理由不成立", by=REVIEWER, at=late)
    assert services.make_effective(number, by=REVIEWER, at=late) == 1


def test_illegal_edges_change_nothing() -> None:
    number = effective()
    at = T0 + timedelta(days=50)
    assert code_of(services.erase, number, basis="要求删除", by=CHIEF, second=REVIEWER, at=at) == "STATE-EDGE"
    assert code_of(services.check, number, by=REVIEWER, at=at) == "STATE-EDGE"
    assert code_of(services.settle, number, case="a", reason="b", by=REVIEWER, at=at) == "STATE-EDGE"
    assert code_of(services.send_back, number, reason="a", by=REVIEWER, at=at) == "STATE-EDGE"
    assert code_of(services.revoke, number, reason=" ", by=REVIEWER, at=at) == "REASON"
    assert code_of(services.repair, number, proof="履行证明", by=REVIEWER, at=T0 - timedelta(days=1)) == "CLOCK-BACK"
    assert code_of(services.repair, "0000000000001", proof="x", by=REVIEWER, at=at) in {"REC-NUMBER", "REC-NONE"}
    assert Version.objects.get().state == "effective"


def test_a_lost_race_is_told() -> None:
    number = deliver([row("k")]).lines["number"][0]
    stale = list(Version.objects.filter(number=number))
    services.check(number, by=REVIEWER, at=T0)
    assert code_of(services.steps.advance, stale, "checked") == "STATE-RACE"


def test_a_flag_comes_and_goes_and_a_draft_goes_back() -> None:
    number, at = effective(), T0 + timedelta(days=50)
    services.flag(number, case="YY-2", by=REVIEWER, at=at)
    services.unflag(number, case="YY-2", reason="核实无误", by=REVIEWER, at=at)
    other = deliver([row("other")]).lines["number"][0]
    services.send_back(other, reason="缺决定书", by=REVIEWER, at=T0)
    assert Step.objects.filter(what="return").count() == 1
    assert set(Version.objects.values_list("state", flat=True)) == {"effective", "draft"}


def test_the_three_removals_stay_apart() -> None:
    names = ("修复", "期满", "撤销")
    repaired, expired, revoked = (effective(name, end_date=date(2018, 3, 1)) for name in names)
    at = T0 + timedelta(days=50)
    services.repair(repaired, proof="履行证明", by=REVIEWER, at=at)
    services.revoke(revoked, reason="法院判决撤销", by=REVIEWER, at=at)
    assert services.erase_due(by=SYSTEM, at=at) == 0
    assert services.erase_due(by=SYSTEM, at=at + timedelta(days=1)) == 1
    later = clock.start_of(date(2023, 3, 2))
    assert services.expire_due(by=SYSTEM, at=later - timedelta(days=1)) == 0
    assert services.expire_due(by=SYSTEM, at=later) == 2
    kept = dict(Version.objects.values_list("number", "payload"))
    assert kept[revoked] is None
    assert kept[repaired] is not None
    assert kept[expired] is not None
    assert altered() == []


def test_erasure_destroys_the_content_and_leaves_every_proof() -> None:
    number = deliver([row("k", {"secret": "金丝雀"})]).lines["number"][0]
    deliver([row("k", {"secret": "金丝雀二"})], at=T0 + timedelta(hours=1))
    services.revoke(number, reason="金丝雀三", by=REVIEWER, at=T0 + timedelta(days=1))
    at = T0 + timedelta(days=1)
    assert code_of(services.erase, number, basis="第三十七条", by=CHIEF, second=CHIEF, at=at) == "DUAL"
    services.erase(number, basis="第三十七条", by=CHIEF, second=REVIEWER, at=at)
    everything = repr([list(m.objects.values_list()) for m in (Version, Step)])
    assert "金丝雀" not in everything
    assert "unit000000000001" not in everything
    assert altered() == []


@pytest.mark.parametrize("change", [
    {"subject": "unit000000000002"}, {"event_date": date(2018, 3, 2)}, {"state": "repaired"}, {"grade": "轻微"}, {"payload": "{}"},
    {"newest": False}, {"document_number": "x"}, {"payload": None, "salt": None, "commitment": "0" * 64}, {"final_date": date(2018, 1, 1)},
])
def test_an_altered_column_is_named_by_the_record_number(change: dict[str, object]) -> None:
    number = effective()
    assert altered() == []
    Version.objects.filter(number=number).update(**change)
    named = altered()
    assert named
    assert all(number in label for label in named)


def test_nothing_personal_stands_in_the_log() -> None:
    effective("示罚〔2018〕77号")
    entries = b"".join(entry for _, entry in entries_between(0, head().size))
    for word in ("示罚", "unit0000", "CF", "reviewer", "penalty", "effective"):
        assert word.encode() not in entries


def test_the_second_clock_is_stable_under_later_additions() -> None:
    number = effective()
    view, then = WholeView(), T0 + timedelta(days=20)
    before = queries.record_history(number, view=view, known_at=then, as_of=date(2018, 5, 8))
    page = queries.records_of("unit000000000001", view=view, known_at=then)
    deliver([row("示罚〔2018〕1号", {"new": 1})], at=T0 + timedelta(days=60))
    services.check(number, by=REVIEWER, at=T0 + timedelta(days=61))
    deliver([row("another")], at=T0 + timedelta(days=62))
    assert queries.record_history(number, view=view, known_at=then, as_of=date(2018, 5, 8)) == before
    assert queries.records_of("unit000000000001", view=view, known_at=then) == page
    assert before.state == "notified"


def test_as_of_hides_what_had_not_happened_and_what_has_expired() -> None:
    deliver([row("k", event_date=date(2018, 3, 1), end_date=date(2018, 3, 1)), row("on", end_date=None)])
    view, late = WholeView(), T0 + timedelta(days=9)
    totals = [queries.records_of("unit000000000001", view=view, known_at=late, as_of=day).total
              for day in (date(2018, 2, 28), date(2018, 3, 1), date(2023, 3, 1), date(2023, 3, 2))]
    assert totals == [0, 2, 2, 1]


def test_archive_counts_only_what_is_seen(django_assert_num_queries: object) -> None:
    deliver([row(f"k{n}", family="penalty" if n % 2 else "judgment") for n in range(9)])
    seen = queries.archive("unit000000000001", view=WholeView(frozenset({"penalty"})), known_at=T0)
    assert (dict(seen.families), seen.timeline.total) == ({"penalty": 4}, 4)
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.archive("unit000000000001", view=WholeView(), known_at=T0)
    assert queries.work_list("draft", view=WholeView(), at=T0, batch="batch1", size=5).pages == 2


def test_what_one_may_not_know_of_does_not_exist() -> None:
    number = deliver([row("k")]).lines["number"][0]
    assert code_of(queries.record_history, number, view=WholeView(frozenset()), known_at=T0) == "REC-NONE"


def test_a_right_that_is_held_for_a_unit_reaches_what_that_unit_delivered_and_no_further() -> None:
    number = deliver([row("示罚〔2018〕1号")]).lines["number"][0]
    rights = frozenset({"records.check", "records.notify", "records.decide", "records.dispute", "records.confirm", "records.erase"})
    stranger, ours = (Actor(name, unit, (Grant("reviewer", rights, unit),)) for name, unit in (
        ("stranger", "unitother0000001"), ("ours", "unit000000000009")))
    missing = "0123456789AB" + check_character("0123456789AB")
    acts: list[Callable[[str], Any]] = [
        lambda n: services.check(n, by=stranger, at=T0), lambda n: services.confirm_final([n], by=stranger, at=T0),
        lambda n: services.send_back(n, reason="x", by=stranger, at=T0), lambda n: services.revoke(n, reason="x", by=stranger, at=T0),
        lambda n: services.repair(n, proof="x", by=stranger, at=T0), lambda n: services.dispute(n, case="x", by=stranger, at=T0),
        lambda n: services.notify([n], served_at=T0, manner="x", by=stranger, at=T0),
        lambda n: services.make_effective(n, by=stranger, at=T0), lambda n: services.ask_erasure(n, basis="x", by=stranger, at=T0),
        lambda n: services.examine(n, answers={}, reason="x", by=stranger, at=T0),
    ]
    for act in acts:
        told = []
        for one in (number, missing):
            with pytest.raises(Refusal) as refused:
                act(one)
            told.append({**refused.value.envelope(), "value": ""})
        assert told[0] == told[1] and told[0]["code"] == "REC-NONE", "the same answer, whether it exists or not"
    assert queries.duties(number).state == "draft"
    assert services.check(number, by=ours, at=T0) == 1
    with pytest.raises(Refusal, match="PERM-DENIED"):
        services.check("no number", by=Actor("nobody"), at=T0)


@pytest.mark.parametrize("written", ["2018-05-07T09:30:00", "2018-05-07T01:30:00Z"])
def test_a_time_without_a_zone_is_one_of_the_city(written: str) -> None:
    """It was a fault of the system: a time with and one without a zone cannot be compared."""
    number = deliver([row("时")]).lines["number"][0]
    services.check(number, by=REVIEWER, at=T0)
    services.examine(number, answers={"all": "no"}, reason="均不成立", by=REVIEWER, at=T0)
    _, key = accounts.issue_key(account("keeper", "coordinator").uid, "coordinator", unit="", label="t", days=3, by=SYSTEM, at=clock.now())
    body = {"numbers": [number], "served_at": written, "manner": "直接送达"}
    answer = Client().post("/api/v1/records/notify", body, content_type="application/json", headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()) == (200, {"done": 1})
    assert queries.served_at(number, 1) == datetime.fromisoformat("2018-05-07T09:30:00+08:00")

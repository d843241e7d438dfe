"""Whatever a record did is taken back, or stands openly as not confirmed (I6); nothing begins before notice and window (I3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as given_data
from hypothesis import settings as effort
from hypothesis import strategies as st

from ximu.foundation import outbox
from ximu.foundation.models import Outbox
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.models import Effect
from ximu.ideas.casework.queries.effects import counts
from ximu.ideas.casework.rules import after_reversal
from ximu.ideas.casework.services import effects as effect_services
from ximu.ideas.casework.tests.factories import COORDINATOR, STRANGER, person
from ximu.ideas.records import services as records
from ximu.ideas.records.queries import doors
from ximu.ideas.records.tests import factories as record_factories
from ximu.ideas.records.tests.factories import REVIEWER, T0, deliver, effective, row
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1", "M2.1")]
LATE = T0 + timedelta(days=60)
DELIVERER = person("deliverer", "unit000000000009")


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "gate", record_factories.gate)
    monkeypatch.setattr(doors, "kinds_of", record_factories.kinds)
    monkeypatch.setattr(effect_services, "_stoppers", {})


def code_of(call: Any, *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value.code


def add(number: str, kind: str, target: str = "x") -> str:
    return services.add_effect(number, kind=kind, target=target, by=COORDINATOR, at=LATE)


def test_nothing_begins_before_notice_and_window_or_after_the_end() -> None:
    number = deliver([row("k")]).lines["number"][0]
    assert code_of(add, number, "publication") == "DISC-EARLY"
    records.check(number, by=REVIEWER, at=T0)
    assert code_of(add, number, "share") == "DISC-EARLY"
    records.examine(number, answers={"all": "no"}, reason="均不成立", by=REVIEWER, at=T0)
    records.notify(number, served_at=T0, manner="直接送达", by=REVIEWER, at=T0)
    assert code_of(add, number, "measure") == "DISC-EARLY"
    records.make_effective(number, by=REVIEWER, at=LATE)
    assert add(number, "measure") == add(number, "measure")
    assert code_of(add, number, "song") == "EFFECT-KIND"
    records.revoke(number, reason="判决撤销", by=REVIEWER, at=LATE)
    assert code_of(add, number, "measure") == "EFFECT-DEAD"
    assert code_of(add, "0000000000001", "measure") in {"REC-NUMBER", "REC-NONE"}


def test_a_reversal_reaches_every_line_and_says_what_did_not_confirm(django_capture_on_commit_callbacks: Any) -> None:
    number = effective()
    services.register_stopper("publication", lambda line: f"页面已撤下 {line.target}")
    services.register_stopper("share", lambda line: "")
    kinds = ["publication", "share", "share", "measure", "measure", "measure", "score"]
    uids = [add(number, kind, f"{kind}{place}") for place, kind in enumerate(kinds)]
    with django_capture_on_commit_callbacks(execute=True):
        records.revoke(number, reason="再审改判", by=REVIEWER, at=LATE)
        outbox.sweep(at=LATE)
        outbox.sweep(at=LATE)
    assert counts(number) == {"stopped": 1, "stopping": 2, "open": 4}
    assert len(queries.open_effects()) == 6
    assert code_of(services.confirm_stop, uids[3], receipt=" ", by=COORDINATOR, at=LATE) == "EVID-DIGEST"
    services.confirm_stop(uids[3], receipt="停止令 收〔2018〕1号", by=COORDINATOR, at=LATE)
    assert code_of(services.confirm_stop, uids[3], receipt="又", by=COORDINATOR, at=LATE) == "STATE-EDGE"
    assert code_of(services.confirm_stop, "none", receipt="x", by=COORDINATOR, at=LATE) == "EFFECT-NONE"
    for day in range(2, 6):
        services.sweep_effects(at=LATE + timedelta(days=day))
        outbox.sweep(at=LATE + timedelta(days=day))
    assert counts(number) == {"stopped": 2, "open": 5}
    assert {row.cause.zh for row in queries.effects_of(number) if row.cause} == {"撤销"}


def test_who_acts_for_one_unit_neither_ends_nor_learns_of_what_others_run(django_capture_on_commit_callbacks: Any) -> None:
    number = effective()
    ours = services.add_effect(number, kind="measure", target="ours", unit=STRANGER.unit or "", by=COORDINATOR, at=LATE)
    platforms = add(number, "share", "platform")
    with django_capture_on_commit_callbacks(execute=True):
        records.revoke(number, reason="再审改判", by=REVIEWER, at=LATE)
        outbox.sweep(at=LATE)
        outbox.sweep(at=LATE)
    assert code_of(services.confirm_stop, platforms, receipt="伪造的回执", by=STRANGER, at=LATE) == "PERM-DENIED"
    shown = {by.uid: {line.uid for line in queries.within_reach(rows, by)} for by in (STRANGER, COORDINATOR, DELIVERER)
             for rows in (queries.open_effects(), queries.effects_of(number))}
    assert shown == {STRANGER.uid: {ours}, COORDINATOR.uid: {ours, platforms}, DELIVERER.uid: {ours, platforms}}
    services.confirm_stop(ours, receipt="停止令 收〔2018〕2号", by=STRANGER, at=LATE)
    services.confirm_stop(platforms, receipt="对端回执", by=COORDINATOR, at=LATE)


def test_a_crash_in_the_middle_loses_nothing_and_sends_once(django_capture_on_commit_callbacks: Any) -> None:
    number, sent = effective(), list[str]()

    def stopper(line: Any) -> str:
        if len(sent) == 5 and "crash" not in sent:
            sent.append("crash")
            raise RuntimeError("killed")
        sent.append(line.uid)
        return "已停"

    services.register_stopper("measure", stopper)
    for place in range(12):
        add(number, "measure", f"m{place}")
    records.repair(number, proof="履行证明", by=REVIEWER, at=LATE)
    for minute in range(20):
        outbox.sweep(at=LATE + timedelta(minutes=minute))
    assert counts(number) == {"stopped": 12}
    assert len([s for s in sent if s != "crash"]) == len({s for s in sent if s != "crash"}) == 12
    assert not Outbox.objects.filter(state="pending").exists()


def test_a_correction_stops_what_was_made_from_the_old_version(django_capture_on_commit_callbacks: Any) -> None:
    number = effective("改")
    add(number, "score")
    deliver([row("改", {"CF_NR": "更正"})], at=LATE)
    for minute in range(5):
        outbox.sweep(at=LATE + timedelta(minutes=minute))
    assert [(r.state, r.cause.zh if r.cause else "") for r in queries.effects_of(number)] == [("open", "更正")]


def test_a_line_that_was_missed_is_found_by_the_sweep() -> None:
    number = effective()
    uid = add(number, "share")
    records.repair(number, proof="履行证明", by=REVIEWER, at=LATE)
    Outbox.objects.all().delete()
    assert counts(number) == {"live": 1}
    assert services.sweep_effects(at=LATE)["reversed"] == 1
    assert Effect.objects.get(uid=uid).state == "stopping"


@effort(max_examples=15)
@given_data(st.lists(st.sampled_from(["publication", "share", "measure", "score", "certificate"]), max_size=8), st.sampled_from(["repair", "revoke"]),
            st.sets(st.sampled_from(["publication", "share", "measure"])))
def test_after_a_reversal_no_live_effect_is_without_a_stop_or_an_open_line(kinds: list[str], way: str, answering: set[str]) -> None:
    effect_services._stoppers.clear()
    for kind in answering:
        services.register_stopper(kind, lambda line: "已停")
    number = effective(f"号{len(kinds)}{way}{sorted(answering)}{kinds}")
    for place, kind in enumerate(kinds):
        add(number, kind, str(place))
    if way == "repair":
        records.repair(number, proof="履行证明", by=REVIEWER, at=LATE)
    else:
        records.revoke(number, reason="撤销", by=REVIEWER, at=LATE)
    for minute in range(4):
        outbox.sweep(at=LATE + timedelta(minutes=minute))
    assert after_reversal(counts(number))
    assert sum(counts(number).values()) == len(kinds)
    for line in queries.effects_of(number):
        assert (line.state == "stopped") == bool(line.receipt)
        assert line.state == "stopped" or line.kind.en.lower() not in answering


def test_who_reads_the_ledger_registers_and_confirms_nothing() -> None:
    roles = {one.code: one.roles for one in accounts.permissions()}
    assert {"court_officer", "discipline_officer"} <= set(roles["casework.effects_see"]) - set(roles["casework.effects"])
    court = Actor("court", None, (Grant("court", frozenset({"casework.effects_see"})),), "court")
    number = effective("k")
    uid = add(number, "measure")
    assert [one.uid for one in queries.within_reach(queries.effects_of(number), court)] == [uid]
    assert code_of(services.add_effect, number, kind="share", target="x", by=court, at=LATE) == "PERM-DENIED"
    assert code_of(services.confirm_stop, uid, receipt="回执", by=court, at=LATE) == "PERM-DENIED"

"""A stricter policy closes what is open on the portal: shown before it is adopted, then done through the ledger of effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ximu.foundation import outbox
from ximu.ideas.casework import queries as effects
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.tightening import CHUNK
from ximu.ideas.disclosure.rules import Policy
from ximu.ideas.disclosure.services import tightening
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import services as records
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
AFTER = LATER + timedelta(days=1)
DAY = AFTER.date()


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    f.connect(monkeypatch)


def hiding(*levels: str, **sets: Any) -> Callable[[Policy], Policy]:
    """A policy whose first rule closes something to the public."""
    def made(old: Policy) -> Policy:
        conditions = {"audience": ["public"], **({"level": levels} if levels else {}), **sets}
        rule = replace(old.rules[0], id="S0", outcome="absent", sets={k: frozenset(v) for k, v in conditions.items()}, personal=None,
                       since=None, until=None)
        return replace(old, rules=(rule, *old.rules))
    return made


def adopted(monkeypatch: pytest.MonkeyPatch, change: Callable[[Policy], Policy], version: str = "2018-06-22") -> Policy:
    """In force from the day after."""
    old = queries.policies()[-1]
    new = replace(change(old), version=version, since=DAY)
    monkeypatch.setattr("ximu.ideas.disclosure.queries.policy.policies", lambda: (old, new))
    monkeypatch.setattr("ximu.ideas.disclosure.queries.tightening.policies", lambda: (old, new))
    return new


def delivered(at: Any) -> None:
    while outbox.sweep(at=at):
        pass


def without_stage(old: Policy) -> Policy:
    return replace(old, stages={code: words for code, words in old.stages.items() if code != "pilot"})


def without_period(old: Policy) -> Policy:
    return replace(old, periods=dict.fromkeys(old.periods, 1))


@pytest.mark.parametrize(("change", "what"), [
    (hiding(family=["penalty"]), "CF_WSH"), (hiding(kind=["body"]), "CF_WSH"), (hiding(status=["effective"]), "CF_WSH"),
    (without_stage, "stage"), (without_period, "period"),
])
def test_the_comparison_shows_it_and_the_daily_pass_does_exactly_that(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Policy], Policy], what: str,
) -> None:
    number = f.opened()
    new = adopted(monkeypatch, change)
    shown = queries.compare_policies(new, on=DAY, old=queries.policy_on(f.DAY))
    assert ([(e.what, e.stage, e.publications) for e in shown.endings], shown.numbers, shown.ended) == ([(what, "pilot", 1)], (number,), 1)
    assert shown.plain()["publications_closed"] == 1
    assert services.follow_policy(at=LATER) == 0, "it is not in force yet"
    assert services.follow_policy(at=AFTER) == 1
    row = Publication.objects.get()
    assert (row.state, row.body, row.closed_by, new.version in row.reason, what in row.reason) == ("closed", "", "system", True, True)
    delivered(AFTER)
    casework.sweep_effects(at=AFTER)
    line = next(one for one in effects.effects_of(number) if one.target == row.uid)
    assert (line.state, str(row.closed_index) in line.receipt) == ("stopped", True), "with the receipt that names the entry"
    with pytest.raises(Refusal) as refused:
        queries.public_record(number, on=DAY)
    assert refused.value.code == "REC-NONE"
    assert queries.public_search("示罚", on=DAY)["total"] == 0
    assert ledger.verify_log().ok
    assert services.follow_policy(at=AFTER + timedelta(days=1)) == 0, "once"
    assert queries.compare_policies(new, on=DAY).ended == 0


def test_what_the_policy_still_opens_stays_and_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    f.opened()
    new = adopted(monkeypatch, hiding("shared"))
    assert queries.compare_policies(new, on=DAY).ended == 0
    asked: list[int] = []
    plain = tightening.judged
    monkeypatch.setattr(tightening, "judged", lambda part, *rest: asked.append(len(part)) or plain(part, *rest))
    assert [services.follow_policy(at=AFTER + timedelta(hours=n)) for n in range(3)] == [0, 0, 0]
    assert asked == [1], "once for each state of the policy"
    assert (Publication.objects.get().state, Publication.objects.get().looked) == ("open", "2018-06-22@2018-06-22")


def test_a_shorter_period_closes_on_its_own_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    f.opened()
    row = Publication.objects.get()
    days = (DAY - f.date(2018, 3, 20)).days + 2
    adopted(monkeypatch, lambda old: replace(old, periods=dict.fromkeys(old.periods, days)))
    assert [services.follow_policy(at=AFTER + timedelta(days=n)) for n in range(4)] == [0, 0, 0, 1]
    closed = Publication.objects.get()
    assert (closed.closes_on, closed.state) == (row.closes_on, "closed"), "the day that the log holds is not changed"


def test_what_ended_for_another_reason_or_in_the_meantime_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = f.opened(), f.opened("示罚〔2018〕2号")
    proposed = services.propose(f.effective("示罚〔2018〕3号"), terms=f.terms(), by=f.REVIEWER, at=LATER)
    adopted(monkeypatch, hiding())
    records.revoke(first, reason="决定被撤销", by=f.REVIEWER, at=LATER)
    plain = tightening.stop

    def raced(numbers: list[str], *rest: Any, **words: Any) -> None:
        raise Refusal("PUB-STATE", status=409, zh="已关闭", en="closed")

    monkeypatch.setattr(tightening, "stop", raced)
    assert services.follow_policy(at=AFTER) == 0, "somebody else was quicker"
    monkeypatch.setattr(tightening, "stop", plain)
    assert services.follow_policy(at=AFTER) == 1
    assert {row.number: row.state for row in Publication.objects.all()} == {first: "open", second: "closed", proposed.number: "proposed"}
    delivered(AFTER)
    assert Publication.objects.get(number=first).state == "closed"
    with pytest.raises(Refusal) as refused:
        services.approve(proposed.uid, by=f.PUBLISHER, at=AFTER)
    assert refused.value.code == "DISC-CLOSED"


def test_many_are_closed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.disclosure.queries.tightening.CHUNK", 2)
    for n in range(1, 6):
        f.opened(f"示罚〔2018〕{n}号")
    new = adopted(monkeypatch, hiding(family=["penalty"]))
    assert (CHUNK, queries.compare_policies(new, on=DAY, old=queries.policy_on(f.DAY)).ended) == (500, 5)
    assert services.follow_policy(at=AFTER) == 5
    assert set(Publication.objects.values_list("state", flat=True)) == {"closed"}

"""What happened in the made-up city? Its deliveries, checks, notices and publications, through the ordinary services only.

Each step is dated (2018), done by the account whose duty it is, and may be repeated without effect.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ximu.config import (
    demo_assessment,
    demo_audit,
    demo_enterprise,
    demo_environment,
    demo_evaluators,
    demo_exchange,
    demo_figures,
    demo_joint,
    demo_leads,
    demo_plan,
    demo_reports,
    demo_safeguards,
    demo_supervision,
)
from ximu.config.stories import CITIES, Story, tell_all
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as publishing
from ximu.ideas.disclosure.services.publishing import Terms
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services as delivering
from ximu.ideas.ledger.services import growth
from ximu.ideas.records import queries as record_queries
from ximu.ideas.records import services as records
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d04_investment import jobs as investment

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "deliveries"
PARTIAL = "示例：不合格行退回报送单位改正"
SHOWN = ("family", "event_date", "decision_date", "document_number", "authority", "behaviour", "grade")
OPENED = datetime(2018, 5, 2, 9, tzinfo=clock.CITY)
HOUR = timedelta(hours=1)
CHECKED = datetime(2018, 7, 2, 9, tzinfo=clock.CITY)
TOLD = datetime(2019, 3, 15, 9, tzinfo=clock.CITY)
ACTED = datetime(2018, 8, 27, 9, tzinfo=clock.CITY)
COUNTED = datetime(2019, 1, 7, 9, tzinfo=clock.CITY)
RETURNS = {
    "gy": ["judgment"], "jiancha": ["discipline", "accountability"], "hbj": ["penalty", "accountability"], "czj": ["penalty", "audit"],
    "sjj": ["audit"], "tjj": ["statistics"], "fgw": ["default", "reward"],
    **{f"q{n:02}": ["default", "accountability"] for n in range(1, 17)},
}
"""Unit → families that it returns; a district that stays silent is seen on the board."""
ZEROS = [(f"2018-{m:02}", datetime(2018, 9 + (m == 9), 3 + m - 5, 9, tzinfo=clock.CITY)) for m in range(5, 10)]
Say = Callable[[str], None]


def live(city: str, *, say: Say) -> None:
    """What happened, in the order in which it happened; a second call finds everything done."""
    manifest = EXAMPLES / "answers.toml"
    if not manifest.exists():
        return
    answers = tomllib.loads(manifest.read_text("utf-8"))
    todo = Story()
    todo.add(OPENED, lambda: _begin(city))
    for name, told in answers.items():
        todo.add(told["at"], lambda name=name, told=told: _arrive(todo, name, told, city, say=say))  # type: ignore[misc]
    todo.add(CHECKED, lambda: _check_the_plan(city))
    for month, at in ZEROS:
        todo.add(at, lambda month=month, at=at: _zero(city, month, at))  # type: ignore[misc]
    sent = max(told["at"] for told in answers.values()) + max(after for _, after in STEPS) + timedelta(days=1)
    todo.add(sent, lambda: todo.delivered and demo_exchange.travel(by=_person("publisher", sent), at=sent))
    todo.add(ACTED, lambda: todo.delivered and demo_joint.act(coordinator=_person("coordinator", ACTED), checker=_person("reviewer", ACTED),
                                                              at=ACTED))
    todo.add(COUNTED, lambda: _count(city))
    todo.add(COUNTED + HOUR, lambda: demo_evaluators.evaluate(
        city, coordinator=_person("coordinator", COUNTED), publisher=_person("publisher", COUNTED), at=COUNTED + HOUR))
    todo.add(TOLD, lambda: investment.load_profile(CITIES / city, by=SYSTEM, at=TOLD))
    todo.add(TOLD, lambda: demo_environment.live(CITIES / city, by=SYSTEM, at=TOLD))
    todo.add(TOLD + HOUR, lambda: demo_environment.rate(
        city, coordinator=_person("coordinator", TOLD), publisher=_person("publisher", TOLD), at=TOLD + HOUR))
    todo.add(TOLD, lambda: demo_audit.audit(CITIES / city, at=TOLD))
    todo.add(TOLD, lambda: demo_enterprise.serve(CITIES / city, desk=_person("coordinator", TOLD),
                                                 clerk=lambda unit: _person(f"{unit}-entry", TOLD), at=TOLD))
    _figures(todo)
    tell_all(todo, city)
    logging.getLogger(growth.__name__).setLevel(logging.ERROR)
    todo.play()


def _begin(city: str) -> None:
    _expectations(city)
    coordinator, publisher = _person("coordinator", OPENED), _person("publisher", OPENED)
    demo_safeguards.meet(city, coordinator=coordinator, publisher=publisher, at=OPENED)
    demo_safeguards.plan_ahead(city, enterer=coordinator, publisher=publisher, at=OPENED + HOUR)
    demo_safeguards.pledge(city, enterer=coordinator, publisher=publisher, at=OPENED + 2 * HOUR)
    demo_exchange.open_channels(by=coordinator, at=OPENED + 2 * HOUR)


def _arrive(todo: Story, name: str, told: dict[str, Any], city: str, *, say: Say) -> None:
    """A delivery comes in; its records go their way on later days."""
    got = _deliver(name, told, city, say=say)
    if got is None:
        return
    batch, at = got
    todo.delivered = True
    for act, after in STEPS:
        todo.add(at + after, lambda act=act, day=at + after: act(batch, day))  # type: ignore[misc]


def _figures(todo: Story) -> None:
    """Tickets and purchases come in week by week; on the last Monday they are judged."""
    if demo_figures.there():
        return
    for monday, frame in demo_figures.tickets().items():
        todo.add(monday, lambda monday=monday, frame=frame: demo_figures.deliver_tickets(  # type: ignore[misc]
            monday, frame, by=_person("coordinator", monday)))
    bought, judged = demo_figures.BOUGHT, demo_figures.JUDGED
    todo.add(bought, lambda: demo_figures.deliver_purchases(by=_person("coordinator", bought), at=bought))
    todo.add(bought, lambda: demo_figures.name_posts(by=_person("coordinator", bought), at=bought))
    todo.add(bought, lambda: demo_figures.challenge(by=_person("coordinator", bought), at=bought))
    todo.add(judged, lambda: demo_figures.judge(at=judged))


def _check_the_plan(city: str) -> None:
    demo_plan.check(city, coordinator=_person("coordinator", CHECKED), clerk=_person("czj-entry", CHECKED),
                    publisher=_person("publisher", CHECKED), reviewer=_person("reviewer", CHECKED), at=CHECKED)
    demo_leads.lead(city, clerk=_person("coordinator", CHECKED), checker=_person("reviewer", CHECKED), at=CHECKED + timedelta(days=1))
    demo_supervision.supervise(city, coordinator=_person("coordinator", CHECKED), at=CHECKED + timedelta(days=3))


def _count(city: str) -> None:
    demo_safeguards.keep(city, at=COUNTED)
    demo_assessment.assess(city, coordinator=_person("coordinator", COUNTED), publisher=_person("publisher", COUNTED), at=COUNTED)
    demo_reports.report(city, handler=_person("discipline", COUNTED), press=_person("coordinator", COUNTED), at=COUNTED)


def _expectations(city: str) -> None:
    """Who returns what each month since May 2018; the coverage board needs to know to tell silence from nothing to say."""
    by = _person("coordinator", OPENED)
    for key, families in RETURNS.items():
        for family in families:
            delivering.expect(uid_of(city, key), family=family, since=OPENED.date(), by=by, at=OPENED)


def _zero(city: str, month: str, at: datetime) -> None:
    """The environment bureau had nothing to report from May to August 2018 and says so itself; September is not yet confirmed."""
    unit = uid_of(city, "hbj")
    if intake.zero_of(unit, family="accountability", month=month) is not None:
        return
    claimed = delivering.claim_zero(unit, family="accountability", month=month, by=_person("coordinator", at), at=at)
    if month != ZEROS[-1][0]:
        delivering.confirm_zero(claimed.uid, by=_person("hbj-entry", at), at=at)


def _person(login: str, at: datetime) -> Actor:
    return accounts.actor_for(accounts.accounts().get(login=login), at=at)


def _deliver(name: str, told: dict[str, Any], city: str, *, say: Say) -> tuple[str, datetime] | None:
    at: datetime = told["at"]
    by = _person(told["login"], at)
    with (EXAMPLES / name).open("rb") as content:
        receipt = delivering.receive(content, item=told["item"], source=uid_of(city, told["source"]), by=by, at=at)
    if receipt.again and intake.delivery(receipt.uid).state == "committed":
        return None
    summary = delivering.check(receipt.uid, by=by, at=at)
    done = delivering.commit(receipt.uid, by=by, at=at, partial_reason=PARTIAL)
    say(f"  {name}: {summary['rows']} 行 rows, 入库 admitted {done.outcome['new']}, 退回 refused {summary['bad']}, "
        f"待认定 waiting {summary['waiting']}")
    return receipt.uid, at


def _waiting(state: str, batch: str, at: datetime) -> list[str]:
    """Numbers of the batch's records that wait in a state, seen with the coordinator's eyes."""
    return list(_pages(state, batch, at))


def _pages(state: str, batch: str, at: datetime) -> Iterator[str]:
    by, page = _person("coordinator", at), 1
    while True:
        _, found = publishing.look_work(state, by=by, batch=batch, page=page, at=at)
        yield from (row.facts.number for row in found.rows)
        if page >= found.pages:
            return
        page += 1


def _check(batch: str, at: datetime) -> None:
    if numbers := _waiting("draft", batch, at):
        records.check(numbers, by=_person("reviewer", at), at=at)


def _notify(batch: str, at: datetime) -> None:
    if numbers := _waiting("checked", batch, at):
        asked = sorted(record_queries.unexamined(numbers, on=clock.city_day(at)))
        records.examine(asked, answers={"all": "no"}, reason="逐项核对，均不成立", by=_person("reviewer", at), at=at)
        records.notify(numbers, served_at=at, manner="直接送达，送达回证存卷", by=_person("reviewer", at), at=at)


def _effect(batch: str, at: datetime) -> None:
    """The last tenth stays in notice, so that the pages show records on every step of their way."""
    numbers = _waiting("notified", batch, at)
    if numbers:
        records.make_effective(numbers[: len(numbers) - len(numbers) // 10], by=_person("reviewer", at), at=at)


def _publish(batch: str, at: datetime) -> None:
    """Two of three effective records of families that the policy opens; the others show that effect is not publication."""
    family = intake.delivery(batch).family
    if family not in {"judgment", "penalty", "default", "reward"}:
        return
    for place, number in enumerate(_waiting("effective", batch, at)):
        if place % 3 == 2 or disclosure.proposals(numbers=[number]):
            continue
        terms = Terms("pilot", "上海市社会信用条例 第四十六条（示例市参照）", SHOWN, "仅公开认定所必需的字段")
        made = publishing.propose(number, terms=terms, by=_person("reviewer", at), at=at)
        publishing.approve(made.uid, by=_person("publisher", at), at=at)


STEPS = ((_check, timedelta(days=5)), (_notify, timedelta(days=10)), (_effect, timedelta(days=45)), (_publish, timedelta(days=50)))
"""Who acts how long after a delivery; deliveries follow each other within four days, so time never goes back."""

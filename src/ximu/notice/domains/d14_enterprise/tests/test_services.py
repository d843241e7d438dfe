"""A demand from the desk to the firm's own word: owner, promise, term, answer, and closings that are counted apart."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from ximu.foundation.profiles import uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d14_enterprise import queries, services
from ximu.notice.domains.d14_enterprise.models import Demand

pytestmark = [pytest.mark.django_db, pytest.mark.row("D14")]
AT = datetime(2018, 5, 7, 2, tzinfo=UTC)
CZJ, Q01, FGW = (uid_of("example", key) for key in ("czj", "q01", "fgw"))
FIRM_NAME = "示例丁酉精密机械有限公司"
DESK = Actor("desk", FGW, (Grant("coordinator", frozenset({"d14.desk", "d14.see", "rectify.raise"})),), "desk")
CLERK = Actor("clerk", CZJ, (Grant("entry", frozenset({"d14.see", "d14.handle"}), CZJ),), "clerk")
ASKED = services.Asked(FIRM_NAME, "021-5555", "贷款贴息申请两个月没有回音", "融资", CZJ, date(2018, 5, 4), Q01)


@pytest.fixture(autouse=True)
def city(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()


def refused(code: str, act: Any, *args: Any, **values: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **values)
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    return caught.value


def received(**changes: Any) -> tuple[Demand, str]:
    uid, code = services.receive(dataclasses.replace(ASKED, **changes), by=DESK, at=AT)
    return Demand.objects.get(uid=uid), code


def moved(row: Demand, verb: str, *, by: Actor = CLERK, at: datetime = AT, reason: str = "（示例）已经办理。", **values: str) -> Demand:
    files = [upload()] if verb.endswith("_filed") or verb == "withdraw" else []
    ground = "no_basis" if verb == "cannot" else ""
    casework.move(row.case, verb, given=Given(reason, ground=ground, values=values), files=files, by=by, at=at)
    row.refresh_from_db()
    return row


def answered(**changes: Any) -> tuple[Demand, str]:
    row, code = received(**changes)
    moved(row, "accept_general", promised_on="2018-05-10")
    return moved(row, "answer", outcome="解决"), code


def test_owner_promise_due_answer_and_the_firms_own_word() -> None:
    row, code = received()
    case = cases.case_for(row.case)
    assert (case.state, case.holder, case.subject, case.due) == ("received", CZJ, "", date(2018, 5, 9))
    moved(row, "accept_general", promised_on="2018-05-10")
    assert (row.kind, row.due_by, row.promised_on) == ("一般", date(2018, 5, 14), date(2018, 5, 10))
    moved(row, "answer", at=AT + timedelta(days=2), outcome="解决")
    services.speak(code, "confirm", rating="满意", at=AT + timedelta(days=3))
    row.refresh_from_db()
    assert (row.answered_on, row.closed_on, row.closed_as, row.solved, row.rating) == (
        date(2018, 5, 9), date(2018, 5, 10), "企业确认", "是", "满意")
    assert refused("STATE-EDGE", services.speak, code, "not_solved", at=AT + timedelta(days=4)).status == 409


def test_a_hard_problem_has_fifteen_working_days_and_needs_a_reason() -> None:
    row, _ = received()
    refused("REASON", moved, row, "accept_hard", reason="", promised_on="2018-05-20")
    assert moved(row, "accept_hard", promised_on="2018-05-28").due_by == date(2018, 5, 28)


@pytest.mark.parametrize("promised", ["", "never", "2018-05-06", "2018-05-15"])
def test_accepting_needs_a_promise_within_the_term(promised: str) -> None:
    row, _ = received()
    refused("D14-PROMISE", moved, row, "accept_general", promised_on=promised)
    assert cases.case_for(row.case).state == "received"


def test_without_the_firms_word_it_is_one_sided_by_itself_and_by_the_unit() -> None:
    (one, _), (other, _) = answered(), answered(topic="税费")
    moved(other, "close_alone")
    casework.sweep_deadlines(at=AT + timedelta(days=30))
    one.refresh_from_db()
    assert [(r.closed_as, r.solved) for r in (one, other)] == [("单方办结", "")] * 2
    services.feed(by=queries_actor(), at=AT + timedelta(days=31))
    found = queries.sheet(2018, today=date(2018, 6, 30), known_at=AT + timedelta(days=60))
    assert [str(found.figures[code, CZJ].value) for code in ("D14-1", "D14-2", "D14-7")] == ["0.00", "0.00", "100.00"]


def queries_actor() -> Actor:
    return Actor("feeder", grants=(Grant("system", frozenset({"events.append"})),))


def test_what_cannot_be_done_is_explained_or_it_is_not_done() -> None:
    row, code = received()
    moved(row, "accept_general", promised_on="2018-05-10")
    refused("REASON", moved, row, "cannot", reason="")
    moved(row, "cannot", reason="（示例）没有相应的扶持政策。")
    assert (row.outcome, row.explained_on, row.closed_as) == ("无法办理", date(2018, 5, 7), "")
    refused("STATE-EDGE", services.speak, code, "confirm", at=AT)
    services.speak(code, "hear", at=AT)
    row.refresh_from_db()
    assert (row.closed_as, row.solved) == ("说明情况", "")


def test_not_solved_takes_it_up_again_and_the_first_term_stays() -> None:
    row, code = answered()
    services.speak(code, "not_solved", at=AT + timedelta(days=8))
    row.refresh_from_db()
    assert (row.reopened, row.answered_on, row.solved, row.due_by) == (1, None, "否", date(2018, 5, 14))
    assert cases.case_for(row.case).state == "reopened"
    moved(row, "answer", at=AT + timedelta(days=9), outcome="部分解决")
    services.speak(code, "confirm", at=AT + timedelta(days=9))
    services.feed(by=queries_actor(), at=AT + timedelta(days=9))
    found = queries.sheet(2018, today=date(2018, 6, 30), known_at=AT + timedelta(days=60))
    assert [str(found.figures[code, f"@{Q01}"].value) for code in ("D14-1", "D14-2")] == ["0.00", "100.00"]


def test_the_same_matter_of_the_same_firm_comes_back_as_a_relapse() -> None:
    first, code = answered()
    assert refused("CASE-DUP", received).extra["case"] == first.case
    services.speak(code, "confirm", at=AT)
    again, _ = received()
    case = cases.case_for(again.case)
    assert (case.parent, case.values["relapse_of"]) == (first.case, first.number)
    assert cases.case_for(received(firm="示例另一家有限公司")[0].case).parent is None


def test_the_desk_enters_the_firms_word_with_evidence_and_the_unit_never_does() -> None:
    row, _ = answered()
    refused("PERM-DENIED", moved, row, "confirm_filed", by=CLERK)
    own = Actor("own", CZJ, (Grant("coordinator", frozenset({"d14.desk"}), CZJ),), "own")
    refused("DUAL", moved, row, "confirm_filed", by=own)
    with pytest.raises(Refusal) as caught:
        casework.move(row.case, "confirm_filed", given=Given("（示例）有函"), by=DESK, at=AT)
    assert caught.value.code == "EVID-DIGEST"
    assert moved(row, "confirm_filed", by=DESK, rating="基本满意").closed_as == "企业确认"
    withdrawn, _ = received(topic="税费")
    assert moved(withdrawn, "withdraw", by=DESK).closed_as == "撤回"


def test_the_firm_is_in_no_record_no_case_and_no_entry_of_the_log() -> None:
    row, code = answered()
    refused("D14-NAMED", moved, received(topic="税费")[0], "accept_general", reason=f"{FIRM_NAME}已受理", promised_on="2018-05-10")
    services.speak(code, "confirm", at=AT)
    kept = serializers.serialize("json", [one for model in apps.get_models() for one in model.objects.all()])
    assert row.number in kept
    assert FIRM_NAME not in kept and json.dumps(FIRM_NAME) not in kept and "贷款贴息" not in kept and code not in kept
    assert "subject" not in {field.name for field in Demand._meta.get_fields()}
    assert queries.read(row, actor=CLERK) == {"firm": FIRM_NAME, "contact": "021-5555", "content": "贷款贴息申请两个月没有回音"}
    assert queries.read(row, actor=DESK) is None
    assert refused("D14-NONE", queries.demand, row.uid, actor=Actor("x", grants=(Grant("entry", frozenset({"d14.see"}), FGW),))).status == 404


def test_the_log_and_the_table_say_the_same() -> None:
    row, _ = received()
    [(index, told, _)] = list(queries.provider(0, 10**9))
    assert index == row.log_index and row.uid.encode() in told
    assert [place.name for place in queries.sealed_places()] == ["d14_enterprise_demand.sealed"]
    assert queries.sealed_places()[0].renewed(row)["sealed"] != row.sealed


@pytest.mark.parametrize(("change", "code"), [
    ({"firm": " "}, "D14-EMPTY"), ({"content": ""}, "D14-EMPTY"), ({"topic": "天气"}, "D14-TOPIC"), ({"unit": "nobody"}, "ORG-NONE"),
    ({"topic": "拖欠账款", "amount": "许多"}, "D14-AMOUNT"), ({"topic": "拖欠账款", "amount": "-1"}, "D14-AMOUNT"),
    ({"raised_on": date(2018, 5, 8)}, "TIME-FUTURE"), ({"topic": "拖欠账款", "amount": "NaN"}, "D14-AMOUNT"),
])
def test_a_demand_that_is_not_whole_is_refused(change: dict[str, Any], code: str) -> None:
    refused(code, received, **change)
    assert not Demand.objects.exists() and not cases.cases_of("enterprise_demand")


def test_codes_words_and_outcomes_are_checked() -> None:
    row, code = received()
    refused("PERM-DENIED", services.receive, ASKED, by=CLERK, at=AT)
    assert refused("RECEIPT", services.look, "1234 5678 9012 3456", at=AT).status == 404
    refused("D14-WORD", services.speak, code, "accept_general", at=AT)
    moved(row, "accept_general", promised_on="2018-05-10")
    refused("D14-OUTCOME", moved, row, "answer")
    refused("D14-AMOUNT", moved, row, "answer", outcome="解决", paid="全部")
    moved(row, "answer", outcome="解决")
    refused("VALUE-CHOICE", services.speak, code, "confirm", rating="一般般", at=AT)


def test_codes_cannot_be_tried_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "value", lambda name, on: 2)
    later = AT + timedelta(hours=1)
    for _ in range(2):
        refused("RECEIPT", services.look, "0" * 16, at=later)
    assert refused("RECEIPT-SLOW", services.look, "0" * 16, at=later).status == 429


def test_a_debt_is_registered_and_paid_by_money() -> None:
    row, _ = received(topic="拖欠账款", amount="400,000")
    moved(row, "accept_general", promised_on="2018-05-10")
    moved(row, "answer", outcome="部分解决", paid="100000")
    services.feed(by=queries_actor(), at=AT)
    found = queries.sheet(2018, today=date(2018, 6, 30), known_at=AT + timedelta(days=60))
    assert str(found.figures["D14-4", queries.CITY].value) == "25.00"
    assert services.feed(by=queries_actor(), at=AT + timedelta(days=1)) == 0, "nothing has changed since"


@pytest.mark.django_db(transaction=True)
def test_a_late_one_is_reminded_and_one_that_the_firm_sent_back_is_called_in() -> None:
    (late, _), (again, code) = received(), answered(topic="税费")
    services.speak(code, "not_solved", at=AT)
    casework.sweep_deadlines(at=AT + timedelta(days=20))
    found = {name: [(one.source, one.about) for one in cases.cases_of(name)] for name in ("reminder", "talk")}
    assert found == {"reminder": [(CZJ, late.number)], "talk": [(CZJ, again.number)]}
    assert cases.case_for(late.case).late


def test_a_firm_asks_without_an_account_and_is_told_nothing_of_others() -> None:
    """The same form sent twice is one demand with one code; a stranger who writes a firm's name learns nothing of its demands."""
    asked = dataclasses.replace(ASKED, raised_on=AT.date())
    known, _ = received()
    first, second = (services.submit(asked, token="a" * 32, source="192.0.2.1", at=AT) for _ in range(2))
    other = services.submit(asked, token="b" * 32, at=AT)
    assert first == second != other and Demand.objects.count() == 3
    row = services.look(first, at=AT)
    assert (row.received_by, row.unit, cases.case_for(row.case).holder) == ("enterprise", CZJ, CZJ)
    assert queries.read(row, actor=CLERK)["firm"] == FIRM_NAME and queries.read(row, actor=DESK) is None
    moved(row, "accept_general", promised_on="2018-05-10")
    moved(row, "answer", outcome="解决")
    services.speak(first, "confirm", at=AT)
    assert services.submit(asked, token="a" * 32, at=AT) == first and Demand.objects.count() == 3, "also after it was closed"
    assert cases.case_for(known.case).state == "received"


@pytest.mark.parametrize(("change", "code"), [
    ({"firm": " "}, "D14-EMPTY"), ({"content": "长" * 20_001}, "D14-EMPTY"), ({"topic": "吃饭"}, "D14-TOPIC"), ({"unit": "nobody"}, "ORG-NONE"),
    ({"topic": "拖欠账款", "amount": "1e400"}, "D14-AMOUNT"), ({"topic": "拖欠账款", "amount": "NaN"}, "D14-AMOUNT"),
    ({"raised_on": date(2018, 5, 8)}, "TIME-FUTURE")])
def test_what_a_firm_leaves_out_is_refused_and_changes_nothing(change: dict[str, Any], code: str) -> None:
    refused(code, services.submit, dataclasses.replace(ASKED, **change), token="a" * 32, at=AT)
    assert not Demand.objects.exists() and not cases.cases_of("enterprise_demand")


def test_one_source_cannot_flood_and_locks_out_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "value", lambda name, on: 1)
    services.submit(ASKED, source="192.0.2.1", at=AT)
    assert refused("RECEIPT-SLOW", services.submit, ASKED, source="192.0.2.1", at=AT).status == 429
    code = services.submit(ASKED, source="192.0.2.2", at=AT)
    refused("RECEIPT", services.look, "1" * 16, source="192.0.2.1", at=AT)
    refused("RECEIPT-SLOW", services.look, code, source="192.0.2.1", at=AT)
    assert services.look(code, source="192.0.2.2", at=AT)

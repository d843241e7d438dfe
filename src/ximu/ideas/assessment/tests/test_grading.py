"""Grades of an area: proposed by one, decided by another while they still hold; earlier decisions stay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.queries import grading as kept
from ximu.ideas.assessment.rules.grading import NOT_RATED, Preview, compared, explained, lines
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.ledger.queries.verification import verify_log
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = pytest.mark.row("D5", "M3.1")
AT = datetime(2019, 3, 20, 1, tzinfo=UTC)
FIRST, SECOND = (Actor(name, grants=(Grant("all", frozenset({EVERY_RIGHT})),), person=name) for name in ("first", "second"))
METHOD = load("""
[method]
name = { zh = "示例评级", en = "Example" }
version = "1"
decimals = 2
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "score"
[[indicator]]
code = "debt"
parent = "score"
weight = 0.5
direction = -1
goalposts = [0, 200]
name = "debt"
source = "示例"
owner = "czj"
[[indicator]]
code = "cash"
parent = "score"
weight = 0.5
goalposts = [0, 100]
name = "cash"
source = "示例"
owner = "czj"
[[veto]]
code = "unlawful"
column = "unlawful"
at_least = 1
limit = 40
[[grade]]
label = "A"
lowest = 60
[[grade]]
label = "B"
lowest = 0
""")
CELLS: dict[str, dict[str, Decimal | None]] = {
    "a": {"debt": Decimal(50), "cash": Decimal(75), "unlawful": Decimal(0)}, "b": {"debt": Decimal(50), "cash": Decimal(75), "unlawful": Decimal(1)},
    "c": {"debt": Decimal(50), "cash": None, "unlawful": Decimal(0)}}


def test_a_grade_is_explained_capped_and_never_made_of_what_is_missing() -> None:
    told = lines(METHOD, CELLS)
    assert [(one["unit"], one["grade"], one["score"]) for one in told] == [("a", "A", "75.00"), ("b", "B", "40.00"), ("c", NOT_RATED, None)]
    assert told == lines(METHOD, dict(reversed(CELLS.items())))
    parts = explained(METHOD, told[1])
    assert [(one["code"], one["contribution"]) for one in parts] == [("debt", "37.50"), ("cash", "37.50"), ("unlawful", "-35.00")]
    assert explained(METHOD, told[2]) == []
    assert lines(METHOD, {}) == []


def test_a_unit_that_is_gone_is_told_and_a_change_of_score_alone_too() -> None:
    then = lines(METHOD, CELLS)
    now = lines(METHOD, {"a": CELLS["a"] | {"debt": Decimal(60)}, "b": CELLS["b"]})
    assert [(one.unit, one.again, one.now) for one in compared(then, now)] == [("a", True, "A"), ("b", False, "B"), ("c", False, NOT_RATED)]


def refused(code: str, act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def figures(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Decimal | None]]:
    """What the area's figures make now; a test changes them."""
    held = {unit: dict(given) for unit, given in CELLS.items()}

    def preview(period: str, *, known_at: datetime, units: Collection[str] | None = None) -> Preview:
        return Preview(METHOD, lines(METHOD, {u: g for u, g in held.items() if (units is None or u in units) and period == "2018"}), "d" * 64)

    monkeypatch.setitem(kept._graders, "T1", queries.Grader(Text("示例", "Example"), "assessment.see", preview))
    return held


def propose(period: str = "2018", basis: str = "示〔2019〕1号", by: Actor = FIRST) -> str:
    return services.propose_grades("T1", period, basis=basis, by=by, at=AT)


def test_two_people_decide_and_what_changed_meanwhile_is_not_decided(figures: dict[str, Any]) -> None:
    refused("BASIS-NONE", lambda: propose(basis=" "))
    refused("GRADE-EMPTY", lambda: propose("2017"))
    refused("GRADE-AREA", lambda: services.propose_grades("T9", "2018", basis="x", by=FIRST, at=AT))
    refused("PERM-DENIED", lambda: propose(by=Actor("stranger")))
    refused("GRADE-NONE", lambda: services.decide_grades("nothing", by=SECOND, at=AT))
    uid = propose()
    refused("GRADE-DUP", propose)
    refused("DUAL", lambda: services.decide_grades(uid, by=FIRST, at=AT))
    figures["a"]["debt"] = Decimal(150)
    refused("GRADE-STALE", lambda: services.decide_grades(uid, by=SECOND, at=AT))
    assert queries.grading_of(uid).state == "proposed" and queries.decided_grades("T1", "2018") is None
    services.withdraw_grades(uid, by=FIRST, at=AT)
    refused("STATE-EDGE", lambda: services.withdraw_grades(uid, by=FIRST, at=AT))
    again = propose()
    row = services.decide_grades(again, by=SECOND, at=AT)
    assert (row.state, row.lines[0]["grade"]) == ("decided", "B")
    refused("STATE-EDGE", lambda: services.decide_grades(again, by=SECOND, at=AT))
    refused("GRADE-SAME", propose)
    assert verify_log().findings == []


def test_a_later_decision_stands_beside_and_a_changed_line_is_found_by_the_log(figures: dict[str, Any]) -> None:
    first = propose()
    services.decide_grades(first, by=SECOND, at=AT)
    figures["a"]["debt"] = Decimal(150)
    second = propose()
    services.decide_grades(second, by=SECOND, at=AT + timedelta(days=1))
    held = queries.decided_grades("T1", "2018")
    assert held is not None and held.uid == second and {row.uid for row in queries.gradings("T1")} == {first, second}
    row = queries.grading_of(first)
    assert row.lines[0]["grade"] == "A", "the old grade is kept"
    row.lines[0]["grade"] = "AAA"
    row.save()
    assert [one.index for one in verify_log().findings] == [row.log_index]


def test_the_page_and_the_api_propose_and_decide(figures: dict[str, Any], client: Client) -> None:
    client.force_login(with_password(account("proposer", "coordinator")), backend="django.contrib.auth.backends.ModelBackend")
    sent = client.post("/console/assessment/grades/T1/propose", {"period": "2018", "basis": "示〔2019〕1号"})
    assert sent.status_code == 302 and sent["location"].endswith("?period=2018")
    [row] = queries.gradings("T1")
    assert "待确定" in client.get("/console/assessment/grades/T1", {"period": "2018"}).content.decode()
    assert client.post("/console/assessment/grades/T1/decide", {"grading": row.uid}).status_code == 403
    assert client.post("/console/assessment/grades/T1/dance", {}).status_code == 404
    client.force_login(with_password(account("decider", "publisher")), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/console/assessment/grades/T1/decide", {"grading": row.uid}).status_code == 302
    assert "已确定" in client.get("/console/assessment/grades/T1", {"period": "2018", "unit": "b", "then": "1"}).content.decode()


def test_the_api_tells_both_and_takes_proposal_and_decision(figures: dict[str, Any], client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    acting = {"now": FIRST}

    def call(self: ActorMiddleware, request: Any) -> Any:
        request.actor, request.gate = acting["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    sent = client.post("/api/v1/assessment/grades/T1", {"period": "2018", "basis": "示〔2019〕1号"}, content_type="application/json")
    assert sent.status_code == 201
    acting["now"] = SECOND
    done = client.post(f"/api/v1/assessment/grades/T1/{sent.json()['grading']}/decide")
    assert (done.status_code, done.json()["state"]) == (200, "decided")
    figures["a"]["debt"] = Decimal(150)
    told = client.get("/api/v1/assessment/grades/T1", {"period": "2018"}).json()
    assert [one["again"] for one in told["compared"]] == [True, False, False]
    assert told["decision"]["basis"] == "示〔2019〕1号" and told["now"][0]["factors"][0]["code"] == "debt"
    acting["now"] = Actor("stranger")
    assert client.get("/api/v1/assessment/grades/T1", {"period": "2018"}).json()["code"] == "PERM-DENIED"

"""Alarms are kept once, decided once by somebody not concerned, and tell how good their rule is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.commands.alarms import warnings_group
from ximu.ideas.warnings.rules import outcomes
from ximu.ideas.warnings.services import Raised
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13", "M2.2")]
AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
UNIT = "unitone000000001"
ONE = Raised("D4", "D04-W2", "red", UNIT, "promise-1", "2018", Text("合同款逾期未付", "contract not paid"))


def judge(unit: str = "") -> Actor:
    return Actor("judge", unit or None, (Grant("reviewer", frozenset({"warnings.decide", "warnings.see"})),), "judge")


def refused(code: str, call: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code


def test_an_alarm_is_kept_once_and_a_grave_one_opens_a_case() -> None:
    yellow = replace(ONE, rule="D04-W1", level="yellow")
    assert services.keep([ONE, yellow], by=SYSTEM, at=AT) == 2
    assert services.keep([ONE, yellow], by=SYSTEM, at=AT) == 0
    assert [a.level for a in queries.alarms()] == ["red", "yellow"]
    red, other = queries.alarms()
    assert cases.case_for(red.case).source == UNIT and other.case == ""
    refused("WARN-LEVEL", services.keep, [replace(ONE, level="pink")], by=SYSTEM, at=AT)
    refused("PERM-DENIED", services.keep, [ONE], by=Actor("x"), at=AT)
    assert ledger.verify_log().ok


def test_a_case_is_linked_for_those_who_may_know_of_it() -> None:
    services.keep([ONE], by=SYSTEM, at=AT)
    [row] = queries.alarms()
    for role, opens in (("coordinator", True), ("publisher", False)):
        client = Client()
        client.force_login(with_password(account(role[:5], role, at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get("/console/warnings/").content.decode()
        assert "合同款逾期未付" in page
        assert (f"/console/casework/{row.case}" in page) is opens is bool(client.get(f"/console/casework/{row.case}").status_code == 200), role


def test_it_is_decided_once_and_not_by_the_unit_concerned() -> None:
    services.keep([ONE], by=SYSTEM, at=AT)
    [row] = queries.alarms()
    given = {"outcome": "true", "cause": "确有拖欠。", "by": judge(), "at": AT}
    refused("WARN-OUTCOME", services.decide, row.uid, **(given | {"outcome": "maybe"}))
    refused("REASON", services.decide, row.uid, **(given | {"cause": " "}))
    refused("CONFLICT", services.decide, row.uid, **(given | {"by": judge(UNIT)}))
    elsewhere = Actor("judge", None, (Grant("reviewer", frozenset({"warnings.decide"}), "unittwo000000001"),), "judge")
    refused("PERM-DENIED", services.decide, row.uid, **(given | {"by": elsewhere}))
    refused("WARN-NONE", services.decide, "nosuchalarm00000", **given)
    assert services.decide(row.uid, **given).outcome == "true"
    refused("STATE-EDGE", services.decide, row.uid, **given)
    assert not queries.alarms() and len(queries.alarms(open_only=False)) == 1


def test_precision_has_an_interval_and_a_rule_that_is_never_right_is_proposed_for_retirement() -> None:
    found = {r.rule: r for r in outcomes.records(
        [("a", "true")] * 8 + [("a", "false")] * 2 + [("a", ""), ("a", "unclear")] + [("b", "false")] * 10 + [("c", "")])}
    assert (found["a"].raised, found["a"].decided, found["a"].precision) == (12, 10, 0.8)
    assert (round(found["a"].low or 0, 4), round(found["a"].high or 0, 4)) == (0.4902, 0.9433), "Wilson's interval of 8 in 10"
    assert (found["b"].retire, found["a"].retire, found["c"].retire) == (True, False, False)
    assert found["c"].precision is None


def test_the_page_and_the_api() -> None:
    services.keep([ONE], by=SYSTEM, at=AT)
    client, now = Client(), clock.now()
    client.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    assert "合同款逾期未付" in client.get("/console/warnings/").content.decode()
    assert "预警待核实" in client.get("/console/").content.decode()
    [row] = queries.alarms()
    assert client.post(f"/console/warnings/{row.uid}/decide", {"outcome": "false", "cause": "已付款"}).status_code == 302
    assert "误报" in client.get("/console/warnings/?all=1").content.decode()
    assert Client().get("/api/v1/warnings/alarms").status_code in (401, 403)


def test_the_command_line_lists_alarms_and_rules() -> None:
    services.keep([ONE, replace(ONE, rule="D04-W1", level="yellow")], by=SYSTEM, at=AT)
    listed = json.loads(CliRunner().invoke(warnings_group, ["list", "--json"]).stdout)
    assert [(a["rule"], a["level"], a["unit"]) for a in listed] == [("D04-W2", "red", UNIT), ("D04-W1", "yellow", UNIT)]
    services.decide(listed[0]["uid"], outcome="true", cause="属实", by=judge(), at=AT)
    assert len(json.loads(CliRunner().invoke(warnings_group, ["list", "--json"]).stdout)) == 1
    assert len(json.loads(CliRunner().invoke(warnings_group, ["list", "--all", "--source", "D4", "--json"]).stdout)) == 2
    rules = {r["rule"]: r for r in json.loads(CliRunner().invoke(warnings_group, ["rules", "--json"]).stdout)}
    assert (rules["D04-W2"]["precision"], rules["D04-W1"]["precision"]) == (1.0, None)
    assert "1/1" in CliRunner().invoke(warnings_group, ["rules"]).stdout and "D04-W1" in CliRunner().invoke(warnings_group, ["list"]).stdout


def test_many_alarms_come_in_pages_and_the_gravest_is_never_behind_the_newest() -> None:
    """The list was cut at the newest 500 before it was ordered: an old red alarm fell off."""
    kinds = [replace(ONE, rule="D04-W1", level="yellow", about=f"P-{n}") for n in range(60)]
    services.keep([ONE], by=SYSTEM, at=AT - timedelta(days=400))
    services.keep(kinds, by=SYSTEM, at=AT)
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    told = client.get("/api/v1/warnings/alarms", {"limit": 2}).json()
    assert ([a["level"] for a in told["items"]], told["total"]) == (["red", "yellow"], 61) and "offset=2" in told["next"]
    assert client.get("/api/v1/warnings/alarms", {"level": "red"}).json()["total"] == 1
    first, second = (client.get("/console/warnings/", {"page": n}).content.decode() for n in (1, 2))
    assert (first.count('name="cause"'), second.count('name="cause"')) == (50, 11)
    assert client.get("/console/warnings/", {"level": "red"}).content.decode().count('name="cause"') == 1

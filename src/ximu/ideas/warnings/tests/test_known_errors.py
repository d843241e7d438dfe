"""An alarm carries what is known of its rule's errors; no data is a state in the store, never calm."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.commands.alarms import warnings_group
from ximu.ideas.warnings.services import Raised, Silent, Tried
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
AT, LATER = datetime(2019, 7, 1, 1, tzinfo=UTC), datetime(2019, 7, 8, 1, tzinfo=UTC)
UNIT = "unitone000000001"
ALARM = Raised("D13", "volume", "yellow", UNIT, "04", "2019-05-20", Text("诉求异常升高", "unusually many"),
               {"observed": 31, "expected": 9.2, "bound": 20.5, "p_value": 0.0001, "sample": ["T-1"], "tests": 2400, "false_discovery": 0.05})
TRIED = Tried("D13", "volume", date(2017, 1, 2), date(2019, 6, 30), 6000, 3, 52, "m1")
GONE = Silent("D13", "no_data", "", "hotline", date(2019, 6, 20), date(2019, 6, 25), Text("六天没有报送", "six days not delivered"))
MUTE = Silent("D13", "silent", UNIT, "hotline", date(2019, 6, 10), date(2019, 6, 30), Text("序列沉默", "fell silent"))


def test_the_false_alarm_rate_known_at_the_time_is_frozen_into_the_alarm() -> None:
    assert services.keep_back_tests([TRIED], by=SYSTEM, at=AT) == 1
    assert services.keep_back_tests([TRIED], by=SYSTEM, at=LATER) == 0, "the same history counts once"
    services.keep([ALARM, replace(ALARM, rule="repeat")], by=SYSTEM, at=AT)
    services.keep_back_tests([replace(TRIED, last=date(2019, 7, 7), judged=6100, alarms=61, manifest="m2")], by=SYSTEM, at=LATER)
    by_rule = {a.rule: a for a in queries.alarms()}
    rate = by_rule["volume"].basis["false_alarms"]
    assert (rate["judged"], rate["alarms"], rate["rate"]) == (6000, 3, 0.0005)
    assert 0 < rate["low"] < rate["rate"] < rate["high"] < 0.002
    assert rate["per_year"] == pytest.approx(0.026)
    assert "false_alarms" not in by_rule["repeat"].basis, "a rule that was never tried has no rate, which is not zero"
    assert [(r["rule"], r["rate"]) for r in queries.rule_rates()] == [("volume", 0.01)]
    assert ledger.verify_log().ok


def test_nothing_judged_is_not_known() -> None:
    services.keep_back_tests([replace(TRIED, judged=0, alarms=0)], by=SYSTEM, at=AT)
    [row] = queries.back_tests()
    assert queries.false_alarms(row).rate is None


def test_no_data_is_opened_once_carried_on_and_ended_when_it_is_no_longer_found() -> None:
    assert services.keep_silences("D13", [GONE, MUTE], by=SYSTEM, at=AT) == {"opened": 2, "ended": 0}
    longer = replace(GONE, last=date(2019, 7, 2))
    assert services.keep_silences("D13", [longer, MUTE], by=SYSTEM, at=LATER) == {"opened": 0, "ended": 0}
    assert [(s.kind, s.last) for s in queries.silences()] == [("no_data", date(2019, 7, 2)), ("silent", date(2019, 6, 30))]
    assert services.keep_silences("D13", [MUTE], by=SYSTEM, at=LATER) == {"opened": 0, "ended": 1}
    assert services.keep_silences("D4", [], by=SYSTEM, at=LATER) == {"opened": 0, "ended": 0}, "only of the own source"
    assert [s.kind for s in queries.silences()] == ["silent"]
    assert len(queries.silences(open_only=False)) == 2
    assert services.keep_silences("D13", [GONE, MUTE], by=SYSTEM, at=LATER)["opened"] == 1, "it may come back"
    assert apps.get_model("warnings", "Silence").objects.count() == 2
    assert ledger.verify_log().ok


def test_a_unit_sees_its_own_silence_and_that_of_the_whole_city() -> None:
    services.keep_silences("D13", [GONE, MUTE, replace(MUTE, unit="another000000001")], by=SYSTEM, at=AT)
    assert [(s.kind, s.unit) for s in queries.silences(units=frozenset({UNIT}))] == [("no_data", ""), ("silent", UNIT)]


def test_refusals() -> None:
    for code, call in (("WARN-KIND", lambda: services.keep_silences("D13", [replace(GONE, kind="quiet")], by=SYSTEM, at=AT)),
                       ("PERM-DENIED", lambda: services.keep_silences("D13", [GONE], by=Actor("x"), at=AT)),
                       ("PERM-DENIED", lambda: services.keep_back_tests([TRIED], by=Actor("x"), at=AT))):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == code
    assert not queries.silences() and queries.back_tests() == []


def test_page_api_and_command_line_tell_it() -> None:
    runner = CliRunner()
    assert "误报率未知" in runner.invoke(warnings_group, ["false-alarms"]).stdout
    services.keep_back_tests([TRIED], by=SYSTEM, at=AT)
    services.keep([ALARM, replace(ALARM, rule="repeat", basis={})], by=SYSTEM, at=AT)
    services.keep_silences("D13", [GONE], by=SYSTEM, at=AT)
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/console/warnings/").content.decode()
    for words in ("同批2400项检验，错误发现率不超过0.05", "平静期误报率0.05%", "平静期误报率未知", "六天没有报送", "<code>T-1</code>", "超出 10.5"):
        assert words in page
    told = client.get("/api/v1/warnings/silences").json()["items"]
    assert told == json.loads(runner.invoke(warnings_group, ["silences", "--json"]).stdout)
    assert [(s["kind"], s["unit"], s["first"]) for s in told] == [("no_data", "", "2019-06-20")]
    assert client.get("/api/v1/warnings/false-alarms").json()[0]["rate"] == 0.0005
    assert "3/6000" in runner.invoke(warnings_group, ["false-alarms"]).stdout
    assert "六天没有报送" in runner.invoke(warnings_group, ["silences"]).stdout
